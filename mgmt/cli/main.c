/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle: the command line of the switch.
 */
#include "mgmt/cli/command/cli.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mgmt/cli/shell/shell.h"
#include "mgmt/cli/shell/terminal.h"

static void set_up(struct cli *cli)
{
	const char *run_dir = getenv("HEDDLE_RUN_DIR");

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN); /* a pager that was left early: seen when the output is closed */
	cli->out = stdout;
	cli_terminal_measure(cli);
	cli->run_dir = run_dir && *run_dir ? run_dir : CLI_RUN_DIR_DEFAULT;
}

/* Without a command: the shell, a script, or help that nobody asked for, which is no success. */
static int run_without_command(struct cli *cli, struct cmd_line *line)
{
	const char *file = cmd_value(line, "file"), *text = cmd_value(line, "command");

	if (file && text) {
		cli_error("--file and --command do not go together");
		return CLI_USAGE;
	}
	if (file)
		return shell_file(cli, file);
	if (text)
		return shell_text(cli, text);
	if (isatty(STDIN_FILENO) && cli->tty)
		return shell_interactive(cli, !cmd_has(line, "no-more"));
	line->cmd = cmd_find("help");
	line->cmd->run(cli, line);
	return CLI_USAGE;
}

static int run(struct cli *cli, struct cmd_line *line)
{
	if (!line->cmd)
		return run_without_command(cli, line);
	for (size_t i = 0; i < line->n_values; i++) {
		const struct cmd_option *option = line->values[i].option;

		if (!option->start || !strcmp(option->name, "run-dir") ||
		    !strcmp(option->name, "socket"))
			continue;
		cli_error("--%s does not go with a command", option->name);
		return CLI_USAGE;
	}
	if (line->cmd->shell) {
		cli_error(
			"%s is for the shell (heddle without a command) and for scripts (heddle -f "
			"FILE)",
			line->cmd->name);
		return CLI_USAGE;
	}
	return line->cmd->run(cli, line);
}

int main(int argc, char **argv)
{
	struct cli cli = {0};
	struct cmd_line line;
	int rc;

	set_up(&cli);
	rc = cmd_parse(&cli, argc - 1, argv + 1, &line);
	if (rc == 0)
		rc = run(&cli, &line);
	cmd_line_free(&line);
	free(cli.socket);
	if (fclose(stdout) != 0 && rc == 0)
		rc = CLI_USAGE;
	return rc;
}
