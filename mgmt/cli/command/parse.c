/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Taking a command line apart by the table of commands.
 */
#include "mgmt/cli/command/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/term/format.h"
#include "mgmt/cli/command/kinds.h"

#define NAME_MAX_ 64
#define WORDS_MAX 64

const struct cmd *cmd_find(const char *name)
{
	cli_commands_foreach(cmd) if (strcmp(cmd->name, name) == 0) return cmd;
	return NULL;
}

const char *cli_did_you_mean(const char *word, const char *const *words, size_t n)
{
	static char text[NAME_MAX_ + 32];
	const char *best = NULL;
	unsigned int distance = strlen(word) / 2 < 3 ? strlen(word) / 2 : 3;

	if (distance < 1)
		distance = 1;
	for (size_t i = 0; i < n; i++) {
		unsigned int d = cli_edit_distance(word, words[i]);

		if (strlen(word) > 2 && strncmp(word, words[i], strlen(word)) == 0)
			d = 1; /* the rest was left out */
		if (d < distance || (d == distance && !best)) {
			best = words[i];
			distance = d;
		}
	}
	if (!best)
		return "";
	snprintf(text, sizeof(text), "; did you mean %.*s?", NAME_MAX_, best);
	return text;
}

/* The words that can be the one after @prefix ("" or "show "), each once. Returns how many. */
static size_t words_after(const char *prefix, const char **words, char store[][NAME_MAX_],
			  size_t max)
{
	size_t n = 0, len = strlen(prefix);

	for (size_t i = 0; cli_commands[i] && n < max; i++) {
		const struct cmd *cmd = cli_commands[i];
		size_t word;

		if (cmd->hidden || strncmp(cmd->name, prefix, len) != 0)
			continue;
		word = strcspn(cmd->name + len, " ");
		snprintf(store[n], NAME_MAX_, "%.*s", (int)word, cmd->name + len);
		words[n] = store[n];
		if (n && strcmp(words[n - 1], words[n]) == 0)
			continue;
		n++;
	}
	return n;
}

/* The one of @n words that @typed means, or NULL; *@several then says whether there are more. */
static const char *meant(const char *typed, const char *const *words, size_t n, bool abbreviate,
			 bool *several)
{
	const char *found = NULL;

	*several = false;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i], typed) == 0)
			return words[i];
		if (!abbreviate || strncmp(words[i], typed, strlen(typed)) != 0)
			continue;
		*several = found != NULL;
		found = words[i];
	}
	return *several ? NULL : found;
}

const struct cmd *cmd_resolve(const char *const *words, size_t n, bool abbreviate, size_t *used)
{
	char store[WORDS_MAX][NAME_MAX_], prefix[NAME_MAX_ + 2];
	const char *list[WORDS_MAX], *first, *second = NULL;
	const struct cmd *cmd;
	bool several;

	*used = 1;
	if (!n)
		return NULL;
	first = meant(words[0], list, words_after("", list, store, WORDS_MAX), abbreviate,
		      &several);
	if (!first) /* hidden ones are not abbreviated */
		return cmd_find(words[0]);
	snprintf(prefix, sizeof(prefix), "%s ", first);
	cmd = cmd_find(first);
	if (n > 1 && *words[1])
		second = meant(words[1], list, words_after(prefix, list, store, WORDS_MAX),
			       abbreviate, &several);
	if (second) {
		char name[2 * NAME_MAX_ + 2];

		*used = 2;
		snprintf(name, sizeof(name), "%s%s", prefix, second);
		return cmd_find(name);
	}
	return cmd;
}

/* "several" words that begin with @typed, on stderr. */
static int ambiguous(const char *typed, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(words[i], typed, strlen(typed)) == 0)
			fprintf(stderr, " %s", words[i]);
	fputc('\n', stderr);
	return CLI_USAGE;
}

static int unknown_command(const struct cli *cli, const char *first, const char *second,
			   struct cmd_line *line)
{
	char store[WORDS_MAX][NAME_MAX_], prefix[NAME_MAX_ + 2];
	const char *words[WORDS_MAX], *word;
	bool several = false;
	size_t n = words_after("", words, store, WORDS_MAX);

	word = meant(first, words, n, cli->abbreviate, &several);
	if (several) {
		fprintf(stderr, "%s\"%s\" can be one of:", cli_error_start(), first);
		return ambiguous(first, words, n);
	}
	if (!word) {
		cli_error("there is no command \"%s\"%s", first, cli_did_you_mean(first, words, n));
		fprintf(stderr, "\"%shelp\" lists the commands.\n", cli->shell ? "" : "heddle ");
		return CLI_USAGE;
	}
	snprintf(prefix, sizeof(prefix), "%s ", word);
	n = words_after(prefix, words, store, WORDS_MAX);
	prefix[strlen(prefix) - 1] = '\0';
	line->bad++;
	if (!second) {
		fprintf(stderr, "%s%s what? One of:", cli_error_start(), prefix);
		return ambiguous("", words, n);
	}
	meant(second, words, n, cli->abbreviate, &several);
	if (several) {
		fprintf(stderr, "%s\"%s %s\" can be one of:", cli_error_start(), prefix, second);
		return ambiguous(second, words, n);
	}
	if (n == 1) /* the word was left out */
		cli_error("there is no command \"%s %s\": it is %s %s", prefix, second, prefix,
			  words[0]);
	else
		cli_error("there is no command \"%s %s\"%s", prefix, second,
			  cli_did_you_mean(second, words, n));
	fprintf(stderr, "\"%shelp %s\" lists those that there are.\n", cli->shell ? "" : "heddle ",
		prefix);
	return CLI_USAGE;
}

/* The option with exactly that name, or, with @abbreviate, the only one that begins so. */
static const struct cmd_option *find_in(const struct cmd_option *options, const char *name,
					size_t len, char letter, bool abbreviate,
					unsigned int *found)
{
	const struct cmd_option *short_one = NULL;

	for (; options && options->name; options++) {
		if (letter ? options->letter == letter
			   : strlen(options->name) == len && strncmp(options->name, name, len) == 0)
			return options;
		if (abbreviate && !letter && len && strncmp(options->name, name, len) == 0) {
			short_one = options;
			++*found;
		}
	}
	return short_one;
}

/* The lists that options of a line come from. */
static void option_lists(const struct cmd_line *line, const struct cmd_option *lists[3])
{
	lists[0] = line->cmd ? line->cmd->options : NULL;
	lists[1] = line->cmd && line->cmd->kinds && line->n_args > 1
			   ? cmd_kind_options(line->args[1])
			   : NULL;
	lists[2] = cli_global_options;
}

const struct cmd_option *cmd_option_find(const struct cmd_line *line, const char *word,
					 bool abbreviate)
{
	bool is_long = word[1] == '-';
	const char *name = word + (is_long ? 2 : 1);
	size_t len = is_long ? strcspn(name, "=") : 1;
	const struct cmd_option *lists[3], *short_one = NULL;
	unsigned int several = 0;

	option_lists(line, lists);
	for (size_t i = 0; i < 3; i++) {
		unsigned int found = 0;
		const struct cmd_option *o =
			find_in(lists[i], name, len, is_long ? 0 : *name, abbreviate, &found);

		if (o && (!is_long || (strlen(o->name) == len && !strncmp(o->name, name, len))))
			return o;
		several += found;
		short_one = o ? o : short_one;
	}
	return several == 1 ? short_one : NULL;
}

static int unknown_option(const struct cli *cli, const struct cmd_line *line, const char *arg)
{
	char *name = cli_strndup(arg, strcspn(arg, "="));
	const struct cmd *cmd = line->cmd;
	const struct cmd_option *lists[3];
	const char *words[64];
	size_t n = 0;

	if (cmd && cmd->kinds && line->n_args > 1 && !cmd_kind_options(line->args[1])) {
		free(name);
		return cli_kind_unknown(line->args[1]);
	}
	option_lists(line, lists);
	for (size_t i = 0; i < 3; i++)
		for (const struct cmd_option *o = lists[i]; o && o->name && n < 64; o++)
			words[n++] = cli_asprintf("--%s", o->name);
	if (cmd && cmd->kinds && line->n_args < 2)
		cli_error("%s: %s is no option of all kinds: options of a kind come after it",
			  cmd->name, name);
	else
		cli_error("%s%sthere is no option %s%s", cmd ? cmd->name : "", cmd ? ": " : "",
			  name,
			  strncmp(name, "--", 2) == 0 ? cli_did_you_mean(name, words, n) : "");
	fprintf(stderr, "\"%shelp%s%s\" says what there is.\n", cli->shell ? "" : "heddle ",
		cmd ? " " : "", cmd ? cmd->name : "");
	while (n)
		free((char *)words[--n]);
	free(name);
	return CLI_USAGE;
}

static void add_value(struct cmd_line *line, const struct cmd_option *option, const char *value)
{
	line->values = cli_realloc(line->values, (line->n_values + 1) * sizeof(*line->values));
	line->values[line->n_values++] = (struct cmd_value){option, value};
}

static void add_arg(struct cmd_line *line, const char *arg)
{
	line->args = cli_realloc(line->args, (line->n_args + 1) * sizeof(*line->args));
	line->args[line->n_args++] = arg;
}

/* The option of a kind of port, where the kind is not known yet: it is none of the program then. */
static bool too_early(const struct cmd_line *line, const char *name)
{
	const struct cli_kind *kind;

	if (!line->cmd || !line->cmd->kinds || line->n_args > 1)
		return false;
	for (size_t i = 0; (kind = cli_kind_at(i)); i++)
		for (const struct cmd_option *o = cmd_kind_options(kind->name); o->name; o++)
			if (strcmp(o->name, name) == 0)
				return true;
	return false;
}

/*
 * One option at argv[*at], in any of its forms (--name=value, --name value, -x value, -xvalue).
 * An argument that is the next word moves *at.
 */
static int take_option(const struct cli *cli, struct cmd_line *line, int argc, char **argv, int *at)
{
	const char *arg = argv[*at], *value = NULL;
	bool is_long = arg[1] == '-';
	const struct cmd_option *option = cmd_option_find(line, arg, cli->abbreviate);

	if (option && option->start && too_early(line, option->name))
		option = NULL;
	if (!option)
		return unknown_option(cli, line, arg);
	if (is_long && strchr(arg, '='))
		value = strchr(arg, '=') + 1;
	else if (!is_long && arg[2])
		value = arg + 2;
	if (!option->arg && value) {
		cli_error("option --%s takes no value", option->name);
		return CLI_USAGE;
	}
	if (option->arg && !value) {
		if (*at + 1 >= argc) {
			cli_error("option --%s needs a value: %s", option->name, option->arg);
			line->bad = argc;
			return CLI_USAGE;
		}
		value = argv[++*at];
	}
	add_value(line, option, value);
	return 0;
}

/*
 * "show help", "show --help", "show ?": then the command is `help`, of all that begin with that
 * word.
 */
static bool asks_for_group(const struct cli *cli, struct cmd_line *line, int argc, char **argv,
			   int at)
{
	static char store[WORDS_MAX][NAME_MAX_]; /* the argument stays in it */
	const char *words[WORDS_MAX], *group;
	size_t n = words_after("", words, store, WORDS_MAX);
	bool asks = at + 1 < argc && (!strcmp(argv[at + 1], "help") || !strcmp(argv[at + 1], "?"));
	bool several;

	for (int i = at + 1; i < argc && !asks; i++)
		asks = !strcmp(argv[i], "--help") || !strcmp(argv[i], "-h");
	group = meant(argv[at], words, n, cli->abbreviate, &several);
	if (!asks || !group)
		return false;
	line->cmd = cmd_find("help");
	add_arg(line, group);
	return true;
}

/* Finds the command whose name the words at argv[*at] begin with; the longest name wins. */
static int take_command(const struct cli *cli, struct cmd_line *line, int argc, char **argv,
			int *at)
{
	const char *words[] = {argv[*at],
			       *at + 1 < argc && argv[*at + 1][0] != '-' ? argv[*at + 1] : NULL};
	size_t used;

	line->cmd = cmd_resolve(words, words[1] ? 2 : 1, cli->abbreviate, &used);
	if (!line->cmd && asks_for_group(cli, line, argc, argv, *at)) {
		*at = argc;
		return 0;
	}
	if (!line->cmd)
		return unknown_command(cli, words[0], words[1], line);
	*at += (int)used - 1;
	return 0;
}

static int take_words(const struct cli *cli, struct cmd_line *line, int argc, char **argv)
{
	bool options = true;

	for (int at = 0; at < argc; at++) {
		int rc = 0;

		line->bad = at;
		if (options && strcmp(argv[at], "--") == 0)
			options = false;
		else if (options && argv[at][0] == '-' && argv[at][1])
			rc = take_option(cli, line, argc, argv, &at);
		else if (!line->cmd)
			rc = take_command(cli, line, argc, argv, &at);
		else
			add_arg(line, argv[at]);
		if (rc)
			return rc;
		if (line->cmd && line->n_args == line->cmd->max_args + 1 && options)
			line->extra = line->bad;
	}
	line->bad = -1;
	return 0;
}

static int check_count(const struct cli *cli, int argc, struct cmd_line *line)
{
	const struct cmd *cmd = line->cmd;
	const char *heddle = cli->shell ? "" : "heddle ";

	if (line->n_args < cmd->min_args) {
		cli_error("%s: something is missing: %s%s %s", cmd->name, heddle, cmd->name,
			  cmd->args);
		line->bad = argc;
	} else if (line->n_args > cmd->max_args) {
		cli_error("%s: \"%s\" is one word too many: %s%s%s%s", cmd->name,
			  line->args[cmd->max_args], heddle, cmd->name, *cmd->args ? " " : "",
			  cmd->args);
		line->bad = line->extra;
	} else {
		return 0;
	}
	return CLI_USAGE;
}

/* --help after a command is `help COMMAND`. */
static int turn_into_help(struct cmd_line *line)
{
	const struct cmd *asked = line->cmd;

	line->n_args = 0;
	line->cmd = cmd_find("help");
	if (asked)
		add_arg(line, asked->name);
	return 0;
}

/* What global options say about the session and the output. */
static int take_globals(struct cli *cli, struct cmd_line *line)
{
	const char *socket = NULL;

	cli->json = cmd_has(line, "json");
	cli->display = cli->json ? CLI_DISPLAY_JSON : CLI_DISPLAY_TEXT;
	cli->exact = cmd_has(line, "exact");
	for (size_t i = 0; cli->shell && i < line->n_values; i++) {
		if (!line->values[i].option->start)
			continue;
		cli_error("--%s is for the start of the program, not for a command in the shell",
			  line->values[i].option->name);
		return CLI_USAGE;
	}
	if (cli->shell)
		return 0;
	for (size_t i = 0; i < line->n_values; i++) { /* a kind of port has a --socket, too */
		const struct cmd_value *v = &line->values[i];

		if (v->option->start && !strcmp(v->option->name, "run-dir"))
			cli->run_dir = v->value;
		if (v->option->start && !strcmp(v->option->name, "socket"))
			socket = v->value;
	}
	free(cli->socket);
	cli->socket = socket ? cli_strdup(socket) : cli_asprintf("%s/netconf.sock", cli->run_dir);
	return 0;
}

int cmd_parse(struct cli *cli, int argc, char **argv, struct cmd_line *line)
{
	int rc;

	*line = (struct cmd_line){.bad = -1};
	rc = take_words(cli, line, argc, argv);
	if (cmd_has(line, "help"))
		return turn_into_help(line);
	if (rc)
		return rc;
	if (cmd_has(line, "version"))
		line->cmd = cmd_find("version");
	rc = take_globals(cli, line);
	if (rc)
		return rc;
	if (!line->cmd)
		return 0;
	return check_count(cli, argc, line);
}

void cmd_line_free(struct cmd_line *line)
{
	free(line->values);
	free(line->args);
	*line = (struct cmd_line){0};
}

const char *cmd_value(const struct cmd_line *line, const char *name)
{
	for (size_t i = line->n_values; i > 0; i--)
		if (strcmp(line->values[i - 1].option->name, name) == 0)
			return line->values[i - 1].value;
	return NULL;
}

bool cmd_has(const struct cmd_line *line, const char *name)
{
	for (size_t i = 0; i < line->n_values; i++)
		if (strcmp(line->values[i].option->name, name) == 0)
			return true;
	return false;
}

bool cmd_number(const struct cmd_line *line, const char *name, unsigned long min, unsigned long max,
		unsigned long *n)
{
	const char *text = cmd_value(line, name);
	unsigned long value;
	char *end;

	if (!text)
		return true;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || value < min || value > max) {
		cli_error("--%s %s: a number from %lu to %lu is needed", name, text, min, max);
		return false;
	}
	*n = value;
	return true;
}
