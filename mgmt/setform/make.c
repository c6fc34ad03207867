/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/explain.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/setform/make.h"

#define NETCONF "ietf-netconf"

static const struct lyd_node *below(const struct lyd_node *parent, const struct lyd_node *top)
{
	return parent ? lyd_child(parent) : top;
}

struct lyd_node *sf_child(const struct lyd_node *parent, const struct lyd_node *top,
			  const struct lysc_node *schema, const char *value)
{
	struct lyd_node *found = NULL;

	lyd_find_sibling_val(below(parent, top), schema, value, value ? strlen(value) : 0, &found);
	return found;
}

static bool has_keys(const struct lyd_node *entry, const char *const *keys)
{
	const struct lyd_node *key = lyd_child(entry);

	for (size_t i = 0; key && key->schema && lysc_is_key(key->schema); i++, key = key->next)
		if (strcmp(lyd_get_value(key), keys[i]) != 0)
			return false;
	return true;
}

/* Keys with both kinds of quotes fit in no predicate. */
static struct lyd_node *entry_slowly(const struct lyd_node *node, const struct lysc_node *list,
				     const char *const *keys)
{
	for (; node; node = node->next)
		if (node->schema == list && has_keys(node, keys))
			return (struct lyd_node *)node;
	return NULL;
}

struct lyd_node *sf_entry(const struct lyd_node *parent, const struct lyd_node *top,
			  const struct lysc_node *list, const char *const *values)
{
	const struct lysc_node *keys[SF_KEYS_MAX];
	size_t n = sf_keys(list, keys), len = 1;
	struct lyd_node *found = NULL;
	char *predicate, *at;

	for (size_t i = 0; i < n; i++) {
		if (strchr(values[i], '\'') && strchr(values[i], '"'))
			return entry_slowly(below(parent, top), list, values);
		len += strlen(keys[i]->name) + strlen(values[i]) + 5;
	}
	predicate = at = ds_alloc(len);
	for (size_t i = 0; i < n; i++) {
		char quote = strchr(values[i], '\'') ? '"' : '\'';

		*at++ = '[';
		at = stpcpy(at, keys[i]->name);
		*at++ = '=';
		*at++ = quote;
		at = stpcpy(at, values[i]);
		*at++ = quote;
		*at++ = ']';
	}
	lyd_find_sibling_val(below(parent, top), list, predicate, at - predicate, &found);
	free(predicate);
	return found;
}

const char *sf_operation(const struct lyd_node *node)
{
	const struct lyd_meta *meta;

	for (meta = node->schema ? node->meta : NULL; meta; meta = meta->next)
		if (!strcmp(meta->name, "operation") &&
		    !strcmp(meta->annotation->module->name, NETCONF))
			return lyd_get_meta_value(meta);
	return NULL;
}

void sf_set_operation(struct lyd_node *node, const char *operation)
{
	struct lyd_meta *meta = node->meta;
	const struct lys_module *mod =
		ly_ctx_get_module_implemented(node->schema->module->ctx, NETCONF);

	while (meta && strcmp(meta->name, "operation") != 0)
		meta = meta->next;
	if (meta)
		lyd_free_meta_single(meta);
	if (operation)
		lyd_new_meta(NULL, node, mod, "operation", operation, 0, NULL);
}

/* What was deleted is set after all. */
static void revive(struct lyd_node *node)
{
	const char *operation = sf_operation(node);

	if (operation && !strcmp(operation, "remove"))
		sf_set_operation(node, lyd_child(node)                           ? "replace"
				       : node->schema->nodetype == LYS_CONTAINER ? "replace"
										 : NULL);
}

static void put_at_top(struct sf_maker *maker, struct lyd_node *node)
{
	lyd_insert_sibling(maker->edit->tree, node, &maker->edit->tree);
}

static struct lyd_node *make_container(struct sf_maker *maker, struct lyd_node *parent,
				       const struct lysc_node *schema)
{
	struct lyd_node *node = sf_child(parent, maker->edit->tree, schema, NULL);

	if (node) {
		revive(node);
		return node;
	}
	lyd_new_inner(parent, schema->module, schema->name, 0, &node);
	if (!parent)
		put_at_top(maker, node);
	return node;
}

struct lyd_node *sf_make_parent(struct sf_maker *maker, struct lyd_node *from,
				const struct lysc_node *schema)
{
	const struct lysc_node *parent = lysc_data_parent(schema);

	if (!parent || (from && from->schema == parent))
		return from;
	return make_container(maker, sf_make_parent(maker, from, parent), parent);
}

static bool wrong_value(struct sf_walk *w, const struct lysc_node *schema, const char *value)
{
	struct ds_errors errs = {.n = 0};

	ds_explain_value(w->ctx, schema, value, NULL, &errs);
	sf_wrong(w, "%s: %s", schema->name, errs.n ? errs.list[0].message : "this is no value");
	ds_errors_clear(&errs);
	return false;
}

static bool new_term(struct sf_walk *w, struct lyd_node *parent, const struct lysc_node *schema,
		     const char *value)
{
	struct sf_maker *maker = w->arg;
	struct lyd_node *node;

	if (lyd_new_term(parent, schema->module, schema->name, value, 0, &node) != LY_SUCCESS)
		return wrong_value(w, schema, value);
	if (!parent)
		put_at_top(maker, node);
	return true;
}

bool sf_make_value(struct sf_walk *w, struct lyd_node *parent, const struct sf_word *word,
		   const struct lysc_node *schema, const char *text)
{
	struct sf_maker *maker = w->arg;
	char *value = sf_to_model(word, schema, text ? text : "");
	bool list = schema->nodetype == LYS_LEAFLIST, fine = true;
	struct lyd_node *node = sf_child(parent, maker->edit->tree, schema, list ? value : NULL);
	LY_ERR rc;

	if (!node) {
		fine = new_term(w, parent, schema, value);
	} else {
		revive(node);
		rc = list || !text ? LY_SUCCESS : lyd_change_term(node, value);
		if (rc != LY_SUCCESS && rc != LY_EEXIST && rc != LY_ENOT)
			fine = wrong_value(w, schema, value);
	}
	free(value);
	return fine;
}

/* The key that is wrong, of those that made no entry. */
static bool wrong_key(struct sf_walk *w, const struct sf_frame *frame)
{
	const struct lysc_node *keys[SF_KEYS_MAX];
	size_t n = sf_keys(frame->scope->node, keys);

	for (size_t i = 0; i < n; i++) {
		LY_ERR rc = lyd_value_validate(w->ctx, keys[i], frame->keys[i],
					       strlen(frame->keys[i]), NULL, NULL, NULL);

		if (rc != LY_SUCCESS && rc != LY_EINCOMPLETE)
			return wrong_value(w, keys[i], frame->keys[i]);
	}
	return sf_wrong(w, "these are no keys of %s", frame->scope->node->name);
}

static struct lyd_node *last_entry(const struct sf_walk *w, const struct lyd_node *parent,
				   const struct sf_frame *frame)
{
	struct lyd_node *last = ((struct sf_maker *)w->arg)->last[w->depth];

	return last && last->schema == frame->scope->node && lyd_parent(last) == parent &&
			       has_keys(last, frame->keys)
		       ? last
		       : NULL;
}

static bool make_entry(struct sf_walk *w, struct lyd_node *parent, struct sf_frame *frame)
{
	const struct lysc_node *list = frame->scope->node;
	struct sf_maker *maker = w->arg;
	const char **k = frame->keys;

	frame->node = last_entry(w, parent, frame);
	if (!frame->node)
		frame->node = sf_entry(parent, maker->edit->tree, list, k);
	if (frame->node) {
		revive(frame->node);
	} else {
		if (frame->n_keys == 0 || frame->n_keys > SF_KEYS_MAX)
			return sf_wrong(w, "%s has no keys: its entries cannot be said here",
					list->name);
		if (lyd_new_list(parent, list->module, list->name, 0, &frame->node, k[0], k[1],
				 k[2], k[3], k[4], k[5]) != LY_SUCCESS)
			return wrong_key(w, frame);
		if (!parent)
			put_at_top(maker, frame->node);
	}
	maker->last[w->depth] = frame->node;
	return true;
}

bool sf_make_frame(struct sf_walk *w, struct sf_frame *frame)
{
	struct sf_maker *maker = w->arg;
	struct lyd_node *parent = sf_make_parent(maker, frame[-1].node, frame->scope->node);

	if (frame->scope->node->nodetype == LYS_LIST)
		return make_entry(w, parent, frame);
	frame->node = make_container(maker, parent, frame->scope->node);
	return true;
}
