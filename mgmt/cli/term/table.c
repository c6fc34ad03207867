/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/term/table.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/term/mem.h"
#include "mgmt/setform/lex.h"

#define GAP       2
#define MIN_WIDTH 8

struct cell {
	char *text;
	enum cli_style style;
};

struct cli_table {
	struct cli_column columns[CLI_TABLE_COLUMNS_MAX];
	unsigned int n_columns;
	unsigned int n_rows;
	size_t room;
	struct cell *cells; /* n_rows * n_columns */
};

static const char *const style_codes[] = {
	[CLI_PLAIN] = "",        [CLI_BOLD] = "\033[1m",   [CLI_GOOD] = "\033[32m",
	[CLI_WARN] = "\033[33m", [CLI_BAD] = "\033[1;31m", [CLI_DIM] = "\033[2m",
};

const char *cli_style_on(enum cli_style style, bool color)
{
	return color ? style_codes[style] : "";
}

const char *cli_style_off(enum cli_style style, bool color)
{
	return color && style != CLI_PLAIN ? "\033[0m" : "";
}

unsigned int cli_text_width(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* Characters that turn the direction of what stands around them. */
static bool turns(const unsigned char *c)
{
	return c[0] == 0xe2 && ((c[1] == 0x80 && ((c[2] >= 0xa8 && c[2] <= 0xae) || c[2] == 0x8e ||
						  c[2] == 0x8f)) ||
				(c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
}

char *cli_text_clean(char *text)
{
	for (unsigned char *c = (unsigned char *)text; *c; c++) {
		if (*c < ' ' || *c == 127)
			*c = '?';
		else if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) /* U+0080 to U+009F */
			c[0] = c[1] = '?';
		else if (turns(c))
			c[0] = c[1] = c[2] = '?';
	}
	return text;
}

void cli_text_escape(FILE *out, const char *text, const char *fmt)
{
	const char *from = text;
	unsigned int code;
	size_t n;

	while (*text) {
		n = sf_unseen(text, &code);
		if (!n) {
			text++;
			continue;
		}
		fwrite(from, 1, (size_t)(text - from), out);
		fprintf(out, fmt, code);
		text += n;
		from = text;
	}
	fputs(from, out);
}

struct cli_table *cli_table_new(const struct cli_column *columns, unsigned int n)
{
	struct cli_table *t = cli_calloc(1, sizeof(*t));

	if (n > CLI_TABLE_COLUMNS_MAX)
		abort();
	memcpy(t->columns, columns, n * sizeof(*columns));
	t->n_columns = n;
	return t;
}

void cli_table_free(struct cli_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < (size_t)t->n_rows * t->n_columns; i++)
		free(t->cells[i].text);
	free(t->cells);
	free(t);
}

void cli_table_row(struct cli_table *t)
{
	size_t need = ((size_t)t->n_rows + 1) * t->n_columns;

	if (need > t->room) {
		t->room = need * 2;
		t->cells = cli_realloc(t->cells, t->room * sizeof(*t->cells));
	}
	memset(&t->cells[need - t->n_columns], 0, t->n_columns * sizeof(*t->cells));
	t->n_rows++;
}

void cli_table_cell(struct cli_table *t, unsigned int column, enum cli_style style,
		    const char *text)
{
	struct cell *cell = &t->cells[((size_t)t->n_rows - 1) * t->n_columns + column];

	free(cell->text);
	cell->text = cli_strdup(text ? text : "");
	cell->style = style;
	cli_text_clean(cell->text);
}

void cli_table_cellf(struct cli_table *t, unsigned int column, enum cli_style style,
		     const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = cli_vasprintf(fmt, ap);
	va_end(ap);
	cli_table_cell(t, column, style, text);
	free(text);
}

unsigned int cli_table_rows(const struct cli_table *t)
{
	return t->n_rows;
}

static const char *text_at(const struct cli_table *t, unsigned int row, unsigned int column)
{
	const char *text = t->cells[(size_t)row * t->n_columns + column].text;

	return text ? text : "";
}

/* Takes from the widest column that may give way until the line fits, or nothing can give. */
static void squeeze(const struct cli_table *t, unsigned int *widths, unsigned int width,
		    unsigned int total, bool keepers)
{
	while (total > width) {
		unsigned int widest = t->n_columns;

		for (unsigned int c = 0; c < t->n_columns; c++) {
			unsigned int min = cli_text_width(t->columns[c].title);

			if (min < MIN_WIDTH)
				min = MIN_WIDTH;
			if (widths[c] <= min || (t->columns[c].keep && !keepers))
				continue;
			if (widest == t->n_columns || widths[c] > widths[widest])
				widest = c;
		}
		if (widest == t->n_columns)
			return;
		widths[widest]--;
		total--;
	}
}

static unsigned int line_width(const struct cli_table *t, const unsigned int *widths)
{
	unsigned int total = 0;

	for (unsigned int c = 0; c < t->n_columns; c++)
		total += widths[c] ? widths[c] + (total ? GAP : 0) : 0;
	return total;
}

/* 0: the column is empty in every row, and left out. */
static void measure(const struct cli_table *t, unsigned int *widths, unsigned int width)
{
	for (unsigned int c = 0; c < t->n_columns; c++) {
		widths[c] = 0;
		for (unsigned int r = 0; r < t->n_rows; r++) {
			unsigned int w = cli_text_width(text_at(t, r, c));

			if (w > widths[c])
				widths[c] = w;
		}
		if (widths[c] && widths[c] < cli_text_width(t->columns[c].title))
			widths[c] = cli_text_width(t->columns[c].title);
	}
	if (width) {
		squeeze(t, widths, width, line_width(t, widths), false);
		squeeze(t, widths, width, line_width(t, widths), true);
	}
}

/*
 * The piece of @text that goes on one line: its bytes, and in @skip the separators to leave out
 * after it. Breaks after a space or comma, else in the middle of a word, never inside a character.
 */
static size_t piece(const char *text, unsigned int width, size_t *skip)
{
	size_t at = 0, broken = 0;
	unsigned int w = 0;

	*skip = 0;
	while (text[at]) {
		size_t next = at + 1;

		while (((unsigned char)text[next] & 0xc0) == 0x80)
			next++;
		if (w == width)
			break;
		w++;
		at = next;
		if (text[at] == ' ' || text[at - 1] == ',' || text[at - 1] == '/')
			broken = at;
	}
	if (!text[at])
		return at;
	if (text[at] != ' ' && broken)
		at = broken;
	*skip = strspn(text + at, " ");
	return at;
}

static void pad(FILE *out, unsigned int n)
{
	fprintf(out, "%*s", (int)n, "");
}

static void print_cell(FILE *out, const struct cli_column *column, const struct cell *cell,
		       size_t bytes, unsigned int room, bool color)
{
	char *text = cli_strndup(cell->text, bytes);

	if (column->right)
		pad(out, room - cli_text_width(text));
	fprintf(out, "%s%s%s", cli_style_on(cell->style, color), text,
		cli_style_off(cell->style, color));
	free(text);
}

static void print_row(const struct cli_table *t, const struct cell *row, const unsigned int *widths,
		      FILE *out, bool color)
{
	size_t done[CLI_TABLE_COLUMNS_MAX] = {0};
	bool more = true;

	while (more) {
		unsigned int owed = 0; /* blanks not written yet: none at the end of a line */
		bool first = true;

		more = false;
		for (unsigned int c = 0; c < t->n_columns; c++) {
			struct cell cell = row[c];
			size_t skip, n;

			if (!widths[c])
				continue;
			if (!first)
				owed += GAP;
			first = false;
			cell.text = (cell.text ? cell.text : (char *)"") + done[c];
			if (!*cell.text) {
				owed += widths[c];
				continue;
			}
			pad(out, owed);
			n = piece(cell.text, widths[c], &skip);
			print_cell(out, &t->columns[c], &cell, n, widths[c], color);
			owed = t->columns[c].right ? 0
						   : widths[c] - cli_text_width(cell.text) +
							     cli_text_width(cell.text + n);
			done[c] += n + skip;
			more |= cell.text[n + skip] != '\0';
		}
		fputc('\n', out);
	}
}

void cli_table_print(const struct cli_table *t, FILE *out, unsigned int width, bool color)
{
	unsigned int widths[CLI_TABLE_COLUMNS_MAX];
	struct cell titles[CLI_TABLE_COLUMNS_MAX];

	measure(t, widths, width);
	for (unsigned int c = 0; c < t->n_columns; c++)
		titles[c] = (struct cell){(char *)t->columns[c].title, CLI_BOLD};
	print_row(t, titles, widths, out, color);
	for (unsigned int r = 0; r < t->n_rows; r++)
		print_row(t, &t->cells[(size_t)r * t->n_columns], widths, out, color);
}

void cli_wrap(FILE *out, const char *text, unsigned int indent, unsigned int width)
{
	pad(out, indent);
	cli_wrap_on(out, text, indent, width);
}

void cli_wrap_on(FILE *out, const char *text, unsigned int indent, unsigned int width)
{
	unsigned int room = width > indent + MIN_WIDTH ? width - indent : MIN_WIDTH;

	do {
		size_t skip, n = piece(text, room, &skip);

		fprintf(out, "%.*s\n", (int)n, text);
		text += n + skip;
		if (*text)
			pad(out, indent);
	} while (*text);
}
