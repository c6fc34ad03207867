/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Another name for an entry of a list, and for all that refers to it.
 */
#ifndef MGMT_SETFORM_RENAME_H
#define MGMT_SETFORM_RENAME_H

#include "mgmt/setform/setform.h"

/*
 * Makes an edit (as sf_parse() with changes does) in which @entry of the tree @tree is called @name:
 * with @copy another entry besides it, else in its place, and leafs that refer to it by leafref or
 * refers-to follow; *@references says how many. NULL with @errs.
 */
struct lyd_node *sf_rename(const struct ly_ctx *ctx, const struct lyd_node *tree,
			   const struct lyd_node *entry, const char *name, bool copy,
			   size_t *references, struct ds_errors *errs);

#endif
