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

/* What is done to a datastore that an identity names (RFC 8526): not all can be done to each. */
enum nc_use { NC_READ = 1, NC_EDIT = 2, NC_LOCK = 4, NC_VALIDATE = 8 };

struct nc_named {
	const char *identity;
	enum st_ds ds;
	bool operational;  /* then @ds counts for nothing */
	unsigned int uses; /* NC_* */
};

/*
 * The datastore that the leaf @datastore names, when it can be used like that; else NULL with
 * invalid-value in @errs.
 */
const struct nc_named *nc_named(const struct lyd_node *datastore, enum nc_use use,
				struct ds_errors *errs);

/*
 * The datastore that <source> or <target> names, by its element or by <datastore>. False when it
 * names none; with @errs when it names one that is not there, or that is not for this @use.
 */
bool nc_datastore(const struct lyd_node *parent, enum nc_use use, enum st_ds *ds,
		  struct ds_errors *errs);

/* A st_done_fn: answers the call @arg. */
void nc_done(const struct ds_errors *errs, void *arg);

#endif
