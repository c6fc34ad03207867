/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/setform/blocks.h"
#include "mgmt/setform/walk.h"

/* A block for each level of the model: more is no configuration. */
#define BLOCKS_MAX SF_DEPTH_MAX

/* Adds a copy of the word without the last @less characters. */
static void add(struct sf_line *to, const struct sf_token *token, size_t less)
{
	if (to->n == to->room) {
		to->room = to->room ? to->room * 2 : 16;
		to->list = ds_realloc(to->list, to->room, sizeof(*to->list));
	}
	to->list[to->n] = *token;
	to->list[to->n].text = ds_printf("%.*s", (int)(strlen(token->text) - less), token->text);
	to->list[to->n++].length -= (unsigned int)less;
}

static void cut(struct sf_line *line, size_t n)
{
	while (line->n > n)
		free((char *)line->list[--line->n].text);
}

static void begin(struct sf_blocks *b)
{
	static const struct sf_token set = {.text = "set", .column = 1};

	cut(&b->statement, 0);
	add(&b->statement, &set, 0);
}

static bool fail(struct sf_blocks *b, unsigned int column, const char *wrong)
{
	b->wrong = wrong;
	b->column = column;
	return false;
}

static void tell(struct sf_blocks *b, sf_statement_fn fn, void *arg)
{
	for (size_t i = 0; i < b->depth; i++)
		b->open[i].used = true;
	if (!b->skip || b->depth < b->skip)
		fn(arg, b);
	begin(b);
}

static bool open_block(struct sf_blocks *b, const struct sf_token *brace)
{
	if (b->statement.n == 1)
		return fail(b, brace->column,
			    "the words that lead to the block are missing before {");
	if (b->depth == BLOCKS_MAX)
		return fail(b, brace->column, "it nests too deep");
	if (b->depth == b->room) {
		b->room = b->room ? b->room * 2 : 8;
		b->open = ds_realloc(b->open, b->room, sizeof(*b->open));
	}
	b->open[b->depth++] = (struct sf_block){.before = b->level.n, .line = b->statement.number};
	for (size_t i = 1; i < b->statement.n; i++)
		add(&b->level, &b->statement.list[i], 0);
	begin(b);
	return true;
}

/* An empty block says as much as its words alone. */
static bool close_block(struct sf_blocks *b, const struct sf_token *brace, sf_statement_fn fn,
			void *arg)
{
	size_t before;

	if (b->statement.n > 1)
		return fail(b, brace->column, "a ; is missing before }");
	if (!b->depth)
		return fail(b, brace->column, "this } closes no block");
	before = b->open[--b->depth].before;
	if (b->depth + 1 == b->skip) {
		b->skip = 0;
	} else if (!b->open[b->depth].used) {
		for (size_t i = before; i < b->level.n; i++)
			add(&b->statement, &b->level.list[i], 0);
		cut(&b->level, before);
		tell(b, fn, arg);
	}
	cut(&b->level, before);
	return true;
}

void sf_blocks_line(struct sf_blocks *b, const struct sf_line *line, sf_statement_fn fn, void *arg)
{
	const struct sf_token *last = line->n ? &line->list[line->n - 1] : NULL;

	b->wrong = NULL;
	b->statement.number = line->number;
	begin(b);
	for (size_t i = 0; i < line->n; i++) {
		const struct sf_token *token = &line->list[i];
		size_t len = strlen(token->text);
		bool ends = !token->quoted && len && token->text[len - 1] == ';';

		if (sf_mark(token) == '{' || sf_mark(token) == '}') {
			if (!(sf_mark(token) == '{' ? open_block(b, token)
						    : close_block(b, token, fn, arg)))
				return;
			continue;
		}
		if (!ends || len > 1)
			add(&b->statement, token, ends);
		if (ends && b->statement.n == 1) {
			fail(b, token->column, "there is nothing before the ;");
			return;
		}
		if (ends)
			tell(b, fn, arg);
	}
	if (last && b->statement.n > 1)
		fail(b, last->column + last->length,
		     "a ; or a { is missing at the end of the line");
}

unsigned int sf_blocks_skip(struct sf_blocks *b, const struct sf_token *word)
{
	size_t i = (size_t)(word - b->level.list), k = b->depth;

	while (k > 1 && b->open[k - 1].before > i)
		k--;
	b->skip = k;
	return b->open[k - 1].line;
}

bool sf_blocks_end(struct sf_blocks *b)
{
	return !b->depth || fail(b, 1, "a } is missing: the text ends within a block");
}

void sf_blocks_clear(struct sf_blocks *b)
{
	cut(&b->level, 0);
	cut(&b->statement, 0);
	free(b->level.list);
	free(b->statement.list);
	free(b->open);
	*b = (struct sf_blocks){.depth = 0};
}

bool sf_is_blocks(const char *text, const char *end)
{
	struct sf_line line = {.n = 0};
	bool is = false;

	while (text < end && !line.n)
		text = sf_line_read(&line, text, end);
	for (size_t i = 1; i < line.n && !is && !line.wrong; i++)
		is = sf_mark(&line.list[i]) == '{' ||
		     (!line.list[i].quoted && line.list[i].text[0] &&
		      line.list[i].text[strlen(line.list[i].text) - 1] == ';');
	is = is && !sf_mark(&line.list[0]) && strcmp(line.list[0].text, "set") != 0 &&
	     strcmp(line.list[0].text, "delete") != 0;
	sf_line_clear(&line);
	return is;
}
