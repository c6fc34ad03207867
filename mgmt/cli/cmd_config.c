/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show configuration|history|changes|sessions
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mgmt/cli/change.h"
#include "mgmt/cli/config_print.h"
#include "mgmt/cli/format.h"
#include "mgmt/cli/kinds.h"
#include "mgmt/cli/table.h"
#include "mgmt/setform/setform.h"

#define NS_MONITORING "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"

/* --display, for where there are no pipes. False after a message. */
static bool take_display(struct cli *cli, const char *word)
{
	static const char *const words[] = {"text", "json", "xml", "set"};

	for (size_t i = 0; word && i < 4; i++) {
		if (strcmp(word, words[i]) != 0)
			continue;
		cli->display = (enum cli_display)i;
		cli->json = cli->display == CLI_DISPLAY_JSON;
		return true;
	}
	if (word)
		cli_error("--display %s: text, json, xml or set is needed", word);
	return !word;
}

static int run_show_configuration(struct cli *cli, const struct cmd_line *line)
{
	static const char *const stores[] = {"running", "candidate", "startup"};
	const char *store = line->n_args ? line->args[0] : "running";
	struct cli_client *client;
	struct lyd_node *reply;
	char *request;
	size_t i = 0;
	int rc;

	while (i < 3 && strncmp(store, stores[i], strlen(store)) != 0)
		i++;
	if (i == 3 || (!cli->abbreviate && strcmp(store, stores[i]) != 0)) {
		cli_error("there is no configuration \"%s\": running, candidate or startup", store);
		return CLI_USAGE;
	}
	if (!take_display(cli, cmd_value(line, "display")))
		return CLI_USAGE;
	client = cli_connect(cli);
	if (!client)
		return CLI_UNREACHABLE;
	request = cli_asprintf("<get-config><source><%s/></source></get-config>", stores[i]);
	rc = cli_request(client, request, &reply);
	if (rc == 0)
		rc = cli_config_print(cli, cli_xml_child(reply, "data"));
	lyd_free_all(reply);
	free(request);
	cli_disconnect(cli, client);
	return rc;
}

/* A date and time as YANG writes it, here and now: "2026-11-21 14:02:11". */
static const char *local_time(const char *date, char *text, size_t size)
{
	time_t when;
	struct tm tm;

	if (ly_time_str2time(date, &when, NULL) != LY_SUCCESS)
		return date;
	strftime(text, size, "%Y-%m-%d %H:%M:%S", localtime_r(&when, &tm));
	return text;
}

/* A commit that is reverted unless somebody confirms it. */
static void print_pending(struct cli *cli, struct cli_client *client)
{
	struct lyd_node *reply = NULL;
	const struct lyd_node *pending;
	struct hd_err err;
	char text[32];

	if (cli_client_rpc(
		    client,
		    "<get><filter type=\"subtree\"><configuration-state xmlns=\"" CLI_NS_CONFIG
		    "\"><confirmed-commit/></configuration-state></filter></get>",
		    &reply, &err) < 0)
		return;
	pending = cli_xml_child(cli_xml_child(cli_xml_child(reply, "data"), "configuration-state"),
				"confirmed-commit");
	if (pending)
		fprintf(cli->out,
			"What %s committed is not confirmed: it is undone at %s unless somebody does.\n",
			cli_xml_text(pending, "user"),
			local_time(cli_xml_text(pending, "deadline"), text, sizeof(text)));
	lyd_free_all(reply);
}

char *cli_startup_problem(struct cli_client *client)
{
	struct lyd_node *reply = NULL;
	const struct lyd_node *state;
	struct hd_err err;
	char *text = NULL;

	if (cli_client_rpc(
		    client,
		    "<get><filter type=\"subtree\"><configuration-state xmlns=\"" CLI_NS_CONFIG
		    "\"><startup-problem/></configuration-state></filter></get>",
		    &reply, &err) < 0)
		return NULL;
	state = cli_xml_child(cli_xml_child(reply, "data"), "configuration-state");
	if (cli_xml_child(state, "startup-problem"))
		text = cli_text_clean(cli_strdup(cli_xml_text(state, "startup-problem")));
	lyd_free_all(reply);
	return text;
}

void cli_startup_tell(struct cli_client *client, FILE *out)
{
	char *text = cli_startup_problem(client);

	if (text)
		fprintf(out, "Startup: %s.\n", text);
	free(text);
}

static void history_json(struct cli *cli, const struct lyd_node *reply)
{
	json_t *list = json_array();

	cli_xml_foreach(e, reply, "entry")
	{
		json_array_append_new(
			list, json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:b}", "index",
					(json_int_t)cli_xml_u64(e, "index"), "generation",
					(json_int_t)cli_xml_u64(e, "generation"), "time",
					cli_xml_text(e, "time"), "user", cli_xml_text(e, "user"),
					"client", cli_xml_text(e, "client"), "comment",
					cli_xml_text(e, "comment"), "pending",
					cli_xml_child(e, "pending") != NULL));
	}
	cli_json_print(cli, json_pack("{s:o}", "history", list));
}

void cli_history_print(struct cli *cli, const struct lyd_node *reply)
{
	static const struct cli_column columns[] = {
		{"N", true, true},     {"WHEN", false, true}, {"BY", false, true},
		{"WITH", false, true}, {"", false, true},     {"COMMENT", false, false},
	};
	struct cli_table *t = cli_table_new(columns, 6);

	cli_xml_foreach(e, reply, "entry")
	{
		char text[32];

		cli_table_row(t);
		cli_table_cell(t, 0, CLI_PLAIN, cli_xml_text(e, "index"));
		cli_table_cell(t, 1, CLI_PLAIN,
			       local_time(cli_xml_text(e, "time"), text, sizeof(text)));
		cli_table_cell(t, 2, CLI_PLAIN, cli_xml_text(e, "user"));
		cli_table_cell(t, 3, CLI_PLAIN, cli_xml_text(e, "client"));
		if (cli_xml_child(e, "pending"))
			cli_table_cell(t, 4, CLI_WARN, "not confirmed");
		else if (cli_xml_u64(e, "index") == 0)
			cli_table_cell(t, 4, CLI_GOOD, "runs");
		cli_table_cell(t, 5, CLI_PLAIN, cli_xml_text(e, "comment"));
	}
	if (cli_table_rows(t))
		cli_table_print(t, cli->out, cli->width, cli->color);
	else
		fputs("There is no history yet.\n", cli->out);
	cli_table_free(t);
}

static int run_show_history(struct cli *cli, const struct cmd_line *line)
{
	unsigned long limit = 50;
	struct cli_client *client;
	struct lyd_node *reply;
	char *request;
	int rc;

	if (!cmd_number(line, "limit", 1, 50, &limit))
		return CLI_USAGE;
	client = cli_connect(cli);
	if (!client)
		return CLI_UNREACHABLE;
	request = cli_asprintf("<get-history xmlns=\"" CLI_NS_CONFIG "\"><limit>%lu</limit>"
			       "</get-history>",
			       limit);
	rc = cli_request(client, request, &reply);
	if (rc == 0 && cli->json) {
		history_json(cli, reply);
	} else if (rc == 0) {
		cli_history_print(cli, reply);
		print_pending(cli, client);
		cli_startup_tell(client, cli->out);
	}
	lyd_free_all(reply);
	free(request);
	cli_disconnect(cli, client);
	return rc;
}

/* "port web1", or the path itself when this side does not know the words. Allocated. */
static char *words_of(const struct lyd_node *change)
{
	char *path = cli_path_text(cli_xml_child(change, "path")), *words = NULL;
	struct ly_ctx *ctx = cli_schema(NULL);

	if (ctx)
		words = sf_path_words(ctx, path);
	if (!words)
		return path;
	free(path);
	return words;
}

static void changes_table(struct cli *cli, const struct lyd_node *reply)
{
	static const char *const names[][2] = {
		{"create", "new"}, {"modify", "changed"}, {"delete", "removed"}};
	static const struct cli_column columns[] = {
		{"WHAT", false, false},  {"", false, true},     {"BY", false, true},
		{"SESSION", true, true}, {"WHEN", false, true},
	};
	struct cli_table *t = cli_table_new(columns, 5);

	cli_xml_foreach(c, reply, "change")
	{
		const char *operation = cli_xml_text(c, "operation");
		char text[32], *words = words_of(c);

		cli_table_row(t);
		cli_table_cell(t, 0, CLI_PLAIN, words);
		for (size_t i = 0; i < 3; i++)
			if (strcmp(names[i][0], operation) == 0)
				cli_table_cell(t, 1, CLI_PLAIN, names[i][1]);
		cli_table_cell(t, 2, CLI_PLAIN, cli_xml_text(c, "user"));
		cli_table_cell(t, 3, CLI_PLAIN, cli_xml_text(c, "session-id"));
		cli_table_cell(t, 4, CLI_PLAIN,
			       local_time(cli_xml_text(c, "time"), text, sizeof(text)));
		free(words);
	}
	if (cli_table_rows(t))
		cli_table_print(t, cli->out, cli->width, cli->color);
	else
		fputs("The candidate is what runs: there are no edits that wait.\n", cli->out);
	cli_table_free(t);
}

static void changes_json(struct cli *cli, const struct lyd_node *reply)
{
	json_t *list = json_array();

	cli_xml_foreach(c, reply, "change")
	{
		char *words = words_of(c), *path = cli_path_text(cli_xml_child(c, "path"));

		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "what",
						      words, "path", path, "operation",
						      cli_xml_text(c, "operation"), "user",
						      cli_xml_text(c, "user"), "session",
						      (json_int_t)cli_xml_u64(c, "session-id"),
						      "time", cli_xml_text(c, "time")));
		free(words);
		free(path);
	}
	cli_json_print(cli, json_pack("{s:o}", "changes", list));
}

static int run_show_changes(struct cli *cli, const struct cmd_line *line)
{
	struct cli_client *client = cli_connect(cli);
	struct lyd_node *reply;
	int rc;

	(void)line;
	if (!client)
		return CLI_UNREACHABLE;
	rc = cli_request(client, "<get-changes xmlns=\"" CLI_NS_CONFIG "\"/>", &reply);
	if (rc == 0 && cli->json)
		changes_json(cli, reply);
	else if (rc == 0)
		changes_table(cli, reply);
	lyd_free_all(reply);
	cli_disconnect(cli, client);
	return rc;
}

static void sessions_table(struct cli *cli, const struct lyd_node *sessions)
{
	static const struct cli_column columns[] = {
		{"SESSION", true, true}, {"USER", false, true},  {"VIA", false, true},
		{"FROM", false, false},  {"SINCE", false, true}, {"REQUESTS", true, true},
		{"EVENTS", true, true},
	};
	struct cli_table *t = cli_table_new(columns, 7);

	cli_xml_foreach(s, sessions, "session")
	{
		const char *via = cli_xml_text(s, "transport"), *colon = strchr(via, ':');
		char str[CLI_NUM_MAX], date[32];

		cli_table_row(t);
		cli_table_cell(t, 0, CLI_PLAIN, cli_xml_text(s, "session-id"));
		cli_table_cell(t, 1, CLI_PLAIN, cli_xml_text(s, "username"));
		cli_table_cell(t, 2, CLI_PLAIN, colon ? colon + 1 : via);
		cli_table_cell(t, 3, CLI_PLAIN, cli_xml_text(s, "source-host"));
		cli_table_cell(t, 4, CLI_PLAIN,
			       local_time(cli_xml_text(s, "login-time"), date, sizeof(date)));
		cli_table_cell(t, 5, CLI_PLAIN,
			       cli_fmt_count(cli_xml_u64(s, "in-rpcs"), cli->exact, str));
		cli_table_cell(t, 6, CLI_PLAIN,
			       cli_fmt_count(cli_xml_u64(s, "out-notifications"), cli->exact, str));
	}
	cli_table_print(t, cli->out, cli->width, cli->color);
	cli_table_free(t);
}

static void sessions_json(struct cli *cli, const struct lyd_node *sessions)
{
	json_t *list = json_array();

	cli_xml_foreach(s, sessions, "session")
	{
		const char *via = cli_xml_text(s, "transport"), *colon = strchr(via, ':');

		json_array_append_new(
			list, json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I}", "session",
					(json_int_t)cli_xml_u64(s, "session-id"), "user",
					cli_xml_text(s, "username"), "via", colon ? colon + 1 : via,
					"from", cli_xml_text(s, "source-host"), "since",
					cli_xml_text(s, "login-time"), "requests",
					(json_int_t)cli_xml_u64(s, "in-rpcs"), "events",
					(json_int_t)cli_xml_u64(s, "out-notifications")));
	}
	cli_json_print(cli, json_pack("{s:o}", "sessions", list));
}

static int run_show_sessions(struct cli *cli, const struct cmd_line *line)
{
	struct cli_client *client = cli_connect(cli);
	const struct lyd_node *sessions;
	struct lyd_node *reply;
	int rc;

	(void)line;
	if (!client)
		return CLI_UNREACHABLE;
	rc = cli_request(client,
			 "<get><filter type=\"subtree\"><netconf-state xmlns=\"" NS_MONITORING
			 "\"><sessions/></netconf-state></filter></get>",
			 &reply);
	if (rc == 0) {
		sessions = cli_xml_child(
			cli_xml_child(cli_xml_child(reply, "data"), "netconf-state"), "sessions");
		if (cli->json)
			sessions_json(cli, sessions);
		else
			sessions_table(cli, sessions);
	}
	lyd_free_all(reply);
	cli_disconnect(cli, client);
	return rc;
}

static const struct cmd_option configuration_options[] = {
	{"display", 'd', "FORMAT", "text (the default), json, xml or set", CMD_WORDS_DISPLAY},
	{0},
};

const struct cmd cmd_show_configuration = {
	.name = "show configuration",
	.args = "[running | candidate | startup]",
	.summary = "the configuration that runs, is edited, or is taken at the next boot",
	.text = "What is set, without defaults. In the forms set, json and xml it can be loaded again. "
		"Secrets are shown only to those who may see them.",
	.options = configuration_options,
	.max_args = 1,
	.words = CMD_WORDS_DATASTORE,
	.configuration = true,
	.run = run_show_configuration,
};

static const struct cmd_option history_options[] = {
	{"limit", 'n', "N", "at most N of them (default: 50, as many as there are)",
	 CMD_WORDS_NONE},
	{0},
};

const struct cmd cmd_show_history = {
	.name = "show history",
	.args = "",
	.summary = "commits that can be gone back to, the newest first",
	.text = "N is the number that rollback takes in configuration mode.",
	.options = history_options,
	.run = run_show_history,
};

const struct cmd cmd_show_changes = {
	.name = "show changes",
	.args = "",
	.summary = "edits in the candidate that nobody committed yet, and whose they are",
	.run = run_show_changes,
};

const struct cmd cmd_show_sessions = {
	.name = "show sessions",
	.args = "",
	.summary = "who is connected to the management plane",
	.run = run_show_sessions,
};
