/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock and unlock.
 */
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/op_config.h"

static void lock(struct nc_call *call)
{
	struct ds_errors errs = {.n = 0};
	enum st_ds ds;

	if (nc_datastore(ds_child(call->op, NULL, "target"), NC_LOCK, &ds, &errs))
		st_lock(call->server->st, &call->peer->who, ds, &errs);
	nc_done(&errs, call);
	ds_errors_clear(&errs);
}

static void unlock(struct nc_call *call)
{
	struct ds_errors errs = {.n = 0};
	enum st_ds ds;

	if (nc_datastore(ds_child(call->op, NULL, "target"), NC_LOCK, &ds, &errs))
		st_unlock(call->server->st, &call->peer->who, ds, &errs);
	nc_done(&errs, call);
	ds_errors_clear(&errs);
}

NC_REGISTER(lock_op) = {"ietf-netconf", "lock", lock};

NC_REGISTER(unlock_op) = {"ietf-netconf", "unlock", unlock};
