/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Help, and the man page's list of commands, from the table.
 */
#include "mgmt/cli/cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "heddle-build.h"
#include "mgmt/cli/table.h"

static void print_overview(struct cli *cli)
{
	const char *on = cli_style_on(CLI_BOLD, cli->color);
	const char *off = cli_style_off(CLI_BOLD, cli->color);

	fprintf(cli->out, "heddle: the command line of the Heddle switch\n\n");
	fprintf(cli->out, "%susage%s  heddle [OPTION...] COMMAND [ARGUMENT...]\n\n", on, off);
	fprintf(cli->out, "%scommands%s\n", on, off);
	for (const struct cmd *cmd = cli_commands; cmd->name; cmd++)
		if (!cmd->hidden)
			fprintf(cli->out, "  %-14s %s\n", cmd->name, cmd->summary);
	fprintf(cli->out, "\n%soptions%s, before or after the command\n", on, off);
	for (const struct cmd_option *o = cli_global_options; o->name; o++) {
		char *name =
			cli_asprintf("--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");

		fprintf(cli->out, "  %-14s %s\n", name, o->help);
		free(name);
	}
	fputs("\n\"heddle help COMMAND\" explains one; \"man heddle\" is the whole manual.\n",
	      cli->out);
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
		fprintf(cli->out, "%-26s %s\n", name, options->help);
		free(name);
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
	fprintf(cli->out, "heddle %s%s%s%s%s\n    %s\n", cmd->name,
		cmd->options ? " [OPTION...]" : "", *cmd->args ? " " : "", cmd->args, "",
		cmd->summary);
	if (cmd->text) {
		fputc('\n', cli->out);
		print_text(cli, cmd->text);
	}
	if (cmd->options) {
		fputc('\n', cli->out);
		print_options(cli, cmd->options);
	}
}

/* A name can be the first of two words: then all that begin with it. */
static int help_for(struct cli *cli, const char *name)
{
	size_t len = strlen(name);
	unsigned int n = 0;

	for (const struct cmd *cmd = cli_commands; cmd->name; cmd++) {
		if (cmd->hidden || strncmp(cmd->name, name, len) != 0 ||
		    (cmd->name[len] != '\0' && cmd->name[len] != ' '))
			continue;
		if (n++)
			fputs("\n", cli->out);
		print_command(cli, cmd);
	}
	if (!n) {
		const char *words[64];
		size_t n_words = 0;

		for (const struct cmd *cmd = cli_commands; cmd->name; cmd++)
			if (!cmd->hidden)
				words[n_words++] = cmd->name;
		cli_error("there is no command \"%s\"%s", name,
			  cli_did_you_mean(name, words, n_words));
		return CLI_USAGE;
	}
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

static void roff_command(FILE *out, const struct cmd *cmd)
{
	fprintf(out, ".SS heddle %s", cmd->name);
	if (*cmd->args) {
		fputs(" \\fR", out);
		roff(out, cmd->args);
	}
	fputc('\n', out);
	fputc(toupper((unsigned char)*cmd->summary), out);
	roff(out, cmd->summary + 1);
	fputs(".\n", out);
	for (const char *text = cmd->text; text && *text;) {
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
	for (const struct cmd_option *o = cmd->options; o && o->name; o++)
		roff_option(out, o);
}

static int print_roff(struct cli *cli)
{
	fputs(".SH OPTIONS\nThey stand before or after the command.\n", cli->out);
	for (const struct cmd_option *o = cli_global_options; o->name; o++)
		roff_option(cli->out, o);
	fputs(".SH COMMANDS\n", cli->out);
	for (const struct cmd *cmd = cli_commands; cmd->name; cmd++)
		if (!cmd->hidden)
			roff_command(cli->out, cmd);
	return CLI_OK;
}

int cmd_help(struct cli *cli, const struct cmd_line *line)
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

int cmd_version(struct cli *cli, const struct cmd_line *line)
{
	(void)line;
	if (cli->json)
		cli_json_print(cli,
			       json_pack("{s:s, s:s}", "version", HD_VERSION, "build", HD_BUILD));
	else
		fprintf(cli->out, "heddle %s (build %s)\n", HD_VERSION, HD_BUILD);
	return CLI_OK;
}
