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
 */
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
#define FOLDER_AGE_NS   HD_NS_PER_MS         /* a look at a folder is good for so long */
#define FOLDER_STILL_NS (100 * HD_NS_PER_MS) /* it may change again within one tick of its time */
#define SOCKET_MODE     0660

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
		errno = 0;
		if (rte_vhost_driver_start(v->path) == 0)
			return 0;
	}
	error = errno ? errno : EIO;
	rte_vhost_driver_unregister(v->path);
	v->registered = false;
	vhost_user_forget(v);
	return -error;
}

static void library_stop(struct vhost_port *v)
{
	if (v->registered)
		rte_vhost_driver_unregister(v->path);
	v->registered = false;
	vhost_user_forget(v);
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

/*
 * The folder that the socket is in: one look for all ports that are tried together. It is taken
 * anew by the port that took the last one: that is the next round.
 */
static const struct stat *folder_of(const struct vhost_port *v, uint64_t now)
{
	static const struct vhost_port *looked;
	const char *path = v->path;
	static char folder[VHOST_PATH_MAX];
	static struct stat st;
	static uint64_t when;
	size_t len = strrchr(path, '/') ? (size_t)(strrchr(path, '/') - path) : 0;

	if (v != looked && now - when < FOLDER_AGE_NS && !strncmp(folder, path, len) &&
	    !folder[len])
		return &st;
	memcpy(folder, path, len);
	folder[len] = '\0';
	when = now;
	looked = v;
	if (stat(len ? folder : "/", &st) != 0)
		memset(&st, 0, sizeof(st));
	return &st;
}

/* Cannot there be a socket yet, because nothing happened in its folder since there was none? */
static bool still_absent(struct vhost_port *v, uint64_t now)
{
	const struct stat *st;

	if (!v->folder.st_mode || now >= v->check_ns)
		return false;
	st = folder_of(v, now);
	return st->st_ino == v->folder.st_ino && st->st_dev == v->folder.st_dev &&
	       st->st_mtim.tv_sec == v->folder.st_mtim.tv_sec &&
	       st->st_mtim.tv_nsec == v->folder.st_mtim.tv_nsec;
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

/* Client mode: looks for the guest's socket and connects to it. */
static void client_try(struct hd_port *port, struct vhost_port *v)
{
	uint32_t generation = v->generation;
	char text[sizeof(v->said_text)];
	uint64_t now = hd_now_ns();
	struct stat st, folder;
	int ret;

	if (still_absent(v, now))
		return;
	folder = *folder_of(v, now);
	v->folder.st_mode = 0;
	if (lstat(v->path, &st) != 0) {
		enum hd_port_reason reason = HD_PORT_NO_PEER;
		int error = errno;

		if (error == ENOENT)
			is_absent(port, v, &folder, now);
		if (error == EACCES) {
			reason = HD_PORT_NO_PERMISSION;
			vhost_text_denied(v, NULL, text, sizeof(text));
		} else {
			vhost_text_absent(v, text, sizeof(text));
		}
		memset(&v->seen, 0, sizeof(v->seen));
		say(v, generation, reason, text);
		return;
	}
	if (same_socket(&v->seen, &st) && hd_now_ns() < v->retry_ns)
		return;
	if (!S_ISSOCK(st.st_mode)) {
		snprintf(text, sizeof(text), "%s is not a socket: remove it, or name another",
			 v->path);
		back_off(v, &st);
		say(v, generation, HD_PORT_ERROR, text);
		return;
	}
	if (faccessat(AT_FDCWD, v->path, W_OK, AT_EACCESS) != 0) {
		vhost_text_denied(v, &st, text, sizeof(text));
		back_off(v, &st);
		say(v, generation, HD_PORT_NO_PERMISSION, text);
		return;
	}
	ret = library_start(v, hd_port_params(port));
	if (ret == 0) {
		v->tries = 0;
		v->retry_ns = 0;
		return;
	}
	back_off(v, &st);
	if (ret == -ENOSPC)
		snprintf(text, sizeof(text), "no more than %d vhost-user ports can be open",
			 RTE_MAX_VHOST_DEVICE);
	else if (ret == -EACCES || ret == -EPERM)
		vhost_text_denied(v, &st, text, sizeof(text));
	else
		vhost_text_refused(v, text, sizeof(text));
	say(v, generation, ret == -EACCES ? HD_PORT_NO_PERMISSION : HD_PORT_NO_PEER, text);
}

/* Owner, group and mode; by heddled, or where there is none (tests) as far as we may ourselves. */
static int socket_permissions(struct vhost_port *v, const struct hd_vhost_user_object *o,
			      struct hd_err *err)
{
	struct hd_socket_perm perm = {.mode = o->socket_mode};
	int ret;

	hd_str_copy(perm.socket, sizeof(perm.socket), o->socket);
	hd_str_copy(perm.owner, sizeof(perm.owner), o->owner);
	hd_str_copy(perm.group, sizeof(perm.group), o->group);
	ret = hd_opener_socket_perm(&perm, err);
	if (ret != -ENOTCONN)
		return ret;
	if (chmod(v->path, o->socket_mode ? o->socket_mode : SOCKET_MODE) != 0)
		return hd_err_set(err, errno, "mode of %s: %s", v->path, strerror(errno));
	return 0;
}

/* A socket file of ours may still be there, of a life before. */
static int socket_clear(struct vhost_port *v, struct hd_err *err)
{
	char text[sizeof(v->said_text)];
	struct stat st;
	int pid;

	if (lstat(v->path, &st) != 0)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return hd_err_set(err, EEXIST,
				  "%s exists and is not a socket: remove it, or name "
				  "another",
				  v->path);
	if (vhost_socket_has_listener(v->path, &pid)) {
		vhost_text_taken(v, pid, text, sizeof(text));
		return hd_err_set(err, EADDRINUSE, "%s", text);
	}
	if (unlink(v->path) != 0)
		return hd_err_set(err, errno, "a stale socket %s cannot be removed: %s", v->path,
				  strerror(errno));
	return 0;
}

static int server_start(struct vhost_port *v, const struct hd_vhost_user_object *o,
			struct hd_err *err)
{
	char text[sizeof(v->said_text)];
	int ret = socket_clear(v, err);

	if (ret != 0)
		return ret;
	ret = library_start(v, o);
	if (ret != 0)
		return hd_err_set(err, -ret, "a socket %s cannot be made: %s", v->path,
				  strerror(-ret));
	ret = socket_permissions(v, o, err);
	if (ret != 0) {
		library_stop(v);
		return ret;
	}
	if (lstat(v->path, &v->seen) != 0)
		memset(&v->seen, 0, sizeof(v->seen));
	pthread_mutex_lock(&v->lock);
	if (v->stage == VHOST_CLOSED)
		v->stage = VHOST_LISTENING;
	pthread_mutex_unlock(&v->lock);
	vhost_text_waiting(v, text, sizeof(text));
	say(v, 0, HD_PORT_NO_PEER, text);
	return 0;
}

int vhost_user_open(struct hd_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	const struct hd_vhost_user_object *o = hd_port_params(port);
	struct vhost_port *v = hd_port_priv(port);
	int ret;

	*reason = HD_PORT_ERROR;
	ret = vhost_user_path(hd_options_vhost_dir(), o, v->path, err);
	if (ret != 0)
		return hd_err_set(err, EINVAL, "%s", err->text);
	quiet_library();
	pthread_mutex_init(&v->lock, NULL);
	v->port = port;
	v->conn = -1;
	v->generation = 0;
	v->stage = VHOST_CLOSED;
	v->tries = 0;
	v->retry_ns = 0;
	v->said = HD_PORT_UP;
	v->memory = VHOST_MEMORY_UNASKED;
	v->deaf_told = false;
	v->said_text[0] = '\0';
	memset(&v->seen, 0, sizeof(v->seen));
	atomic_store(&v->vid, -1);
	atomic_store(&v->rings, 1);
	for (unsigned int i = 0; i < HD_PORT_QUEUES_MAX; i++)
		atomic_store(&v->kick[i], -1);
	vhost_user_list_add(v);
	if (!o->server) {
		client_try(port, v);
		return 0;
	}
	ret = server_start(v, o, err);
	if (ret != 0) {
		vhost_user_list_remove(v);
		pthread_mutex_destroy(&v->lock);
		if (ret == -EACCES || ret == -EPERM)
			*reason = HD_PORT_NO_PERMISSION;
		/* everything here can mend itself, and EINVAL would say that it cannot */
		return ret == -EINVAL ? -EIO : ret;
	}
	return 0;
}

void vhost_user_close(struct hd_port *port)
{
	struct vhost_port *v = hd_port_priv(port);

	library_stop(v);
	vhost_user_list_remove(v);
	pthread_mutex_destroy(&v->lock);
}

/* Somebody removed or replaced our socket: nobody could connect any more. */
static bool server_socket_gone(struct vhost_port *v)
{
	struct stat st;

	if (hd_now_ns() < v->check_ns)
		return false;
	v->check_ns = hd_now_ns() + SERVER_CHECK_NS;
	return lstat(v->path, &st) != 0 || st.st_ino != v->seen.st_ino ||
	       st.st_dev != v->seen.st_dev;
}

static void say_unshared(struct vhost_port *v, uint32_t generation)
{
	char text[sizeof(v->said_text)];

	vhost_text_unshared(text, sizeof(text));
	if (say(v, generation, HD_PORT_NOT_SHARED, text))
		vhost_memory_warn(v);
}

/* The guest's memory could not be mapped, and we hung up: it would be the same at once. */
static void refused(struct vhost_port *v, uint32_t generation)
{
	say_unshared(v, generation);
	if (lstat(v->path, &v->seen) == 0)
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
	uint64_t since;

	pthread_mutex_lock(&v->lock);
	stage = v->stage;
	since = v->since_ns;
	generation = v->generation;
	unshared = vhost_memory_unshared(v);
	pthread_mutex_unlock(&v->lock);
	switch (stage) {
	case VHOST_LOST:
		library_stop(v);
		if (unshared)
			refused(v, generation);
		client_try(port, v);
		break;
	case VHOST_CLOSED: client_try(port, v); break;
	case VHOST_LISTENING:
		if (server_socket_gone(v)) {
			hd_log_port(HD_LOG_WARNING, port->name, "the socket %s is gone: made anew",
				    v->path);
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
