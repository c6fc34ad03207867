/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The NETCONF server: a UNIX socket, many sessions, one loop.
 *
 * A session has one request at a time; what it sends meanwhile waits in its socket. A client that
 * does not read its replies is not read from either; what takes long runs beside the loop (child.h),
 * and all else has its limit (limits.h). So nobody can make others wait.
 */
#ifndef MGMT_NETCONF_SERVER_H
#define MGMT_NETCONF_SERVER_H

#include <event2/event.h>

#include <libyang/libyang.h>

#include "heddle/base/err.h"
#include "mgmt/backend/backend.h"
#include "mgmt/nacm/nacm.h"
#include "mgmt/netconf/limits.h"
#include "mgmt/store/store.h"

struct nc_ask;
struct nc_captures;
struct nc_children;
struct nc_door;
struct nc_config_watch;
struct nc_log;
struct nc_session;
struct nc_watch;

/* RFC 6022 2.1.5: of a session, and of all. */
struct nc_counters {
	uint32_t in_rpcs, in_bad_rpcs, out_rpc_errors, out_notifications;
};

struct nc_server {
	struct event_base *base;
	const struct ly_ctx *ctx;
	struct st *st;
	struct bk *bk;
	struct nacm *nacm;     /* NULL: everybody may everything */
	const char *vhost_dir; /* root of the sockets of vhost-user ports */
	struct evconnlistener *listener;
	struct nc_door *door; /* NULL: who comes in is recognised at once */
	char *path;
	struct nc_session *sessions;
	unsigned int n_sessions;
	uint32_t last_id;
	struct nc_limits limits;
	size_t held;                  /* bytes of memory of messages that are under way */
	struct nc_ask *asks;          /* that wait for other processes */
	struct nc_children *children; /* reads beside the loop */
	struct nc_captures *captures; /* that sessions have */
	struct nc_log *log;           /* of events */
	struct nc_watch *watch;
	struct nc_config_watch *config_watch;
	time_t started;
	uint32_t greeted, bad_hellos, dropped; /* sessions */
	struct nc_counters counters;
};

/* What is in force on the planes; NULL before the first commit. Its tree is st_operational(). */
static inline const struct bd_config *nc_in_force(const struct nc_server *server)
{
	return st_config(server->st);
}

/* Listens on @path, or on HEDDLE_NETCONF_FD in its place; who may come in is decided session by session. Returns NULL with @err. */
struct nc_server *nc_server_new(struct event_base *base, const struct ly_ctx *ctx, struct st *st,
				struct bk *bk, const char *path, struct hd_err *err);

/* Takes over @fd, which listens, in place of the socket before; the sessions stay. */
void nc_server_listen(struct nc_server *server, int fd);

/* Ends all sessions and removes the socket. */
void nc_server_free(struct nc_server *server);

/* A session on a connected socket, which is taken over; for the listener, and for tests. */
void nc_server_accept(struct nc_server *server, int fd);

#endif
