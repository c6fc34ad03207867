/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file with the lines that were typed: $XDG_STATE_HOME/heddle/history, one a line, 0600. Shells
 * that run at the same time add to it line by line. No file is no error.
 */
#ifndef MGMT_CLI_TERM_HISTORY_H
#define MGMT_CLI_TERM_HISTORY_H

#include <stdbool.h>

#define CLI_HISTORY_LINES 1000

/* Calls @fn for each of the last lines, oldest first; a file that became long is cut. */
void cli_history_load(void (*fn)(void *arg, const char *line), void *arg);

/* Adds a line. */
void cli_history_add(const char *line);

/* True for lines that are not to be kept: they begin with a blank, or speak of a secret. */
bool cli_history_hides(const char *line);

#endif
