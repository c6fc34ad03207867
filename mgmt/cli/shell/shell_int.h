/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between the parts of the shell.
 */
#ifndef MGMT_CLI_SHELL_SHELL_INT_H
#define MGMT_CLI_SHELL_SHELL_INT_H

#include "mgmt/cli/config/conf.h"
#include "mgmt/cli/term/edit.h"
#include "mgmt/cli/shell/shell.h"

struct shell {
	struct cli *cli;
	struct conf *conf; /* NULL: not in configuration mode */
	enum conf_mode mode;
	struct cli_edit *edit; /* NULL: a script */
	bool pager;
	bool leave;     /* the last command has been */
	bool warned;    /* of edits that leaving would lose */
	bool connected; /* there was a session */
	char *prompt;
};

/* One line with its pipes. Returns an exit status after a message. */
int shell_line(struct shell *shell, const char *line);

/* What can come behind @line. */
void shell_offers(void *shell, const char *line, cli_offer_fn fn, void *fn_arg);

/*
 * Makes sure that there is a session if there can be one; says when it is a new one. Returns an exit
 * status: not 0 after a message when there is none, and configuration mode needs it.
 */
int shell_session(struct shell *shell);

/* Ends configuration mode. */
void shell_leave_conf(struct shell *shell);

#endif
