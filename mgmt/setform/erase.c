/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of delete: each takes away one thing, which the words before it lead to.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/similar.h"
#include "mgmt/setform/make.h"

static bool gone(const struct lyd_node *node)
{
	const char *operation = node ? sf_operation(node) : NULL;

	return operation && (!strcmp(operation, "remove") || !strcmp(operation, "replace"));
}

/* Finds without making: the nodes of @schema's parent below a frame, in the edit and in the base. */
static void parents(const struct sf_maker *maker, const struct sf_frame *frame,
		    const struct lysc_node *schema, const struct lyd_node **node,
		    const struct lyd_node **base)
{
	const struct lysc_node *parent = lysc_data_parent(schema);

	if (!parent || parent == frame->scope->node) {
		*node = frame->node;
		*base = frame->base;
		return;
	}
	parents(maker, frame, parent, node, base);
	/* A frame that is not there has nothing below it; the top always is. */
	*node = *node || !frame->scope->node ? sf_child(*node, maker->edit->tree, parent, NULL)
					     : NULL;
	if (gone(*node))
		*base = NULL;
	else
		*base = *base || !frame->scope->node
				? sf_child(*base, maker->edit->base, parent, NULL)
				: NULL;
}

static bool is_missing(struct sf_walk *w, const struct sf_word *word, const char *key)
{
	struct sf_maker *maker = w->arg;

	if (maker->edit->lenient) {
		maker->missing = true;
		return true;
	}
	if (key)
		return sf_wrong(w, "there is no %s %s", word->word, key);
	return sf_wrong(w, "%s has no %s that was set", sf_scope_name(&w->frames[w->depth]),
			word->word);
}

/* "there is no port "wbe1"; did you mean "web1"?" */
static bool entry_missing(struct sf_walk *w, const struct sf_frame *frame,
			  const struct lyd_node *base)
{
	struct sf_maker *maker = w->arg;
	const struct lyd_node *node = base                    ? lyd_child(base)
				      : frame[-1].scope->node ? NULL
							      : maker->edit->base;
	const struct lysc_node *list = frame->scope->node;
	struct ds_similar similar;
	char hint[160];

	if (maker->edit->lenient)
		return is_missing(w, &frame->word, NULL);
	ds_similar_init(&similar, frame->keys[0]);
	for (; node; node = node->next)
		if (node->schema == list && sf_says(&frame->word, node) &&
		    strcmp(lyd_get_value(lyd_child(node)), frame->keys[0]))
			ds_similar_offer(&similar, lyd_get_value(lyd_child(node)));
	return sf_wrong(w, "there is no %s \"%s\"%s", frame->word.word, frame->keys[0],
			ds_similar_hint(&similar, hint, sizeof(hint)));
}

static const struct lyd_node *find(const struct sf_maker *maker, const struct sf_frame *frame,
				   const struct lyd_node *parent, bool in_base)
{
	const struct lysc_node *schema = frame->scope->node;
	const struct lyd_node *top = lysc_data_parent(schema) ? NULL
				     : in_base                ? maker->edit->base
							      : maker->edit->tree;

	if (!parent && !top)
		return NULL;
	return schema->nodetype == LYS_LIST ? sf_entry(parent, top, schema, frame->keys)
					    : sf_child(parent, top, schema, NULL);
}

/* In delete, frames are found and not made: node or base is there. */
static bool enter_delete(struct sf_walk *w, struct sf_frame *frame)
{
	const struct lyd_node *node, *base;
	struct sf_maker *maker = w->arg;

	parents(maker, &frame[-1], frame->scope->node, &node, &base);
	frame->node = (struct lyd_node *)find(maker, frame, node, false);
	frame->base = gone(node) ? NULL : find(maker, frame, base, true);
	if (frame->node && gone(frame->node))
		frame->base = NULL;
	if (frame->node && sf_operation(frame->node) &&
	    !strcmp(sf_operation(frame->node), "remove"))
		frame->node = NULL;
	/* An entry of that name that is said by another word is another thing. */
	if (frame->base ? !sf_says(&frame->word, frame->base)
			: frame->node && !sf_says(&frame->word, frame->node))
		frame->node = NULL, frame->base = NULL;
	if (frame->node || frame->base)
		return true;
	return frame->scope->node->nodetype == LYS_LIST ? entry_missing(w, frame, base)
							: is_missing(w, &frame->word, NULL);
}

static bool delete_value(struct sf_walk *w, const char *value)
{
	struct sf_maker *maker = w->arg;

	if (!value)
		return true;
	if (maker->n_values == maker->room) {
		maker->room = maker->room ? maker->room * 2 : 16;
		maker->values = ds_realloc(maker->values, maker->room, sizeof(*maker->values));
	}
	maker->values[maker->n_values++] = value;
	return true;
}

const struct sf_actions sf_delete_actions = {.enter = enter_delete, .value = delete_value};

/* Makes the frames up to @depth in the edit. */
static bool make_frames(struct sf_walk *w, size_t depth)
{
	size_t now = w->depth;
	bool fine = true;

	for (w->depth = 1; fine && w->depth <= depth; w->depth++)
		if (!w->frames[w->depth].node)
			fine = sf_make_frame(w, &w->frames[w->depth]);
	w->depth = now;
	return fine;
}

static void forget(struct sf_maker *maker, struct lyd_node *node)
{
	memset(maker->last, 0, sizeof(maker->last));
	if (node == maker->edit->tree)
		maker->edit->tree = node->next;
	lyd_free_tree(node);
}

/* Puts a node of the base into the edit, to be removed. */
static void mark(struct sf_maker *maker, struct lyd_node *parent, const struct lyd_node *base)
{
	struct lyd_node *copy;

	/* Of an entry its keys are wanted, of a leaf its value, and nothing of what is below. */
	if (lyd_dup_single(base, NULL, LYD_DUP_NO_META, &copy) != LY_SUCCESS)
		return;
	if (parent)
		lyd_insert_child(parent, copy);
	else
		lyd_insert_sibling(maker->edit->tree, copy, &maker->edit->tree);
	sf_set_operation(copy, "remove");
}

/* Removes one node that is in the edit, in the base, or in both. */
static bool erase(struct sf_walk *w, size_t depth, struct lyd_node *node,
		  const struct lyd_node *base)
{
	struct sf_maker *maker = w->arg;
	struct lyd_node *parent = node ? lyd_parent(node) : NULL;

	if (node) {
		if (node == w->frames[depth + 1].node)
			w->frames[depth + 1].node = NULL;
		forget(maker, node);
	}
	if (!base)
		return true;
	if (!node) {
		if (!make_frames(w, depth))
			return false;
		parent = sf_make_parent(maker, w->frames[depth].node, base->schema);
	}
	mark(maker, parent, base);
	return true;
}

/* Every instance of a node (all ports, all values of a trunk). */
static bool erase_all(struct sf_walk *w, size_t depth, const struct sf_word *word)
{
	struct sf_maker *maker = w->arg;
	const struct lyd_node *node, *base, *top;
	struct lyd_node *found, *next;
	bool any = false;

	parents(maker, &w->frames[depth], word->node, &node, &base);
	top = lysc_data_parent(word->node) ? NULL : maker->edit->tree;
	found = node || top ? sf_child(node, top, word->node, NULL) : NULL;
	for (; found && found->schema == word->node; found = next) {
		next = found->next;
		if (gone(found) || !sf_says(word, found))
			continue;
		forget(maker, found);
		any = true;
	}
	top = lysc_data_parent(word->node) ? NULL : maker->edit->base;
	for (base = base ? lyd_child(base) : top; base; base = base->next) {
		if (base->schema != word->node || (base->flags & LYD_DEFAULT) ||
		    !sf_says(word, base))
			continue;
		if (!erase(w, depth, NULL, base))
			return false;
		any = true;
	}
	return any || is_missing(w, word, NULL);
}

static bool erase_one(struct sf_walk *w, size_t depth, const struct sf_word *word, const char *text)
{
	bool list = word->node->nodetype == LYS_LEAFLIST, fine;
	char *value = text ? sf_to_model(word, word->node, text) : NULL;
	struct sf_maker *maker = w->arg;
	const struct lyd_node *node, *base;

	parents(maker, &w->frames[depth], word->node, &node, &base);
	if (node || !lysc_data_parent(word->node))
		node = sf_child(node, maker->edit->tree, word->node, list ? value : NULL);
	if (base || !lysc_data_parent(word->node))
		base = sf_child(base, maker->edit->base, word->node, list ? value : NULL);
	if (base && (base->flags & LYD_DEFAULT))
		base = NULL;
	if (node && gone(node))
		node = base = NULL;
	if (!list && value && (node || base) &&
	    strcmp(lyd_get_value(node ? node : base), value) != 0)
		node = base = NULL;
	fine = node || base ? erase(w, depth, (struct lyd_node *)node, base)
			    : is_missing(w, word, text);
	free(value);
	return fine;
}

/* An entry or a container that the words lead to. */
static bool erase_frame(struct sf_walk *w)
{
	struct sf_frame *f = &w->frames[w->depth];

	if (w->depth == 0)
		return sf_wrong(w, "what is to be deleted is missing");
	return erase(w, w->depth - 1, f->node, f->base);
}

bool sf_delete_end(struct sf_walk *w)
{
	struct sf_maker *maker = w->arg;

	switch (w->expect) {
	case SF_KEY:
		if (w->n_keys == 0)
			return erase_all(w, w->depth, &w->word);
		return sf_walk_end(w);
	case SF_VALUES: return sf_walk_end(w);
	case SF_VALUE: break;
	case SF_WORD:
		if (!w->full)
			return erase_frame(w);
		break;
	}
	if (!maker->n_values)
		return w->word.node->nodetype == LYS_LEAFLIST
			       ? erase_all(w, w->depth, &w->word)
			       : erase_one(w, w->depth, &w->word, NULL);
	for (size_t i = 0; i < maker->n_values; i++)
		if (!erase_one(w, w->depth, &w->word, maker->values[i]))
			return false;
	return true;
}
