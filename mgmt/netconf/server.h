/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The NETCONF server: a UNIX socket, many sessions, one loop.
 *
 * A session has one request at a time; what it sends meanwhile waits in its socket. A client that
 * does not read its replies is not read from either. So nobody can make others wait.
 */
#ifndef MGMT_NETCONF_SERVER_H
#define MGMT_NETCONF_SERVER_H

#include <event2/event.h>

#include <libyang/libyang.h>

#include "heddle/base/err.h"
#include "mgmt/backend/backend.h"
#include "mgmt/backend/running.h"

#define NC_SESSIONS_MAX 256
#define NC_OUTPUT_SOFT  (1u << 20) /* bytes that wait for the client: no more of its requests */
#define NC_HELLO_S      10         /* for the client's hello */
#define NC_STALL_S      300        /* a client that takes nothing for so long is dropped */

struct nc_session;

struct nc_server {
	struct event_base *base;
	const struct ly_ctx *ctx;
	struct rn *rn;
	struct bk *bk;
	struct evconnlistener *listener;
	char *path;
	struct nc_session *sessions;
	unsigned int n_sessions;
	uint32_t last_id;
};

/* Listens on @path (mode 0660). Returns NULL with @err. */
struct nc_server *nc_server_new(struct event_base *base, const struct ly_ctx *ctx, struct rn *rn,
				struct bk *bk, const char *path, struct hd_err *err);

/* Ends all sessions and removes the socket. */
void nc_server_free(struct nc_server *server);

/* A session on a connected socket, which is taken over; for the listener, and for tests. */
void nc_server_accept(struct nc_server *server, int fd);

#endif
