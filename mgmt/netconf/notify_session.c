/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sessions that start and end, told of as RFC 6470 has it.
 */
#include <string.h>

#include "heddle/base/log.h"
#include "mgmt/netconf/notify.h"
#include "mgmt/netconf/session.h"
#include "mgmt/netconf/state.h"

#define MODULE "ietf-netconf-notifications"

static struct lyd_node *about(const struct nc_session *session, const char *name)
{
	struct lyd_node *event = nc_event(session->server, MODULE, name);

	if (event) {
		nc_leaf(event, NULL, "username", session->user);
		nc_number(event, NULL, "session-id", session->id);
	}
	return event;
}

/* Each command of ours is a session of its own: nobody wants a line for that. */
static enum hd_log_level level_of(const struct nc_session *session)
{
	return strcmp(session->peer->client, "cli") == 0 ? HD_LOG_DEBUG : HD_LOG_INFO;
}

void nc_notify_session_start(struct nc_session *session)
{
	hd_log_limited(level_of(session), "netconf session %u of %s begins", session->id,
		       session->user);
	nc_publish(session->server, about(session, "netconf-session-start"));
}

void nc_notify_session_end(struct nc_session *session)
{
	static const char *const reasons[] = {
		[NC_END_DROPPED] = "dropped",     [NC_END_CLOSED] = "closed",
		[NC_END_KILLED] = "killed",       [NC_END_TIMEOUT] = "timeout",
		[NC_END_BAD_HELLO] = "bad-hello", [NC_END_OTHER] = "other",
	};
	struct lyd_node *event = about(session, "netconf-session-end");

	hd_log_limited(level_of(session), "netconf session %u of %s ends: %s", session->id,
		       session->user, reasons[session->end]);
	nc_subscription_free(session->sub);
	session->sub = NULL;
	if (!event)
		return;
	if (session->killed_by)
		nc_number(event, NULL, "killed-by", session->killed_by);
	nc_leaf(event, NULL, "termination-reason", reasons[session->end]);
	nc_publish(session->server, event);
}
