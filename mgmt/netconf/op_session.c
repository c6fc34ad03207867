/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * close-session and kill-session.
 */
#include "heddle/base/log.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/session.h"

static void close_session(struct nc_call *call)
{
	struct nc_session *session = nc_call_session(call);

	nc_call_ok(call);
	nc_session_finish(session, NC_END_CLOSED);
}

static void kill_session(struct nc_call *call)
{
	uint32_t id = ds_number(call->op, NULL, "session-id", 0);
	struct nc_session *victim = nc_session_find(call->server, id);

	if (id == call->session_id) {
		nc_call_error(call, DS_INVALID_VALUE,
			      "session %u is this one: end it with close-session", id);
	} else if (!victim) {
		nc_call_error(call, DS_INVALID_VALUE, "there is no session %u", id);
	} else {
		hd_log(HD_LOG_NOTICE, "netconf session %u of %s is ended by %s", id, victim->user,
		       call->user);
		victim->end = NC_END_KILLED;
		victim->killed_by = call->session_id;
		nc_session_free(victim);
		nc_call_ok(call);
	}
}

NC_REGISTER(close_session_op) = {"ietf-netconf", "close-session", close_session};

NC_REGISTER(kill_session_op) = {"ietf-netconf", "kill-session", kill_session};
