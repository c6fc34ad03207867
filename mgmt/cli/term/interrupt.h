/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ctrl-C in the shell: it ends the command that runs, never the shell. A one-shot command does not
 * watch, and is ended by the signal itself. One thread.
 */
#ifndef MGMT_CLI_TERM_INTERRUPT_H
#define MGMT_CLI_TERM_INTERRUPT_H

#include <stdbool.h>

/* From now on SIGINT is remembered and nothing else. */
void cli_interrupt_watch(void);

/* True once Ctrl-C was pressed since cli_interrupt_clear(). */
bool cli_interrupted(void);

/* Forgets it: before each command. */
void cli_interrupt_clear(void);

/* The same as if Ctrl-C was pressed. Async-signal-safe. */
void cli_interrupt_raise(void);

/* Readable once it was pressed, for poll(); -1 when nobody watches. */
int cli_interrupt_fd(void);

#endif
