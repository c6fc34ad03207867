/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle monitor events, heddle show events
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mgmt/cli/cli.h"
#include "mgmt/cli/kinds.h"
#include "mgmt/cli/table.h"
#include "mgmt/setform/setform.h"

#define NS_NOTIFICATION "urn:ietf:params:xml:ns:netconf:notification:1.0"

struct events {
	struct cli *cli;
	const struct cmd_line *line; /* kinds that are wanted; none: all */
	unsigned long left;          /* until it ends; 0: no end */
	bool replay;                 /* ends with what is known already */
};

static bool wanted(const struct events *ev, const char *name)
{
	for (size_t i = 0; i < ev->line->n_args; i++)
		if (strcmp(ev->line->args[i], name) == 0)
			return true;
	if (ev->line->n_args)
		return false;
	return cmd_has(ev->line, "all") || strncmp(name, "netconf-session-", 16) != 0;
}

/* What a leaf says; paths in the words of the configuration. */
static void add_value(struct cli_str *text, const struct lyd_node *leaf)
{
	struct ly_ctx *ctx = cli_schema(NULL);
	char *path, *words = NULL;

	if (ctx && *cli_xml_own_text(leaf) == '/') {
		path = cli_path_text(leaf);
		words = sf_path_words(ctx, path);
		free(path);
	}
	cli_str_puts(text, words ? words : cli_xml_own_text(leaf));
	free(words);
}

/* " name web1 reason no-peer": leaves, with those of containers. */
static void add_leaves(struct cli_str *text, const struct lyd_node *node)
{
	const struct lyd_node *child;

	LY_LIST_FOR(lyd_child(node), child) {
		if (lyd_child(child)) {
			add_leaves(text, child);
		} else {
			cli_str_printf(text, " %s ", cli_xml_name(child));
			add_value(text, child);
		}
	}
}

static json_t *leaves_json(const struct lyd_node *node)
{
	json_t *object = json_object();
	const struct lyd_node *child;

	LY_LIST_FOR(lyd_child(node), child) {
		const char *name = cli_xml_name(child);
		json_t *value = lyd_child(child) ? leaves_json(child)
						 : json_string(cli_xml_own_text(child));
		json_t *before = json_object_get(object, name);

		if (!before) {
			json_object_set_new(object, name, value);
		} else if (json_is_array(before)) {
			json_array_append_new(before, value);
		} else { /* a second one: a list */
			json_t *list = json_array();

			json_array_append(list, before);
			json_array_append_new(list, value);
			json_object_set_new(object, name, list);
		}
	}
	return object;
}

static void print_event(struct cli *cli, const char *date, const struct lyd_node *event)
{
	struct cli_str text = {0};
	char clock[32] = "";
	time_t when;
	struct tm tm;

	if (cli->json) {
		json_t *json = json_pack("{s:s, s:s, s:o}", "time", date, "event",
					 cli_xml_name(event), "data", leaves_json(event));

		cli_json_line(cli, json);
	} else {
		if (ly_time_str2time(date, &when, NULL) == LY_SUCCESS)
			strftime(clock, sizeof(clock), "%Y-%m-%d %H:%M:%S",
				 localtime_r(&when, &tm));
		cli_str_puts(&text, "");
		add_leaves(&text, event);
		cli_text_clean(text.text);
		fprintf(cli->out, "%s %s%s%s%s\n", clock, cli_style_on(CLI_BOLD, cli->color),
			cli_xml_name(event), cli_style_off(CLI_BOLD, cli->color), text.text);
		cli_str_free(&text);
	}
	fflush(cli->out);
}

/* True when this was the last one. */
static bool take(struct events *ev, const struct lyd_node *notification)
{
	const char *date = cli_xml_text(notification, "eventTime");
	const struct lyd_node *event;

	LY_LIST_FOR(lyd_child(notification), event) {
		const char *name = cli_xml_name(event);

		if (strcmp(name, "eventTime") == 0)
			continue;
		if (strcmp(name, "replayComplete") == 0 ||
		    strcmp(name, "notificationComplete") == 0)
			return ev->replay;
		if (!wanted(ev, name))
			continue;
		print_event(ev->cli, date, event);
		if (ev->left && --ev->left == 0)
			return true;
	}
	return ferror(ev->cli->out) != 0;
}

static int follow(struct events *ev, struct cli_client *client)
{
	for (;;) {
		struct lyd_node *notification;
		struct hd_err err = {0};
		int rc = cli_client_notification(client, &notification, &err);
		bool last;

		if (rc == -EINTR)
			return CLI_OK;
		if (rc < 0) {
			cli_error("%s", err.text);
			return CLI_UNREACHABLE;
		}
		last = take(ev, notification);
		lyd_free_all(notification);
		if (last)
			return CLI_OK;
	}
}

static int run_events(struct cli *cli, const struct cmd_line *line)
{
	struct events ev = {.cli = cli, .line = line};
	struct cli_client *client;
	struct lyd_node *reply;
	char *request;
	int rc;

	ev.replay = strcmp(line->cmd->name, "show events") == 0;
	if (!cmd_number(line, "count", 1, 1000000000, &ev.left))
		return CLI_USAGE;
	client = cli_connect_apart(cli); /* a subscription ends with its session */
	if (!client)
		return CLI_UNREACHABLE;
	request = cli_asprintf("<create-subscription xmlns=\"" NS_NOTIFICATION "\">%s"
			       "</create-subscription>",
			       ev.replay ? "<startTime>1970-01-01T00:00:00Z</startTime>" : "");
	rc = cli_request(client, request, &reply);
	lyd_free_all(reply);
	free(request);
	if (rc == 0)
		rc = follow(&ev, client);
	cli_client_close(client);
	return rc;
}

static const struct cmd_option events_options[] = {
	{"count", 'n', "N", "end after N events", CMD_WORDS_NONE},
	{"all", 'a', NULL, "also sessions that begin and end", CMD_WORDS_NONE},
	{0},
};

const struct cmd cmd_show_events = {
	.name = "show events",
	.args = "[EVENT...]",
	.summary = "what happened lately: ports up and down, addresses that moved, commits",
	.options = events_options,
	.max_args = 64,
	.words = CMD_WORDS_EVENT,
	.run = run_events,
};

const struct cmd cmd_monitor_events = {
	.name = "monitor events",
	.args = "[EVENT...]",
	.summary = "what happens, as it happens",
	.text = "A line for each event; Ctrl-C ends it.",
	.options = events_options,
	.max_args = 64,
	.words = CMD_WORDS_EVENT,
	.screen = true,
	.run = run_events,
};
