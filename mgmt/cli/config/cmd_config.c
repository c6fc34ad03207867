/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show configuration|changes|sessions
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/change.h"
#include "mgmt/cli/config/config_print.h"
#include "mgmt/cli/term/format.h"
#include "mgmt/cli/command/kinds.h"
#include "mgmt/cli/term/table.h"
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
		char text[CLI_NUM_MAX], *words = words_of(c);

		cli_table_row(t);
		cli_table_cell(t, 0, CLI_PLAIN, words);
		for (size_t i = 0; i < 3; i++)
			if (strcmp(names[i][0], operation) == 0)
				cli_table_cell(t, 1, CLI_PLAIN, names[i][1]);
		cli_table_cell(t, 2, CLI_PLAIN, cli_xml_text(c, "user"));
		cli_table_cell(t, 3, CLI_PLAIN, cli_xml_text(c, "session-id"));
		cli_table_cell(t, 4, CLI_PLAIN, cli_fmt_local(cli_xml_text(c, "time"), text));
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
		char time[CLI_NUM_MAX];

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "what", words, "path",
					path, "operation", cli_xml_text(c, "operation"), "user",
					cli_xml_text(c, "user"), "session",
					(json_int_t)cli_xml_u64(c, "session-id"), "time",
					cli_fmt_utc(cli_xml_text(c, "time"), time)));
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
		char str[CLI_NUM_MAX], date[CLI_NUM_MAX];

		cli_table_row(t);
		cli_table_cell(t, 0, CLI_PLAIN, cli_xml_text(s, "session-id"));
		cli_table_cell(t, 1, CLI_PLAIN, cli_xml_text(s, "username"));
		cli_table_cell(t, 2, CLI_PLAIN, colon ? colon + 1 : via);
		cli_table_cell(t, 3, CLI_PLAIN, cli_xml_text(s, "source-host"));
		cli_table_cell(t, 4, CLI_PLAIN, cli_fmt_local(cli_xml_text(s, "login-time"), date));
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
		char since[CLI_NUM_MAX];

		json_array_append_new(
			list, json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I}", "session",
					(json_int_t)cli_xml_u64(s, "session-id"), "user",
					cli_xml_text(s, "username"), "via", colon ? colon + 1 : via,
					"from", cli_xml_text(s, "source-host"), "since",
					cli_fmt_utc(cli_xml_text(s, "login-time"), since),
					"requests", (json_int_t)cli_xml_u64(s, "in-rpcs"), "events",
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

static const struct cmd_words words_display = {
	.list = (const char *const[][2]){
		{"text", "blocks in braces (the default); load takes them"},
		{"json", "what load takes as well"},
		{"xml", "what load takes as well"},
		{"set", "what load takes as well: lines"},
		{NULL, NULL}}};

static const struct cmd_words words_datastore = {
	.list = (const char *const[][2]){{"running", "what is in force"},
					 {"candidate", "with edits that wait"},
					 {"startup", "what the next boot takes"},
					 {NULL, NULL}}};

static const struct cmd_option configuration_options[] = {
	{"display", 'd', "FORMAT", "text (the default), json, xml or set", &words_display},
	{0},
};

CMD_REGISTER(cmd_show_configuration) = {
	.part = CMD_PART_SHOW,
	.place = 130,
	.name = "show configuration",
	.args = "[running | candidate | startup]",
	.summary = "the configuration that runs, is edited, or is taken at the next boot",
	.text = "What is set, without defaults. In each form it can be loaded again. "
		"Secrets are shown only to those who may see them.",
	.options = configuration_options,
	.max_args = 1,
	.words = &words_datastore,
	.configuration = true,
	.run = run_show_configuration,
};

CMD_REGISTER(cmd_show_changes) = {
	.part = CMD_PART_SHOW,
	.place = 150,
	.name = "show changes",
	.args = "",
	.summary = "edits in the candidate that nobody committed yet, and whose they are",
	.run = run_show_changes,
};

CMD_REGISTER(cmd_show_sessions) = {
	.part = CMD_PART_SHOW,
	.place = 160,
	.name = "show sessions",
	.args = "",
	.summary = "who is connected to the management plane",
	.run = run_show_sessions,
};
