/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * commit, cancel-commit and discard-changes.
 */
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/op_config.h"

#define CONFIG "heddle-config"

static void commit(struct nc_call *call)
{
	const struct st_commit commit = {
		.confirmed = ds_child(call->op, NULL, "confirmed") != NULL,
		.timeout_s = ds_number(call->op, NULL, "confirm-timeout", 600),
		.persist = ds_value(call->op, NULL, "persist"),
		.persist_id = ds_value(call->op, NULL, "persist-id"),
		.comment = ds_value(call->op, CONFIG, "comment"),
		.save = ds_child(call->op, CONFIG, "save") != NULL,
	};

	st_commit(call->server->st, &call->peer->who, &commit, nc_done, call);
}

static void cancel_commit(struct nc_call *call)
{
	st_cancel_commit(call->server->st, &call->peer->who, ds_value(call->op, NULL, "persist-id"),
			 nc_done, call);
}

static void discard_changes(struct nc_call *call)
{
	struct ds_errors errs = {.n = 0};

	st_discard(call->server->st, &call->peer->who, &errs);
	nc_done(&errs, call);
	ds_errors_clear(&errs);
}

NC_REGISTER(commit_op) = {"ietf-netconf", "commit", commit};

NC_REGISTER(cancel_commit_op) = {"ietf-netconf", "cancel-commit", cancel_commit};

NC_REGISTER(discard_changes_op) = {"ietf-netconf", "discard-changes", discard_changes};
