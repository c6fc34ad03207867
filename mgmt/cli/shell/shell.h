/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several commands in one process and one session: typed on a terminal, or read from a script.
 */
#ifndef MGMT_CLI_SHELL_SHELL_H
#define MGMT_CLI_SHELL_SHELL_H

#include "mgmt/cli/command/cli.h"

/* Reads commands from the terminal until its user has enough. @pager: long output stops. */
int shell_interactive(struct cli *cli, bool pager);

/* Runs the commands of a file ("-": the standard input) up to the first that fails; its status. */
int shell_file(struct cli *cli, const char *path);

/* Runs commands that are separated by ";" or line ends, as shell_file() does. */
int shell_text(struct cli *cli, const char *text);

#endif
