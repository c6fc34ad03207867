/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle replay --expect: folders of captures, compared.
 */
#include "mgmt/cli/replay/replay.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/replay/replay_diff.h"

#define SUFFIX ".pcap"

static int is_capture(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > strlen(SUFFIX) && entry->d_name[0] != '.' &&
	       strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX) == 0;
}

static json_t *side_json(const struct cli_diff_side *side)
{
	if (!side->number)
		return json_null();
	return json_pack("{s:I, s:I, s:s}", "packet", (json_int_t)side->number, "time-ns",
			 (json_int_t)side->time_ns, "summary", side->line);
}

static json_t *diff_json(const char *port, const struct cli_diff *d)
{
	json_t *json = json_pack(
		"{s:s, s:b, s:s, s:I, s:I}", "port", port, "equal", d->kind == CLI_DIFF_EQUAL,
		"difference", cli_diff_kind_name(d->kind), "expected-packets",
		(json_int_t)d->want.packets, "packets", (json_int_t)d->got.packets);

	if (d->kind == CLI_DIFF_EQUAL)
		return json;
	if (d->kind == CLI_DIFF_ERROR) {
		json_object_set_new(json, "text", json_string(d->text));
		return json;
	}
	json_object_set_new(json, "expected", side_json(&d->want));
	json_object_set_new(json, "came", side_json(&d->got));
	if (d->kind == CLI_DIFF_BYTES || d->kind == CLI_DIFF_LENGTH) {
		json_object_set_new(json, "offset", json_integer((json_int_t)d->offset));
		json_object_set_new(json, "field", json_string(d->field));
	}
	if (d->run)
		json_object_set_new(json, "in-a-row", json_integer((json_int_t)d->run));
	return json;
}

static void compare_one(struct cli *cli, const char *want_dir, const char *got_dir,
			const char *file, bool ignore_time, struct replay_expect *result)
{
	char *want = cli_asprintf("%s/%s", want_dir, file);
	char *got = cli_asprintf("%s/%s", got_dir, file);
	char *port = cli_strndup(file, strlen(file) - strlen(SUFFIX));
	struct cli_diff *diff = cli_calloc(1, sizeof(*diff));

	cli_diff_files(want, got, ignore_time, diff);
	if (diff->kind == CLI_DIFF_EQUAL)
		result->equal++;
	else
		result->different++;
	if (!cli->json)
		cli_diff_print(diff, port, cli->out, cli->color);
	json_array_append_new(result->ports, diff_json(port, diff));
	free(diff);
	free(port);
	free(got);
	free(want);
}

int replay_expect_compare(struct cli *cli, const char *want_dir, const char *got_dir,
			  bool ignore_time, struct replay_expect *result, struct hd_err *err)
{
	struct dirent **files;
	int n = scandir(want_dir, &files, is_capture, versionsort);

	*result = (struct replay_expect){0};
	if (n < 0)
		return hd_err_set(err, errno, "--expect %s: %s", want_dir, strerror(errno));
	if (n == 0) {
		free(files);
		return hd_err_set(err, ENOENT,
				  "--expect %s: there is no capture in it (PORT" SUFFIX ")",
				  want_dir);
	}
	result->ports = json_array();
	for (int i = 0; i < n; i++) {
		compare_one(cli, want_dir, got_dir, files[i]->d_name, ignore_time, result);
		free(files[i]);
	}
	free(files);
	return 0;
}
