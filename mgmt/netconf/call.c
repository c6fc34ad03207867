/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a call may see of the datastores.
 */
#include "mgmt/nacm/nacm.h"
#include "mgmt/netconf/rpc.h"

const struct lyd_node *nc_call_tree(const struct nc_call *call, enum st_ds ds)
{
	return st_tree(call->server->st, &call->peer->who, ds);
}

bool nc_call_reads_all(const struct nc_call *call)
{
	struct nacm *nacm = call->server->nacm;

	return !nacm || nacm_reads_all(nacm, &call->peer->who);
}

bool nc_call_reads(const struct nc_call *call, const char *path)
{
	struct nacm *nacm = call->server->nacm;

	return !nacm || nacm_may_read_path(nacm, &call->peer->who, path);
}

void nc_call_prune(const struct nc_call *call, struct lyd_node **tree)
{
	if (call->server->nacm)
		nacm_prune(call->server->nacm, &call->peer->who, tree);
}

uint32_t nc_locked(const struct nc_server *server, enum st_ds ds, time_t *since)
{
	return st_locked(server->st, ds, since);
}
