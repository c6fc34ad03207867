/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Filters of <get> and <get-config>: subtree (RFC 6241 6) and XPath.
 */
#ifndef MGMT_NETCONF_FILTER_H
#define MGMT_NETCONF_FILTER_H

#include <stdbool.h>

#include <libyang/libyang.h>

#include "mgmt/datastore/errors.h"

#define NC_XPATH_MAX 1024 /* bytes: libyang cannot be interrupted while it evaluates one */

struct nc_filter {
	bool given;
	const char *xpath;              /* type xpath; else */
	const struct lyd_node *subtree; /* its content, NULL: selects nothing */
};

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

#endif
