/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle: the command line of the switch.
 */
#include "mgmt/cli/cli.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "mgmt/cli/table.h"

static unsigned int terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 40)
		return CLI_TABLE_WIDTH;
	return size.ws_col;
}

static bool wants_color(bool tty)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return tty && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

static void set_up(struct cli *cli)
{
	const char *run_dir = getenv("HEDDLE_RUN_DIR");

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN); /* a pager that was left early: seen when the output is closed */
	cli->out = stdout;
	cli->tty = isatty(STDOUT_FILENO);
	cli->color = wants_color(cli->tty);
	cli->width = cli->tty ? terminal_width() : CLI_TABLE_WIDTH;
	cli->run_dir = run_dir && *run_dir ? run_dir : CLI_RUN_DIR_DEFAULT;
}

int main(int argc, char **argv)
{
	struct cli cli = {0};
	struct cmd_line line;
	int rc;

	set_up(&cli);
	rc = cmd_parse(&cli, argc - 1, argv + 1, &line);
	if (rc == 0) {
		if (argc == 1) /* help that nobody asked for is no success */
			rc = CLI_USAGE;
		rc |= line.cmd->run(&cli, &line);
	}
	cmd_line_free(&line);
	free(cli.socket);
	if (fclose(stdout) != 0 && rc == 0)
		rc = CLI_USAGE;
	return rc;
}
