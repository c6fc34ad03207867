/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <pwd.h>
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
#include "mgmt/netconf/server.h"
#include "mgmt/netconf/session.h"

/* The name of whoever is at the other end. False when the machine does not know them. */
static bool peer_user(int fd, char *user, size_t size)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	struct passwd *pw;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return false;
	pw = getpwuid(cred.uid);
	if (pw)
		snprintf(user, size, "%s", pw->pw_name);
	else if (cred.uid == geteuid())
		snprintf(user, size, "%u", cred.uid); /* in a namespace without accounts */
	else
		return false;
	return true;
}

void nc_server_accept(struct nc_server *server, int fd)
{
	char user[64];

	evutil_make_socket_nonblocking(fd);
	if (server->n_sessions >= NC_SESSIONS_MAX) {
		hd_log_limited(HD_LOG_WARNING,
			       "netconf: %u sessions are open, which is the most: "
			       "one more was turned away",
			       server->n_sessions);
		close(fd);
		return;
	}
	if (!peer_user(fd, user, sizeof(user))) {
		hd_log_limited(HD_LOG_WARNING, "netconf: an unknown user was turned away");
		close(fd);
		return;
	}
	nc_session_new(server, fd, ++server->last_id, user);
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

static int listen_on(const char *path, struct hd_err *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd;

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
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 || chmod(path, 0660) < 0 ||
	    listen(fd, 64) < 0) {
		hd_err_set(err, errno, "cannot listen on %s: %s", path, strerror(errno));
		close(fd);
		return -err->code;
	}
	return fd;
}

struct nc_server *nc_server_new(struct event_base *base, const struct ly_ctx *ctx, struct rn *rn,
				struct bk *bk, const char *path, struct hd_err *err)
{
	struct nc_server *server;
	struct hd_err local = {0};
	int fd = path ? listen_on(path, err ? err : &local) : -1;

	if (path && fd < 0)
		return NULL;
	server = ds_alloc(sizeof(*server));
	server->base = base;
	server->ctx = ctx;
	server->rn = rn;
	server->bk = bk;
	if (!path)
		return server;
	server->path = ds_strdup(path);
	server->listener = evconnlistener_new(base, on_accept, server,
					      LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	evconnlistener_set_error_cb(server->listener, on_accept_error);
	return server;
}

void nc_server_free(struct nc_server *server)
{
	if (!server)
		return;
	while (server->sessions)
		nc_session_free(server->sessions);
	if (server->listener)
		evconnlistener_free(server->listener);
	if (server->path)
		unlink(server->path);
	free(server->path);
	free(server);
}
