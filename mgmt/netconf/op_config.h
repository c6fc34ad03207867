/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the operations on datastores share.
 */
#ifndef MGMT_NETCONF_OP_CONFIG_H
#define MGMT_NETCONF_OP_CONFIG_H

#include "mgmt/netconf/rpc.h"

/*
 * Takes the tree out of the <config> below @parent: it is the caller's. False with @errs when there
 * is none, or text in it.
 */
bool nc_take_config(const struct lyd_node *parent, struct lyd_node **tree, struct ds_errors *errs);

/*
 * The datastore that <source> or <target> names. False when it names none; with @errs when it names
 * one that is not there.
 */
bool nc_datastore(const struct lyd_node *parent, enum st_ds *ds, struct ds_errors *errs);

/* A st_done_fn: answers the call @arg. */
void nc_done(const struct ds_errors *errs, void *arg);

#endif
