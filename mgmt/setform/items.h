/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is to be said of an entry or a container, in the order in which it is said: what printing and
 * comparing share.
 */
#ifndef MGMT_SETFORM_ITEMS_H
#define MGMT_SETFORM_ITEMS_H

#include "mgmt/setform/dict.h"

struct sf_item {
	const struct sf_word *word;
	const struct lyd_node *node; /* entry, container, leaf, or the first of a leaf-list */
	size_t order;                /* in the tree */
	bool implied;                /* a kind that is set without its container */
};

/* A stack: the items of a node are pushed, used, and popped. */
struct sf_items {
	struct sf_item *list;
	size_t n, room;
};

/*
 * Pushes what is set below @node (of scope @scope; at the top the siblings from @node on). Values of
 * a leaf-list are one item each. Returns where they begin; they end at items->n.
 */
size_t sf_items_push(struct sf_items *items, const struct sf_scope *scope,
		     const struct lyd_node *node);

/* Order of two items of one scope: by word, entries by their keys. 0 when they speak of the same. */
int sf_item_compare(const struct sf_item *a, const struct sf_item *b);

/* True when nothing was set in @node and below. */
bool sf_is_unset(const struct lyd_node *node);

/*
 * The canonical form of @text, a value of @schema (mgmt/datastore/types.h), which people may also write
 * as 100-200, as 0011.2233.4455, and as an identity without its module. @word may be NULL. @text
 * itself when it is no value. Malloced.
 */
char *sf_to_model(const struct sf_word *word, const struct lysc_node *schema, const char *text);

/* The value as it is said: 100-200 for 100..200 where @word is so. @text is of at least 32 bytes. */
const char *sf_from_model(const struct sf_word *word, const struct lyd_node *node, char *text);

#endif
