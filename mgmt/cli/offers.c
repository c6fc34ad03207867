/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/offers.h"

#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/format.h"
#include "mgmt/cli/instance.h"
#include "mgmt/cli/kinds.h"
#include "mgmt/cli/names.h"
#include "mgmt/cli/xml.h"

struct typed {
	struct cmd_line line; /* command and arguments so far */
	const char *first;    /* a word that begins commands of two words, and is the last */
	const struct cmd_option *wants; /* the option whose argument is typed */
	const char *config;             /* of -c: the file that names ports */
};

/* What groups of commands are about: for the words that begin several. */
static const struct {
	const char *word, *help;
} groups[] = {
	{"show", "what the switch is and does"},  {"clear", "forget what was learned or counted"},
	{"port", "add, change and remove ports"}, {"segment", "add and remove segments"},
	{"switch", "add and remove switches"},    {"load", "make a file what runs"},
	{"log", "how much is written into it"},   {"gateway", "add, change and remove gateways"},
};

static void offer(cli_offer_fn fn, void *arg, enum cli_offer_kind kind, const char *word,
		  const char *help)
{
	fn(arg, &(struct cli_offer){kind, word, help});
}

/* What an option's argument means for the words to come. */
static void note(struct cli *cli, struct typed *t, const struct cmd_option *o, const char *value)
{
	if (strcmp(o->name, "config") == 0) {
		t->config = value;
	} else if (!cli->shell &&
		   (strcmp(o->name, "socket") == 0 || strcmp(o->name, "run-dir") == 0)) {
		free(cli->socket);
		cli->socket = strcmp(o->name, "socket") == 0
				      ? cli_strdup(value)
				      : cli_asprintf("%s/netconf.sock", value);
	}
}

static void read_words(struct cli *cli, struct typed *t, const char *const *words, size_t n)
{
	t->line.args = cli_calloc(n, sizeof(*t->line.args));
	for (size_t i = 0; i < n; i++) {
		size_t used;

		if (words[i][0] == '-' && words[i][1]) {
			const struct cmd_option *o =
				cmd_option_find(&t->line, words[i], cli->abbreviate);
			bool apart = words[i][1] == '-' ? !strchr(words[i], '=') : !words[i][2];

			if (!o || !o->arg || !apart)
				continue;
			if (i + 1 == n)
				t->wants = o;
			else
				note(cli, t, o, words[++i]);
		} else if (t->line.cmd) {
			t->line.args[t->line.n_args++] = words[i];
			t->first = NULL;
		} else {
			t->line.cmd =
				cmd_resolve(&words[i], n - i > 1 ? 2 : 1, cli->abbreviate, &used);
			t->first = used == 1 && i + 1 == n ? words[i] : NULL;
			i += used - 1;
		}
	}
}

static const char *group_help(const char *word)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		if (strcmp(groups[i].word, word) == 0)
			return groups[i].help;
	return "";
}

/* Commands, or the second words of those that @first begins. */
static void offer_commands(const struct cli *cli, const char *first, cli_offer_fn fn, void *arg)
{
	size_t len = first ? strlen(first) : 0;
	char last[64] = "";

	cli_commands_foreach(cmd)
	{
		const char *at = cmd->name;
		size_t space = strcspn(at, " ");
		char word[64];

		if (cmd->hidden || (cmd->shell && !cli->shell))
			continue;
		if (first) {
			if (strncmp(at, first, len) != 0 || at[space] != ' ' ||
			    (!cli->abbreviate && space != len) || space < len)
				continue;
			at += space + 1;
		}
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(at, " "), at);
		if (strcmp(word, last) != 0)
			offer(fn, arg, CLI_OFFER_WORD, word,
			      strcmp(word, at) == 0 ? cmd->summary : group_help(word));
		strcpy(last, word);
	}
}

static void offer_options(const struct cli *cli, const struct typed *t, cli_offer_fn fn, void *arg)
{
	const struct cmd *cmd = t->line.cmd;
	const struct cmd_option *lists[] = {
		cmd ? cmd->options : NULL,
		cmd && cmd->kinds && t->line.n_args > 1 ? cmd_kind_options(t->line.args[1]) : NULL,
		cli_global_options,
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		for (const struct cmd_option *o = lists[i]; o && o->name; o++) {
			char *word = cli_asprintf("--%s", o->name);

			if (!o->start || !cli->shell)
				offer(fn, arg, CLI_OFFER_WORD, word, o->help);
			free(word);
		}
	}
}

static void offer_names(struct cli *cli, enum cli_name_kind kind, cli_offer_fn fn, void *arg)
{
	struct cli_names names;

	cli_names_get(cli, &names);
	for (size_t i = 0; i < names.n; i++)
		if (names.list[i].kind == kind)
			offer(fn, arg, CLI_OFFER_WORD, names.list[i].name, names.list[i].help);
	cli_names_free(&names);
}

/* Further segments behind those of a list that are typed already. */
static void offer_vlans(struct cli *cli, const char *typed, cli_offer_fn fn, void *arg)
{
	const char *comma = strrchr(typed, ',');
	struct cli_names names;

	offer(fn, arg, CLI_OFFER_VALUE, "LIST",
	      "segments, VLAN ids and ranges: office,lab,100-200");
	cli_names_get(cli, &names);
	for (size_t i = 0; i < names.n; i++) {
		char *word;

		if (names.list[i].kind != CLI_NAME_SEGMENT)
			continue;
		word = cli_asprintf("%.*s%s", comma ? (int)(comma + 1 - typed) : 0, typed,
				    names.list[i].name);
		offer(fn, arg, CLI_OFFER_WORD, word, names.list[i].help);
		free(word);
	}
	cli_names_free(&names);
}

/* "PORT=" for the ports of the configuration file that was named before. */
static void offer_config_ports(const char *config, const char *typed, cli_offer_fn fn, void *arg)
{
	struct lyd_node *tree;

	if (!config || strchr(typed, '=')) {
		offer(fn, arg, CLI_OFFER_FILE, "PORT=FILE", "a port and a capture");
		return;
	}
	cli_instance_tree(config, &tree, NULL);
	cli_xml_foreach(port, cli_xml_child(tree, "interfaces"), "interface")
	{
		char *word = cli_asprintf("%s=", cli_xml_text(port, "name"));

		offer(fn, arg, CLI_OFFER_WORD, word, "");
		free(word);
	}
	lyd_free_all(tree);
}

static void offer_kinds(cli_offer_fn fn, void *arg)
{
	const struct cli_kind *kind;

	for (size_t i = 0; (kind = cli_kind_at(i)); i++)
		offer(fn, arg, CLI_OFFER_WORD, kind->name, kind->help);
}

/* Commits by their numbers. */
static void offer_history(struct cli *cli, cli_offer_fn fn, void *arg)
{
	struct cli_client *client = cli->session, *own = NULL;
	struct lyd_node *reply = NULL;
	struct hd_err err;

	if (!client && cli_client_open(&own, cli->socket, &err) == 0)
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

		offer(fn, arg, CLI_OFFER_WORD, cli_xml_text(e, "index"), help);
		free(help);
	}
	lyd_free_all(reply);
	cli_client_close(own);
}

struct names_to {
	cli_offer_fn fn;
	void *arg;
};

static void offer_host_name(void *arg, const char *name)
{
	const struct names_to *to = arg;

	offer(to->fn, to->arg, CLI_OFFER_WORD, name, "");
}

void cli_offers_host(const char *what, cli_offer_fn fn, void *arg)
{
	struct names_to to = {fn, arg};

	cli_host_names(what, offer_host_name, &to);
}

static void offer_new(cli_offer_fn fn, void *arg)
{
	offer(fn, arg, CLI_OFFER_VALUE, "NAME", "a name of your choice");
}

static void offer_list(const char *const (*list)[2], cli_offer_fn fn, void *arg)
{
	for (; (*list)[0]; list++)
		offer(fn, arg, CLI_OFFER_WORD, (*list)[0], (*list)[1]);
}

void cli_offers_value(struct cli *cli, enum cmd_words words, const char *typed, const char *config,
		      cli_offer_fn fn, void *arg)
{
	static const char *const hugepages[][2] = {{"auto", "when there are any"},
						   {"yes", "and fail without"},
						   {"no", "never"},
						   {NULL, NULL}};
	static const char *const datastores[][2] = {{"running", "what is in force"},
						    {"candidate", "with edits that wait"},
						    {"startup", "what the next boot takes"},
						    {NULL, NULL}};
	static const char *const displays[][2] = {
		{"text", "blocks in braces (the default); load takes them"},
		{"json", "what load takes as well"},
		{"xml", "what load takes as well"},
		{"set", "what load takes as well: lines"},
		{NULL, NULL}};
	static const char *const modes[][2] = {{"shared", "with all others (the default)"},
					       {"exclusive", "nobody else edits meanwhile"},
					       {"private", "on a copy of one's own"},
					       {NULL, NULL}};

	static const char *const levels[][2] = {{"error", "what does not work"},
						{"warning", "also what is probably wrong"},
						{"notice", "also each commit"},
						{"info", "also ports that go up and down"},
						{"debug", "also each session of the command line"},
						{NULL, NULL}};

	switch (words) {
	case CMD_WORDS_NONE: break;
	case CMD_WORDS_LOG_LEVEL: offer_list(levels, fn, arg); break;
	case CMD_WORDS_FILE: offer(fn, arg, CLI_OFFER_FILE, "FILE", "the name of a file"); break;
	case CMD_WORDS_DIR: offer(fn, arg, CLI_OFFER_DIR, "DIR", "the name of a folder"); break;
	case CMD_WORDS_PORT: offer_names(cli, CLI_NAME_PORT, fn, arg); break;
	case CMD_WORDS_GATEWAY: offer_names(cli, CLI_NAME_GATEWAY, fn, arg); break;
	case CMD_WORDS_VRF: offer_names(cli, CLI_NAME_VRF, fn, arg); break;
	case CMD_WORDS_SWITCH: offer_names(cli, CLI_NAME_SWITCH, fn, arg); break;
	case CMD_WORDS_SEGMENT: offer_names(cli, CLI_NAME_SEGMENT, fn, arg); break;
	case CMD_WORDS_VLANS: offer_vlans(cli, typed, fn, arg); break;
	case CMD_WORDS_COMMAND: offer_commands(cli, NULL, fn, arg); break;
	case CMD_WORDS_PORT_FILE: offer_config_ports(config, typed, fn, arg); break;
	case CMD_WORDS_HUGEPAGES: offer_list(hugepages, fn, arg); break;
	case CMD_WORDS_DATASTORE: offer_list(datastores, fn, arg); break;
	case CMD_WORDS_MODE: offer_list(modes, fn, arg); break;
	case CMD_WORDS_DISPLAY: offer_list(displays, fn, arg); break;
	case CMD_WORDS_HISTORY: offer_history(cli, fn, arg); break;
	case CMD_WORDS_EVENT: cli_events_offer(fn, arg); break;
	case CMD_WORDS_NEW: offer_new(fn, arg); break;
	case CMD_WORDS_TAP:
		offer_new(fn, arg);
		cli_offers_host("taps", fn, arg);
		break;
	case CMD_WORDS_KIND: offer_kinds(fn, arg); break;
	}
}

static void offer_argument(struct cli *cli, const struct typed *t, const char *typed,
			   cli_offer_fn fn, void *arg)
{
	const struct cmd_line *line = &t->line;
	const struct cmd *cmd = line->cmd;
	enum cmd_words words = line->n_args && cmd->words2 ? cmd->words2 : cmd->words;

	if (cmd->words == CMD_WORDS_COMMAND && line->n_args == 1) {
		offer_commands(cli, line->args[0], fn, arg);
		return;
	}
	if (line->n_args >= cmd->max_args)
		return;
	if (words == CMD_WORDS_NONE)
		offer(fn, arg, CLI_OFFER_VALUE, cmd->args, cmd->summary);
	cli_offers_value(cli, words, typed, t->config, fn, arg);
}

void cli_offers(struct cli *cli, const char *const *words, size_t n, const char *typed,
		cli_offer_fn fn, void *arg)
{
	struct typed t = {0};

	read_words(cli, &t, words, n);
	if (t.wants) {
		if (t.wants->words == CMD_WORDS_NONE)
			offer(fn, arg, CLI_OFFER_VALUE, t.wants->arg, t.wants->help);
		cli_offers_value(cli, t.wants->words, typed, t.config, fn, arg);
		cli_kind_values(t.wants, fn, arg);
	} else {
		if (!t.line.cmd || t.first)
			offer_commands(cli, t.first, fn, arg);
		if (t.line.cmd)
			offer_argument(cli, &t, typed, fn, arg);
		if (t.line.cmd && t.line.n_args >= t.line.cmd->min_args)
			offer(fn, arg, CLI_OFFER_END, "<enter>", "");
		if (*typed == '-' || (t.line.cmd && t.line.n_args >= t.line.cmd->min_args))
			offer_options(cli, &t, fn, arg);
	}
	cmd_line_free(&t.line);
}
