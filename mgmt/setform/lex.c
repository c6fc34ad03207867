/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/setform/lex.h"

static const char marks[] = "[]{}|";

size_t sf_utf8(const char *at, const char *end)
{
	const unsigned char *c = (const unsigned char *)at;
	size_t n = c[0] < 0x80 ? 1 : c[0] >= 0xc2 && c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
	uint32_t code = c[0];

	if (c[0] >= 0xf5 || (c[0] >= 0x80 && c[0] < 0xc2) || (size_t)(end - at) < n)
		return 0;
	if (n == 1)
		return c[0] >= ' ' || c[0] == '\t' ? 1 : 0;
	code &= 0x7fu >> n;
	for (size_t i = 1; i < n; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (c[i] & 0x3f);
	}
	/* Overlong, surrogates, and what XML has no place for. */
	if ((n == 3 && code < 0x800) || (n == 4 && (code < 0x10000 || code > 0x10ffff)) ||
	    (code >= 0xd800 && code < 0xe000) || code == 0xfffe || code == 0xffff)
		return 0;
	return n;
}

size_t sf_unseen(const char *at, unsigned int *code)
{
	static const struct {
		uint16_t first, last;
	} ranges[] = {
		{0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069},
	};
	const unsigned char *c = (const unsigned char *)at;
	size_t n = c[0] < 0x80 ? 1 : c[0] < 0xe0 ? 2 : 3;

	if (c[0] < 0x7f || c[0] >= 0xf0)
		return 0;
	*code = n == 1 ? c[0] : c[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (c[i] & 0x3f);
	}
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (*code >= ranges[i].first && *code <= ranges[i].last)
			return n;
	return 0;
}

bool sf_must_quote(const char *text)
{
	unsigned int code;

	if (!*text || *text == '#')
		return true;
	for (const char *c = text; *c; c++)
		if (strchr(" \t\r\n\"\\[]{}|;?", *c) || sf_unseen(c, &code))
			return true;
	return false;
}

char sf_mark(const struct sf_token *token)
{
	return !token->quoted && strchr(marks, token->text[0]) ? token->text[0] : '\0';
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

struct reader {
	const char *at, *end; /* of the line */
	unsigned int column;
	char *out; /* in the line's buffer, which is as long as the line and its ends of words */
	const char *wrong;
};

static bool take(struct reader *r, bool keep)
{
	size_t n = sf_utf8(r->at, r->end);

	if (!n) {
		r->wrong = "this is no text: a byte that is not UTF-8, or a control character";
		return false;
	}
	if (keep) {
		memcpy(r->out, r->at, n);
		r->out += n;
	}
	r->at += n;
	r->column++;
	return true;
}

/* \uXXXX: a character by its number. */
static bool number(struct reader *r)
{
	static const char digits[] = "0123456789abcdef";
	uint32_t code = 0;
	char utf8[3];
	size_t n;

	for (int i = 2; i < 6; i++) {
		const char *digit = r->at + i < r->end && r->at[i]
					    ? strchr(digits, tolower((unsigned char)r->at[i]))
					    : NULL;

		if (!digit)
			return false;
		code = code << 4 | (uint32_t)(digit - digits);
	}
	n = code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
	utf8[0] = n == 1 ? code : n == 2 ? 0xc0 | code >> 6 : 0xe0 | code >> 12;
	for (size_t i = 1; i < n; i++)
		utf8[i] = 0x80 | (code >> 6 * (n - 1 - i) & 0x3f);
	if (sf_utf8(utf8, utf8 + n) != n)
		return false;
	memcpy(r->out, utf8, n);
	r->out += n;
	r->at += 6;
	r->column += 6;
	return true;
}

static bool escape(struct reader *r)
{
	static const char from[] = "ntr\"\\", to[] = "\n\t\r\"\\";
	const char *found = r->at + 1 < r->end && r->at[1] ? strchr(from, r->at[1]) : NULL;

	if (!found && r->at + 1 < r->end && r->at[1] == 'u' && number(r))
		return true;
	if (!found) {
		r->wrong = "\\ is followed by n, t, r, \", another \\, or u and the four "
			   "hexadecimal digits of a character";
		return false;
	}
	*r->out++ = to[found - from];
	r->at += 2;
	r->column += 2;
	return true;
}

static bool quoted(struct reader *r)
{
	const char *start = r->at;
	unsigned int column = r->column;

	take(r, false);
	while (r->at < r->end && *r->at != '"')
		if (*r->at == '\\' ? !escape(r) : !take(r, true))
			return false;
	if (r->at == r->end) {
		r->at = start;
		r->column = column;
		r->wrong = "the quotes are not closed before the end of the line";
		return false;
	}
	take(r, false);
	if (r->at < r->end && !blank(*r->at) && *r->at != ';' && !strchr(marks, *r->at)) {
		r->wrong = "a blank is needed after the quotes";
		return false;
	}
	return true;
}

static bool bare(struct reader *r)
{
	if (strchr(marks, *r->at))
		return take(r, true);
	while (r->at < r->end && !blank(*r->at) && !(*r->at && strchr(marks, *r->at))) {
		if (*r->at == '"' || *r->at == '\\') {
			r->wrong = "a quote or a backslash within a word: put the whole word "
				   "between quotes";
			return false;
		}
		if (!take(r, true))
			return false;
	}
	return true;
}

/* The next word; false at the end, or when the rest cannot be read. */
static bool word(struct reader *r, struct sf_token *token)
{
	bool fine;

	for (; r->at < r->end && blank(*r->at); r->at++)
		r->column++;
	if (r->at == r->end || *r->at == '#')
		return false;
	r->wrong = NULL;
	*token = (struct sf_token){.text = r->out, .column = r->column, .quoted = *r->at == '"'};
	fine = *r->at ? token->quoted ? quoted(r) : bare(r) : take(r, false);
	if (!fine)
		return false;
	token->length = r->column - token->column;
	*r->out++ = '\0';
	return true;
}

const char *sf_line_read(struct sf_line *line, const char *at, const char *end)
{
	const char *stop = memchr(at, '\n', end - at);
	struct reader r = {.at = at, .end = stop ? stop : end, .column = 1};
	size_t need = 2 * (size_t)(r.end - at) + 2;
	struct sf_token token;

	if (line->buf_len < need) {
		free(line->buf);
		line->buf_len = need < 4096 ? 4096 : need;
		line->buf = ds_alloc(line->buf_len);
	}
	r.out = line->buf;
	line->n = 0;
	line->number++;
	while (word(&r, &token)) {
		if (line->n == line->room) {
			line->room = line->room ? line->room * 2 : 32;
			line->list = ds_realloc(line->list, line->room, sizeof(*line->list));
		}
		line->list[line->n++] = token;
	}
	line->wrong = r.wrong;
	line->column = r.column;
	return stop ? stop + 1 : end;
}

void sf_line_clear(struct sf_line *line)
{
	free(line->list);
	free(line->buf);
	*line = (struct sf_line){.n = 0};
}
