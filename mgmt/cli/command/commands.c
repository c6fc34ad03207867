/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The commands that there are, and the options that all of them have.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/command/cli.h"

const struct cmd_option cli_global_options[] = {
	{"run-dir", 0, "DIR",
	 "the switch that runs in DIR (default: $HEDDLE_RUN_DIR, else " CLI_RUN_DIR_DEFAULT ")",
	 &words_dir, true},
	{"socket", 0, "PATH", "the management socket itself (default: netconf.sock in the run-dir)",
	 &words_file, true},
	{"file", 'f', "FILE", "run the commands in FILE, one a line, up to the first that fails",
	 &words_file, true},
	{"command", 'c', "TEXT", "run the commands in TEXT; ; separates them", NULL, true},
	{"no-more", 0, NULL, "in the shell: do not stop after each screen", NULL, true},
	{"json", 0, NULL, "print JSON instead of tables; numbers are exact", NULL},
	{"exact", 0, NULL, "print whole numbers: 12345678 and not 12.3M", NULL},
	{"help", 'h', NULL, "explain the command, and do nothing", NULL},
	{"version", 'V', NULL, "print the version, and do nothing", NULL},
	{0},
};

#define COMMANDS_MAX 128

const struct cmd *cli_commands[COMMANDS_MAX + 1];

static int compare(const struct cmd *a, const struct cmd *b)
{
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return strcmp(a->name, b->name);
}

void cmd_register(const struct cmd *cmd)
{
	size_t at = 0;

	while (cli_commands[at])
		at++;
	if (at == COMMANDS_MAX) {
		fprintf(stderr, "heddle: more than %d commands\n", COMMANDS_MAX);
		abort(); /* a mistake in the program */
	}
	for (; at && compare(cmd, cli_commands[at - 1]) < 0; at--)
		cli_commands[at] = cli_commands[at - 1];
	cli_commands[at] = cmd;
}
