/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of filters share.
 */
#ifndef MGMT_NETCONF_FILTER_INT_H
#define MGMT_NETCONF_FILTER_INT_H

#include <stdbool.h>

#include <libyang/libyang.h>

#include "mgmt/netconf/filter.h"

/* True when a subtree filter names one entry of a list: it matches each key with a value. */
bool nc_filter_names_entry(const struct lyd_node *filter);

/* False when an XPath is a plain path into another top-level node than @schema. */
bool nc_filter_xpath_wants(const char *xpath, const struct ly_ctx *ctx,
			   const struct lysc_node *schema);

/* Copies @depth levels (0: all) of @data below @parent; keys come with their entry. */
struct lyd_node *nc_filter_copy(const struct lyd_node *data, struct lyd_node *parent,
				unsigned int depth);

/* The same of @tree and its siblings, to *@out. */
void nc_filter_copy_all(const struct lyd_node *tree, unsigned int depth, struct lyd_node **out);

/* What the XPath of a filter selects, to *@out. False with @errs. */
bool nc_filter_by_xpath(const struct nc_filter *filter, const struct lyd_node *tree,
			struct lyd_node **out, struct ds_errors *errs);

/* Is an XPath true, evaluated at the root of @tree? 1, 0, or -EINVAL when it cannot be evaluated. */
int nc_filter_is_true(const char *xpath, const struct lyd_node *tree);

#endif
