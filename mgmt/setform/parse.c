/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/similar.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/setform/blocks.h"
#include "mgmt/setform/make.h"

/* A kind excludes the others: what they had goes with the edit. */
static void remove_other_kinds(struct lyd_node *entry, const struct sf_scope *scope,
			       const struct sf_word *kind)
{
	const struct sf_word *other;
	struct lyd_node *node;

	for (size_t i = 0; (other = sf_kind_next(scope, kind->kind, &i));) {
		if (other->node == kind->node)
			continue;
		node = sf_child(entry, NULL, other->node, NULL);
		lyd_free_tree(node);
		lyd_new_inner(entry, other->node->module, other->node->name, 0, &node);
		sf_set_operation(node, "remove");
	}
}

static bool set_kind(struct sf_walk *w, struct sf_frame *frame)
{
	struct sf_maker *maker = w->arg;
	struct lyd_node *parent = lyd_parent(frame->node);

	if (!sf_make_value(w, parent, NULL, frame->word.kind, frame->word.kind_value))
		return false;
	if (maker->edit->changes && parent == frame[-1].node)
		remove_other_kinds(parent, frame[-1].scope, &frame->word);
	return true;
}

/* The word at the top says the kind. */
static bool set_own(struct sf_walk *w, struct sf_frame *frame)
{
	const struct sf_word *kind = frame->word.own;

	if (!sf_make_value(w, frame->node, NULL, kind->kind, kind->kind_value))
		return false;
	if (((struct sf_maker *)w->arg)->edit->changes)
		remove_other_kinds(frame->node, sf_scope_of(frame->word.node), kind);
	return true;
}

static bool enter_set(struct sf_walk *w, struct sf_frame *frame)
{
	if (!sf_make_frame(w, frame))
		return false;
	if (frame->word.argument &&
	    !sf_make_value(w, frame->node, NULL, frame->word.argument, frame->keys[0]))
		return false;
	if (frame->word.own)
		return set_own(w, frame);
	return !frame->word.kind || set_kind(w, frame);
}

static bool set_value(struct sf_walk *w, const char *value)
{
	struct lyd_node *parent = sf_make_parent(w->arg, w->frames[w->depth].node, w->word.node);

	return sf_make_value(w, parent, &w->word, w->word.node, value);
}

const struct sf_actions sf_set_actions = {.enter = enter_set, .value = set_value};

static void tell(struct sf_maker *maker, const struct sf_line *line, unsigned int column,
		 unsigned int length, const char *message, struct ds_errors *errs)
{
	struct sf_edit *edit = maker->edit;

	if (!edit->place.line)
		edit->place = (struct sf_place){line->number, column, length};
	if (edit->one_line)
		ds_errors_add(errs, DS_INVALID_VALUE, NULL, "%s", message);
	else
		ds_errors_add(errs, DS_INVALID_VALUE, NULL, "line %u, column %u: %s", line->number,
			      column, message);
}

static bool steps(struct sf_walk *w, const struct sf_line *line, size_t from)
{
	for (size_t i = from; i < line->n; i++) {
		if (!sf_walk_step(w, &line->list[i]))
			return false;
		if (((struct sf_maker *)w->arg)->missing)
			return true;
	}
	return true;
}

/* The words of a line after its verb. */
static bool walk_line(struct sf_maker *maker, struct sf_walk *w, const struct sf_line *line,
		      bool erase)
{
	sf_walk_begin(w, maker->edit->ctx, erase ? &sf_delete_actions : &sf_set_actions, maker);
	w->once = erase;
	w->frames[0].base = NULL;
	maker->n_values = 0;
	maker->missing = false;
	if (maker->edit->level && !steps(w, maker->edit->level, 0))
		return false;
	w->said = false;
	if (line->n == 1)
		return sf_wrong(w, "what is to be %s is missing", erase ? "deleted" : "set");
	if (!steps(w, line, 1))
		return false;
	w->at = NULL;
	if (maker->missing)
		return true;
	return erase ? sf_delete_end(w) : sf_walk_end(w);
}

/* 0: set, 1: delete, -1: neither */
static int verb_of(const struct sf_edit *edit, const struct sf_token *token)
{
	const char *verb = edit->verb ? edit->verb : token->text;

	if (token->quoted)
		return -1;
	return !strcmp(verb, "set") ? 0 : !strcmp(verb, "delete") ? 1 : -1;
}

static void wrong_verb(struct sf_maker *maker, const struct sf_line *line, struct ds_errors *errs)
{
	const struct sf_token *t = &line->list[0];
	struct ds_similar similar;
	char hint[160], *text;

	ds_similar_init(&similar, t->text);
	ds_similar_offer(&similar, "set");
	if (maker->edit->changes)
		ds_similar_offer(&similar, "delete");
	text = ds_printf(
		!strcmp(t->text, "delete")
			? "\"%s\" is for changes: a whole configuration has only lines of set"
		: maker->edit->changes
			? "\"%s\": a line begins with set or delete, or is a comment (#)%s"
			: "\"%s\": a line begins with set, or is a comment (#)%s",
		t->text, ds_similar_hint(&similar, hint, sizeof(hint)));
	tell(maker, line, t->column, t->length, text, errs);
	free(text);
}

static void read_line(struct sf_maker *maker, struct sf_walk *w, const struct sf_line *line,
		      struct ds_errors *errs)
{
	const struct sf_token *last;
	int erase;

	if (line->wrong) {
		tell(maker, line, line->column, 1, line->wrong, errs);
		return;
	}
	if (!line->n)
		return;
	last = &line->list[line->n - 1];
	erase = verb_of(maker->edit, &line->list[0]);
	if (erase < 0 || (erase && !maker->edit->changes)) {
		wrong_verb(maker, line, errs);
		return;
	}
	if (walk_line(maker, w, line, erase))
		maker->edit->lines++;
	else if (w->at && w->at->column)
		tell(maker, line, w->at->column, w->at->length, w->wrong, errs);
	else
		tell(maker, line, last->column + last->length, 1, w->wrong, errs);
	free(w->wrong);
	w->wrong = NULL;
	maker->edit->missing += maker->missing;
}

static void read_lines(struct sf_maker *maker, struct sf_walk *w, const char *at, const char *end,
		       struct ds_errors *errs)
{
	struct sf_line line = {.n = 0};

	while (at < end && errs->n < DS_ERRORS_MAX) {
		at = sf_line_read(&line, at, end);
		read_line(maker, w, &line, errs);
	}
	sf_line_clear(&line);
}

struct reading {
	struct sf_maker *maker;
	struct sf_walk *walk;
	struct ds_errors *errs;
};

static bool is_in(const struct sf_line *line, const struct sf_token *token)
{
	return line->n && token >= line->list && token < line->list + line->n;
}

static void read_statement(void *arg, struct sf_blocks *blocks)
{
	const struct reading *r = arg;
	const struct sf_line *line = &blocks->statement;
	const struct sf_token *at, *last = &line->list[line->n - 1];
	struct sf_line place = {.number = line->number};
	struct sf_walk *w = r->walk;

	r->maker->edit->level = &blocks->level;
	if (walk_line(r->maker, w, line, false)) {
		r->maker->edit->lines++;
	} else {
		at = w->at && w->at->column ? w->at : NULL;
		if (at && is_in(&blocks->level, at))
			place.number = sf_blocks_skip(blocks, at);
		tell(r->maker, &place, at ? at->column : last->column + last->length,
		     at ? at->length : 1, w->wrong, r->errs);
	}
	r->maker->edit->level = NULL;
	free(w->wrong);
	w->wrong = NULL;
}

static void read_blocks(struct sf_maker *maker, struct sf_walk *w, const char *at, const char *end,
			struct ds_errors *errs)
{
	struct reading reading = {maker, w, errs};
	struct sf_blocks blocks = {.depth = 0};
	struct sf_line line = {.n = 0};

	while (at < end && errs->n < DS_ERRORS_MAX) {
		at = sf_line_read(&line, at, end);
		if (line.wrong) {
			tell(maker, &line, line.column, 1, line.wrong, errs);
			break;
		}
		sf_blocks_line(&blocks, &line, read_statement, &reading);
		if (!blocks.wrong)
			continue;
		tell(maker, &line, blocks.column, 1, blocks.wrong, errs);
		break; /* what follows is read as of another block than it is of */
	}
	if (ds_errors_none(errs) && !sf_blocks_end(&blocks))
		tell(maker, &line, blocks.column, 1, blocks.wrong, errs);
	sf_blocks_clear(&blocks);
	sf_line_clear(&line);
}

bool sf_parse(struct sf_edit *edit, const char *text, size_t len, struct ds_errors *errs)
{
	struct sf_walk *w = sf_walk_new();
	struct sf_maker maker = {.edit = edit};
	const char *at = text, *end = text + len;

	edit->tree = NULL;
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		at += 3;
	if (!edit->changes && !edit->level && sf_is_blocks(at, end))
		read_blocks(&maker, w, at, end, errs);
	else
		read_lines(&maker, w, at, end, errs);
	free(maker.values);
	sf_walk_free(w);
	if (ds_errors_none(errs))
		return true;
	lyd_free_all(edit->tree);
	edit->tree = NULL;
	return false;
}

bool sf_is_lines(const char *text, size_t len)
{
	static const char *const verbs[] = {"set", "delete"};
	const char *end = text + len;

	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	while (text < end && (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r'))
		text++;
	if (text < end && *text == '#')
		return true;
	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(verbs[i]);

		if ((size_t)(end - text) > n && !memcmp(text, verbs[i], n) &&
		    strchr(" \t\r\n", text[n]) && text[n])
			return true;
	}
	return text < end && *text != '{' && *text != '<' && sf_is_blocks(text, end);
}

static bool parse_whole(const struct ly_ctx *ctx, const char *text, size_t len,
			struct lyd_node **tree, struct ds_errors *errs)
{
	struct sf_edit edit = {.ctx = ctx};
	bool fine = sf_parse(&edit, text, len, errs);

	*tree = edit.tree;
	return fine;
}

static struct ds_format format = {.is = sf_is_lines, .parse = parse_whole};

__attribute__((constructor)) static void register_format(void)
{
	ds_format_register(&format);
}
