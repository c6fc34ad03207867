/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines that somebody types on a terminal, with libedit: history, TAB and `?`. One thread, one of them
 * at a time.
 */
#ifndef MGMT_CLI_TERM_EDIT_H
#define MGMT_CLI_TERM_EDIT_H

#include "mgmt/cli/term/offer.h"

struct cli_edit_hooks {
	/* The prompt; valid until the next call. */
	const char *(*prompt)(void *arg);
	/* What can come next behind @line, which ends where the cursor is. */
	void (*offers)(void *arg, const char *line, cli_offer_fn fn, void *fn_arg);
	void *arg;
};

enum cli_edit_end {
	CLI_EDIT_LINE,
	CLI_EDIT_CANCEL, /* Ctrl-C: the line is gone */
	CLI_EDIT_END,    /* Ctrl-D, or the terminal is gone */
};

struct cli_edit;

/* Takes over the terminal and reads the history. Never NULL. */
struct cli_edit *cli_edit_new(const struct cli_edit_hooks *hooks);
void cli_edit_free(struct cli_edit *edit);

/* A line, without its newline, in *@line; valid until the next call. */
enum cli_edit_end cli_edit_read(struct cli_edit *edit, const char **line);

/* Adds a line to the history, and to its file, unless it may hold a secret. */
void cli_edit_remember(struct cli_edit *edit, const char *line);

#endif
