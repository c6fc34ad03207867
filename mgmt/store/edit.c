/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/explain.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/store/edit.h"

/* An entry whose yang:insert names one that is not there yet, or waits itself. */
struct place {
	struct lyd_node *node; /* NULL: it was placed */
	const struct lyd_node *edit;
};

struct walk {
	struct ov *ov;
	struct ds_errors *errs;
	enum ed_op otherwise;
	struct place *later;
	size_t n_later;
};

static const struct lysc_node *schema_of(const struct lyd_node *edit)
{
	return edit->schema ? edit->schema : ds_opaq_schema(edit);
}

/*
 * A default in what replaces something says nothing: it is the default anyway. Nor does an empty
 * container without presence.
 */
static bool is_silent(const struct walk *w, const struct lyd_node *edit)
{
	if (!edit->schema || !(edit->flags & LYD_DEFAULT) || ed_has_op(edit))
		return false;
	return ed_op_of(edit, w->otherwise) == ED_REPLACE ||
	       (edit->schema->nodetype == LYS_CONTAINER && !lyd_child(edit));
}

static void complain(struct walk *w, const struct lyd_node *edit, enum ds_tag tag, const char *text)
{
	const struct lysc_node *schema = schema_of(edit);
	char *path = ds_path(edit);

	ds_errors_add(w->errs, tag, path, "%s %s", schema->name, text);
	free(path);
}

static struct lyd_node *children(const struct walk *w, const struct lyd_node *parent)
{
	return parent ? lyd_child(parent) : w->ov->base->tree;
}

/* What @edit speaks of below @parent; NULL: it is not there. */
static struct lyd_node *find(const struct walk *w, const struct lyd_node *parent,
			     const struct lyd_node *edit)
{
	struct lyd_node *first = children(w, parent), *found = NULL;

	if (edit->schema)
		found = ds_same(first, edit);
	else
		lyd_find_sibling_val(first, schema_of(edit), NULL, 0, &found);
	return found;
}

static void remove_node(struct walk *w, struct lyd_node *node)
{
	if (!node->parent || ov_is_split(node->parent->schema))
		ov_remove(w->ov, node);
	else
		lyd_free_tree(node);
}

/* All but the keys of an entry: it stays where it is in its list. */
static void empty(struct lyd_node *node)
{
	struct lyd_node *child, *next;

	LY_LIST_FOR_SAFE(lyd_child_no_keys(node), next, child)
	lyd_free_tree(child);
}

static bool has_parent(const struct lysc_node *schema, const struct lysc_node *parent)
{
	for (; schema; schema = schema->parent)
		if (schema == parent)
			return true;
	return false;
}

/* A node in one case of a choice ends the others (RFC 7950 7.9), defaults among them. */
static void remove_other_cases(struct walk *w, const struct lyd_node *parent,
			       const struct lysc_node *schema)
{
	const struct lysc_node *in = schema;
	struct lyd_node *node, *next;

	for (; in->parent && in->parent->nodetype & (LYS_CASE | LYS_CHOICE); in = in->parent) {
		if (in->nodetype != LYS_CASE)
			continue;
		LY_LIST_FOR_SAFE(children(w, parent), next, node)
		if (has_parent(node->schema, in->parent) && !has_parent(node->schema, in))
			remove_node(w, node);
	}
}

/* Instances that were there by default give way to the first one that is told. */
static void remove_default_values(struct walk *w, const struct lyd_node *parent,
				  const struct lysc_node *schema)
{
	struct lyd_node *node, *next;

	LY_LIST_FOR_SAFE(children(w, parent), next, node)
	if (node->schema == schema && node->flags & LYD_DEFAULT)
		remove_node(w, node);
}

static bool can_place(const struct walk *w, const struct lyd_node *node,
		      const struct lyd_node *edit)
{
	const struct lyd_node *anchor;

	if (!ed_has_anchor(edit))
		return true;
	anchor = ed_anchor(node, edit);
	for (size_t i = 0; anchor && i < w->n_later; i++)
		if (w->later[i].node == anchor)
			return false;
	return anchor;
}

static void place(struct walk *w, struct lyd_node *node, const struct lyd_node *edit)
{
	if (can_place(w, node, edit)) {
		ed_place(node, edit);
		return;
	}
	w->later = ds_realloc(w->later, w->n_later + 1, sizeof(*w->later));
	w->later[w->n_later++] = (struct place){node, edit};
}

/* Those behind the first @from, each when the entry that it stands beside has its place. */
static void place_later(struct walk *w, size_t from)
{
	bool any = true;

	while (any) {
		any = false;
		for (size_t i = from; i < w->n_later; i++) {
			struct place *p = &w->later[i];

			if (!p->node || !can_place(w, p->node, p->edit))
				continue;
			ed_place(p->node, p->edit);
			p->node = NULL;
			any = true;
		}
	}
	for (size_t i = from; i < w->n_later; i++)
		if (w->later[i].node)
			ed_anchor_error(w->later[i].node, w->later[i].edit, w->errs);
	w->n_later = from;
}

static struct lyd_node *create(struct walk *w, struct lyd_node *parent, const struct lyd_node *edit)
{
	const struct lysc_node *s = edit->schema;
	struct lyd_node *node = NULL;

	remove_other_cases(w, parent, s);
	if (s->nodetype == LYS_LEAFLIST)
		remove_default_values(w, parent, s);
	if (lyd_dup_single(edit, NULL,
			   LYD_DUP_NO_META | (s->nodetype & LYD_NODE_ANY ? LYD_DUP_RECURSIVE : 0),
			   &node) != LY_SUCCESS)
		return NULL;
	/* Without content it is as if it were not there; content that is told ends that. */
	if (s->nodetype == LYS_CONTAINER && !(s->flags & LYS_PRESENCE))
		node->flags |= LYD_DEFAULT;
	if (parent)
		lyd_insert_child(parent, node);
	else
		lyd_insert_sibling(w->ov->base->tree, node, &w->ov->base->tree);
	if (parent && ov_is_split(parent->schema))
		ov_added(w->ov, node);
	place(w, node, edit);
	return node;
}

static void set(struct walk *w, struct lyd_node *node, const struct lyd_node *edit)
{
	if (node->schema->nodetype == LYS_LEAF)
		lyd_change_term(node, lyd_get_value(edit));
	else if (node->schema->nodetype == LYS_LEAFLIST)
		node->flags &= ~LYD_DEFAULT;
	if (node->schema->nodetype & (LYS_LEAFLIST | LYS_LIST))
		place(w, node, edit);
}

static void edit_node(struct walk *w, struct lyd_node *parent, const struct lyd_node *edit);

/*
 * The order of siblings says nothing (RFC 6241 7.2): what goes, goes first, so that the old case of
 * a choice is still there to be deleted; and what stands beside a new entry waits for it.
 */
static void edit_children(struct walk *w, struct lyd_node *node, const struct lyd_node *edit)
{
	size_t from = w->n_later;

	for (int goes = 1; goes >= 0; goes--) {
		const struct lyd_node *child;

		LY_LIST_FOR(lyd_child(edit), child)
			if (!is_silent(w, child) && !lysc_is_key(schema_of(child)) &&
			    ed_goes(child, w->otherwise) == goes)
				edit_node(w, node, child);
	}
	place_later(w, from);
}

static bool may_go_on(struct walk *w, const struct lyd_node *edit, const struct lysc_node *s,
		      enum ed_op op, bool exists)
{
	if (op == ED_CREATE && exists) {
		complain(w, edit, DS_DATA_EXISTS, "is there already: merge or replace it");
		return false;
	}
	if (op == ED_DELETE && !exists) {
		complain(w, edit, DS_DATA_MISSING,
			 "is not there: remove takes away what may be missing");
		return false;
	}
	/* A container without presence is always there. */
	if (op == ED_NONE && !exists &&
	    !(s->nodetype == LYS_CONTAINER && !(s->flags & LYS_PRESENCE))) {
		complain(w, edit, DS_DATA_MISSING,
			 "is not there, and the operation none does not make it");
		return false;
	}
	return true;
}

static void edit_node(struct walk *w, struct lyd_node *parent, const struct lyd_node *edit)
{
	const struct lysc_node *s = schema_of(edit);
	enum ed_op op = ed_op_of(edit, w->otherwise);
	struct lyd_node *node = find(w, parent, edit);
	bool exists = node && !(node->flags & LYD_DEFAULT);

	if (ed_is_tagged(edit) && op != ED_CREATE)
		op = ED_REMOVE;
	if (!may_go_on(w, edit, s, op, exists))
		return;
	if (op == ED_DELETE || op == ED_REMOVE || ed_is_tagged(edit)) {
		if (node)
			remove_node(w, node);
		return;
	}
	if (node && op == ED_REPLACE) {
		if (s->nodetype & LYD_NODE_INNER) {
			empty(node);
		} else if (s->nodetype & LYD_NODE_ANY) {
			remove_node(w, node);
			node = NULL;
		}
	}
	if (op != ED_NONE) {
		if (!node)
			node = create(w, parent, edit);
		else
			set(w, node, edit);
	} else if (!node) {
		node = create(w, parent, edit); /* a container without presence */
	}
	if (node && s->nodetype & LYD_NODE_INNER)
		edit_children(w, node, edit);
}

/* Every unit of a container of units, but those that @edit (may be NULL) has as well. */
static void remove_units(struct walk *w, struct lyd_node *container, const struct lyd_node *edit)
{
	struct lyd_node *node, *next, *same;

	LY_LIST_FOR_SAFE(lyd_child(container), next, node)
	{
		if (edit && lyd_find_sibling_first(lyd_child(edit), node, &same) == LY_SUCCESS)
			continue;
		ov_touch(w->ov, node);
		ov_remove(w->ov, node);
	}
}

static void edit_split(struct walk *w, const struct lyd_node *edit)
{
	struct lyd_node *container = find(w, NULL, edit);
	enum ed_op op = ed_op_of(edit, w->otherwise);
	const struct lyd_node *child;

	if (!container)
		container = create(w, NULL, edit);
	if (!may_go_on(w, edit, edit->schema, op, !(container->flags & LYD_DEFAULT)))
		return;
	if (op == ED_DELETE || op == ED_REMOVE || op == ED_REPLACE)
		remove_units(w, container, op == ED_REPLACE ? edit : NULL);
	if (op == ED_DELETE || op == ED_REMOVE)
		return;
	LY_LIST_FOR(lyd_child(edit), child) {
		ov_touch(w->ov, child);
		edit_node(w, container, child);
	}
}

/* Top-level nodes that @config does not have. */
static void remove_rest(struct walk *w, const struct lyd_node *config)
{
	struct lyd_node *node, *next, *same;

	LY_LIST_FOR_SAFE(w->ov->base->tree, next, node)
	{
		if (node->flags & LYD_DEFAULT ||
		    (lyd_find_sibling_first(config, node, &same) == LY_SUCCESS &&
		     !is_silent(w, same)))
			continue;
		if (ov_is_split(node->schema)) {
			remove_units(w, node, NULL);
		} else {
			ov_touch(w->ov, node);
			ov_remove(w->ov, node);
		}
	}
}

void ed_apply(struct ov *ov, const struct lyd_node *config, enum st_default_op otherwise,
	      struct ds_errors *errs)
{
	struct walk w = {.ov = ov, .errs = errs};
	const struct lyd_node *edit;

	w.otherwise = otherwise == ST_REPLACE ? ED_REPLACE
		      : otherwise == ST_NONE  ? ED_NONE
					      : ED_MERGE;
	if (otherwise == ST_REPLACE)
		remove_rest(&w, config);
	LY_LIST_FOR(config, edit) {
		if (is_silent(&w, edit))
			continue;
		if (ov_is_split(schema_of(edit))) {
			edit_split(&w, edit);
		} else {
			ov_touch(ov, edit);
			edit_node(&w, NULL, edit);
		}
	}
	free(w.later);
	ov_complete(ov);
}
