/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * edit-config: the walk over <config> that changes a tree (RFC 6241 7.2, RFC 7950 7.5.8 ... 7.8.6).
 */
#ifndef MGMT_STORE_EDIT_H
#define MGMT_STORE_EDIT_H

#include <libyang/libyang.h>

#include "mgmt/datastore/errors.h"
#include "mgmt/store/overlay.h"
#include "mgmt/store/store.h"

enum ed_op { ED_NONE, ED_MERGE, ED_REPLACE, ED_CREATE, ED_DELETE, ED_REMOVE };

/* The operation of @node of a <config>: its attribute, else that of its nearest ancestor. */
enum ed_op ed_op_of(const struct lyd_node *node, enum ed_op otherwise);

/* Does the node have the attribute itself? */
bool ed_has_op(const struct lyd_node *node);

/*
 * Is it a leaf that the attribute default says to have its default (RFC 6243 4.5.2)? That takes away
 * what was set, as remove does. With delete the attribute says nothing.
 */
bool ed_is_tagged(const struct lyd_node *edit);

/* Does @edit take away what it speaks of? A container without presence is what is in it. */
bool ed_goes(const struct lyd_node *edit, enum ed_op otherwise);

/*
 * Is <config> itself right? Unknown nodes, bad values, state, an instance or two cases of a choice
 * that stand there twice, operations on keys.
 */
bool ed_check(const struct ly_ctx *ctx, const struct lyd_node *config, enum ed_op otherwise,
	      struct ds_errors *errs);

/*
 * Does it to @ov, which is topmost in view, as a stroke that the caller ends. @config passed
 * ed_check(). What could not be done is in @errs; the rest was done.
 */
void ed_apply(struct ov *ov, const struct lyd_node *config, enum st_default_op otherwise,
	      struct ds_errors *errs);

/* An error when @edit has a yang:insert that is of no use to it. */
void ed_check_place(const struct lyd_node *edit, struct ds_errors *errs);

/* Does the yang:insert of @edit name an entry to stand beside? */
bool ed_has_anchor(const struct lyd_node *edit);

/* That entry, in the list of @node; NULL: it is not there, or not told. */
struct lyd_node *ed_anchor(const struct lyd_node *node, const struct lyd_node *edit);

/* An error that says so. */
void ed_anchor_error(const struct lyd_node *node, const struct lyd_node *edit,
		     struct ds_errors *errs);

/*
 * Places an entry that is new, or has a yang:insert, in a list that its user orders. The entry to
 * stand beside, if any, is there.
 */
void ed_place(struct lyd_node *node, const struct lyd_node *edit);

#endif
