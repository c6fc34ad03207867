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
#include "mgmt/cli/term/table.h"

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
static const char *plane_state(const struct lyd_node *plane)
{
	if (!cli_xml_u64(plane, "pid"))
		return "not running";
	return cli_xml_true(plane, "ready") ? "running" : "starting";
}

static json_t *plane_json(const struct lyd_node *plane)
{
	return json_pack("{s:s, s:I, s:s, s:b, s:I, s:I, s:I, s:I, s:s, s:s}", "name",
			 cli_xml_text(plane, "name"), "pid", (json_int_t)cli_xml_u64(plane, "pid"),
			 "state", plane_state(plane), "connected", cli_xml_true(plane, "connected"),
			 "generation", (json_int_t)cli_xml_u64(plane, "generation"), "restarts",
			 (json_int_t)cli_xml_u64(plane, "restarts"), "uptime",
			 (json_int_t)cli_xml_u64(plane, "uptime"), "memory",
			 (json_int_t)cli_xml_u64(plane, "memory"), "last-exit",
			 cli_xml_text(plane, "last-exit"), "doing", cli_xml_text(plane, "doing"));
}

static void plane_row(struct cli *cli, struct cli_table *t, const struct lyd_node *plane)
{
	bool alive = cli_xml_u64(plane, "pid") != 0;
	uint64_t uptime = cli_xml_u64(plane, "uptime");
	char str[CLI_NUM_MAX];

	cli_table_row(t);
	cli_table_cell(t, 0, CLI_PLAIN, cli_xml_text(plane, "name"));
	cli_table_cell(t, 1, alive ? CLI_GOOD : CLI_BAD, plane_state(plane));
	cli_table_cell(t, 2, CLI_PLAIN,
		       uptime ? cli_fmt_duration(uptime * 1000000000u, str) : "0s");
	cli_table_cell(t, 3, CLI_PLAIN, cli_xml_text(plane, "pid"));
	cli_table_cell(t, 4, cli_xml_u64(plane, "restarts") ? CLI_WARN : CLI_PLAIN,
		       cli_xml_text(plane, "restarts"));
	cli_table_cell(t, 5, CLI_PLAIN,
		       cli_fmt_bytes(cli_xml_u64(plane, "memory"), cli->exact, str));
	cli_table_cell(t, 6, CLI_PLAIN, cli_xml_text(plane, "generation"));
	cli_table_cell(t, 7, CLI_PLAIN, cli_xml_text(plane, "last-exit"));
	cli_table_cell(t, 8, CLI_PLAIN, cli_xml_text(plane, "doing"));
}

static int run_show_planes(struct cli *cli, const struct cmd_line *line)
{
	static const struct cli_column columns[] = {
		{"PLANE", false, true}, {"STATE", false, true},      {"SINCE", true, true},
		{"PID", true, true},    {"RESTARTS", true, true},    {"MEMORY", true, true},
		{"CONFIG", true, true}, {"LAST EXIT", false, false}, {"DOING", false, false},
	};
	struct cli_table *t = cli_table_new(columns, 9);
	json_t *planes = json_array();
	struct cli_model m;
	int rc = fetch(cli, &m, NULL);

	(void)line;
	cli_xml_foreach(plane, m.system, "plane")
	{
		plane_row(cli, t, plane);
		json_array_append_new(planes, plane_json(plane));
	}
	if (rc == 0 && cli->json)
		cli_json_print(cli, json_pack("{s:O}", "planes", planes));
	else if (rc == 0)
		cli_table_print(t, cli->out, cli->width, cli->color);
	json_decref(planes);
	cli_table_free(t);
	cli_model_free(&m);
	return rc;
}

static json_t *worker_json(const struct lyd_node *w)
{
	static const char *const numbers[] = {"rx",         "tx",     "drops",  "held",    "loops",
					      "busy-loops", "sleeps", "stalls", "standing"};
	json_t *json = json_pack("{s:I}", "index", (json_int_t)cli_xml_u64(w, "index"));

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_set_new(json, numbers[i],
				    json_integer((json_int_t)cli_xml_u64(w, numbers[i])));
	json_object_set_new(json, "standing-port", json_string(cli_xml_text(w, "standing-port")));
	return json;
}

static void worker_row(struct cli *cli, struct cli_table *t, const struct lyd_node *w)
{
	static const char *const numbers[] = {"rx", "tx", "drops", "loops", "sleeps", "stalls"};
	uint64_t ms = cli_xml_u64(w, "standing");
	const char *port = cli_xml_text(w, "standing-port");
	char str[CLI_NUM_MAX];

	cli_table_row(t);
	cli_table_cell(t, 0, CLI_PLAIN, cli_xml_text(w, "index"));
	if (ms)
		cli_table_cellf(t, 1, CLI_BAD, "stands for %s%s%s",
				cli_fmt_duration(ms * 1000000u, str), *port ? ", inside port " : "",
				port);
	else
		cli_table_cell(t, 1, CLI_GOOD, "runs");
	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		cli_table_cell(t, i + 2, CLI_PLAIN,
			       cli_fmt_count(cli_xml_u64(w, numbers[i]), cli->exact, str));
}

static int run_show_workers(struct cli *cli, const struct cmd_line *line)
{
	static const struct cli_column columns[] = {
		{"WORKER", true, true}, {"STATE", false, true}, {"RX", true, true},
		{"TX", true, true},     {"DROPS", true, true},  {"LOOPS", true, true},
		{"SLEEPS", true, true}, {"STALLS", true, true},
	};
	struct cli_table *t = cli_table_new(columns, 8);
	json_t *workers = json_array();
	struct cli_model m;
	int rc = fetch(cli, &m, NULL);

	(void)line;
	cli_xml_foreach(w, m.system, "worker")
	{
		worker_row(cli, t, w);
		json_array_append_new(workers, worker_json(w));
	}
	if (rc == 0 && cli->json)
		cli_json_print(cli, json_pack("{s:O}", "workers", workers));
	else if (rc == 0)
		cli_table_print(t, cli->out, cli->width, cli->color);
	json_decref(workers);
	cli_table_free(t);
	cli_model_free(&m);
	return rc;
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
