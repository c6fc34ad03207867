/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/shell/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "mgmt/cli/term/table.h"

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

void cli_terminal_measure(struct cli *cli)
{
	cli->tty = isatty(STDOUT_FILENO);
	cli->color = wants_color(cli->tty);
	cli->width = cli->tty ? terminal_width() : CLI_TABLE_WIDTH;
}
