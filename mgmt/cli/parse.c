/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Taking a command line apart by the table of commands.
 */
#include "mgmt/cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/format.h"

#define NAME_MAX_ 64

const struct cmd *cmd_find(const char *name)
{
	for (const struct cmd *cmd = cli_commands; cmd->name; cmd++)
		if (strcmp(cmd->name, name) == 0)
			return cmd;
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

	for (const struct cmd *cmd = cli_commands; cmd->name && n < max; cmd++) {
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

static int unknown_command(const char *first, const char *second)
{
	const char *words[32];
	char store[32][NAME_MAX_], prefix[NAME_MAX_];
	size_t n;

	snprintf(prefix, sizeof(prefix), "%.60s ", first);
	n = words_after(prefix, words, store, 32);
	if (n && !second) {
		fprintf(stderr, "heddle: %s what? One of:", first);
		for (size_t i = 0; i < n; i++)
			fprintf(stderr, " %s", words[i]);
		fputc('\n', stderr);
	} else if (n) {
		cli_error("there is no command \"%s %s\"%s", first, second,
			  cli_did_you_mean(second, words, n));
	} else {
		n = words_after("", words, store, 32);
		cli_error("there is no command \"%s\"%s", first, cli_did_you_mean(first, words, n));
	}
	if (!n || second || !*prefix)
		fputs("\"heddle help\" lists the commands.\n", stderr);
	return CLI_USAGE;
}

static const struct cmd_option *find_in(const struct cmd_option *options, const char *name,
					size_t len, char letter)
{
	for (; options && options->name; options++) {
		if (letter ? options->letter == letter
			   : strlen(options->name) == len && strncmp(options->name, name, len) == 0)
			return options;
	}
	return NULL;
}

static int unknown_option(const struct cmd *cmd, const char *arg)
{
	const struct cmd_option *lists[] = {cmd ? cmd->options : NULL, cli_global_options};
	char *name = cli_strndup(arg, strcspn(arg, "="));
	const char *words[64];
	size_t n = 0;

	for (size_t i = 0; i < 2; i++)
		for (const struct cmd_option *o = lists[i]; o && o->name && n < 64; o++)
			words[n++] = cli_asprintf("--%s", o->name);
	cli_error("%s%sthere is no option %s%s", cmd ? cmd->name : "", cmd ? ": " : "", name,
		  strncmp(name, "--", 2) == 0 ? cli_did_you_mean(name, words, n) : "");
	fprintf(stderr, "\"heddle help%s%s\" says what there is.\n", cmd ? " " : "",
		cmd ? cmd->name : "");
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

/*
 * One option at argv[*at], in any of its forms (--name=value, --name value, -x value, -xvalue).
 * An argument that is the next word moves *at.
 */
static int take_option(struct cmd_line *line, int argc, char **argv, int *at)
{
	const char *arg = argv[*at], *value = NULL;
	bool is_long = arg[1] == '-';
	const char *name = arg + (is_long ? 2 : 1);
	size_t len = is_long ? strcspn(name, "=") : 1;
	const struct cmd_option *option =
		find_in(line->cmd ? line->cmd->options : NULL, name, len, is_long ? 0 : *name);

	if (!option)
		option = find_in(cli_global_options, name, len, is_long ? 0 : *name);
	if (!option)
		return unknown_option(line->cmd, arg);
	if (is_long && name[len] == '=')
		value = name + len + 1;
	else if (!is_long && name[1])
		value = name + 1;
	if (!option->arg && value) {
		cli_error("option --%s takes no value", option->name);
		return CLI_USAGE;
	}
	if (option->arg && !value) {
		if (*at + 1 >= argc) {
			cli_error("option --%s needs a value: %s", option->name, option->arg);
			return CLI_USAGE;
		}
		value = argv[++*at];
	}
	add_value(line, option, value);
	return 0;
}

/* Finds the command whose name the words at argv[*at] begin with; the longest name wins. */
static int take_command(struct cmd_line *line, int argc, char **argv, int *at)
{
	const char *second = *at + 1 < argc && argv[*at + 1][0] != '-' ? argv[*at + 1] : NULL;
	char name[NAME_MAX_];

	if (second) {
		snprintf(name, sizeof(name), "%.30s %.30s", argv[*at], second);
		line->cmd = cmd_find(name);
		if (line->cmd) {
			++*at;
			return 0;
		}
	}
	line->cmd = cmd_find(argv[*at]);
	return line->cmd ? 0 : unknown_command(argv[*at], second);
}

static int take_words(struct cmd_line *line, int argc, char **argv)
{
	bool options = true;
	int rc = 0;

	for (int at = 0; at < argc && rc == 0; at++) {
		if (options && strcmp(argv[at], "--") == 0)
			options = false;
		else if (options && argv[at][0] == '-' && argv[at][1])
			rc = take_option(line, argc, argv, &at);
		else if (!line->cmd)
			rc = take_command(line, argc, argv, &at);
		else
			add_arg(line, argv[at]);
	}
	return rc;
}

static int check_count(const struct cmd_line *line)
{
	const struct cmd *cmd = line->cmd;

	if (line->n_args < cmd->min_args)
		cli_error("%s: something is missing: heddle %s %s", cmd->name, cmd->name,
			  cmd->args);
	else if (line->n_args > cmd->max_args)
		cli_error("%s: \"%s\" is one word too many: heddle %s%s%s", cmd->name,
			  line->args[cmd->max_args], cmd->name, *cmd->args ? " " : "", cmd->args);
	else
		return 0;
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

int cmd_parse(struct cli *cli, int argc, char **argv, struct cmd_line *line)
{
	int rc;

	*line = (struct cmd_line){0};
	rc = take_words(line, argc, argv);
	if (cmd_has(line, "help"))
		return turn_into_help(line);
	if (rc)
		return rc;
	if (cmd_has(line, "version"))
		line->cmd = cmd_find("version");
	if (!line->cmd)
		return turn_into_help(line);
	cli->json = cmd_has(line, "json");
	cli->exact = cmd_has(line, "exact");
	if (cmd_value(line, "run-dir"))
		cli->run_dir = cmd_value(line, "run-dir");
	free(cli->socket);
	cli->socket = cmd_value(line, "socket") ? cli_strdup(cmd_value(line, "socket"))
						: cli_asprintf("%s/netconf.sock", cli->run_dir);
	return check_count(line);
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
