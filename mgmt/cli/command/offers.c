/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/command/offers.h"

#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/command/kinds.h"
#include "mgmt/cli/command/names.h"

struct typed {
	struct cmd_line line; /* command and arguments so far */
	const char *first;    /* a word that begins commands of two words, and is the last */
	const struct cmd_option *wants; /* the option whose argument is typed */
	const char *config;             /* of -c: the file that names ports */
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

/* What the commands are about that begin with @word. */
static const char *group_help(const char *word)
{
	size_t len = strlen(word);

	cli_commands_foreach(cmd)
	{
		if (cmd->group && strncmp(cmd->name, word, len) == 0 && cmd->name[len] == ' ')
			return cmd->group;
	}
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
static void offer_vlans(const struct cmd_ask *ask, cli_offer_fn fn, void *arg)
{
	const char *comma = strrchr(ask->typed, ',');
	struct cli_names names;

	offer(fn, arg, CLI_OFFER_VALUE, "LIST",
	      "segments, VLAN ids and ranges: office,lab,100-200");
	cli_names_get(ask->cli, &names);
	for (size_t i = 0; i < names.n; i++) {
		char *word;

		if (names.list[i].kind != CLI_NAME_SEGMENT)
			continue;
		word = cli_asprintf("%.*s%s", comma ? (int)(comma + 1 - ask->typed) : 0, ask->typed,
				    names.list[i].name);
		offer(fn, arg, CLI_OFFER_WORD, word, names.list[i].help);
		free(word);
	}
	cli_names_free(&names);
}

static void offer_kinds(const struct cmd_ask *ask, cli_offer_fn fn, void *arg)
{
	const struct cli_kind *kind;

	for (size_t i = 0; (kind = cli_kind_at(i)); i++)
		offer(fn, arg, CLI_OFFER_WORD, kind->name, kind->help);
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

void cli_offers_value(const struct cmd_words *words, const struct cmd_ask *ask, cli_offer_fn fn,
		      void *arg)
{
	for (const char *const(*w)[2] = words ? words->list : NULL; w && (*w)[0]; w++)
		offer(fn, arg, CLI_OFFER_WORD, (*w)[0], (*w)[1]);
	if (words && words->offer)
		words->offer(ask, fn, arg);
}

static void offer_file(const struct cmd_ask *ask, cli_offer_fn fn, void *arg)
{
	offer(fn, arg, CLI_OFFER_FILE, "FILE", "the name of a file");
}

static void offer_dir(const struct cmd_ask *ask, cli_offer_fn fn, void *arg)
{
	offer(fn, arg, CLI_OFFER_DIR, "DIR", "the name of a folder");
}

static void offer_new(const struct cmd_ask *ask, cli_offer_fn fn, void *arg)
{
	offer(fn, arg, CLI_OFFER_VALUE, "NAME", "a name of your choice");
}

#define OFFER_NAMES(what, kind)                                                         \
	static void offer_##what(const struct cmd_ask *ask, cli_offer_fn fn, void *arg) \
	{                                                                               \
		offer_names(ask->cli, kind, fn, arg);                                   \
	}                                                                               \
	const struct cmd_words words_##what = {.offer = offer_##what}

OFFER_NAMES(port, CLI_NAME_PORT);
OFFER_NAMES(gateway, CLI_NAME_GATEWAY);
OFFER_NAMES(vrf, CLI_NAME_VRF);
OFFER_NAMES(switch, CLI_NAME_SWITCH);
OFFER_NAMES(segment, CLI_NAME_SEGMENT);

static void offer_command(const struct cmd_ask *ask, cli_offer_fn fn, void *arg)
{
	offer_commands(ask->cli, NULL, fn, arg);
}

const struct cmd_words words_file = {.offer = offer_file};
const struct cmd_words words_dir = {.offer = offer_dir};
const struct cmd_words words_new_name = {.offer = offer_new};
const struct cmd_words words_kind = {.offer = offer_kinds};
const struct cmd_words words_vlans = {.offer = offer_vlans};
const struct cmd_words words_command = {.offer = offer_command};

static void offer_argument(const struct typed *t, const struct cmd_ask *ask, cli_offer_fn fn,
			   void *arg)
{
	const struct cmd_line *line = &t->line;
	const struct cmd *cmd = line->cmd;
	const struct cmd_words *words = line->n_args && cmd->words2 ? cmd->words2 : cmd->words;

	if (cmd->words == &words_command && line->n_args == 1) {
		offer_commands(ask->cli, line->args[0], fn, arg);
		return;
	}
	if (line->n_args >= cmd->max_args)
		return;
	if (!words)
		offer(fn, arg, CLI_OFFER_VALUE, cmd->args, cmd->summary);
	cli_offers_value(words, ask, fn, arg);
}

void cli_offers(struct cli *cli, const char *const *words, size_t n, const char *typed,
		cli_offer_fn fn, void *arg)
{
	struct typed t = {0};
	struct cmd_ask ask = {.cli = cli, .typed = typed};

	read_words(cli, &t, words, n);
	ask.config = t.config;
	if (t.wants) {
		if (!t.wants->words)
			offer(fn, arg, CLI_OFFER_VALUE, t.wants->arg, t.wants->help);
		cli_offers_value(t.wants->words, &ask, fn, arg);
		cli_kind_values(t.wants, fn, arg);
	} else {
		if (!t.line.cmd || t.first)
			offer_commands(cli, t.first, fn, arg);
		if (t.line.cmd)
			offer_argument(&t, &ask, fn, arg);
		if (t.line.cmd && t.line.n_args >= t.line.cmd->min_args)
			offer(fn, arg, CLI_OFFER_END, "<enter>", "");
		if (*typed == '-' || (t.line.cmd && t.line.n_args >= t.line.cmd->min_args))
			offer_options(cli, &t, fn, arg);
	}
	cmd_line_free(&t.line);
}
