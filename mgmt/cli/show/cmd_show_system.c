/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show planes, heddle show workers, heddle show version
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "heddle-build.h"
#include "mgmt/cli/config/config_print.h"
#include "mgmt/cli/term/format.h"
#include "mgmt/cli/command/model.h"
#include "mgmt/cli/show/view.h"

/* @startup: why the startup file was refused, for free(); may be NULL. */
static int fetch(struct cli *cli, struct cli_model *m, char **startup)
{
	struct cli_client *client = cli_connect(cli);
	int rc;

	*m = (struct cli_model){0};
	if (!client)
		return CLI_UNREACHABLE;
	rc = cli_model_get(client, CLI_PART_SYSTEM, NULL, m);
	if (startup)
		*startup = cli_startup_problem(client);
	cli_disconnect(cli, client);
	return rc;
}

/* "running", "starting", "not running": from what there is. */
static char *plane_state(const struct lyd_node *plane)
{
	if (!cli_xml_u64(plane, "pid"))
		return cli_strdup("not running");
	return cli_strdup(cli_xml_true(plane, "ready") ? "running" : "starting");
}

static enum cli_style plane_style(const struct lyd_node *plane)
{
	return cli_xml_u64(plane, "pid") ? CLI_GOOD : CLI_BAD;
}

static enum cli_style restarts_style(const struct lyd_node *plane)
{
	return cli_xml_u64(plane, "restarts") ? CLI_WARN : CLI_PLAIN;
}

static const struct view planes = {
	.name = "planes",
	.columns =
		(const struct view_column[]){
			{"PLANE", "name", "name", VIEW_TEXT},
			{NULL, "pid", "pid", VIEW_NUMBER},
			{"STATE", "state", NULL, VIEW_TEXT, .style = plane_style,
			 .text = plane_state},
			{NULL, "connected", "connected", VIEW_FLAG},
			{NULL, "generation", "generation", VIEW_NUMBER},
			{NULL, "restarts", "restarts", VIEW_NUMBER},
			{"SINCE", "uptime", "uptime", VIEW_SECONDS},
			{"PID", NULL, "pid", VIEW_NUMBER},
			{"RESTARTS", NULL, "restarts", VIEW_NUMBER, .style = restarts_style},
			{"MEMORY", "memory", "memory", VIEW_BYTES},
			{"CONFIG", NULL, "generation", VIEW_NUMBER},
			{"LAST EXIT", "last-exit", "last-exit", VIEW_TEXT, VIEW_WRAP},
			{"DOING", "doing", "doing", VIEW_TEXT, VIEW_WRAP},
			{0},
		},
};

static int show_part(struct cli *cli, const struct view *view, const char *element)
{
	struct cli_model m;
	int rc = fetch(cli, &m, NULL);

	if (rc == 0)
		view_show(cli, view, m.system, element);
	cli_model_free(&m);
	return rc;
}

static int run_show_planes(struct cli *cli, const struct cmd_line *line)
{
	(void)line;
	return show_part(cli, &planes, "plane");
}

static char *worker_state(const struct lyd_node *w)
{
	uint64_t ms = cli_xml_u64(w, "standing");
	const char *port = cli_xml_text(w, "standing-port");
	char str[CLI_NUM_MAX];

	if (!ms)
		return cli_strdup("runs");
	return cli_asprintf("stands for %s%s%s", cli_fmt_duration(ms * 1000000u, str),
			    *port ? ", inside port " : "", port);
}

static enum cli_style worker_style(const struct lyd_node *w)
{
	return cli_xml_u64(w, "standing") ? CLI_BAD : CLI_GOOD;
}

static const struct view workers = {
	.name = "workers",
	.columns =
		(const struct view_column[]){
			{"WORKER", "index", "index", VIEW_NUMBER},
			{"STATE", NULL, NULL, VIEW_TEXT, .style = worker_style,
			 .text = worker_state},
			{"RX", "rx", "rx", VIEW_COUNT},
			{"TX", "tx", "tx", VIEW_COUNT},
			{"DROPS", "drops", "drops", VIEW_COUNT},
			{NULL, "held", "held", VIEW_COUNT},
			{"LOOPS", "loops", "loops", VIEW_COUNT},
			{NULL, "busy-loops", "busy-loops", VIEW_COUNT},
			{"SLEEPS", "sleeps", "sleeps", VIEW_COUNT},
			{"STALLS", "stalls", "stalls", VIEW_COUNT},
			{NULL, "standing", "standing", VIEW_NUMBER},
			{NULL, "standing-port", "standing-port", VIEW_TEXT},
			{0},
		},
};

static int run_show_workers(struct cli *cli, const struct cmd_line *line)
{
	(void)line;
	return show_part(cli, &workers, "worker");
}

static int run_show_version(struct cli *cli, const struct cmd_line *line)
{
	const char *version, *build;
	char ago[CLI_NUM_MAX];
	struct cli_model m;
	char *startup = NULL;
	int rc = fetch(cli, &m, &startup);

	(void)line;
	if (rc) {
		free(startup);
		cli_model_free(&m);
		return rc;
	}
	version = cli_xml_text(m.system, "version");
	build = cli_xml_text(m.system, "build");
	if (cli->json) {
		cli_json_print(cli,
			       json_pack("{s:{s:s, s:s, s:I, s:s, s:s?}, s:{s:s, s:s}}", "switch",
					 "version", version, "build", build, "generation",
					 (json_int_t)cli_xml_u64(m.system, "generation"),
					 "configured",
					 cli_fmt_utc(cli_xml_text(m.system, "configured"), ago),
					 "startup-problem", startup, "command", "version",
					 HD_VERSION, "build", HD_BUILD));
	} else {
		fprintf(cli->out, "switch   heddle %s (build %s)\n", version, build);
		fprintf(cli->out, "command  heddle %s (build %s)\n", HD_VERSION, HD_BUILD);
		fprintf(cli->out, "config   number %s, in force for %s\n",
			cli_xml_text(m.system, "generation"),
			cli_fmt_ago(cli_xml_text(m.system, "configured"), time(NULL), ago));
		if (startup)
			fprintf(cli->out, "startup  %s\n", startup);
		if (strcmp(build, HD_BUILD) != 0)
			fputs("The switch was started from another build: restart it to run this one.\n",
			      cli->out);
	}
	free(startup);
	cli_model_free(&m);
	return CLI_OK;
}

CMD_REGISTER(cmd_show_planes) = {
	.part = CMD_PART_SHOW,
	.place = 100,
	.name = "show planes",
	.args = "",
	.summary = "the processes of the switch: alive, since when, restarts, memory",
	.run = run_show_planes,
};

CMD_REGISTER(cmd_show_workers) = {
	.part = CMD_PART_SHOW,
	.place = 110,
	.name = "show workers",
	.args = "",
	.summary = "the forwarding threads: what they do, and whether one stands",
	.text = "A turn of a worker takes microseconds. One that stands for 200 ms is named here and in the log, "
		"and the port that it is inside of, if any, is held back.",
	.run = run_show_workers,
};

CMD_REGISTER(cmd_show_version) = {
	.part = CMD_PART_SHOW,
	.place = 120,
	.name = "show version",
	.args = "",
	.summary = "version of the running switch and of this command",
	.run = run_show_version,
};
