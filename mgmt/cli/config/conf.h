/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration mode of the command line. The shell (interactive, or a script) owns the terminal,
 * the session with the switch, pipes, the pager and history; it gives each line here as it was typed,
 * without its pipes. What comes of it goes to cli->out, messages go through cli_error().
 *
 * cli->display says in which form `show`, `compare` and the like print; cli_connect() gives the
 * shell's session, which stays the same one from conf_open() to conf_close() unless conf_lost().
 */
#ifndef MGMT_CLI_CONFIG_CONF_H
#define MGMT_CLI_CONFIG_CONF_H

#include <stdbool.h>

#include "mgmt/cli/command/cli.h"
#include "mgmt/cli/term/offer.h"

enum conf_mode { CONF_SHARED, CONF_EXCLUSIVE, CONF_PRIVATE };

struct conf;

/* A command of the mode: for help, the man page, and finding abbreviations. */
struct conf_command {
	const char *name;    /* "commit"; NULL ends the table */
	const char *args;    /* "[check | confirmed MINUTES] [comment TEXT]", or "" */
	const char *summary; /* a line without a full stop */
	const char *text;    /* paragraphs; NULL: none */
};
extern const struct conf_command conf_commands[];

/*
 * Begins: open-configuration, and says what others left uncommitted. NULL after a message, with the
 * exit status in *@rc.
 */
struct conf *conf_open(struct cli *cli, enum conf_mode mode, int *rc);

/* Ends: close-configuration, unless the session is gone. @conf may be NULL. */
void conf_close(struct conf *conf);

/*
 * Does one line (never empty, without its pipes; a comment may follow, see mgmt/setform/lex.h).
 * Returns an exit status after a message. *@leave is set when the line ends the mode; the shell
 * calls conf_close() then. "help" and "run COMMAND" are the shell's.
 */
int conf_line(struct conf *conf, const char *line, bool *leave);

/* Where one is, for the prompt: "" at the top, else as "switch sw0 segment office". */
const char *conf_prompt(const struct conf *conf);

/* What can come after @line (all before the word that is typed; "" at its start). */
void conf_complete(struct conf *conf, const char *line, cli_offer_fn fn, void *arg);

/* True when this session has edits that would be lost, or left behind, by leaving. */
bool conf_has_edits(const struct conf *conf);

/*
 * The session broke and there is a new one (heddle-mgmt was restarted): opens again in it and says
 * what is lost. Returns an exit status; when it is not 0 the shell leaves the mode.
 */
int conf_lost(struct conf *conf);

#endif
