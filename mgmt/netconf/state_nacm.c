/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * State of access control: what was denied (RFC 8341 3.5).
 */
#include "mgmt/nacm/nacm.h"
#include "mgmt/netconf/state.h"

static void add(struct nc_state *state, const void *facts)
{
	const struct nc_server *server = state->server;
	const struct nacm_counters *counters;
	struct lyd_node *nacm;

	if (!server->nacm)
		return;
	nacm = nc_top(&state->tree, server->ctx, "ietf-netconf-acm", "nacm");
	if (!nacm)
		return;
	counters = nacm_counters(server->nacm);
	nc_number(nacm, NULL, "denied-operations", counters->denied_operations);
	nc_number(nacm, NULL, "denied-data-writes", counters->denied_data_writes);
	nc_number(nacm, NULL, "denied-notifications", counters->denied_notifications);
}

NC_STATE_REGISTER(nacm_part) = {.module = "ietf-netconf-acm", .name = "nacm", .add = add};
