/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Units in trees: finding them, exchanging them.
 */
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/store/unit.h"

/* A list of which a change of one entry says nothing about the others. */
static bool entries_are_alone(const struct lysc_node *schema)
{
	const struct lysc_node_list *list = (const struct lysc_node_list *)schema;

	return schema->nodetype == LYS_LIST && !(schema->flags & (LYS_KEYLESS | LYS_ORDBY_USER)) &&
	       !list->uniques && !list->min && (!list->max || list->max == UINT32_MAX);
}

bool ov_is_split(const struct lysc_node *schema)
{
	const struct lysc_node *child = NULL;
	bool any = false;

	if (!schema || schema->parent || schema->nodetype != LYS_CONTAINER ||
	    schema->flags & LYS_PRESENCE)
		return false;
	while ((child = lys_getnext(child, schema, NULL, 0))) {
		if (!(child->flags & LYS_CONFIG_W))
			continue;
		if (!entries_are_alone(child))
			return false;
		any = true;
	}
	return any;
}

struct lyd_node *ov_find(struct lyd_node *tree, const struct lyd_node *node)
{
	const struct lysc_node *parent = node->schema->parent;
	struct lyd_node *top, *found = NULL;

	if (!parent)
		return lyd_find_sibling_first(tree, node, &found) == LY_SUCCESS ? found : NULL;
	LY_LIST_FOR(tree, top)
		if (top->schema == parent)
			break;
	if (!top || lyd_find_sibling_first(lyd_child(top), node, &found) != LY_SUCCESS)
		return NULL;
	return found;
}

void un_take(struct lyd_node **tree, struct lyd_node *node)
{
	if (*tree == node)
		*tree = node->next;
	lyd_unlink_tree(node);
}

void un_put(struct lyd_node **tree, struct lyd_node *node)
{
	const struct lysc_node *parent = node->schema->parent;
	struct lyd_node *top;

	if (!parent) {
		lyd_insert_sibling(*tree, node, tree);
		return;
	}
	LY_LIST_FOR(*tree, top)
		if (top->schema == parent)
			break;
	if (!top) {
		if (lyd_new_inner(NULL, parent->module, parent->name, 0, &top) != LY_SUCCESS)
			return;
		lyd_insert_sibling(*tree, top, tree);
	}
	lyd_insert_child(top, node);
}

struct lyd_node *un_put_copy(struct lyd_node **tree, const struct lyd_node *node)
{
	struct lyd_node *copy = NULL;

	if (lyd_dup_single(node, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &copy) == LY_SUCCESS)
		un_put(tree, copy);
	return copy;
}

/*
 * Behind @after, its sibling of the same list. libyang puts entries last, and moves none in lists
 * that the system orders; for people the order shall stay what it was.
 */
void un_move_behind(struct lyd_node *node, struct lyd_node *after)
{
	struct lyd_node *first = lyd_first_sibling(node);

	if (after->next == node || node == first || after == node)
		return;
	if (node->next)
		node->next->prev = node->prev;
	else
		first->prev = node->prev;
	node->prev->next = node->next;
	node->prev = after;
	node->next = after->next;
	if (after->next)
		after->next->prev = node;
	else
		first->prev = node;
	after->next = node;
}

void un_move_to_front(struct lyd_node **tree, struct lyd_node *node)
{
	struct lyd_node *first = NULL;

	if (node->schema->nodetype != LYS_LIST ||
	    lyd_find_sibling_val(lyd_first_sibling(node), node->schema, NULL, 0, &first) !=
		    LY_SUCCESS ||
	    first == node)
		return;
	/* libyang knows which entry is the first: it has to see it go. */
	un_move_behind(node, first);
	un_take(tree, first);
	un_put(tree, first);
	un_move_behind(first, node);
}

static void adopt(struct lyd_node_inner *parent)
{
	struct lyd_node *child;

	LY_LIST_FOR(parent->child, child)
		child->parent = parent;
}

#define SWAP(a, b)                      \
	do {                            \
		__typeof__(a) t_ = (a); \
		(a) = (b);              \
		(b) = t_;               \
	} while (0)

void ov_swap(struct lyd_node *a, struct lyd_node *b)
{
	struct lyd_node_inner *x = (struct lyd_node_inner *)a, *y = (struct lyd_node_inner *)b;
	struct lyd_meta *meta;

	SWAP(a->flags, b->flags);
	SWAP(a->meta, b->meta);
	for (meta = a->meta; meta; meta = meta->next)
		meta->parent = a;
	for (meta = b->meta; meta; meta = meta->next)
		meta->parent = b;
	if (a->schema->nodetype & LYD_NODE_INNER) {
		SWAP(x->child, y->child);
		SWAP(x->children_ht, y->children_ht);
		adopt(x);
		adopt(y);
	} else if (a->schema->nodetype & LYD_NODE_TERM) {
		SWAP(((struct lyd_node_term *)a)->value, ((struct lyd_node_term *)b)->value);
	} else {
		SWAP(((struct lyd_node_any *)a)->value, ((struct lyd_node_any *)b)->value);
		SWAP(((struct lyd_node_any *)a)->value_type,
		     ((struct lyd_node_any *)b)->value_type);
	}
}
