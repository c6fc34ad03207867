/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/main/options.h"

const char options_usage[] =
	"usage: heddle-mgmt [-c FILE] [--run-dir DIR] [--state-dir DIR] [--yang-dir DIR]\n"
	"                   [--initial-config FILE] [--log-level LEVEL]\n"
	"       heddle-mgmt --check -c FILE [--yang-dir DIR]\n"
	"       heddle-mgmt --offline -c FILE --dp-fd N [--yang-dir DIR]\n"
	"\n"
	"The management plane of Heddle; heddled starts it.\n"
	"\n"
	"  -c, --config FILE   start with this configuration each time; it is never written.\n"
	"                      Without it: with the one that was saved last\n"
	"  --run-dir DIR       where sockets lie (/run/heddle)\n"
	"  --state-dir DIR     where configurations are kept (/var/lib/heddle/mgmt, or\n"
	"                      RUN-DIR/state with another run-dir)\n"
	"  --initial-config FILE\n"
	"                      what is taken when nothing was ever saved\n"
	"  --vhost-dir DIR     where the sockets of vhost-user ports lie (RUN-DIR/vhost)\n"
	"  --yang-dir DIR      the YANG modules of Heddle\n"
	"  --log-level LEVEL   error, warning, notice, info or debug\n"
	"  --check             say whether the configuration is right, and exit\n"
	"  --offline           configure the heddle-dp on --dp-fd, let it replay, and exit\n"
	"  --dp-fd N           descriptor of the channel to heddle-dp\n";

#define DEFAULT_RUN   "/run/heddle"
#define DEFAULT_STATE "/var/lib/heddle/mgmt"

enum {
	OPT_RUN_DIR = 256,
	OPT_STATE_DIR,
	OPT_INITIAL,
	OPT_VHOST_DIR,
	OPT_YANG_DIR,
	OPT_LOG_LEVEL,
	OPT_CHECK,
	OPT_OFFLINE,
	OPT_DP_FD
};

static const struct option longs[] = {
	{"config", required_argument, NULL, 'c'},
	{"run-dir", required_argument, NULL, OPT_RUN_DIR},
	{"state-dir", required_argument, NULL, OPT_STATE_DIR},
	{"initial-config", required_argument, NULL, OPT_INITIAL},
	{"vhost-dir", required_argument, NULL, OPT_VHOST_DIR},
	{"yang-dir", required_argument, NULL, OPT_YANG_DIR},
	{"log-level", required_argument, NULL, OPT_LOG_LEVEL},
	{"check", no_argument, NULL, OPT_CHECK},
	{"offline", no_argument, NULL, OPT_OFFLINE},
	{"dp-fd", required_argument, NULL, OPT_DP_FD},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static int set(struct options *o, int c, const char *arg, struct hd_err *err)
{
	char *end;

	switch (c) {
	case 'c': o->config = arg; return 0;
	case 'h': o->help = true; return 0;
	case 'V': o->version = true; return 0;
	case OPT_RUN_DIR: o->run_dir = arg; return 0;
	case OPT_STATE_DIR: o->state_dir = arg; return 0;
	case OPT_INITIAL: o->initial_config = arg; return 0;
	case OPT_VHOST_DIR: o->vhost_dir = arg; return 0;
	case OPT_YANG_DIR: o->yang_dir = arg; return 0;
	case OPT_CHECK: o->check = true; return 0;
	case OPT_OFFLINE: o->offline = true; return 0;
	case OPT_LOG_LEVEL:
		o->log_level = hd_log_level_parse(arg);
		if (o->log_level < 0)
			return hd_err_set(
				err, EINVAL,
				"log level \"%s\" is none of error, warning, notice, info "
				"and debug",
				arg);
		return 0;
	case OPT_DP_FD:
		errno = 0;
		o->dp_fd = strtol(arg, &end, 10);
		if (errno || *end || end == arg || o->dp_fd < 3)
			return hd_err_set(err, EINVAL, "--dp-fd \"%s\" is no descriptor", arg);
		return 0;
	default: return hd_err_set(err, EINVAL, "see heddle-mgmt --help");
	}
}

int options_parse(struct options *options, int argc, char **argv, struct hd_err *err)
{
	int c;

	memset(options, 0, sizeof(*options));
	options->run_dir = DEFAULT_RUN;
	options->dp_fd = -1;
	options->log_level = HD_LOG_INFO;
	while ((c = getopt_long(argc, argv, "c:hV", longs, NULL)) != -1)
		if (set(options, c, optarg, err) < 0)
			return -EINVAL;
	if (options->help || options->version)
		return 0;
	if (optind < argc)
		return hd_err_set(err, EINVAL, "\"%s\" is too much; see heddle-mgmt --help",
				  argv[optind]);
	if (!options->config && (options->check || options->offline))
		return hd_err_set(err, EINVAL, "a configuration is needed: -c FILE");
	if (options->check && options->offline)
		return hd_err_set(err, EINVAL, "--check and --offline exclude each other");
	if (options->offline && options->dp_fd < 0)
		return hd_err_set(err, EINVAL, "--offline needs --dp-fd N");
	/* getopt_long() gives an argument where one is required. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
	if (!options->state_dir && !strcmp(options->run_dir, DEFAULT_RUN))
		options->state_dir = DEFAULT_STATE;
	else if (!options->state_dir)
		options->state_dir = options->made = ds_printf("%s/state", options->run_dir);
	if (!options->vhost_dir)
		options->vhost_dir = options->made_vhost = ds_printf("%s/vhost", options->run_dir);
	return 0;
}

void options_clear(struct options *options)
{
	free(options->made);
	free(options->made_vhost);
	options->made = options->made_vhost = NULL;
}
