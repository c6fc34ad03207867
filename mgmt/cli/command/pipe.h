/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands behind a command after "|": the shell's filters. Lines go through them one after the
 * other as they are written, into the terminal (through a pager when there is more than a screen of
 * them) or into a file. One thread.
 */
#ifndef MGMT_CLI_COMMAND_PIPE_H
#define MGMT_CLI_COMMAND_PIPE_H

#include "mgmt/cli/command/cli.h"
#include "mgmt/cli/term/lex.h"

struct cli_filter_kind {
	const char *name; /* "match"; NULL ends the table */
	const char *arg;  /* what its argument is called; NULL: it has none */
	const char *summary;
	const struct cmd_words *words; /* that are offered for the argument; NULL: none */
	const char *const *values;     /* that the argument can have; NULL: anything */
};
extern const struct cli_filter_kind cli_filters[];

struct cli_pipe;

/*
 * Takes apart @words from the first pipe, list[@at], on. Returns NULL after a message, with the word
 * that is wrong in *@bad (n: one is missing). @abbreviate: names need not be complete.
 */
struct cli_pipe *cli_pipe_new(const struct cli_words *words, size_t at, bool abbreviate,
			      size_t *bad);

/* The form that "display" asks for; CLI_DISPLAY_TEXT without one. */
enum cli_display cli_pipe_display(const struct cli_pipe *pipe);

/*
 * Makes cli->out write into the pipe; @pager: whole screens are shown one at a time. Returns an exit
 * status: CLI_USAGE after a message when a file cannot be written.
 */
int cli_pipe_open(struct cli_pipe *pipe, struct cli *cli, bool pager);

/* The end of the output: cli->out is as it was. Returns CLI_USAGE after a message, or 0. */
int cli_pipe_close(struct cli_pipe *pipe, struct cli *cli);
void cli_pipe_free(struct cli_pipe *pipe);

#endif
