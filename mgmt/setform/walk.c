/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/similar.h"
#include "mgmt/setform/items.h"
#include "mgmt/setform/walk.h"

struct sf_form {
	struct sf_form *next;
	char *text;
};

bool sf_wrong(struct sf_walk *w, const char *fmt, ...)
{
	va_list ap;

	free(w->wrong);
	va_start(ap, fmt);
	if (vasprintf(&w->wrong, fmt, ap) < 0)
		w->wrong = ds_strdup("out of memory");
	va_end(ap);
	return false;
}

static void forget_forms(struct sf_walk *w)
{
	struct sf_form *form;

	while ((form = w->forms)) {
		w->forms = form->next;
		free(form->text);
		free(form);
	}
}

struct sf_walk *sf_walk_new(void)
{
	return ds_alloc(sizeof(struct sf_walk));
}

void sf_walk_free(struct sf_walk *w)
{
	forget_forms(w);
	free(w);
}

void sf_walk_begin(struct sf_walk *w, const struct ly_ctx *ctx, const struct sf_actions *actions,
		   void *arg)
{
	w->ctx = ctx;
	w->actions = actions;
	w->arg = arg;
	w->depth = 0;
	w->frames[0] = (struct sf_frame){.scope = sf_top(ctx)};
	w->expect = SF_WORD;
	w->said = w->once = w->full = false;
	w->at = NULL;
	w->wrong = NULL;
	forget_forms(w);
}

const char *sf_scope_name(const struct sf_frame *frame)
{
	static char text[128];

	if (!frame->scope->node)
		return "the top level";
	snprintf(text, sizeof(text), frame->scope->node->nodetype == LYS_LIST ? "%s %s" : "%s",
		 frame->word.word, frame->n_keys ? frame->keys[0] : "");
	return text;
}

bool sf_walk_may_leave(const struct sf_walk *w, size_t depth)
{
	const struct sf_frame *f = &w->frames[depth];

	if (depth == 0 || f->scope->node->nodetype == LYS_LIST)
		return false;
	return depth < w->depth || w->said || sf_is_presence(f->scope->node) || f->word.kind;
}

#define LISTED_MAX 12

/* "; did you mean ...", else the words that there are. */
static void tell_words(struct sf_walk *w, const char *text)
{
	struct ds_similar similar;
	char hint[160], *list = ds_strdup("");
	size_t depth = w->depth, n = 0;

	ds_similar_init(&similar, text);
	for (;; depth--) {
		const struct sf_scope *scope = w->frames[depth].scope;

		for (size_t i = 0; i < scope->n; i++, n++) {
			char *more;

			if (sf_extension(scope->words[i]->node, "top-kind", 0)) {
				n--;
				continue; /* said at the top */
			}
			ds_similar_offer(&similar, scope->words[i]->word);
			if (n >= LISTED_MAX)
				continue;
			more = ds_printf("%s%s%s", list, n ? ", " : "", scope->words[i]->word);
			free(list);
			list = more;
		}
		if (!sf_walk_may_leave(w, depth))
			break;
	}
	if (*ds_similar_hint(&similar, hint, sizeof(hint)))
		sf_wrong(w, "%s has no \"%s\"%s", sf_scope_name(&w->frames[w->depth]), text, hint);
	else if (n)
		sf_wrong(w, "%s has no \"%s\"; it has %s%s", sf_scope_name(&w->frames[w->depth]),
			 text, list, n > LISTED_MAX ? ", ..." : "");
	else
		sf_wrong(w, "%s has no \"%s\", nor anything else",
			 sf_scope_name(&w->frames[w->depth]), text);
	free(list);
}

static bool enter(struct sf_walk *w, const struct sf_word *word)
{
	struct sf_frame *f;

	if (w->depth + 1 == SF_DEPTH_MAX)
		return sf_wrong(w, "this is too deep");
	f = &w->frames[++w->depth];
	*f = (struct sf_frame){.scope = word->scope, .word = *word, .n_keys = w->n_keys};
	memcpy(f->keys, w->keys, sizeof(f->keys));
	w->expect = SF_WORD;
	w->said = false;
	return w->actions->enter(w, f);
}

static bool leave(struct sf_walk *w)
{
	struct sf_frame *f = &w->frames[w->depth--];

	w->said = true;
	return !w->actions->leave || w->actions->leave(w, f);
}

static bool begin_word(struct sf_walk *w, const struct sf_word *word)
{
	w->word = *word;
	w->n_keys = 0;
	if (sf_is_empty(word->node)) {
		w->said = w->full = true;
		return w->actions->value(w, NULL);
	}
	if (word->node->nodetype == LYS_LIST || word->argument) {
		w->expect = SF_KEY;
		return true;
	}
	if (word->node->nodetype == LYS_CONTAINER)
		return enter(w, word);
	w->expect = SF_VALUE;
	return true;
}

static bool step_word(struct sf_walk *w, const struct sf_token *token)
{
	const struct sf_word *found = NULL;
	struct sf_word exact;
	size_t depth = w->depth;

	if (sf_mark(token))
		return sf_wrong(w,
				"a word is expected, not %s: values that have such characters "
				"stand between quotes",
				token->text);
	if (w->once && w->full)
		return sf_wrong(w, "one thing a line: nothing follows here");
	for (;; depth--) {
		found = sf_find(w->ctx, w->frames[depth].scope, token->text, &exact);
		if (found || !sf_walk_may_leave(w, depth))
			break;
	}
	if (!found) {
		tell_words(w, token->text);
		return false;
	}
	exact = *found;
	while (w->depth > depth)
		if (!leave(w))
			return false;
	return begin_word(w, &exact);
}

/* The key @text in its canonical form, which lives as long as the walk. */
static const char *key_form(struct sf_walk *w, const struct lysc_node *key, const char *text)
{
	char *text_form = sf_to_model(NULL, key, text);
	struct sf_form *form;

	if (!strcmp(text_form, text)) {
		free(text_form);
		return text;
	}
	form = ds_alloc(sizeof(*form));
	*form = (struct sf_form){w->forms, text_form};
	w->forms = form;
	return text_form;
}

static bool step_key(struct sf_walk *w, const struct sf_token *token)
{
	const struct lysc_node *keys[SF_KEYS_MAX], *key = w->word.argument;
	size_t n = key ? 1 : sf_keys(w->word.node, keys);
	struct sf_word word = w->word;

	if (!key)
		key = keys[w->n_keys];
	if (sf_mark(token))
		return sf_wrong(w, "a %s is expected, not %s", key->name, token->text);
	w->keys[w->n_keys++] = key_form(w, key, token->text);
	return w->n_keys < n || enter(w, &word);
}

/* "[ create update ]" for a leaf of bits is the one value "create update". */
static bool step_value(struct sf_walk *w, const struct sf_token *token)
{
	char mark = sf_mark(token);

	if (mark == '[' && w->expect == SF_VALUE && w->word.node->nodetype == LYS_LEAFLIST) {
		w->expect = SF_VALUES;
		return true;
	}
	if (mark == ']' && w->expect == SF_VALUES) {
		w->expect = SF_WORD;
		w->said = w->full = true;
		return true;
	}
	if (mark == '[' && w->expect == SF_VALUE)
		return sf_wrong(w, "%s has one value, not a list of them", w->word.word);
	if (mark)
		return sf_wrong(w, "a value of %s is expected, not %s", w->word.word, token->text);
	if (w->expect == SF_VALUE) {
		w->expect = SF_WORD;
		w->said = w->full = true;
	}
	return w->actions->value(w, token->text);
}

bool sf_walk_step(struct sf_walk *w, const struct sf_token *token)
{
	w->at = token;
	switch (w->expect) {
	case SF_WORD: return step_word(w, token);
	case SF_KEY: return step_key(w, token);
	case SF_VALUE:
	case SF_VALUES: return step_value(w, token);
	}
	return false;
}

bool sf_walk_end(struct sf_walk *w)
{
	const struct sf_frame *f = &w->frames[w->depth];
	const struct lysc_node *keys[SF_KEYS_MAX];

	switch (w->expect) {
	case SF_KEY:
		if (!w->word.argument)
			sf_keys(w->word.node, keys);
		return sf_wrong(w, "the %s of %s is missing",
				w->word.argument ? w->word.argument->name : keys[w->n_keys]->name,
				w->word.word);
	case SF_VALUE: return sf_wrong(w, "the value of %s is missing", w->word.word);
	case SF_VALUES: return sf_wrong(w, "] is missing at the end of the list");
	default: break;
	}
	if (w->depth == 0 && !w->said)
		return sf_wrong(w, "what is to be set is missing");
	if (!w->said && f->scope->node->nodetype == LYS_CONTAINER &&
	    !sf_is_presence(f->scope->node) && !f->word.kind && !f->n_keys)
		return sf_wrong(w, "%s of what? A word is missing", f->word.word);
	return true;
}
