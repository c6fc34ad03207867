/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * XPath filters: what they select, evaluated from the root (RFC 6241 8.9.5).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/filter.h"
#include "mgmt/netconf/filter_int.h"

/* Is there a $ outside of literals? The canonical form has none: it lost them. */
static bool has_variable(const struct lyd_value *value)
{
	const struct lyd_value_xpath10 *xpath = NULL;

	LYD_VALUE_GET(value, xpath);
	for (const char *c = lyxp_get_expr(xpath->exp); c && *c; c++) {
		if (*c == '$')
			return true;
		if (*c == '\'' || *c == '"')
			c = strchr(c + 1, *c);
		if (!c)
			break;
	}
	return false;
}

/* "/" and ".": the root, and so all that is below it. */
static bool is_root(const char *xpath)
{
	xpath += strspn(xpath, " \t\r\n");
	return (*xpath == '/' || *xpath == '.') && !xpath[1 + strspn(xpath + 1, " \t\r\n")];
}

bool nc_filter_xpath(struct nc_filter *filter, const char *xpath, const struct lyd_value *value,
		     struct ds_errors *errs)
{
	filter->given = !is_root(xpath);
	filter->xpath = xpath;
	if (strlen(xpath) > NC_XPATH_MAX)
		ds_errors_add(errs, DS_TOO_BIG, NULL, "an XPath has at most %d characters",
			      NC_XPATH_MAX);
	else if (has_variable(value))
		ds_errors_add(errs, DS_INVALID_VALUE, NULL,
			      "the XPath has a variable, and none is defined: write the value");
	else
		return true;
	return false;
}

struct lyd_node *nc_filter_copy(const struct lyd_node *data, struct lyd_node *parent,
				unsigned int depth)
{
	const struct lyd_node *child;
	struct lyd_node *copy = NULL;

	lyd_dup_single(data, (struct lyd_node_inner *)parent,
		       depth ? LYD_DUP_WITH_FLAGS : LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &copy);
	if (copy && depth > 1)
		LY_LIST_FOR(lyd_child_no_keys(data), child)
			nc_filter_copy(child, copy, depth - 1);
	return copy;
}

void nc_filter_copy_all(const struct lyd_node *tree, unsigned int depth, struct lyd_node **out)
{
	LY_LIST_FOR(tree, tree)
		lyd_insert_sibling(*out, nc_filter_copy(tree, NULL, depth), out);
}

/* A node that an XPath selected, with its ancestors, becomes a part of *@out. */
static void add_selected(const struct lyd_node *node, unsigned int depth, struct lyd_node **out)
{
	struct lyd_node *copy = NULL, *top;
	uint32_t options = LYD_DUP_WITH_FLAGS | LYD_DUP_WITH_PARENTS;

	if (lyd_dup_single(node, NULL, depth ? options : options | LYD_DUP_RECURSIVE, &copy) !=
	    LY_SUCCESS)
		return;
	if (depth > 1)
		LY_LIST_FOR(lyd_child_no_keys(node), node)
			nc_filter_copy(node, copy, depth - 1);
	for (top = copy; lyd_parent(top); top = lyd_parent(top))
		;
	lyd_merge_tree(out, top, LYD_MERGE_DESTRUCT | LYD_MERGE_WITH_FLAGS);
}

void nc_filter_xpath_error(const struct ly_ctx *ctx, struct ds_errors *errs)
{
	ds_errors_add(errs, DS_INVALID_VALUE, NULL, "the XPath cannot be evaluated: %s",
		      ly_errmsg(ctx) ? ly_errmsg(ctx) : "not an expression");
}

/*
 * Is the root among what it selects? libyang leaves it out of its sets; what is below it tells. A plain
 * path cannot select it.
 */
static bool selects_root(const struct nc_filter *filter, const struct lyd_node *tree)
{
	struct ly_set *set = NULL;
	char *below;
	bool root = false;

	if (nc_filter_cost(filter, LYD_CTX(tree)) != NC_COST_OPEN)
		return false;
	below = ds_printf("(%s)/*", filter->xpath);
	if (lyd_find_xpath3(NULL, tree, below, NULL, &set) == LY_SUCCESS)
		for (uint32_t i = 0; i < set->count && !root; i++)
			root = !lyd_parent(set->dnodes[i]);
	ly_set_free(set, NULL);
	free(below);
	return root;
}

bool nc_filter_by_xpath(const struct nc_filter *filter, const struct lyd_node *tree,
			struct lyd_node **out, struct ds_errors *errs)
{
	struct ly_set *set = NULL;

	if (lyd_find_xpath3(NULL, tree, filter->xpath, NULL, &set) != LY_SUCCESS) {
		nc_filter_xpath_error(LYD_CTX(tree), errs);
		return false;
	}
	if (selects_root(filter, tree))
		nc_filter_copy_all(tree, filter->max_depth, out);
	else
		for (uint32_t i = 0; i < set->count; i++)
			add_selected(set->dnodes[i], filter->max_depth, out);
	ly_set_free(set, NULL);
	return true;
}

int nc_filter_is_true(const char *xpath, const struct lyd_node *tree)
{
	char *below = ds_printf("/self::node()[boolean(%s)]/*", xpath);
	struct ly_set *set = NULL;
	int rc = -EINVAL;

	if (lyd_find_xpath3(NULL, tree, below, NULL, &set) == LY_SUCCESS)
		rc = set->count > 0;
	ly_set_free(set, NULL);
	free(below);
	return rc;
}
