/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <libyang/plugins_types.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/filter.h"
#include "mgmt/netconf/filter_int.h"

#define NS_BASE "urn:ietf:params:xml:ns:netconf:base:1.0"

#define NAMED_MAX 32 /* entries that are looked up, and not searched for */

struct set {
	const struct lyd_node **list;
	size_t n;
};

static void set_add(struct set *set, const struct lyd_node *node)
{
	if ((set->n & (set->n - 1)) == 0)
		set->list = ds_realloc(set->list, set->n ? set->n * 2 : 1, sizeof(void *));
	set->list[set->n++] = node;
}

bool nc_filter_read(struct nc_filter *filter, const struct lyd_node *op, struct ds_errors *errs)
{
	const struct lyd_node *node = ds_child(op, NULL, "filter");
	const struct lyd_node_any *any = (const struct lyd_node_any *)node;
	const struct lyd_meta *meta, *select = NULL;
	bool xpath = false;

	memset(filter, 0, sizeof(*filter));
	if (!node)
		return true;
	filter->given = true;
	for (meta = node->meta; meta; meta = meta->next) {
		if (!strcmp(meta->name, "type"))
			xpath = !strcmp(lyd_get_meta_value(meta), "xpath");
		else if (!strcmp(meta->name, "select"))
			select = meta;
	}
	if (xpath && !select) {
		ds_error_bad(ds_errors_add(errs, DS_MISSING_ATTRIBUTE, NULL,
					   "a filter of type xpath needs a select attribute"),
			     "select");
		return false;
	}
	if (xpath)
		return nc_filter_xpath(filter, lyd_get_meta_value(select), &select->value, errs);
	if (any->value_type == LYD_ANYDATA_DATATREE)
		filter->subtree = any->value.tree;
	return true;
}

/* A filter without a namespace, or with that of NETCONF by inheritance, is for any module. */
static bool same_name(const struct lyd_node *filter, const struct lysc_node *schema)
{
	const struct lyd_node_opaq *o = (const struct lyd_node_opaq *)filter;

	if (filter->schema)
		return filter->schema == schema;
	if (strcmp(o->name.name, schema->name) != 0)
		return false;
	return !o->name.module_ns || !o->name.module_ns[0] || !strcmp(o->name.module_ns, NS_BASE) ||
	       !strcmp(o->name.module_ns, schema->module->ns);
}

bool nc_filter_wants(const struct nc_filter *filter, const struct ly_ctx *ctx, const char *module,
		     const char *name)
{
	const struct lys_module *mod = ly_ctx_get_module_implemented(ctx, module);
	const struct lysc_node *schema = lys_find_child(NULL, mod, name, 0, 0, 0);
	const struct lyd_node *node;

	if (!filter->given)
		return true;
	if (filter->xpath)
		return nc_filter_xpath_wants(filter->xpath, ctx, schema);
	LY_LIST_FOR(filter->subtree, node)
		if (same_name(node, schema))
			return true;
	return false;
}

/* The text that a filter's leaf must match, trimmed; "" when it only selects. Malloced. */
static char *content(const struct lyd_node *filter)
{
	const char *text =
		filter->schema
			? (filter->schema->nodetype & LYD_NODE_TERM ? lyd_get_value(filter) : "")
			: ((const struct lyd_node_opaq *)filter)->value;
	size_t n;

	while (text && isspace((unsigned char)*text))
		text++;
	n = text ? strlen(text) : 0;
	while (n && isspace((unsigned char)text[n - 1]))
		n--;
	return ds_strndup(text ? text : "", n);
}

/* Is it the value of the leaf? A filter of no module has it as it was written. */
static bool is_value(const struct lyd_node *leaf, const struct lyd_node *filter, const char *text)
{
	const struct lyd_node_opaq *o = (const struct lyd_node_opaq *)filter;
	const struct lyd_value *value = &((const struct lyd_node_term *)leaf)->value;
	const struct lysc_type *type = value->realtype;
	struct ly_err_item *err = NULL;
	struct lyd_value other = {0};
	bool same;

	if (!strcmp(lyd_get_value(leaf), text))
		return true;
	if (filter->schema)
		return false;
	if (type->plugin->store(LYD_CTX(leaf), type, text, strlen(text), 0, o->format,
				o->val_prefix_data, o->hints, leaf->schema, &other, NULL,
				&err) != LY_SUCCESS) {
		ly_err_free(err);
		return false;
	}
	same = type->plugin->compare(value, &other) == LY_SUCCESS;
	type->plugin->free(LYD_CTX(leaf), &other);
	return same;
}

/* Does some child of @data have the value that the filter's leaf asks for? */
static bool has_value(const struct lyd_node *data, const struct lyd_node *filter, const char *text)
{
	const struct lyd_node *child;

	LY_LIST_FOR(lyd_child(data), child)
		if (child->schema->nodetype & LYD_NODE_TERM && same_name(filter, child->schema) &&
		    is_value(child, filter, text))
			return true;
	return false;
}

enum verdict { NOTHING, PARTS, WHOLE };

/* What one filter node says about @data; what it selects below goes to @subs. */
static enum verdict judge(const struct lyd_node *data, const struct lyd_node *filter,
			  struct set *subs)
{
	const struct lyd_node *child;
	size_t before = subs->n;
	bool selects = false;

	if (!lyd_child(filter))
		return WHOLE;
	LY_LIST_FOR(lyd_child(filter), child) {
		char *text = lyd_child(child) ? ds_strdup("") : content(child);
		bool fits = !*text || has_value(data, child, text);

		selects |= !*text;
		free(text);
		if (!fits) {
			subs->n = before;
			return NOTHING;
		}
		set_add(subs, child);
	}
	return selects ? PARTS : WHOLE;
}

static struct lyd_node *pick(const struct lyd_node *data, const struct set *filters,
			     struct lyd_node *parent, unsigned int depth);

/* The entry that a filter names by all its keys, or NULL; *@named says whether it names one. */
static const struct lyd_node *named_entry(const struct lyd_node *data,
					  const struct lyd_node *filter, bool *named)
{
	struct lyd_node *match = NULL;

	*named = nc_filter_names_entry(filter);
	if (*named)
		lyd_find_sibling_first(lyd_child(data), filter, &match);
	return match;
}

/* When each filter names an entry they are looked up. False: nothing was done. */
static bool pick_named(const struct lyd_node *data, const struct set *subs, struct lyd_node *copy,
		       unsigned int depth)
{
	const struct lyd_node *match[NAMED_MAX];
	bool named = subs->n <= NAMED_MAX;

	for (size_t i = 0; i < subs->n && named; i++)
		match[i] = named_entry(data, subs->list[i], &named);
	for (size_t i = 0; i < subs->n && named; i++) {
		struct set fitting = {NULL, 0};

		for (size_t k = i; match[i] && k < subs->n; k++)
			if (match[k] == match[i])
				set_add(&fitting, subs->list[k]);
		for (size_t k = 0; k < i; k++)
			if (match[k] == match[i])
				fitting.n = 0; /* it was done */
		if (fitting.n)
			pick(match[i], &fitting, copy, depth);
		free(fitting.list);
	}
	return named;
}

static void pick_children(const struct lyd_node *data, const struct set *subs,
			  struct lyd_node *copy, unsigned int depth)
{
	const struct lyd_node *child;

	if (pick_named(data, subs, copy, depth))
		return;
	LY_LIST_FOR(lyd_child(data), child) {
		struct set fitting = {NULL, 0};

		for (size_t i = 0; i < subs->n; i++)
			if (same_name(subs->list[i], child->schema))
				set_add(&fitting, subs->list[i]);
		if (fitting.n && !lysc_is_key(child->schema))
			pick(child, &fitting, copy, depth);
		free(fitting.list);
	}
}

/* Copies what the filters select of @data below @parent (NULL: as a tree). Returns the copy. */
static struct lyd_node *pick(const struct lyd_node *data, const struct set *filters,
			     struct lyd_node *parent, unsigned int depth)
{
	struct set subs = {NULL, 0};
	enum verdict verdict = NOTHING;
	struct lyd_node *copy = NULL;

	if (data->schema->nodetype & LYD_NODE_INNER) {
		for (size_t i = 0; i < filters->n && verdict != WHOLE; i++) {
			enum verdict v = judge(data, filters->list[i], &subs);

			verdict = v > verdict ? v : verdict;
		}
	} else {
		verdict = WHOLE; /* a leaf's value was matched at its parent */
	}
	if (verdict == WHOLE) {
		copy = nc_filter_copy(data, parent, depth);
	} else if (verdict == PARTS) {
		lyd_dup_single(data, (struct lyd_node_inner *)parent, LYD_DUP_WITH_FLAGS, &copy);
		if (copy)
			pick_children(data, &subs, copy, depth);
		/* A container of which nothing was selected only says that there is nothing. */
		if (copy && !lyd_child(copy) && copy->schema->nodetype == LYS_CONTAINER &&
		    !(copy->schema->flags & LYS_PRESENCE)) {
			lyd_free_tree(copy);
			copy = NULL;
		}
	}
	free(subs.list);
	return copy;
}

static void by_subtree(const struct nc_filter *filter, const struct lyd_node *tree,
		       struct lyd_node **out)
{
	const struct lyd_node *data, *node;

	LY_LIST_FOR(tree, data) {
		struct set fitting = {NULL, 0};
		struct lyd_node *copy = NULL;

		LY_LIST_FOR(filter->subtree, node)
			if (same_name(node, data->schema))
				set_add(&fitting, node);
		if (fitting.n)
			copy = pick(data, &fitting, NULL, filter->max_depth);
		if (copy)
			lyd_insert_sibling(*out, copy, out);
		free(fitting.list);
	}
}

bool nc_filter_apply(const struct nc_filter *filter, const struct lyd_node *tree,
		     struct lyd_node **out, struct ds_errors *errs)
{
	*out = NULL;
	if (!tree)
		return true;
	if (!filter->given) {
		nc_filter_copy_all(tree, filter->max_depth, out);
		return true;
	}
	if (filter->xpath)
		return nc_filter_by_xpath(filter, tree, out, errs);
	by_subtree(filter, tree, out);
	return true;
}

bool nc_filter_take(const struct nc_filter *filter, struct lyd_node *tree, struct lyd_node **out,
		    struct ds_errors *errs)
{
	struct lyd_node *data = tree, *next, *rest = NULL;
	const struct lyd_node *node;
	bool right;

	*out = NULL;
	if (filter->given && !filter->xpath && !filter->max_depth)
		for (; data; data = next) {
			bool whole = false;

			next = data->next;
			LY_LIST_FOR(filter->subtree, node)
				whole |= !lyd_child(node) && same_name(node, data->schema);
			lyd_unlink_tree(data);
			lyd_insert_sibling(whole ? *out : rest, data, whole ? out : &rest);
		}
	else
		rest = tree;
	if (*out) {
		struct lyd_node *more = NULL;

		right = nc_filter_apply(filter, rest, &more, errs);
		if (more)
			lyd_insert_sibling(*out, more, out);
	} else {
		right = nc_filter_apply(filter, rest, out, errs);
	}
	lyd_free_all(rest);
	return right;
}

bool nc_filter_wants_entry(const struct nc_filter *filter, const struct lysc_node *list,
			   const char *key)
{
	const struct lyd_node *top, *entry;

	if (!filter || !filter->given || filter->xpath)
		return true;
	LY_LIST_FOR(filter->subtree, top) {
		if (!same_name(top, list->parent))
			continue;
		if (!lyd_child(top))
			return true;
		LY_LIST_FOR(lyd_child(top), entry)
			if (same_name(entry, list) &&
			    (!nc_filter_names_entry(entry) ||
			     !strcmp(lyd_get_value(lyd_child(entry)), key)))
				return true;
	}
	return false;
}

/* A leaf with text says which of its siblings are meant, not what of them. */
static bool only_says_which(const struct lyd_node *filter)
{
	const struct lyd_node *child;

	LY_LIST_FOR(lyd_child(filter), child) {
		char *text = content(child);
		bool says = !lyd_child(child) && *text;

		free(text);
		if (!says)
			return false;
	}
	return true; /* also when there are none: it selects all that is below */
}

/* @level of @chain stands below the filters in @list. */
static bool wants_below(const struct lyd_node *list, const struct lysc_node *const *chain,
			unsigned int level)
{
	const struct lyd_node *node;

	LY_LIST_FOR(list, node) {
		/* The chain has at least the node itself. */
		/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage) */
		if (!same_name(node, chain[level]))
			continue;
		if (!level || only_says_which(node) ||
		    wants_below(lyd_child(node), chain, level - 1))
			return true;
	}
	return false;
}

bool nc_filter_wants_node(const struct nc_filter *filter, const struct lysc_node *schema)
{
	const struct lysc_node *chain[64]; /* from the node up */
	unsigned int n = 0;

	if (!schema || !filter || !filter->given || filter->xpath)
		return true;
	for (; schema; schema = schema->parent) {
		if (schema->nodetype & (LYS_CHOICE | LYS_CASE))
			continue;
		if (n == sizeof(chain) / sizeof(chain[0]))
			return true;
		chain[n++] = schema;
	}
	return wants_below(filter->subtree, chain, n - 1);
}

int nc_filter_matches(const struct nc_filter *filter, const struct lyd_node *tree)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *selected = NULL;

	if (!filter->given)
		return 1;
	if (filter->xpath)
		return nc_filter_is_true(filter->xpath, tree);
	nc_filter_apply(filter, tree, &selected, &errs);
	lyd_free_all(selected);
	ds_errors_clear(&errs);
	return selected != NULL;
}
