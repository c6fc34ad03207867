/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Says in words what libyang says in codes: why parts of a parsed tree do not fit the schema.
 */
#ifndef MGMT_DATASTORE_EXPLAIN_H
#define MGMT_DATASTORE_EXPLAIN_H

#include <libyang/libyang.h>

#include "mgmt/datastore/errors.h"

/*
 * Adds an error for each node below @tree (and its siblings) that is unknown, has a bad value, lacks
 * a key or something mandatory, or is state. The tree was parsed with LYD_PARSE_OPAQ, so that such
 * nodes are in it.
 */
void ds_explain_tree(const struct ly_ctx *ctx, const struct lyd_node *tree, struct ds_errors *errs);

/*
 * The same for the <config> of an edit: what is mandatory may be there already. @fine says which
 * unknown nodes are nothing to complain of.
 */
typedef bool (*ds_fine_fn)(const struct lyd_node *opaq, void *arg);
void ds_explain_edit(const struct ly_ctx *ctx, const struct lyd_node *tree, ds_fine_fn fine,
		     void *arg, struct ds_errors *errs);

/* What libyang would have taken the opaque @node for, had it been right; NULL: nothing. */
const struct lysc_node *ds_opaq_schema(const struct lyd_node *node);

/* Adds the error that the last libyang call left in @ctx. */
void ds_explain_last(const struct ly_ctx *ctx, struct ds_errors *errs);

/* Adds why @value does not fit the leaf or leaf-list @schema; @path is where it stands. */
void ds_explain_value(const struct ly_ctx *ctx, const struct lysc_node *schema, const char *value,
		      const char *path, struct ds_errors *errs);

#endif
