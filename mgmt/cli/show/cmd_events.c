/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle monitor events, heddle show events
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/command/cli.h"
#include "mgmt/cli/term/format.h"
#include "mgmt/cli/command/kinds.h"
#include "mgmt/cli/term/table.h"
#include "mgmt/setform/setform.h"

#define EVENTS_MAX      64    /* kinds */
#define LAST_MAX        10000 /* the switch keeps fewer */
#define NS_NOTIFICATION "urn:ietf:params:xml:ns:netconf:notification:1.0"

struct events {
	struct cli *cli;
	const struct cmd_line *line; /* kinds that are wanted; none: all */
	unsigned long left;          /* until it ends; 0: no end */
	bool replay;                 /* ends with what is known already */
	struct lyd_node **last; /* replay: the last @left that are wanted, in a ring; NULL: all */
	unsigned long n;        /* how many went through it */
};

/*
 * The event behind @node in the schema, NULL for the first, with *@i at 0. NULL: there is none. Messages
 * about the stream itself are no events.
 */
static const struct lysc_node *next_event(const struct lysc_node *node, uint32_t *i)
{
	struct ly_ctx *ctx = cli_schema(NULL);
	const struct lys_module *module;

	node = node ? node->next : NULL;
	while (!node && ctx && (module = ly_ctx_get_module_iter(ctx, i)))
		if (module->compiled && strcmp(module->name, "nc-notifications") != 0)
			node = (const struct lysc_node *)module->compiled->notifs;
	return node;
}

/* The kinds of events. */
static void offer_events(const struct cmd_ask *ask, cli_offer_fn fn, void *arg)
{
	const struct lysc_node *node = NULL;
	uint32_t i = 0;

	while ((node = next_event(node, &i))) {
		char *help = cli_first_sentence(node->dsc);

		fn(arg, &(struct cli_offer){CLI_OFFER_WORD, node->name, help});
		free(help);
	}
}

static const struct cmd_words words_event = {.offer = offer_events};

struct names {
	char *list[EVENTS_MAX];
	size_t n;
};

static void add_name(void *arg, const struct cli_offer *offer)
{
	struct names *names = arg;

	if (names->n < EVENTS_MAX)
		names->list[names->n++] = cli_strdup(offer->word);
}

/* Are all kinds of events that were asked for known? False after a message. */
static bool known(const struct cmd_line *line)
{
	struct names names = {.n = 0};
	bool fine = true;

	offer_events(NULL, add_name, &names);
	for (size_t i = 0; i < line->n_args && names.n && fine; i++) {
		size_t k = 0;

		while (k < names.n && strcmp(names.list[k], line->args[i]) != 0)
			k++;
		fine = k < names.n;
		if (fine)
			continue;
		cli_error(
			"there is no event \"%s\"%s", line->args[i],
			cli_did_you_mean(line->args[i], (const char *const *)names.list, names.n));
		fputs("There are:", stderr);
		for (k = 0; k < names.n; k++)
			fprintf(stderr, " %s", names.list[k]);
		fputc('\n', stderr);
	}
	while (names.n)
		free(names.list[--names.n]);
	return fine;
}

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

/*
 * The node of the schema that is called @name below @parent; NULL when this side does not know it.
 */
static const struct lysc_node *schema_of(const struct lysc_node *parent, const char *name)
{
	const struct lysc_node *node = NULL;

	while (parent && (node = lys_getnext(node, parent, NULL, 0)))
		if (strcmp(node->name, name) == 0)
			break;
	return node;
}

/* The schema of an event. */
static const struct lysc_node *schema_of_event(const char *name)
{
	const struct lysc_node *node = NULL;
	uint32_t i = 0;

	while ((node = next_event(node, &i)) && strcmp(node->name, name) != 0)
		;
	return node;
}

/* Numbers and truth values as what they are. */
static json_t *leaf_json(const struct lyd_node *leaf, const struct lysc_node *schema)
{
	const char *text = cli_xml_own_text(leaf);
	char *end;
	long long number;

	if (schema && schema->nodetype & (LYS_LEAF | LYS_LEAFLIST)) {
		LY_DATA_TYPE type = ((const struct lysc_node_leaf *)schema)->type->basetype;

		number = strtoll(text, &end, 10);
		if (*text && !*end &&
		    (type == LY_TYPE_UINT64 || (type >= LY_TYPE_UINT8 && type <= LY_TYPE_UINT32) ||
		     (type >= LY_TYPE_INT8 && type <= LY_TYPE_INT64)))
			return json_integer(number);
		if (type == LY_TYPE_BOOL)
			return json_boolean(strcmp(text, "true") == 0);
	}
	return json_string(text);
}

/* What an event says. Lists are lists, however many entries they have. */
static json_t *leaves_json(const struct lyd_node *node, const struct lysc_node *schema)
{
	json_t *object = json_object();
	const struct lysc_node *s = NULL;
	const struct lyd_node *child;

	while (schema && (s = lys_getnext(s, schema, NULL, 0)))
		if (s->nodetype & (LYS_LIST | LYS_LEAFLIST))
			json_object_set_new(object, s->name, json_array());
	LY_LIST_FOR(lyd_child(node), child) {
		const char *name = cli_xml_name(child);
		json_t *value, *list = json_object_get(object, name);

		s = schema_of(schema, name);
		value = lyd_child(child) ? leaves_json(child, s) : leaf_json(child, s);
		if (json_is_array(list))
			json_array_append_new(list, value);
		else
			json_object_set_new(object, name, value);
	}
	return object;
}

static void print_event(struct cli *cli, const char *date, const struct lyd_node *event)
{
	struct cli_str text = {0};
	char clock[CLI_NUM_MAX];

	if (cli->json) {
		const char *name = cli_xml_name(event);

		cli_json_line(cli, json_pack("{s:s, s:s, s:o}", "time", cli_fmt_utc(date, clock),
					     "event", name, "data",
					     leaves_json(event, schema_of_event(name))));
	} else {
		cli_str_puts(&text, "");
		add_leaves(&text, event);
		cli_text_clean(text.text);
		fprintf(cli->out, "%s %s%s%s%s\n", cli_fmt_local(date, clock),
			cli_style_on(CLI_BOLD, cli->color), cli_xml_name(event),
			cli_style_off(CLI_BOLD, cli->color), text.text);
		cli_str_free(&text);
	}
	fflush(cli->out);
}

/* The event in a notification, or NULL. */
static const struct lyd_node *event_of(const struct lyd_node *notification)
{
	const struct lyd_node *event = lyd_child(notification);

	while (event && strcmp(cli_xml_name(event), "eventTime") == 0)
		event = event->next;
	return event;
}

static void print_notification(struct events *ev, const struct lyd_node *notification)
{
	print_event(ev->cli, cli_xml_text(notification, "eventTime"), event_of(notification));
}

/* Takes the notification over. True when this was the last one. */
static bool take(struct events *ev, struct lyd_node *notification)
{
	const struct lyd_node *event = event_of(notification);
	const char *name = event ? cli_xml_name(event) : "";
	bool last = false;

	if (strcmp(name, "replayComplete") == 0 || strcmp(name, "notificationComplete") == 0) {
		last = ev->replay;
	} else if (event && wanted(ev, name) && ev->last) {
		struct lyd_node **place = &ev->last[ev->n++ % ev->left];

		lyd_free_all(*place);
		*place = notification;
		return false;
	} else if (event && wanted(ev, name)) {
		print_notification(ev, notification);
		last = ev->left && ++ev->n == ev->left;
	}
	lyd_free_all(notification);
	return last || ferror(ev->cli->out) != 0;
}

/* The last ones, which were kept. */
static void print_last(struct events *ev)
{
	unsigned long n = ev->n < ev->left ? ev->n : ev->left;

	for (unsigned long i = 0; ev->last && i < n; i++) {
		struct lyd_node *kept = ev->last[(ev->n - n + i) % ev->left];

		print_notification(ev, kept);
		lyd_free_all(kept);
	}
	free(ev->last);
}

static int follow(struct events *ev, struct cli_client *client)
{
	for (;;) {
		struct lyd_node *notification;
		struct hd_err err = {0};
		int rc = cli_client_notification(client, &notification, &err);

		if (rc == -EINTR)
			return CLI_OK;
		if (rc < 0) {
			cli_error("%s", err.text);
			return CLI_UNREACHABLE;
		}
		if (take(ev, notification))
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
	if (!cmd_number(line, "count", 1, ev.replay ? LAST_MAX : 1000000000, &ev.left) ||
	    !known(line))
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
	if (rc == 0 && ev.replay && ev.left)
		ev.last = cli_calloc(ev.left, sizeof(struct lyd_node *));
	if (rc == 0)
		rc = follow(&ev, client);
	print_last(&ev);
	cli_client_close(client);
	return rc;
}

#define ALL_OPTION                                                         \
	{                                                                  \
		"all", 'a', NULL, "also sessions that begin and end", NULL \
	}

static const struct cmd_option show_options[] = {
	{"count", 'n', "N", "only the last N events", NULL},
	ALL_OPTION,
	{0},
};

static const struct cmd_option monitor_options[] = {
	{"count", 'n', "N", "end after N events", NULL},
	ALL_OPTION,
	{0},
};

CMD_REGISTER(cmd_show_events) = {
	.part = CMD_PART_SHOW,
	.place = 170,
	.name = "show events",
	.args = "[EVENT...]",
	.summary = "what happened lately: ports up and down, addresses that moved, commits",
	.options = show_options,
	.max_args = 64,
	.words = &words_event,
	.run = run_events,
};

CMD_REGISTER(cmd_monitor_events) = {
	.part = CMD_PART_WATCH,
	.place = 20,
	.name = "monitor events",
	.args = "[EVENT...]",
	.summary = "what happens, as it happens",
	.text = "A line for each event; Ctrl-C ends it.",
	.options = monitor_options,
	.max_args = 64,
	.words = &words_event,
	.screen = true,
	.run = run_events,
};
