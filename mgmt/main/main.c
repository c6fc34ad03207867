/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-mgmt: the only writer of configuration.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "heddle-build.h"
#include "mgmt/bind/config.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/main/offline.h"
#include "mgmt/main/options.h"
#include "mgmt/main/run.h"

static struct ly_ctx *load_schema(const struct options *options, struct hd_err *err)
{
	char dir[512];

	if (ds_schema_find_dir(options->yang_dir, dir, sizeof(dir), err) < 0)
		return NULL;
	return bd_schema_new(dir, err);
}

/* Says all that is wrong. The file's name comes first, as compilers do it. */
static void refused(const char *path, const struct ds_errors *errs)
{
	fprintf(stderr, "%s: refused, %zu error%s\n", path, errs->n + errs->more,
		errs->n + errs->more == 1 ? "" : "s");
	ds_errors_print(errs, stderr);
}

static int check_or_replay(const struct options *options, const struct ly_ctx *ctx)
{
	struct ds_errors errs = {.n = 0};
	struct hd_err err = {0};
	struct bd_config *config = bd_config_load(ctx, options->config, NULL, &errs);
	int status = config ? 0 : EXIT_REFUSED;

	if (!config) {
		refused(options->config, &errs);
	} else if (options->offline &&
		   offline_run(options->dp_fd, config, options->config, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		status = 1;
	}
	ds_errors_clear(&errs);
	bd_config_free(config);
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	struct hd_err err = {0};
	struct ly_ctx *ctx;
	int status;

	hd_log_init("mgmt");
	if (options_parse(&options, argc, argv, &err) < 0) {
		fprintf(stderr, "heddle-mgmt: %s\n", err.text);
		return 2;
	}
	if (options.help || options.version) {
		printf("%s", options.help ? options_usage : "heddle-mgmt " HD_VERSION "\n");
		return 0;
	}
	hd_log_level_set(options.log_level);
	ctx = load_schema(&options, &err);
	if (!ctx) {
		fprintf(stderr, "heddle-mgmt: %s\n", err.text);
		return 1;
	}
	if (options.check || options.offline)
		status = check_or_replay(&options, ctx);
	else
		status = run(&options, ctx);
	ly_ctx_destroy(ctx);
	options_clear(&options);
	return status;
}
