/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/explain.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/setform/make.h"
#include "mgmt/setform/rename.h"

struct renaming {
	const struct ly_ctx *ctx;
	const struct lyd_node *tree, *entry, *key;
	const char *name;
	char *target; /* path of the key in the schema, names only: /switches/switch/segment/name */
	struct lyd_node *edit;
	size_t references;
};

/* The last key: of a list with several, the one that tells its entries apart here. */
static const struct lyd_node *key_of(const struct lyd_node *entry)
{
	const struct lyd_node *key = lyd_child(entry);

	return key && lysc_is_key(key->schema) ? key : NULL;
}

/* A path without prefixes and predicates. */
static char *plain_path(const char *path)
{
	char *text = ds_strdup(path), *out = text;

	for (const char *c = path; *c; c++) {
		if (*c == '[') {
			c = strchr(c, ']');
			if (!c)
				break;
		} else if (*c == ':') {
			while (out > text && out[-1] != '/')
				out--;
		} else {
			*out++ = *c;
		}
	}
	*out = '\0';
	return text;
}

/* The value of the nearest leaf of that name, beside @node or beside what it is in. */
static const char *nearest(const struct lyd_node *node, const char *name, size_t len)
{
	for (node = lyd_parent(node); node; node = lyd_parent(node)) {
		const struct lyd_node *child;

		LY_LIST_FOR(lyd_child(node), child)
			if (child->schema && child->schema->nodetype == LYS_LEAF &&
			    strlen(child->schema->name) == len &&
			    !strncmp(child->schema->name, name, len))
				return lyd_get_value(child);
	}
	return NULL;
}

/*
 * Do the predicates of @path, seen from @node, lead to the entry? The only predicates are
 * [key=$leaf] of lists that the entry is in.
 */
static bool leads_here(const struct renaming *r, const struct lyd_node *node, const char *path)
{
	const char *open = strchr(path, '['), *dollar = open ? strchr(open, '$') : NULL;
	const char *close = dollar ? strchr(dollar, ']') : NULL, *value;
	const struct lyd_node *list = lyd_parent(r->entry);

	if (!close)
		return true;
	value = nearest(node, dollar + 1, close - dollar - 1);
	while (list && list->schema->nodetype != LYS_LIST)
		list = lyd_parent(list);
	return value && list && !strcmp(lyd_get_value(lyd_child(list)), value);
}

static bool path_matches(const struct renaming *r, const struct lyd_node *node, const char *path)
{
	char *plain = plain_path(path);
	bool same = !strcmp(plain, r->target) && leads_here(r, node, path);

	free(plain);
	return same;
}

static bool refers(const struct renaming *r, const struct lyd_node *node)
{
	const struct lysc_type *type = ((const struct lysc_node_leaf *)node->schema)->type;
	const char *path;

	if (strcmp(lyd_get_value(node), lyd_get_value(r->key)) != 0)
		return false;
	if (type->basetype == LY_TYPE_LEAFREF &&
	    path_matches(r, node, lyxp_get_expr(((const struct lysc_type_leafref *)type)->path)))
		return true;
	for (size_t i = 0; (path = sf_extension(node->schema, "refers-to", i)); i++)
		if (path_matches(r, node, path))
			return true;
	return false;
}

/* The same place in the edit, made with what is around it. */
static struct lyd_node *place(struct renaming *r, const struct lyd_node *node)
{
	struct lyd_node *parent, *found = NULL, *copy;

	if (!node)
		return NULL;
	parent = place(r, lyd_parent(node));
	if (!parent && lyd_parent(node))
		return NULL;
	if (lyd_find_sibling_first(parent ? lyd_child(parent) : r->edit, node, &found) ==
	    LY_SUCCESS)
		return found;
	if (lyd_dup_single(node, NULL, LYD_DUP_NO_META, &copy) != LY_SUCCESS)
		return NULL;
	if (parent)
		lyd_insert_child(parent, copy);
	else
		lyd_insert_sibling(r->edit, copy, &r->edit);
	return copy;
}

/* The entry again, with @name as the value of @key; put below its parent in the edit. */
static struct lyd_node *renamed(struct renaming *r, const struct lyd_node *entry,
				const struct lyd_node *key)
{
	struct lyd_node *parent = place(r, lyd_parent(entry)), *copy, *child;
	const char *values[SF_KEYS_MAX] = {NULL};
	const struct lyd_node *node;
	size_t n = 0;

	LY_LIST_FOR(lyd_child(entry), node)
		if (lysc_is_key(node->schema) && n < SF_KEYS_MAX)
			values[n++] = node == key ? r->name : lyd_get_value(node);
	if (lyd_new_list(parent, entry->schema->module, entry->schema->name, 0, &copy, values[0],
			 values[1], values[2], values[3], values[4], values[5]) != LY_SUCCESS)
		return NULL;
	if (!parent)
		lyd_insert_sibling(r->edit, copy, &r->edit);
	LY_LIST_FOR(lyd_child(entry), node)
		if (node->schema && !lysc_is_key(node->schema) && !(node->flags & LYD_DEFAULT) &&
		    lyd_dup_single(node, NULL, LYD_DUP_RECURSIVE | LYD_DUP_NO_META, &child) ==
			    LY_SUCCESS)
			lyd_insert_child(copy, child);
	return copy;
}

static void change_reference(struct renaming *r, const struct lyd_node *node)
{
	struct lyd_node *copy, *added = NULL;

	if (lysc_is_key(node->schema)) {
		if (renamed(r, lyd_parent(node), node) && (copy = place(r, lyd_parent(node))))
			sf_set_operation(copy, "remove");
	} else if ((copy = place(r, node))) {
		if (node->schema->nodetype == LYS_LEAFLIST) {
			sf_set_operation(copy, "remove");
			lyd_new_term(lyd_parent(copy), node->schema->module, node->schema->name,
				     r->name, 0, &added);
		} else {
			lyd_change_term(copy, r->name);
		}
	}
	r->references++;
}

static void change_references(struct renaming *r, const struct lyd_node *node)
{
	for (; node; node = node->next) {
		if (!node->schema || (node->flags & LYD_DEFAULT))
			continue;
		if (!(node->schema->nodetype & (LYS_LEAF | LYS_LEAFLIST)))
			change_references(r, lyd_child(node));
		else if (node != r->key && refers(r, node))
			change_reference(r, node);
	}
}

static bool fits(const struct renaming *r, struct ds_errors *errs)
{
	struct lyd_node *other = NULL;
	const char *values[SF_KEYS_MAX] = {r->name};
	LY_ERR rc = lyd_value_validate(r->ctx, r->key->schema, r->name, strlen(r->name), NULL, NULL,
				       NULL);

	if (rc != LY_SUCCESS && rc != LY_EINCOMPLETE) {
		ds_explain_value(r->ctx, r->key->schema, r->name, NULL, errs);
		return false;
	}
	if (!key_of(r->entry) || (r->key->next && lysc_is_key(r->key->next->schema))) {
		ds_errors_add(errs, DS_OPERATION_NOT_SUPPORTED, NULL,
			      "%s has several keys: set it anew, and delete the old one",
			      sf_list_word(r->entry));
		return false;
	}
	other = sf_entry(lyd_parent(r->entry), r->tree, r->entry->schema, values);
	if (other)
		ds_errors_add(errs, DS_DATA_EXISTS, NULL, "there is a %s \"%s\" already",
			      sf_list_word(r->entry), r->name);
	return !other;
}

struct lyd_node *sf_rename(const struct ly_ctx *ctx, const struct lyd_node *tree,
			   const struct lyd_node *entry, const char *name, bool copy,
			   size_t *references, struct ds_errors *errs)
{
	struct renaming r = {.ctx = ctx,
			     .tree = lyd_first_sibling(tree),
			     .entry = entry,
			     .key = key_of(entry),
			     .name = name};
	char *path = r.key ? lysc_path(r.key->schema, LYSC_PATH_DATA, NULL, 0) : NULL;
	struct lyd_node *old, *made = NULL;

	*references = 0;
	if (!path || !fits(&r, errs)) {
		free(path);
		return NULL;
	}
	r.target = plain_path(path);
	free(path);
	/* What refers to the entry from within it goes with it. */
	made = renamed(&r, entry, r.key);
	if (!made) {
		ds_errors_add(errs, DS_OPERATION_FAILED, NULL, "it cannot be called \"%s\"", name);
		lyd_free_all(r.edit);
		r.edit = NULL;
	} else if (!copy) {
		old = place(&r, entry);
		if (old)
			sf_set_operation(old, "remove");
		change_references(&r, r.tree);
	}
	free(r.target);
	*references = r.references;
	return r.edit;
}
