/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words of a line: what set lines and the command line are made of. Pure.
 *
 *	set port web1 description "a word with blanks and a \" in it" # a comment
 *
 * A word ends at a blank. Brackets, braces and | are words of their own; they and blanks stand in a
 * word between double quotes, where \n, \t, \r, \" and \\ are a line feed, a tab, a carriage
 * return, a quote and a backslash. Behind the quotes a ; may stand, which is a word of its own. A
 * comment goes from # at the beginning of a word to the end of the line.
 */
#ifndef MGMT_SETFORM_LEX_H
#define MGMT_SETFORM_LEX_H

#include <stdbool.h>
#include <stddef.h>

struct sf_token {
	const char *text;    /* without the quotes */
	unsigned int column; /* where it begins, counted in characters from 1 */
	unsigned int length; /* characters that it takes on the line, with its quotes */
	bool quoted;
};

struct sf_line {
	struct sf_token *list;
	size_t n;
	unsigned int number;  /* of the line, from 1 */
	const char *wrong;    /* why the rest of the line cannot be read; NULL: it can */
	unsigned int column;  /* where that is */
	size_t room, buf_len; /* the lexer's own */
	char *buf;
};

/*
 * Reads the line that begins at @at; returns where the next one begins, @end at the end. What @line
 * had before is gone. Free it with sf_line_clear().
 */
const char *sf_line_read(struct sf_line *line, const char *at, const char *end);
void sf_line_clear(struct sf_line *line);

/*
 * Length of the UTF-8 character at @at when it is one that terminals obey or that nobody sees: a
 * control character, or one that turns the direction of a text. It is written as \uXXXX, with
 * *@code. Else 0.
 */
size_t sf_unseen(const char *at, unsigned int *code);

/* True when @text has to be quoted to be one word. */
bool sf_must_quote(const char *text);

/* The character of @token if it is a bracket or the like that was not quoted, else 0. */
char sf_mark(const struct sf_token *token);

/* Length of the UTF-8 character at @at (before @end) that may stand in a text, 0 when it is none. */
size_t sf_utf8(const char *at, const char *end);

#endif
