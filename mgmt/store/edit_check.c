/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What can be said of a <config> by itself.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/explain.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/store/edit.h"

#define NS_BASE "urn:ietf:params:xml:ns:netconf:base:1.0"

static bool parse_op(const char *text, enum ed_op *op)
{
	static const char *const names[] = {
		[ED_NONE] = "none",     [ED_MERGE] = "merge",   [ED_REPLACE] = "replace",
		[ED_CREATE] = "create", [ED_DELETE] = "delete", [ED_REMOVE] = "remove"};

	for (size_t i = ED_MERGE; text && i <= ED_REMOVE; i++)
		if (!strcmp(text, names[i])) {
			*op = i;
			return true;
		}
	return false;
}

/* The text of the attribute, or NULL. */
static const char *op_text(const struct lyd_node *node)
{
	const struct lyd_meta *meta;
	const struct lyd_attr *attr;

	for (meta = node->schema ? node->meta : NULL; meta; meta = meta->next)
		if (!strcmp(meta->name, "operation") &&
		    !strcmp(meta->annotation->module->name, "ietf-netconf"))
			return lyd_get_meta_value(meta);
	attr = node->schema ? NULL : ((const struct lyd_node_opaq *)node)->attr;
	for (; attr; attr = attr->next)
		if (!strcmp(attr->name.name, "operation") && attr->name.module_ns &&
		    !strcmp(attr->name.module_ns, NS_BASE))
			return attr->value;
	return NULL;
}

bool ed_has_op(const struct lyd_node *node)
{
	return op_text(node) != NULL;
}

enum ed_op ed_op_of(const struct lyd_node *node, enum ed_op otherwise)
{
	enum ed_op op;

	for (; node; node = lyd_parent(node))
		if (parse_op(op_text(node), &op))
			return op;
	return otherwise;
}

/* An empty element is enough to delete a leaf, though it is no value of it. */
static bool is_empty_leaf(const struct lyd_node *node, void *arg)
{
	const struct lyd_node_opaq *o = (const struct lyd_node_opaq *)node;
	const struct lysc_node *schema = ds_opaq_schema(node);
	enum ed_op op = ed_op_of(node, *(enum ed_op *)arg);

	return schema && schema->nodetype == LYS_LEAF && !lysc_is_key(schema) &&
	       schema->flags & LYS_CONFIG_W && !o->child &&
	       !o->value[strspn(o->value, " \t\r\n")] && (op == ED_DELETE || op == ED_REMOVE);
}

static void twice(const struct lyd_node *node, struct ds_errors *errs)
{
	char *path = ds_path(node);

	ds_error_bad(ds_errors_add(errs, DS_BAD_ELEMENT, path,
				   "%s stands in the request twice: say once what is to be done",
				   node->schema->name),
		     node->schema->name);
	free(path);
}

static const struct lysc_node *choice_of(const struct lysc_node *schema,
					 const struct lysc_node **in)
{
	if (!schema->parent || schema->parent->nodetype != LYS_CASE)
		return NULL;
	*in = schema->parent;
	return schema->parent->parent;
}

bool ed_is_tagged(const struct lyd_node *edit)
{
	enum ed_op op;

	return edit->schema && edit->schema->nodetype & LYD_NODE_TERM &&
	       edit->flags & LYD_DEFAULT &&
	       !(parse_op(op_text(edit), &op) && (op == ED_DELETE || op == ED_REMOVE));
}

bool ed_goes(const struct lyd_node *edit, enum ed_op otherwise)
{
	enum ed_op op = ed_op_of(edit, otherwise);
	const struct lyd_node *child = lyd_child(edit);

	if (op == ED_DELETE || op == ED_REMOVE || ed_is_tagged(edit))
		return true;
	if (!edit->schema || edit->schema->nodetype != LYS_CONTAINER ||
	    edit->schema->flags & LYS_PRESENCE || op == ED_REPLACE)
		return false;
	while (child && ed_goes(child, otherwise))
		child = child->next;
	return !child && lyd_child(edit);
}

/* Cases of one choice, unless one of them is being deleted. */
static void check_cases(const struct lyd_node *node, enum ed_op otherwise, struct ds_errors *errs)
{
	const struct lysc_node *mine, *other_case, *choice = choice_of(node->schema, &mine);
	const struct lyd_node *other;
	char *path;

	if (!choice || ed_goes(node, otherwise))
		return;
	LY_LIST_FOR(node->next, other) {
		if (!other->schema || choice_of(other->schema, &other_case) != choice ||
		    other_case == mine || ed_goes(other, otherwise))
			continue;
		path = ds_path(other);
		ds_error_bad(ds_errors_add(errs, DS_BAD_ELEMENT, path,
					   "%s and %s exclude each other: remove one of them",
					   node->schema->name, other->schema->name),
			     other->schema->name);
		free(path);
		return;
	}
}

static void check_key(const struct lyd_node *node, struct ds_errors *errs)
{
	const char *text = op_text(node);
	char *path;

	if (!text || !node->schema || !lysc_is_key(node->schema))
		return;
	path = ds_path(node);
	ds_error_bad(ds_errors_add(errs, DS_BAD_ATTRIBUTE, path,
				   "%s is a key, which lives and goes with its entry: put the "
				   "operation on %s",
				   node->schema->name, LYD_NAME(lyd_parent(node))),
		     "operation");
	free(path);
}

static void check_tag(const struct lyd_node *node, struct ds_errors *errs)
{
	const struct lysc_node_leaf *leaf = (const struct lysc_node_leaf *)node->schema;
	bool has_default = node->schema->nodetype == LYS_LEAF && leaf->dflt;
	char *path;

	if (!ed_is_tagged(node) || lyd_is_default(node))
		return;
	path = ds_path(node);
	ds_errors_add(errs, DS_INVALID_VALUE, path,
		      "%s is told to have its default, %s%s: take the attribute default away",
		      node->schema->name, has_default ? "which is " : "and has none",
		      has_default ? lyd_value_get_canonical(node->schema->module->ctx, leaf->dflt)
				  : "");
	free(path);
}

static void check_siblings(const struct lyd_node *first, enum ed_op otherwise,
			   struct ds_errors *errs)
{
	const struct lyd_node *node;
	struct lyd_node *same;

	LY_LIST_FOR(first, node) {
		check_key(node, errs);
		if (!node->schema)
			continue;
		check_tag(node, errs);
		same = ds_same(first, node);
		if (same && same != node)
			twice(node, errs);
		check_cases(node, otherwise, errs);
		ed_check_place(node, errs);
		check_siblings(lyd_child(node), otherwise, errs);
	}
}

bool ed_check(const struct ly_ctx *ctx, const struct lyd_node *config, enum ed_op otherwise,
	      struct ds_errors *errs)
{
	ds_explain_edit(ctx, config, is_empty_leaf, &otherwise, errs);
	check_siblings(config, otherwise, errs);
	return ds_errors_none(errs);
}
