/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tables for people: columns as wide as they need to be, together no wider than asked for; what
 * does not fit goes on in the next line of its column. Single-threaded.
 */
#ifndef MGMT_CLI_TERM_TABLE_H
#define MGMT_CLI_TERM_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#define CLI_TABLE_COLUMNS_MAX 16
#define CLI_TABLE_WIDTH       100

enum cli_style {
	CLI_PLAIN,
	CLI_BOLD,
	CLI_GOOD,
	CLI_WARN,
	CLI_BAD,
	CLI_DIM,
};

/* Escape sequence that starts @style, or "" (plain, or colours are off). */
const char *cli_style_on(enum cli_style style, bool color);
/* The one that ends it. */
const char *cli_style_off(enum cli_style style, bool color);

struct cli_table;

struct cli_column {
	const char *title;
	bool right; /* numbers */
	bool keep;  /* never wrapped, as long as others can give way */
};

/* Columns are copied; titles must outlive the table. Never NULL: ends the program without memory. */
struct cli_table *cli_table_new(const struct cli_column *columns, unsigned int n);
void cli_table_free(struct cli_table *table);

/* Starts a row; its cells are empty until set. */
void cli_table_row(struct cli_table *table);

/*
 * Sets a cell of the row that was started last. @text is copied; control characters become '?',
 * since names and texts come from elsewhere.
 */
void cli_table_cell(struct cli_table *table, unsigned int column, enum cli_style style,
		    const char *text);
void cli_table_cellf(struct cli_table *table, unsigned int column, enum cli_style style,
		     const char *fmt, ...) __attribute__((format(printf, 4, 5)));

unsigned int cli_table_rows(const struct cli_table *table);

/*
 * Writes title line and rows. Columns without any text are left out. @width 0: no limit.
 */
void cli_table_print(const struct cli_table *table, FILE *out, unsigned int width, bool color);

/* Columns on a screen that @text takes (UTF-8; each character counts as one). */
unsigned int cli_text_width(const char *text);

/*
 * Makes '?' of characters that would control a terminal: text from elsewhere must not. Returns @text.
 */
char *cli_text_clean(char *text);

/*
 * Writes @text, with such characters from U+007F on as @fmt prints their number: for texts that
 * programs read as well, so that it means the same.
 */
#define CLI_ESCAPE_JSON "\\u%04x"
#define CLI_ESCAPE_XML  "&#x%x;"
void cli_text_escape(FILE *out, const char *text, const char *fmt);

/* Writes @text broken at spaces into lines of at most @width, each after @indent spaces. */
void cli_wrap(FILE *out, const char *text, unsigned int indent, unsigned int width);

/* The same on a line where @indent columns are written already. */
void cli_wrap_on(FILE *out, const char *text, unsigned int indent, unsigned int width);

#endif
