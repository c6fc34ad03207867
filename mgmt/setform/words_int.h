/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the parts of words.h share.
 */
#ifndef MGMT_SETFORM_WORDS_INT_H
#define MGMT_SETFORM_WORDS_INT_H

#include "mgmt/setform/walk.h"
#include "mgmt/setform/words.h"

#define SF_SAID_MAX 64

struct sf_asker {
	const struct sf_ask *ask;
	sf_offer_fn fn;
	void *arg;
	bool have_tree;
	const struct lyd_node *tree;
	struct { /* leafs of the line, for $leaf */
		const struct lysc_node *node;
		const char *value;
	} said[SF_SAID_MAX];
	size_t n_said;
};

/* An offer; @help is copied. */
void sf_offer(struct sf_asker *asker, enum sf_offer_kind kind, const char *word, const char *help);

/* The tree, asked for once. */
const struct lyd_node *sf_asker_tree(struct sf_asker *asker);

/* The node of frames[depth] in the tree; NULL: the top, or not there (*@there says). */
const struct lyd_node *sf_locate(struct sf_asker *asker, const struct sf_walk *walk, size_t depth,
				 bool *there);

/* The first child of @parent's data that is @schema, looking through containers in between. */
const struct lyd_node *sf_below(const struct lyd_node *parent, const struct lyd_node *top,
				const struct lysc_node *schema);

/* The first sibling among which the entries, values or the one node of @schema are. */
const struct lyd_node *sf_siblings(struct sf_asker *asker, const struct lyd_node *parent,
				   const struct lysc_node *schema);

/* Walks without doing anything: @walk->arg is an asker. */
extern const struct sf_actions sf_no_actions;

/* Values of a leaf: its type's, names that it refers to, and what kind of value it takes. */
void sf_offer_values(struct sf_asker *asker, const struct sf_walk *walk,
		     const struct lysc_node *leaf, bool ranges);

#endif
