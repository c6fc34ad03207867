/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/setform/items.h"
#include "mgmt/setform/words_int.h"

char *sf_sentence(const char *description)
{
	const char *c = description ? description : "";
	char *text = ds_alloc(strlen(c) + 1), *out = text;

	for (; *c; c++) {
		if (*c == '.' && (!c[1] || isspace((unsigned char)c[1])))
			break;
		if (!isspace((unsigned char)*c))
			*out++ = *c;
		else if (out > text && out[-1] != ' ')
			*out++ = ' ';
	}
	while (out > text && out[-1] == ' ')
		out--;
	*out = '\0';
	return text;
}

void sf_offer(struct sf_asker *a, enum sf_offer_kind kind, const char *word, const char *help)
{
	char *text = sf_sentence(help);
	struct sf_offer offer = {.kind = kind, .word = word, .help = text};

	a->fn(a->arg, &offer);
	free(text);
}

const struct lyd_node *sf_asker_tree(struct sf_asker *a)
{
	if (!a->have_tree && a->ask->tree)
		a->tree = lyd_first_sibling(a->ask->tree(a->ask->tree_arg));
	a->have_tree = true;
	return a->tree;
}

const struct lyd_node *sf_below(const struct lyd_node *parent, const struct lyd_node *top,
				const struct lysc_node *schema)
{
	const struct lysc_node *up = lysc_data_parent(schema);
	struct lyd_node *found = NULL;

	if (up && (!parent || parent->schema != up)) {
		parent = sf_below(parent, top, up);
		if (!parent)
			return NULL;
	}
	lyd_find_sibling_val(up ? lyd_child(parent) : top, schema, NULL, 0, &found);
	return found;
}

static bool has_keys(const struct lyd_node *entry, const struct sf_frame *frame)
{
	const struct lyd_node *key = lyd_child(entry);

	for (size_t i = 0; key && i < frame->n_keys; i++, key = key->next)
		if (strcmp(lyd_get_value(key), frame->keys[i]) != 0)
			return false;
	return true;
}

const struct lyd_node *sf_siblings(struct sf_asker *a, const struct lyd_node *parent,
				   const struct lysc_node *list)
{
	const struct lysc_node *up = lysc_data_parent(list);

	sf_asker_tree(a);
	if (up && (!parent || parent->schema != up))
		parent = sf_below(parent, a->tree, up);
	return up ? lyd_child(parent) : a->tree;
}

const struct lyd_node *sf_locate(struct sf_asker *a, const struct sf_walk *w, size_t depth,
				 bool *there)
{
	const struct lyd_node *node = NULL;

	*there = sf_asker_tree(a);
	for (size_t i = 1; *there && i <= depth; i++) {
		const struct sf_frame *f = &w->frames[i];
		const struct lysc_node *schema = f->scope->node;

		if (schema->nodetype == LYS_LIST) {
			node = sf_siblings(a, node, schema);
			while (node && (node->schema != schema || !has_keys(node, f) ||
					!sf_says(&f->word, node)))
				node = node->next;
		} else {
			node = sf_below(node, a->tree, schema);
		}
		*there = node;
	}
	return node;
}

static bool enter(struct sf_walk *w, struct sf_frame *frame)
{
	return true;
}

static bool value(struct sf_walk *w, const char *text)
{
	struct sf_asker *a = w->arg;

	if (text && a->n_said < SF_SAID_MAX) {
		a->said[a->n_said].node = w->word.node;
		a->said[a->n_said++].value = text;
	}
	return true;
}

const struct sf_actions sf_no_actions = {.enter = enter, .value = value};

static bool walk(struct sf_walk *w, const struct sf_token *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!sf_walk_step(w, &words[i])) {
			free(w->wrong);
			w->wrong = NULL;
			return false;
		}
	return true;
}

static bool is_inner(const struct sf_word *word)
{
	return word->node->nodetype & (LYS_LIST | LYS_CONTAINER);
}

/* Is there anything of @word below @parent? */
static bool exists(struct sf_asker *a, const struct lyd_node *parent, const struct sf_word *word)
{
	const struct lyd_node *node = sf_siblings(a, parent, word->node);

	for (; node; node = node->next)
		if (node->schema == word->node && !sf_is_unset(node) && sf_says(word, node))
			return true;
	return false;
}

static bool suits(struct sf_asker *a, const struct sf_walk *w, size_t depth,
		  const struct sf_word *word)
{
	const struct lyd_node *parent;
	bool there;

	if ((a->ask->purpose == SF_TO_SET || a->ask->purpose == SF_TO_EDIT) &&
	    sf_extension(word->node, "top-kind", 0))
		return false; /* its own word is the one to say */
	if (a->ask->purpose == SF_TO_SET)
		return true;
	if (a->ask->purpose != SF_TO_DELETE && !is_inner(word))
		return false;
	if (a->ask->purpose == SF_TO_EDIT)
		return true;
	parent = sf_locate(a, w, depth, &there);
	return there && exists(a, parent, word);
}

static bool said_before(const struct sf_walk *w, size_t depth, const char *word)
{
	for (size_t d = w->depth; d > depth; d--)
		for (size_t i = 0; i < w->frames[d].scope->n; i++)
			if (!strcmp(w->frames[d].scope->words[i]->word, word))
				return true;
	return false;
}

static bool may_leave(const struct sf_asker *a, const struct sf_walk *w, size_t depth)
{
	return a->ask->purpose == SF_TO_SET && sf_walk_may_leave(w, depth);
}

static const char *identity_help(const struct lysc_ident *base, const char *name)
{
	LY_ARRAY_COUNT_TYPE i;
	const char *found = NULL;

	LY_ARRAY_FOR(base->derived, i)
	{
		if (!strcmp(base->derived[i]->name, name))
			return base->derived[i]->dsc;
		if (!found)
			found = identity_help(base->derived[i], name);
	}
	return found;
}

/* A word that sets a kind is explained by what the kind is. */
static const char *help_of(const struct sf_word *word)
{
	const struct sf_word *kind = word->own ? word->own : word;
	const struct lysc_type *type = kind->kind ? sf_type(kind->kind) : NULL;
	const char *colon = kind->kind ? strchr(kind->kind_value, ':') : NULL, *help = NULL;
	LY_ARRAY_COUNT_TYPE i;

	if (colon && type->basetype == LY_TYPE_IDENT)
		LY_ARRAY_FOR(((const struct lysc_type_identityref *)type)->bases, i)
	help = help ? help
		    : identity_help(((const struct lysc_type_identityref *)type)->bases[i],
				    colon + 1);
	return help ? help : word->node->dsc;
}

static void offer_words(struct sf_asker *a, struct sf_walk *w)
{
	size_t depth = w->depth;

	if (a->ask->purpose == SF_TO_NAME && w->depth &&
	    w->frames[w->depth].scope->node->nodetype == LYS_LIST) {
		sf_offer(a, SF_OFFER_END, "<enter>", "");
		return;
	}
	for (;; depth--) {
		const struct sf_scope *scope = w->frames[depth].scope;

		for (size_t i = 0; i < scope->n; i++)
			if (!said_before(w, depth, scope->words[i]->word) &&
			    suits(a, w, depth, scope->words[i]))
				sf_offer(a, SF_OFFER_WORD, scope->words[i]->word,
					 help_of(scope->words[i]));
		if (!may_leave(a, w, depth))
			break;
	}
	if (a->ask->purpose == SF_TO_SET ? sf_walk_end(w)
					 : w->depth > 0 || a->ask->purpose == SF_TO_SHOW)
		sf_offer(a, SF_OFFER_END, "<enter>", "");
	free(w->wrong);
	w->wrong = NULL;
}

/* What somebody noted about an entry. */
static const char *note_of(const struct lyd_node *entry)
{
	const struct lyd_node *child;

	LY_LIST_FOR(lyd_child(entry), child)
		if (child->schema && !strcmp(child->schema->name, "description"))
			return lyd_get_value(child);
	return "";
}

/* Keys of entries that are there and have the keys that were said. */
static void offer_entries(struct sf_asker *a, const struct sf_walk *w)
{
	struct sf_frame said = {.n_keys = w->n_keys};
	const struct lyd_node *node;
	bool there;

	memcpy(said.keys, w->keys, sizeof(said.keys));
	node = sf_locate(a, w, w->depth, &there);
	node = there ? sf_siblings(a, node, w->word.node) : NULL;
	for (; node; node = node->next) {
		const struct lyd_node *key = lyd_child(node);

		if (node->schema != w->word.node || !has_keys(node, &said) ||
		    !sf_says(&w->word, node))
			continue;
		for (size_t i = 0; key && i < w->n_keys; i++)
			key = key->next;
		if (key)
			sf_offer(a, SF_OFFER_WORD, lyd_get_value(key), note_of(node));
	}
}

static void offer_key(struct sf_asker *a, const struct sf_walk *w)
{
	const struct lysc_node *keys[SF_KEYS_MAX], *key = w->word.argument;

	if (key) {
		sf_offer_values(a, w, key, false);
		return;
	}
	sf_keys(w->word.node, keys);
	key = keys[w->n_keys];
	offer_entries(a, w);
	if (a->ask->purpose == SF_TO_SET || a->ask->purpose == SF_TO_EDIT)
		sf_offer_values(a, w, key, false);
	else if (w->n_keys == 0 && a->ask->purpose != SF_TO_NAME)
		sf_offer(a, SF_OFFER_END, "<enter>", "all of them");
}

/* What is there, to delete it. */
static void offer_set_values(struct sf_asker *a, const struct sf_walk *w)
{
	bool there;
	const struct lyd_node *node = sf_locate(a, w, w->depth, &there);
	char text[32];

	node = there ? sf_siblings(a, node, w->word.node) : NULL;
	for (; node; node = node->next)
		if (node->schema == w->word.node && !(node->flags & LYD_DEFAULT))
			sf_offer(a, SF_OFFER_WORD, sf_from_model(&w->word, node, text), "");
}

static void offer_value(struct sf_asker *a, struct sf_walk *w)
{
	bool list = w->word.node->nodetype == LYS_LEAFLIST;

	if (a->ask->purpose == SF_TO_DELETE)
		offer_set_values(a, w);
	else
		sf_offer_values(a, w, w->word.node, w->word.ranges);
	if (w->expect == SF_VALUES)
		sf_offer(a, SF_OFFER_WORD, "]", "the end of the list");
	else if (list)
		sf_offer(a, SF_OFFER_WORD, "[", "several values, up to ]");
	if (a->ask->purpose == SF_TO_DELETE && w->expect == SF_VALUE)
		sf_offer(a, SF_OFFER_END, "<enter>", list ? "all of them" : "");
}

void sf_words(const struct sf_ask *ask, const struct sf_token *words, size_t n, sf_offer_fn fn,
	      void *arg)
{
	struct sf_asker a = {.ask = ask, .fn = fn, .arg = arg};
	struct sf_walk *w = sf_walk_new();

	sf_walk_begin(w, ask->ctx, &sf_no_actions, &a);
	if ((!ask->level || walk(w, ask->level->list, ask->level->n))) {
		w->said = false;
		w->once = ask->purpose == SF_TO_DELETE;
		if (walk(w, words, n)) {
			if (w->expect == SF_KEY)
				offer_key(&a, w);
			else if (w->expect != SF_WORD)
				offer_value(&a, w);
			else if (w->once && w->full)
				sf_offer(&a, SF_OFFER_END, "<enter>", "");
			else
				offer_words(&a, w);
		}
	}
	sf_walk_free(w);
}
