/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show history [N], heddle compare N [M]
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/change.h"
#include "mgmt/cli/config/config_print.h"
#include "mgmt/cli/term/format.h"
#include "mgmt/cli/command/kinds.h"
#include "mgmt/cli/term/table.h"
#include "mgmt/setform/setform.h"

#define INDEX_MAX 49 /* the oldest commit that is kept */

/* A commit that is reverted unless somebody confirms it. */
static void print_pending(struct cli *cli, struct cli_client *client)
{
	struct lyd_node *reply = NULL;
	const struct lyd_node *pending;
	char text[CLI_NUM_MAX];
	struct hd_err err;

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
			cli_fmt_local(cli_xml_text(pending, "deadline"), text));
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

static json_t *entry_json(const struct lyd_node *e)
{
	char time[CLI_NUM_MAX];

	return json_pack(
		"{s:I, s:I, s:s, s:s, s:s, s:s, s:b}", "index", (json_int_t)cli_xml_u64(e, "index"),
		"generation", (json_int_t)cli_xml_u64(e, "generation"), "time",
		cli_fmt_utc(cli_xml_text(e, "time"), time), "user", cli_xml_text(e, "user"),
		"client", cli_xml_text(e, "client"), "comment", cli_xml_text(e, "comment"),
		"pending", cli_xml_child(e, "pending") != NULL);
}

static void history_json(struct cli *cli, const struct lyd_node *reply)
{
	json_t *list = json_array();

	cli_xml_foreach(e, reply, "entry") json_array_append_new(list, entry_json(e));
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
		char text[CLI_NUM_MAX];

		cli_table_row(t);
		cli_table_cell(t, 0, CLI_PLAIN, cli_xml_text(e, "index"));
		cli_table_cell(t, 1, CLI_PLAIN, cli_fmt_local(cli_xml_text(e, "time"), text));
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

static int fetch_entries(struct cli_client *client, unsigned long limit, struct lyd_node **reply)
{
	char *request = cli_asprintf("<get-history xmlns=\"" CLI_NS_CONFIG "\"><limit>%lu</limit>"
				     "</get-history>",
				     limit);
	int rc = cli_request(client, request, reply);

	free(request);
	return rc;
}

/* What ran @index commits ago. */
static int fetch_config(struct cli_client *client, unsigned long index, struct lyd_node **tree)
{
	char *request = cli_asprintf("<get-history-config xmlns=\"" CLI_NS_CONFIG
				     "\"><index>%lu</index></get-history-config>",
				     index);
	struct lyd_node *reply = NULL;
	struct hd_err err = {0};
	int rc = cli_request(client, request, &reply);

	*tree = NULL;
	if (rc == 0 && cli_config_tree(cli_xml_child(reply, "config"), tree, &err) < 0) {
		cli_error("%s", err.text);
		rc = CLI_USAGE;
	}
	lyd_free_all(reply);
	free(request);
	return rc;
}

/* The lines of a difference that begin with @mark, without it and the blank behind it. */
static json_t *lines_json(const char *text, char mark)
{
	json_t *list = json_array();

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (*text == mark && len > 2)
			json_array_append_new(list, json_stringn(text + 2, len - 2));
		text += len + (text[len] == '\n');
	}
	return list;
}

/* Prints what makes commit @to of commit @from. @about: members for the JSON; taken over. */
static int print_difference(struct cli *cli, struct cli_client *client, unsigned long from,
			    unsigned long to, json_t *about)
{
	struct lyd_node *before = NULL, *after = NULL;
	char *text = NULL;
	size_t len;
	FILE *out;
	int rc = fetch_config(client, from, &before);

	if (rc == 0)
		rc = fetch_config(client, to, &after);
	out = rc == 0 ? open_memstream(&text, &len) : NULL;
	if (out) {
		sf_compare(cli_schema(NULL), before, after, out);
		fclose(out);
		if (cli->json) {
			json_object_set_new(about, "removed", lines_json(text, '-'));
			json_object_set_new(about, "added", lines_json(text, '+'));
			cli_json_print(cli, json_incref(about));
		} else {
			fputs(*text ? text : "Nothing is different.\n", cli->out);
		}
	}
	free(text);
	lyd_free_all(before);
	lyd_free_all(after);
	json_decref(about);
	return rc;
}

int cli_history_one(struct cli *cli, struct cli_client *client, unsigned long index)
{
	const struct lyd_node *found = NULL;
	struct lyd_node *reply;
	char when[CLI_NUM_MAX];
	unsigned long n = 0;
	int rc = fetch_entries(client, index + 1, &reply);

	if (rc)
		return rc;
	cli_xml_foreach(e, reply, "entry")
	{
		n++;
		if (cli_xml_u64(e, "index") == index)
			found = e;
	}
	if (!found) {
		cli_error("there is no commit %lu in the history, which has %lu: show history "
			  "lists them",
			  index, n);
		lyd_free_all(reply);
		return CLI_REFUSED;
	}
	if (!cli->json) {
		const char *user = cli_xml_text(found, "user");
		char *head = cli_asprintf("commit %lu, %s%s%s with %s: %s", index,
					  cli_fmt_local(cli_xml_text(found, "time"), when),
					  *user ? " by " : "", user, cli_xml_text(found, "client"),
					  cli_xml_text(found, "comment"));

		fprintf(cli->out, "%s\n", cli_text_clean(head));
		free(head);
	}
	rc = print_difference(cli, client, index + 1, index, cli->json ? entry_json(found) : NULL);
	lyd_free_all(reply);
	return rc;
}

int cli_history_compare(struct cli *cli, struct cli_client *client, unsigned long from,
			unsigned long to)
{
	return print_difference(
		cli, client, from, to,
		cli->json ? json_pack("{s:I, s:I}", "from", (json_int_t)from, "to", (json_int_t)to)
			  : NULL);
}

/* The number of a commit. False after a message. */
static bool read_index(const char *text, unsigned long *n)
{
	char *end;

	errno = 0;
	*n = strtoul(text, &end, 10);
	if (!errno && *text >= '0' && *text <= '9' && !*end && *n <= INDEX_MAX)
		return true;
	cli_error("%s: the number of a commit is needed, from 0 (what runs) to %d: show history "
		  "lists them",
		  text, INDEX_MAX);
	return false;
}

static int run_show_history(struct cli *cli, const struct cmd_line *line)
{
	unsigned long limit = INDEX_MAX + 1, index = 0;
	struct cli_client *client;
	struct lyd_node *reply = NULL;
	int rc;

	if (!cmd_number(line, "limit", 1, INDEX_MAX + 1, &limit) ||
	    (line->n_args && !read_index(line->args[0], &index)))
		return CLI_USAGE;
	client = cli_connect(cli);
	if (!client)
		return CLI_UNREACHABLE;
	if (line->n_args) {
		rc = cli_history_one(cli, client, index);
	} else {
		rc = fetch_entries(client, limit, &reply);
		if (rc == 0 && cli->json) {
			history_json(cli, reply);
		} else if (rc == 0) {
			cli_history_print(cli, reply);
			print_pending(cli, client);
			cli_startup_tell(client, cli->out);
		}
		lyd_free_all(reply);
	}
	cli_disconnect(cli, client);
	return rc;
}

static const struct cmd_option history_options[] = {
	{"limit", 'n', "N", "at most N of them (default: 50, as many as there are)", NULL},
	{0},
};

/* Commits by their numbers. */
static void offer_history(const struct cmd_ask *ask, cli_offer_fn fn, void *arg)
{
	struct cli_client *client = ask->cli->session, *own = NULL;
	struct lyd_node *reply = NULL;
	struct hd_err err;

	if (!client && cli_client_open(&own, ask->cli->socket, &err) == 0)
		client = own;
	if (client)
		cli_client_rpc(client, "<get-history xmlns=\"urn:heddle:yang:heddle-config\"/>",
			       &reply, &err);
	cli_xml_foreach(e, reply, "entry")
	{
		char when[CLI_NUM_MAX];
		char *help = cli_asprintf(
			"%s by %s%s%s", cli_fmt_local(cli_xml_text(e, "time"), when),
			cli_xml_text(e, "user"), *cli_xml_text(e, "comment") ? ": " : "",
			cli_xml_text(e, "comment"));

		fn(arg, &(struct cli_offer){CLI_OFFER_WORD, cli_xml_text(e, "index"), help});
		free(help);
	}
	lyd_free_all(reply);
	cli_client_close(own);
}

const struct cmd_words words_history = {.offer = offer_history};

CMD_REGISTER(cmd_show_history) = {
	.part = CMD_PART_SHOW,
	.place = 140,
	.name = "show history",
	.args = "[N]",
	.summary =
		"commits that can be gone back to, the newest first; or what one of them changed",
	.text = "With N what that commit changed, as lines that went (-) and came (+), with who made it. N "
		"is the number that compare takes, and rollback in configuration mode.",
	.options = history_options,
	.max_args = 1,
	.words = &words_history,
	.run = run_show_history,
};

static int run_compare(struct cli *cli, const struct cmd_line *line)
{
	unsigned long from, to = 0;
	struct cli_client *client;
	int rc;

	if (!read_index(line->args[0], &from) ||
	    (line->n_args > 1 && !read_index(line->args[1], &to)))
		return CLI_USAGE;
	client = cli_connect(cli);
	if (!client)
		return CLI_UNREACHABLE;
	rc = cli_history_compare(cli, client, from, to);
	cli_disconnect(cli, client);
	return rc;
}

CMD_REGISTER(cmd_compare) = {
	.part = CMD_PART_COMPARE,
	.place = 10,
	.name = "compare",
	.args = "N [M]",
	.summary = "what makes configuration M of the history of configuration N",
	.text = "Lines that went (-) and came (+). Without M what changed since N: M is 0, what runs.",
	.min_args = 1,
	.max_args = 2,
	.words = &words_history,
	.run = run_compare,
};
