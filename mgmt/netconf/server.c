/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/listener.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/capture.h"
#include "mgmt/netconf/child.h"
#include "mgmt/netconf/door.h"
#include "mgmt/netconf/errors.h"
#include "mgmt/netconf/notify.h"
#include "mgmt/netconf/server.h"
#include "mgmt/netconf/session.h"

#define NS_BASE "urn:ietf:params:xml:ns:netconf:base:1.0"

/* Says why, where a hello would be: the only thing that a person can read then. */
static void turn_away(struct nc_server *server, int fd, enum ds_tag tag, const char *why)
{
	struct evbuffer *out = evbuffer_new();
	struct ds_errors errs = {.n = 0};

	hd_log_limited(HD_LOG_WARNING, "netconf: a session was turned away: %s", why);
	server->dropped++;
	ds_errors_add(&errs, tag, NULL, "%s", why);
	evbuffer_add_printf(out, "<rpc-reply xmlns=\"" NS_BASE "\">");
	nc_errors(out, server->ctx, &errs, false);
	evbuffer_add_printf(out, "</rpc-reply>]]>]]>");
	evbuffer_write(out, fd); /* it fits, or they are not told */
	ds_errors_clear(&errs);
	evbuffer_free(out);
	close(fd);
}

/* Some sessions are kept for root, who mends what others broke. */
static bool has_place(struct nc_server *server, int fd, const char *user)
{
	const struct nc_limits *limits = &server->limits;
	bool root = !strcmp(user, "root");
	unsigned int most = limits->sessions + (root ? NC_SESSIONS_ROOT : 0), theirs = 0;
	char why[160];

	for (const struct nc_session *s = server->sessions; s; s = s->next)
		theirs += !strcmp(s->user, user);
	if (server->n_sessions >= most)
		snprintf(why, sizeof(why), "%u sessions are open, which is the most: close one",
			 server->n_sessions);
	else if (!root && theirs >= limits->user_sessions)
		snprintf(why, sizeof(why),
			 "%s has %u sessions, which is the most of one user: "
			 "close one",
			 user, theirs);
	else
		return true;
	turn_away(server, fd, DS_RESOURCE_DENIED, why);
	return false;
}

/* Who it is, is known. */
static void enter(int fd, struct nc_peer *peer, const struct hd_err *err, void *arg)
{
	struct nc_server *server = arg;
	char why[320];

	if (!peer) {
		turn_away(server, fd, DS_ACCESS_DENIED, err->text);
		return;
	}
	if (server->nacm && !nacm_knows(server->nacm, &peer->who)) {
		snprintf(why, sizeof(why),
			 "%s is in no group that may use this switch: usermod -aG heddle %s, or "
			 "heddle-view to look only; then log in again",
			 peer->user, peer->user);
		turn_away(server, fd, DS_ACCESS_DENIED, why);
		nc_peer_put(peer);
		return;
	}
	if (has_place(server, fd, peer->user))
		nc_session_new(server, fd, ++server->last_id, peer);
	else
		nc_peer_put(peer);
}

void nc_server_accept(struct nc_server *server, int fd)
{
	struct hd_err err = {0};
	struct nc_peer *peer;

	evutil_make_socket_nonblocking(fd);
	if (server->door) {
		if (!nc_door_ask(server->door, fd))
			turn_away(server, fd, DS_RESOURCE_DENIED,
				  "too many connections wait to be recognised: try again");
		return;
	}
	peer = nc_peer_of(fd, &err);
	enter(fd, peer, &err, server);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *addr,
		      int len, void *arg)
{
	nc_server_accept(arg, fd);
}

static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	hd_log_limited(HD_LOG_ERR, "netconf: cannot accept a session: %s", strerror(errno));
}

/* Is somebody there already? A socket file that nobody listens on is left over. */
static bool in_use(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool used = fd >= 0 && connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0;

	if (fd >= 0)
		close(fd);
	return used;
}

/* heddled listens for us, so that nobody is turned away while we are started again. Or -1. */
static int handed_over(void)
{
	const char *text = getenv("HEDDLE_NETCONF_FD");
	socklen_t len = sizeof(int);
	int fd = text ? atoi(text) : -1, listens = 0;

	if (fd < 3 || getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) < 0 || !listens)
		return -1;
	return fd;
}

static int listen_on(const char *path, struct hd_err *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	mode_t before;
	int fd, rc;

	if (strlen(path) >= sizeof(addr.sun_path))
		return hd_err_set(
			err, ENAMETOOLONG,
			"the path %s is too long for a socket: %zu characters, at most %zu; "
			"choose a shorter --run-dir",
			path, strlen(path), sizeof(addr.sun_path) - 1);
	strcpy(addr.sun_path, path);
	if (in_use(&addr))
		return hd_err_set(err, EADDRINUSE, "another heddle-mgmt listens on %s", path);
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return hd_err_set(err, errno, "cannot make a socket: %s", strerror(errno));
	/* The door is in nc_server_accept(): it knows groups that a file cannot have. */
	fchmod(fd, 0666);
	before = umask(0);
	rc = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	umask(before);
	if (rc < 0 || listen(fd, 64) < 0) {
		hd_err_set(err, errno, "cannot listen on %s: %s", path, strerror(errno));
		close(fd);
		return -err->code;
	}
	return fd;
}

struct nc_server *nc_server_new(struct event_base *base, const struct ly_ctx *ctx, struct st *st,
				struct bk *bk, const char *path, struct hd_err *err)
{
	struct nc_server *server;
	const char *given = getenv("HEDDLE_NETCONF_LIMITS");
	struct nc_limits limits;
	struct hd_err local = {0};
	int fd = path ? handed_over() : -1;
	bool handed = fd >= 0;

	if (!err)
		err = &local;
	nc_limits_init(&limits);
	if (given && nc_limits_parse(&limits, given, err) < 0)
		return NULL;
	if (path && !handed)
		fd = listen_on(path, err);
	if (path && fd < 0)
		return NULL;
	server = ds_alloc(sizeof(*server));
	server->base = base;
	server->ctx = ctx;
	server->st = st;
	server->bk = bk;
	server->limits = limits;
	server->started = time(NULL);
	server->children = nc_children_new(server);
	server->log = nc_log_new(&server->limits);
	server->watch = nc_watch_new(server);
	server->config_watch = nc_config_watch_new(server);
	server->captures = nc_captures_new(server);
	if (!path)
		return server;
	if (!handed)
		server->path = ds_strdup(path);
	server->door = nc_door_new(base, enter, server);
	nc_server_listen(server, fd);
	return server;
}

void nc_server_listen(struct nc_server *server, int fd)
{
	if (server->listener)
		evconnlistener_free(server->listener);
	server->listener = evconnlistener_new(server->base, on_accept, server,
					      LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	evconnlistener_set_error_cb(server->listener, on_accept_error);
}

void nc_server_free(struct nc_server *server)
{
	if (!server)
		return;
	nc_door_free(server->door);
	nc_captures_free(server->captures);
	server->captures = NULL;
	while (server->sessions)
		nc_session_free(server->sessions);
	nc_children_free(server->children);
	nc_watch_free(server->watch);
	nc_config_watch_free(server->config_watch);
	nc_log_free(server->log);
	if (server->listener)
		evconnlistener_free(server->listener);
	if (server->path)
		unlink(server->path); /* ours, not one that was handed over */
	free(server->path);
	free(server);
}
