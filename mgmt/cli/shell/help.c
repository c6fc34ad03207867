/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Help, and the man page's list of commands, from the table.
 */
#include "mgmt/cli/command/cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "heddle-build.h"
#include "mgmt/cli/config/conf.h"
#include "mgmt/cli/command/kinds.h"
#include "mgmt/cli/command/pipe.h"
#include "mgmt/cli/term/table.h"

static void print_commands(struct cli *cli, bool shell)
{
	cli_commands_foreach(cmd) if (!cmd->hidden && cmd->shell == shell)
		fprintf(cli->out, "  %-15s %s\n", cmd->name, cmd->summary);
}

static void print_overview(struct cli *cli)
{
	const char *on = cli_style_on(CLI_BOLD, cli->color);
	const char *off = cli_style_off(CLI_BOLD, cli->color);

	if (!cli->shell)
		fprintf(cli->out,
			"heddle: the command line of the Heddle switch\n\n"
			"%susage%s  heddle [OPTION...]                          the shell\n"
			"       heddle [OPTION...] COMMAND [ARGUMENT...]    one command\n"
			"       heddle -f FILE | -c \"COMMAND; COMMAND\"      several\n\n",
			on, off);
	fprintf(cli->out, "%scommands%s\n", on, off);
	print_commands(cli, false);
	if (!cli->shell)
		fprintf(cli->out, "\n%sin the shell and in scripts%s, also\n", on, off);
	print_commands(cli, true);
	fprintf(cli->out, "\n%s%s%s\n", on,
		cli->shell ? "filters" : "filters there, after COMMAND |", off);
	for (const struct cli_filter_kind *f = cli_filters; f->name; f++)
		fprintf(cli->out, "  | %-7s %-7s %s\n", f->name, f->arg ? f->arg : "", f->summary);
	fprintf(cli->out, "\n%soptions%s, before or after the command\n", on, off);
	for (const struct cmd_option *o = cli_global_options; o->name; o++) {
		char *name =
			cli_asprintf("--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");

		if (!o->start || !cli->shell)
			fprintf(cli->out, "  %-15s %s\n", name, o->help);
		free(name);
	}
	fprintf(cli->out,
		"\n\"%shelp COMMAND\" explains one; \"man heddle\" is the whole manual.\n",
		cli->shell ? "" : "heddle ");
}

static void print_options(struct cli *cli, const struct cmd_option *options)
{
	for (; options && options->name; options++) {
		char letter[8] = "    ";
		char *name;

		if (options->letter)
			snprintf(letter, sizeof(letter), "-%c, ", options->letter);
		name = cli_asprintf("  %s--%s%s%s", letter, options->name, options->arg ? " " : "",
				    options->arg ? options->arg : "");
		fprintf(cli->out, "%-26s ", name);
		cli_wrap_on(cli->out, options->help, 27, cli->width);
		free(name);
	}
}

/* Options of each kind of port. */
static void print_kinds(struct cli *cli)
{
	const struct cli_kind *kind;

	for (size_t i = 0; (kind = cli_kind_at(i)); i++) {
		fprintf(cli->out, "\n%s: %s\n", kind->name, kind->help);
		print_options(cli, cmd_kind_options(kind->name));
	}
}

/* Paragraphs, each wrapped. */
static void print_text(struct cli *cli, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *paragraph = cli_strndup(text, len);

		if (len)
			cli_wrap(cli->out, paragraph, 0, cli->width < 80 ? cli->width : 80);
		else
			fputc('\n', cli->out);
		free(paragraph);
		text += len + (text[len] == '\n');
	}
}

static void print_command(struct cli *cli, const struct cmd *cmd)
{
	fprintf(cli->out, "%s%s%s%s%s\n    %s\n", cli->shell || cmd->shell ? "" : "heddle ",
		cmd->name, cmd->options ? " [OPTION...]" : "", *cmd->args ? " " : "", cmd->args,
		cmd->summary);
	if (cmd->text) {
		fputc('\n', cli->out);
		print_text(cli, cmd->text);
	}
	if (cmd->options) {
		fputc('\n', cli->out);
		print_options(cli, cmd->options);
	}
	if (cmd->kinds)
		print_kinds(cli);
}

static void print_conf_command(struct cli *cli, const struct conf_command *c)
{
	fprintf(cli->out, "%s%s%s\n    %s\n", c->name, *c->args ? " " : "", c->args, c->summary);
	if (c->text) {
		fputc('\n', cli->out);
		print_text(cli, c->text);
	}
}

/* The command of configuration mode with that name, or NULL; all their names in @words. */
static const struct conf_command *conf_command(const char *name, const char **words, size_t *n)
{
	const struct conf_command *found = NULL;

	for (const struct conf_command *c = conf_commands; c->name && *n < 64; c++) {
		words[(*n)++] = c->name;
		if (strcmp(c->name, name) == 0)
			found = c;
	}
	return found;
}

/* A name can be the first of two words: then all that begin with it. */
static int help_for(struct cli *cli, const char *name)
{
	const struct conf_command *conf;
	const char *words[128];
	size_t len = strlen(name), n_words = 0;
	unsigned int n = 0;

	cli_commands_foreach(cmd)
	{
		if (!cmd->hidden && n_words < 64)
			words[n_words++] = cmd->name;
		if (cmd->hidden || strncmp(cmd->name, name, len) != 0 ||
		    (cmd->name[len] != '\0' && cmd->name[len] != ' '))
			continue;
		if (n++)
			fputs("\n", cli->out);
		print_command(cli, cmd);
	}
	if (n)
		return CLI_OK;
	conf = conf_command(name, words, &n_words);
	if (!conf) {
		cli_error("there is no command \"%s\"%s", name,
			  cli_did_you_mean(name, words, n_words));
		return CLI_USAGE;
	}
	fputs("In configuration mode (heddle help configure):\n\n", cli->out);
	print_conf_command(cli, conf);
	return CLI_OK;
}

/* roff: a minus sign is "\-", a line must not begin with a dot. */
static void roff(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '-')
			fputs("\\-", out);
		else if (*text == '\\')
			fputs("\\e", out);
		else
			fputc(*text, out);
	}
}

static void roff_option(FILE *out, const struct cmd_option *o)
{
	fputs(".TP\n", out);
	if (o->letter)
		fprintf(out, "\\fB\\-%c\\fR, ", o->letter);
	fputs("\\fB\\-\\-", out);
	roff(out, o->name);
	fputs("\\fR", out);
	if (o->arg)
		fprintf(out, " \\fI%s\\fR", o->arg);
	fputc('\n', out);
	roff(out, o->help);
	fputs(".\n", out);
}

static void roff_text(FILE *out, const char *text)
{
	while (text && *text) {
		size_t len = strcspn(text, "\n");
		char *paragraph = cli_strndup(text, len);

		if (len) {
			fputs(".PP\n", out);
			roff(out, paragraph);
			fputc('\n', out);
		}
		free(paragraph);
		text += len + (text[len] == '\n');
	}
}

static void roff_kinds(FILE *out)
{
	const struct cli_kind *kind;

	for (size_t i = 0; (kind = cli_kind_at(i)); i++) {
		fputs(".PP\nOptions of \\fB", out);
		roff(out, kind->name);
		fputs("\\fR:\n", out);
		for (const struct cmd_option *o = cmd_kind_options(kind->name); o && o->name; o++)
			roff_option(out, o);
	}
}

static void roff_command(FILE *out, const struct cmd *cmd)
{
	fprintf(out, ".SS %s%s", cmd->shell ? "" : "heddle ", cmd->name);
	if (*cmd->args) {
		fputs(" \\fR", out);
		roff(out, cmd->args);
	}
	fputc('\n', out);
	fputc(toupper((unsigned char)*cmd->summary), out);
	roff(out, cmd->summary + 1);
	fputs(".\n", out);
	roff_text(out, cmd->text);
	for (const struct cmd_option *o = cmd->options; o && o->name; o++)
		roff_option(out, o);
	if (cmd->kinds)
		roff_kinds(out);
}

static void roff_conf_commands(FILE *out)
{
	for (const struct conf_command *c = conf_commands; c->name; c++) {
		fprintf(out, ".TP\n\\fB%s\\fR ", c->name);
		roff(out, c->args);
		fputc('\n', out);
		fputc(toupper((unsigned char)*c->summary), out);
		roff(out, c->summary + 1);
		fputs(".\n", out);
		for (const char *text = c->text; text && *text;) {
			size_t len = strcspn(text, "\n");
			char *paragraph = cli_strndup(text, len);

			if (len) {
				fputs(".IP\n", out);
				roff(out, paragraph);
				fputc('\n', out);
			}
			free(paragraph);
			text += len + (text[len] == '\n');
		}
	}
}

static void roff_filters(FILE *out)
{
	for (const struct cli_filter_kind *f = cli_filters; f->name; f++) {
		fputs(".TP\n\\fB| ", out);
		roff(out, f->name);
		fprintf(out, "\\fR %s%s%s\n", f->arg ? "\\fI" : "", f->arg ? f->arg : "",
			f->arg ? "\\fR" : "");
		roff(out, f->summary);
		fputs(".\n", out);
	}
}

static int print_roff(struct cli *cli)
{
	fputs(".SH OPTIONS\nThey stand before or after the command.\n", cli->out);
	for (const struct cmd_option *o = cli_global_options; o->name; o++)
		roff_option(cli->out, o);
	fputs(".SH COMMANDS\n", cli->out);
	cli_commands_foreach(cmd) if (!cmd->hidden && !cmd->shell) roff_command(cli->out, cmd);
	fputs(".SH COMMANDS OF THE SHELL\nThe shell and scripts have all commands above, and these.\n",
	      cli->out);
	cli_commands_foreach(cmd) if (!cmd->hidden && cmd->shell) roff_command(cli->out, cmd);
	fputs(".SH FILTERS\nIn the shell and in scripts, filters follow a command after a pipe, "
	      "several in a row.\n",
	      cli->out);
	roff_filters(cli->out);
	fputs(".SH CONFIGURATION MODE\n", cli->out);
	roff_conf_commands(cli->out);
	return CLI_OK;
}

int cli_help_conf(struct cli *cli, const char *name)
{
	static const struct conf_command run = {
		"run", "COMMAND", "a command from outside of configuration mode", NULL};
	const struct conf_command *found;
	const char *words[64];
	size_t n = 0;

	if (name) {
		found = strcmp(name, run.name) == 0 ? &run : conf_command(name, words, &n);
		if (found)
			print_conf_command(cli, found);
		else
			cli_error("configuration mode has no command \"%s\"%s", name,
				  cli_did_you_mean(name, words, n));
		return found ? CLI_OK : CLI_USAGE;
	}
	for (const struct conf_command *c = conf_commands; c->name; c++)
		fprintf(cli->out, "  %-15s %s\n", c->name, c->summary);
	fprintf(cli->out, "  %-15s %s\n", run.name, run.summary);
	fputs("\n\"help COMMAND\" explains one. Filters follow after |.\n", cli->out);
	return CLI_OK;
}

static int run_help(struct cli *cli, const struct cmd_line *line)
{
	char *name;
	int rc;

	if (strcmp(line->cmd->name, "man-commands") == 0)
		return print_roff(cli);
	if (line->n_args == 0) {
		print_overview(cli);
		return CLI_OK;
	}
	name = line->n_args == 2 ? cli_asprintf("%s %s", line->args[0], line->args[1])
				 : cli_strdup(line->args[0]);
	rc = help_for(cli, name);
	free(name);
	return rc;
}

static int run_version(struct cli *cli, const struct cmd_line *line)
{
	(void)line;
	if (cli->json)
		cli_json_print(cli,
			       json_pack("{s:s, s:s}", "version", HD_VERSION, "build", HD_BUILD));
	else
		fprintf(cli->out, "heddle %s (build %s)\n", HD_VERSION, HD_BUILD);
	return CLI_OK;
}

CMD_REGISTER(cmd_version) = {
	.part = CMD_PART_SHELL,
	.place = 30,
	.name = "version",
	.args = "",
	.summary = "version of this command",
	.run = run_version,
};

CMD_REGISTER(cmd_help) = {
	.part = CMD_PART_SHELL,
	.place = 40,
	.name = "help",
	.args = "[COMMAND]",
	.summary = "list the commands, or explain one",
	.max_args = 2,
	.words = &words_command,
	.run = run_help,
};

CMD_REGISTER(cmd_man_commands) = {
	.part = CMD_PART_SHELL,
	.place = 70,
	.name = "man-commands",
	.args = "",
	.summary = "the man page's list of commands, in roff",
	.run = run_help,
	.hidden = true,
};
