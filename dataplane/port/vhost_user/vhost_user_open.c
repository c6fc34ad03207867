/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sockets: making ours, and finding the guest's again and again. Control thread.
 *
 * In client mode the library would try again once a second. We do it at each poll, some 50 ms
 * apart, and so that it costs next to nothing while there is nothing: where a folder did not change,
 * no socket appeared in it, and there may be thousands of ports that wait for theirs. A socket that turned us away is
 * asked again at once when it changed (who comes back must make a new one), and ever more seldom
 * when it did not. A try registers the socket anew: in DPDK 22.11 one whose connection failed or
 * ended keeps a stale descriptor.
 *
 * The library takes paths. In the port's folder others may write, and a path could lead elsewhere by
 * the time it is used; so it gets /proc/self/fd/N: the socket itself, or a name in the folder itself.
 */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_user.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_log.h>
#include <rte_vhost.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/core/opener.h"
#include "dataplane/core/options.h"
#include "dataplane/core/rcu.h"

#define RETRY_FAST      20 /* tries at each poll on an unchanged socket, one second */
#define RETRY_SLOW_NS   HD_NS_PER_S
#define SILENT_NS       (2 * HD_NS_PER_S)
#define SERVER_CHECK_NS HD_NS_PER_S
#define ABSENT_CHECK_NS (2 * HD_NS_PER_S)    /* whatever the folder's time says */
#define FOLDER_STILL_NS (100 * HD_NS_PER_MS) /* it may change again within one tick of its time */

/*
 * Frames above HD_FRAME_ROOM get one buffer from the heap, of 65,368 bytes at the most, rather than
 * a chain of mbufs. Chains are as fast or faster up to some 20 KB and slower at 64 KB; but a guest
 * may claim that a frame has a gigabyte, and the library would fill the whole pool with it before
 * it gave up. What is longer than the limit is thrown away by the library.
 */
#define LIB_FLAGS                                                                   \
	(RTE_VHOST_USER_NET_COMPLIANT_OL_FLAGS | RTE_VHOST_USER_LINEARBUF_SUPPORT | \
	 RTE_VHOST_USER_EXTBUF_SUPPORT)

static void quiet_library(void)
{
	/* It logs each message of a guest. What a guest can make it say per packet is not wanted. */
	rte_log_set_level_pattern("lib.vhost.config", RTE_LOG_ERR);
	rte_log_set_level_pattern("lib.vhost.data", RTE_LOG_CRIT);
}

/*
 * Down, with words, unless the port was told the same before or its device came up meanwhile:
 * @generation is the connection that was seen when the words were chosen. True if it was told now.
 */
static bool say(struct vhost_port *v, uint32_t generation, enum hd_port_reason reason,
		const char *text)
{
	bool news = false;

	pthread_mutex_lock(&v->lock);
	if (v->stage != VHOST_RUNNING && v->generation == generation &&
	    (v->said != reason || strcmp(v->said_text, text) != 0)) {
		v->said = reason;
		hd_str_copy(v->said_text, sizeof(v->said_text), text);
		hd_port_set_down(v->port, reason, v->said_text);
		news = true;
	}
	pthread_mutex_unlock(&v->lock);
	return news;
}

/* Registers, sets what is offered, and connects or listens. errno says why it failed. */
static int library_start(struct vhost_port *v, const struct hd_vhost_user_object *o)
{
	uint64_t flags = LIB_FLAGS;
	int error;

	if (!o->server)
		flags |= RTE_VHOST_USER_CLIENT | RTE_VHOST_USER_NO_RECONNECT;
	errno = 0;
	if (rte_vhost_driver_register(v->path, flags) != 0) {
		if (!errno)
			errno = ENOSPC;
		return -errno;
	}
	v->registered = true;
	if (rte_vhost_driver_disable_features(v->path, vhost_user_masked(o)) == 0 &&
	    rte_vhost_driver_callback_register(v->path, &vhost_user_callbacks) == 0) {
		mode_t before = umask(~v->mode & 0777); /* of the socket, from its beginning */
		int ret;

		errno = 0;
		ret = rte_vhost_driver_start(v->path);
		umask(before);
		if (ret == 0)
			return 0;
	}
	error = errno ? errno : EIO;
	rte_vhost_driver_unregister(v->path);
	v->registered = false;
	vhost_user_forget(v);
	return -error;
}

/* The path goes with the descriptor: another port's socket may get its number. */
static void socket_put(struct vhost_port *v)
{
	vhost_user_path_set(v, "");
	if (v->sock >= 0)
		close(v->sock);
	v->sock = -1;
}

/* @in_use: a worker may be about to sleep on a kick descriptor. */
static void library_stop(struct vhost_port *v, bool in_use)
{
	if (v->registered)
		rte_vhost_driver_unregister(v->path);
	v->registered = false;
	socket_put(v);
	vhost_user_forget(v);
	if (in_use)
		hd_rcu_synchronize();
	for (unsigned int i = 0; i < HD_PORT_QUEUES_MAX; i++) {
		int fd = atomic_exchange(&v->kick[i], -1);

		if (fd >= 0)
			close(fd);
	}
}

static bool same_socket(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* The socket is there and did not answer: when to try it again. */
static void back_off(struct vhost_port *v, const struct stat *st)
{
	if (!same_socket(&v->seen, st))
		v->tries = 0;
	v->seen = *st;
	if (++v->tries > RETRY_FAST)
		v->retry_ns = hd_now_ns() + RETRY_SLOW_NS;
	else
		v->retry_ns = 0;
}

/* Cannot there be a socket yet, because nothing happened in @folder since there was none? */
static bool still_absent(const struct vhost_port *v, const struct stat *folder, uint64_t now)
{
	return v->folder.st_mode && now < v->check_ns &&
	       folder->st_mtim.tv_sec == v->folder.st_mtim.tv_sec &&
	       folder->st_mtim.tv_nsec == v->folder.st_mtim.tv_nsec;
}

/* Remembers @folder as it was before the look at the socket. */
static void is_absent(struct hd_port *port, struct vhost_port *v, const struct stat *folder,
		      uint64_t now)
{
	uint64_t spread = (port->id % 16) * (ABSENT_CHECK_NS / 32); /* not all at once */
	struct timespec wall;
	int64_t age;

	clock_gettime(CLOCK_REALTIME, &wall);
	age = (int64_t)(wall.tv_sec - folder->st_mtim.tv_sec) * (int64_t)HD_NS_PER_S +
	      wall.tv_nsec - folder->st_mtim.tv_nsec;
	v->folder = *folder;
	if (age < (int64_t)FOLDER_STILL_NS)
		v->folder.st_mode = 0;
	v->check_ns = now + ABSENT_CHECK_NS / 2 + spread;
}

/* There is no socket that can be looked at, for the reason @error. */
static void nothing_there(struct hd_port *port, struct vhost_port *v, int error,
			  const struct stat *folder, uint64_t now)
{
	char text[sizeof(v->said_text)];

	memset(&v->seen, 0, sizeof(v->seen));
	if (error == ENOENT)
		is_absent(port, v, folder, now);
	if (error == EACCES)
		vhost_text_denied(v, NULL, text, sizeof(text));
	else
		vhost_text_absent(v, text, sizeof(text));
	say(v, v->generation, error == EACCES ? HD_PORT_NO_PERMISSION : HD_PORT_NO_PEER, text);
}

/*
 * Takes hold of the guest's socket: what the library connects to is what was looked at. Where the guest's
 * umask left us no right, heddled is asked for it.
 */
static int socket_take(struct hd_port *port, struct vhost_port *v, struct stat *st)
{
	const struct hd_vhost_user_object *o = hd_port_params(port);
	char path[sizeof("/proc/self/fd/") + 10];
	struct hd_err err;

	socket_put(v);
	v->sock = openat(v->dir, o->socket, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (v->sock < 0 || fstat(v->sock, st) != 0)
		return -errno;
	if (!S_ISSOCK(st->st_mode))
		return -ENOTSOCK;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", v->sock);
	vhost_user_path_set(v, path);
	if (faccessat(AT_FDCWD, v->path, W_OK, AT_EACCESS) == 0)
		return 0;
	if (hd_opener_vhost_admit(port->name, &err) != 0)
		return -EACCES;
	return faccessat(AT_FDCWD, v->path, W_OK, AT_EACCESS) == 0 ? 0 : -EACCES;
}

/* Client mode: looks for the guest's socket in the @folder as it is now, and connects to it. */
static void client_try(struct hd_port *port, struct vhost_port *v, const struct stat *folder)
{
	const struct hd_vhost_user_object *o = hd_port_params(port);
	uint32_t generation = v->generation;
	enum hd_port_reason reason = HD_PORT_NO_PEER;
	char text[sizeof(v->said_text)];
	uint64_t now = hd_now_ns();
	struct stat st;
	int ret;

	if (still_absent(v, folder, now))
		return;
	v->folder.st_mode = 0;
	if (fstatat(v->dir, o->socket, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		nothing_there(port, v, errno, folder, now);
		return;
	}
	if (same_socket(&v->seen, &st) && hd_now_ns() < v->retry_ns)
		return;
	ret = socket_take(port, v, &st);
	if (ret == 0)
		ret = library_start(v, o);
	if (ret == 0) {
		v->tries = 0;
		v->retry_ns = 0;
		return;
	}
	socket_put(v);
	back_off(v, &st);
	if (ret == -ENOTSOCK) {
		reason = HD_PORT_ERROR;
		snprintf(text, sizeof(text), "%s is not a socket: remove it, or name another",
			 v->shown);
	} else if (ret == -ENOSPC) {
		snprintf(text, sizeof(text), "no more than %d vhost-user ports can be open",
			 RTE_MAX_VHOST_DEVICE);
	} else if (ret == -EACCES || ret == -EPERM) {
		reason = HD_PORT_NO_PERMISSION;
		vhost_text_denied(v, &st, text, sizeof(text));
	} else {
		vhost_text_refused(v, text, sizeof(text));
	}
	say(v, generation, reason, text);
}

/* A socket file of ours may still be there, of a life before. */
static int socket_clear(struct vhost_port *v, const char *name, struct hd_err *err)
{
	char text[sizeof(v->said_text)];
	struct stat st;
	int pid;

	if (fstatat(v->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return hd_err_set(err, EEXIST,
				  "%s exists and is not a socket: remove it, or name "
				  "another",
				  v->shown);
	if (vhost_socket_has_listener(v, &pid)) {
		vhost_text_taken(v, pid, text, sizeof(text));
		return hd_err_set(err, EADDRINUSE, "%s", text);
	}
	if (unlinkat(v->dir, name, 0) != 0)
		return hd_err_set(err, errno, "a stale socket %s cannot be removed: %s", v->shown,
				  strerror(errno));
	return 0;
}

static int server_start(struct vhost_port *v, const struct hd_vhost_user_object *o,
			struct hd_err *err)
{
	char text[sizeof(v->said_text)], path[VHOST_PATH_MAX];
	int ret;

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", v->dir, o->socket);
	vhost_user_path_set(v, path);
	ret = socket_clear(v, o->socket, err);
	if (ret != 0)
		return ret;
	ret = library_start(v, o);
	if (ret != 0)
		return hd_err_set(err, -ret, "a socket %s cannot be made: %s", v->shown,
				  strerror(-ret));
	if (fstatat(v->dir, o->socket, &v->seen, AT_SYMLINK_NOFOLLOW) != 0)
		memset(&v->seen, 0, sizeof(v->seen));
	pthread_mutex_lock(&v->lock);
	if (v->stage == VHOST_CLOSED)
		v->stage = VHOST_LISTENING;
	pthread_mutex_unlock(&v->lock);
	vhost_text_waiting(v, text, sizeof(text));
	say(v, 0, HD_PORT_NO_PEER, text);
	return 0;
}

static int folder_open(const struct hd_port *port, struct vhost_port *v, struct hd_err *err)
{
	const struct hd_vhost_user_object *o = hd_port_params(port);
	struct hd_open_vhost req = {.mode = o->socket_mode, .server = o->server};
	struct hd_opened_vhost opened = {0};

	hd_str_copy(req.port, sizeof(req.port), port->name);
	hd_str_copy(req.socket, sizeof(req.socket), o->socket);
	hd_str_copy(req.owner, sizeof(req.owner), o->owner);
	hd_str_copy(req.group, sizeof(req.group), o->group);
	v->dir = hd_opener_vhost(&req, &opened, err);
	v->mode = opened.mode & 0777;
	return v->dir < 0 ? v->dir : 0;
}

/* The port as it begins, with nothing open. */
static void begin(struct hd_port *port, struct vhost_port *v)
{
	pthread_mutex_init(&v->lock, NULL);
	v->port = port;
	v->conn = -1;
	v->generation = 0;
	v->stage = VHOST_CLOSED;
	v->sock = -1;
	v->tries = 0;
	v->retry_ns = 0;
	v->said = HD_PORT_UP;
	v->memory = VHOST_MEMORY_UNASKED;
	v->deaf_told = false;
	v->was_disabled = port->was_disabled;
	port->was_disabled = false;
	v->said_text[0] = '\0';
	v->path[0] = '\0';
	memset(&v->seen, 0, sizeof(v->seen));
	memset(&v->folder, 0, sizeof(v->folder));
	atomic_store(&v->vid, -1);
	atomic_store(&v->rings, 1);
	for (unsigned int i = 0; i < HD_PORT_QUEUES_MAX; i++)
		atomic_store(&v->kick[i], -1);
	vhost_user_list_add(v);
}

static void end(struct vhost_port *v)
{
	vhost_user_list_remove(v);
	pthread_mutex_destroy(&v->lock);
	close(v->dir);
}

int vhost_user_open(struct hd_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	const struct hd_vhost_user_object *o = hd_port_params(port);
	struct vhost_port *v = hd_port_priv(port);
	struct stat folder;
	int ret;

	*reason = HD_PORT_ERROR;
	ret = vhost_user_path(hd_options_vhost_dir(), port->name, o->socket, v->shown, err);
	if (ret != 0)
		return hd_err_set(err, EINVAL, "%s", err->text);
	ret = folder_open(port, v, err);
	if (ret == 0) {
		quiet_library();
		begin(port, v);
		if (o->server)
			ret = server_start(v, o, err);
		else if (fstat(v->dir, &folder) == 0)
			client_try(port, v, &folder);
		if (ret != 0)
			end(v);
	}
	if (ret == -EACCES || ret == -EPERM)
		*reason = HD_PORT_NO_PERMISSION;
	/* everything here can mend itself, and EINVAL would say that it cannot */
	return ret == -EINVAL ? -EIO : ret;
}

void vhost_user_close(struct hd_port *port)
{
	struct vhost_port *v = hd_port_priv(port);

	library_stop(v, false);
	end(v);
}

/* Somebody removed or replaced our socket: nobody could connect any more. */
static bool server_socket_gone(struct vhost_port *v, const char *name)
{
	struct stat st;

	if (hd_now_ns() < v->check_ns)
		return false;
	v->check_ns = hd_now_ns() + SERVER_CHECK_NS;
	return fstatat(v->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	       st.st_ino != v->seen.st_ino || st.st_dev != v->seen.st_dev;
}

static void say_unshared(struct vhost_port *v, uint32_t generation)
{
	char text[sizeof(v->said_text)];

	vhost_text_unshared(text, sizeof(text));
	if (say(v, generation, HD_PORT_NOT_SHARED, text))
		vhost_memory_warn(v);
}

/* The guest's memory could not be mapped, and we hung up: it would be the same at once. */
static void refused(struct vhost_port *v, const char *name, uint32_t generation)
{
	say_unshared(v, generation);
	if (fstatat(v->dir, name, &v->seen, AT_SYMLINK_NOFOLLOW) == 0)
		v->retry_ns = hd_now_ns() + RETRY_SLOW_NS;
}

int vhost_user_poll(struct hd_port *port)
{
	const struct hd_vhost_user_object *o = hd_port_params(port);
	struct vhost_port *v = hd_port_priv(port);
	char text[sizeof(v->said_text)];
	enum vhost_stage stage;
	uint32_t generation;
	bool unshared;
	struct stat folder;
	uint64_t since;

	pthread_mutex_lock(&v->lock);
	stage = v->stage;
	since = v->since_ns;
	generation = v->generation;
	unshared = vhost_memory_unshared(v);
	pthread_mutex_unlock(&v->lock);
	switch (stage) {
	case VHOST_LOST:
		library_stop(v, true);
		if (unshared)
			refused(v, o->socket, generation);
		/* fallthrough */
	case VHOST_CLOSED:
		if (fstat(v->dir, &folder) != 0 || folder.st_nlink == 0) {
			hd_log_port(HD_LOG_WARNING, port->name,
				    "the directory of %s is gone: made anew", v->shown);
			return -1;
		}
		client_try(port, v, &folder);
		break;
	case VHOST_LISTENING:
		if (server_socket_gone(v, o->socket)) {
			hd_log_port(HD_LOG_WARNING, port->name, "the socket %s is gone: made anew",
				    v->shown);
			return -1;
		}
		if (unshared) {
			say_unshared(v, generation);
			break;
		}
		vhost_text_waiting(v, text, sizeof(text));
		say(v, generation, HD_PORT_NO_PEER, text);
		break;
	case VHOST_CONNECTED:
		if (unshared) {
			say_unshared(v, generation);
			break;
		}
		if (hd_now_ns() - since < SILENT_NS)
			break;
		vhost_text_silent(v, o->server, text, sizeof(text));
		say(v, generation, HD_PORT_NO_PEER, text);
		break;
	case VHOST_RUNNING: vhost_memory_look(v, since); break;
	}
	return 0;
}
