/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the standard output is.
 */
#ifndef MGMT_CLI_SHELL_TERMINAL_H
#define MGMT_CLI_SHELL_TERMINAL_H

#include "mgmt/cli/command/cli.h"

/* Fills in tty, width and color of @cli. */
void cli_terminal_measure(struct cli *cli);

#endif
