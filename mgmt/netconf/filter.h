/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Filters of get, get-config, get-data and create-subscription: subtree (RFC 6241 6) and XPath.
 */
#ifndef MGMT_NETCONF_FILTER_H
#define MGMT_NETCONF_FILTER_H

#include <stdbool.h>

#include <libyang/libyang.h>

#include "mgmt/datastore/errors.h"

#define NC_XPATH_MAX 16384 /* bytes */

struct nc_filter {
	bool given;
	const char *xpath;              /* type xpath; else */
	const struct lyd_node *subtree; /* its content, NULL: selects nothing */
	unsigned int max_depth; /* levels of what is selected, itself included; 0: all (RFC 8526) */
};

/*
 * What evaluating a filter may cost. libyang crashes on some XPaths: what is not OPEN is a plain path of
 * names, with values that their children have, and safe. OPEN is for a child (child.h) only.
 */
enum nc_cost {
	NC_COST_KEYED, /* it names instances: next to nothing, whatever there is */
	NC_COST_TREE,  /* grows with the tree */
	NC_COST_OPEN,  /* grows in any way */
};
enum nc_cost nc_filter_cost(const struct nc_filter *filter, const struct ly_ctx *ctx);

/*
 * The XPath of a filter, the canonical text of @value. It is evaluated from the root (RFC 6241 8.9.5). False with @errs when it is
 * too long or has variables.
 */
bool nc_filter_xpath(struct nc_filter *filter, const char *xpath, const struct lyd_value *value,
		     struct ds_errors *errs);

/* Says that an XPath cannot be evaluated, with libyang's last words. */
void nc_filter_xpath_error(const struct ly_ctx *ctx, struct ds_errors *errs);

/* Reads the filter of an operation. The result points into @op. False with @errs. */
bool nc_filter_read(struct nc_filter *filter, const struct lyd_node *op, struct ds_errors *errs);

/* True if the filter can select something of the top-level node @module:@name. */
bool nc_filter_wants(const struct nc_filter *filter, const struct ly_ctx *ctx, const char *module,
		     const char *name);

/*
 * Stores in *@out what the filter selects of @tree, as a tree of its own (NULL: nothing). False with
 * @errs when the XPath cannot be evaluated.
 */
bool nc_filter_apply(const struct nc_filter *filter, const struct lyd_node *tree,
		     struct lyd_node **out, struct ds_errors *errs);

/* The same of a tree that is taken over: what is selected as a whole is not copied. */
bool nc_filter_take(const struct nc_filter *filter, struct lyd_node *tree, struct lyd_node **out,
		    struct ds_errors *errs);

/*
 * True if the filter can select something of the entry of a list in the top-level container
 * @top, whose first key is @key. (Not exact: true is always safe.)
 */
bool nc_filter_wants_entry(const struct nc_filter *filter, const struct lysc_node *list,
			   const char *key);

/*
 * True if the filter can select something of a node of this schema, wherever it stands. (Not exact
 * either.) NULL selects all.
 */
bool nc_filter_wants_node(const struct nc_filter *filter, const struct lysc_node *schema);

/*
 * Does the filter select anything of it, a tree that is taken as the whole document? An XPath that is
 * not a set of nodes counts as its truth. 1, 0, or -EINVAL when it cannot be evaluated.
 */
int nc_filter_matches(const struct nc_filter *filter, const struct lyd_node *tree);

#endif
