/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Captures that sessions have (heddle-capture). Loop's thread.
 */
#ifndef MGMT_NETCONF_CAPTURE_H
#define MGMT_NETCONF_CAPTURE_H

#include "mgmt/netconf/server.h"

struct nc_captures;

struct nc_captures *nc_captures_new(struct nc_server *server);

/* Does not touch the backend, which may be gone. */
void nc_captures_free(struct nc_captures *captures);

/* The session is gone: its captures end. @captures: NULL when all are. */
void nc_captures_session_gone(struct nc_captures *captures, const struct nc_session *session);

/* True if the session has one, and so is not idle. */
bool nc_captures_has(const struct nc_captures *captures, const struct nc_session *session);

#endif
