/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A line of the shell as words. Words are separated by blanks and pipes; "double quotes" (in which
 * \" and \\ stand for " and \) and 'single quotes' keep blanks and pipes in a word. A single quote
 * that does not begin a word is an ordinary character; a # that begins one makes the rest of the line
 * a comment. Lines of configuration mode have a lexer of their own (mgmt/setform/lex.h), for which
 * this one only has to find the pipes. Pure.
 */
#ifndef MGMT_CLI_TERM_LEX_H
#define MGMT_CLI_TERM_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum cli_token { CLI_WORD, CLI_PIPE, CLI_NEXT /* ; where it separates commands */ };

struct cli_word {
	enum cli_token token;
	char *text;     /* without the quotes */
	size_t at, end; /* where it stands in the line: bytes at .. end - 1, with its quotes */
	bool quoted;
};

struct cli_words {
	struct cli_word *list;
	size_t n;
	char open; /* a quote that was not closed, else 0; the last word ends with the line then */
};

/*
 * Takes a line apart, whatever is in it. @commands: ; separates commands, else it is an ordinary
 * character. Free with cli_words_free().
 */
void cli_lex(const char *line, bool commands, struct cli_words *words);
void cli_words_free(struct cli_words *words);

/*
 * The word as it has to be typed: itself, or in double quotes. @open is a quote that was typed
 * already, else 0. Allocated.
 */
char *cli_lex_quote(const char *word, char open);

#endif
