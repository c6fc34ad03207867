/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle log level LEVEL
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "mgmt/cli/command/cli.h"

static int run_log_level(struct cli *cli, const struct cmd_line *line)
{
	const char *level = line->args[0];
	struct cli_client *client;
	struct lyd_node *reply;
	char *request;
	int rc;

	if (hd_log_level_parse(level) < 0) {
		cli_error("there is no log level \"%s\": error, warning, notice, info or debug",
			  level);
		return CLI_USAGE;
	}
	client = cli_connect(cli);
	if (!client)
		return CLI_UNREACHABLE;
	request = cli_asprintf("<set-log-level xmlns=\"urn:heddle:yang:heddle-system\"><level>%s"
			       "</level></set-log-level>",
			       level);
	rc = cli_request(client, request, &reply);
	if (rc == 0 && cli->json)
		cli_json_print(cli, json_pack("{s:s}", "level", level));
	else if (rc == 0)
		fprintf(cli->out, "the log level is %s until the switch ends\n", level);
	lyd_free_all(reply);
	free(request);
	cli_disconnect(cli, client);
	return rc;
}

static const struct cmd_words words_log_level = {
	.list = (const char *const[][2]){{"error", "what does not work"},
					 {"warning", "also what is probably wrong"},
					 {"notice", "also each commit"},
					 {"info", "also ports that go up and down"},
					 {"debug", "also each session of the command line"},
					 {NULL, NULL}}};

CMD_REGISTER(cmd_log_level) = {
	.part = CMD_PART_REST,
	.place = 20,
	.group = "how much is written into it",
	.name = "log level",
	.args = "LEVEL",
	.summary = "how much the switch writes into its log from now on",
	.text = "error, warning, notice, info or debug; all processes of the switch follow at once. It lasts "
		"until heddled ends; log-level in heddled.conf(5) is what it starts with.",
	.min_args = 1,
	.max_args = 1,
	.words = &words_log_level,
	.run = run_log_level,
};
