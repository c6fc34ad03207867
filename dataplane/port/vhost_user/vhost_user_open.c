/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sockets: makes ours (server mode), and connects to the guest's (client mode). Control thread.
 *
 * In client mode a port tries to connect at each poll, about every 50 ms. Thousands of ports may
 * wait for their socket, so this must cost little: if the folder did not change, no socket has
 * appeared in it, and the port does not try. A socket that refused us is tried again at once when
 * it changes, since a front-end that comes back makes a new one; a socket that does not change is
 * tried more and more seldom.
 *
 * Others can write the port's folder, and could make a path lead elsewhere before we use it. So we
 * use /proc/self/fd/N, which is the socket itself, or the folder itself with a name in it.
 */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_user.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/core/opener.h"
#include "dataplane/core/options.h"
#include "dataplane/port/vhost_user/vhost_loop.h"

#define RETRY_FAST      20 /* tries at each poll on an unchanged socket, one second */
#define RETRY_SLOW_NS   HD_NS_PER_S
#define SILENT_NS       (2 * HD_NS_PER_S)
#define SERVER_CHECK_NS HD_NS_PER_S
#define ABSENT_CHECK_NS (2 * HD_NS_PER_S)    /* whatever the folder's time says */
#define FOLDER_STILL_NS (100 * HD_NS_PER_MS) /* it may change again within one tick of its time */

/* A guest whose memory went away is held back for this long, then twice as long, up to a minute. */
#define FAULT_NS        HD_NS_PER_S
#define FAULT_DOUBLE    6
#define FAULT_FORGET_NS (600 * HD_NS_PER_S)

/* Down, with words, unless the port was told the same before. True if it was told now. */
static bool say(struct vhost_port *v, enum hd_port_reason reason, const char *text)
{
	if (v->stage == VHOST_RUNNING || (v->said == reason && strcmp(v->said_text, text) == 0))
		return false;
	v->said = reason;
	hd_str_copy(v->said_text, sizeof(v->said_text), text);
	dp_port_set_down(v->port, reason, v->said_text);
	return true;
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
static void is_absent(struct dp_port *port, struct vhost_port *v, const struct stat *folder,
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
static void nothing_there(struct dp_port *port, struct vhost_port *v, int error,
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
	say(v, error == EACCES ? HD_PORT_NO_PERMISSION : HD_PORT_NO_PEER, text);
}

/*
 * Connects to the guest's socket: to what was looked at. Where the guest's umask left us no right,
 * heddled is asked for it.
 */
static int guest_connect(struct dp_port *port, struct vhost_port *v, struct stat *st)
{
	const struct hd_vhost_user_object *o = dp_port_params(port);
	int sock = openat(v->dir, o->socket, O_PATH | O_NOFOLLOW | O_CLOEXEC), ret;
	char path[sizeof("/proc/self/fd/") + 10];
	struct hd_err err;

	if (sock < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", sock);
	if (fstat(sock, st) != 0)
		ret = -errno;
	else if (!S_ISSOCK(st->st_mode))
		ret = -ENOTSOCK;
	else
		ret = vhost_socket_connect(path);
	if (ret == -EACCES && dp_opener_vhost_admit(port->name, &err) == 0)
		ret = vhost_socket_connect(path);
	close(sock);
	if (ret < 0)
		return ret;
	vhost_lock();
	ret = vhost_loop_serve(v, ret);
	vhost_unlock();
	return ret;
}

/* Words for a try that failed with @error. */
static enum hd_port_reason explain(const struct vhost_port *v, int error, const struct stat *st,
				   char *text, size_t size)
{
	switch (error) {
	case ENOTSOCK:
		snprintf(text, size, "%s is not a socket: remove it, or name another", v->shown);
		return HD_PORT_ERROR;
	case EMFILE:
	case ENFILE:
		snprintf(text, size, "no descriptors are left for one more guest: %s",
			 strerror(error));
		return HD_PORT_ERROR;
	case EACCES:
	case EPERM: vhost_text_denied(v, st, text, size); return HD_PORT_NO_PERMISSION;
	default: vhost_text_refused(v, text, size); return HD_PORT_NO_PEER;
	}
}

/* Client mode: looks for the guest's socket in the @folder as it is now, and connects to it. */
static void client_try(struct dp_port *port, struct vhost_port *v, const struct stat *folder)
{
	const struct hd_vhost_user_object *o = dp_port_params(port);
	char text[sizeof(v->said_text)];
	enum hd_port_reason reason;
	uint64_t now = hd_now_ns();
	struct stat st;
	int ret;

	if (now < v->held_ns || still_absent(v, folder, now))
		return;
	v->folder.st_mode = 0;
	if (fstatat(v->dir, o->socket, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		nothing_there(port, v, errno, folder, now);
		return;
	}
	if (same_socket(&v->seen, &st) && now < v->retry_ns)
		return;
	ret = guest_connect(port, v, &st);
	if (ret == 0) {
		v->tries = 0;
		v->retry_ns = 0;
		return;
	}
	back_off(v, &st);
	reason = explain(v, -ret, &st, text, sizeof(text));
	say(v, reason, text);
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
	char text[sizeof(v->said_text)];
	int fd, ret;

	snprintf(v->path, sizeof(v->path), "/proc/self/fd/%d/%s", v->dir, o->socket);
	ret = socket_clear(v, o->socket, err);
	if (ret != 0)
		return ret;
	fd = vhost_socket_make(v);
	if (fd < 0)
		return hd_err_set(err, -fd, "a socket %s cannot be made: %s", v->shown,
				  strerror(-fd));
	if (fstatat(v->dir, o->socket, &v->seen, AT_SYMLINK_NOFOLLOW) != 0)
		memset(&v->seen, 0, sizeof(v->seen));
	vhost_text_waiting(v, text, sizeof(text));
	say(v, HD_PORT_NO_PEER, text);
	vhost_lock();
	ret = vhost_loop_listen(v, fd);
	vhost_unlock();
	if (ret != 0)
		return hd_err_set(err, -ret, "%s cannot be waited for: %s", v->shown,
				  strerror(-ret));
	return 0;
}

static int folder_open(const struct dp_port *port, struct vhost_port *v, struct hd_err *err)
{
	const struct hd_vhost_user_object *o = dp_port_params(port);
	struct hd_open_vhost req = {.mode = o->socket_mode, .server = o->server};
	struct hd_opened_vhost opened = {0};

	hd_str_copy(req.port, sizeof(req.port), port->name);
	hd_str_copy(req.socket, sizeof(req.socket), o->socket);
	hd_str_copy(req.owner, sizeof(req.owner), o->owner);
	hd_str_copy(req.group, sizeof(req.group), o->group);
	v->dir = dp_opener_vhost(&req, &opened, err);
	v->mode = opened.mode & 0777;
	return v->dir < 0 ? v->dir : 0;
}

/*
 * The port as it begins, with nothing open. What its guests did before is remembered, unless an
 * operator disabled it and enabled it again.
 */
static void begin(struct dp_port *port, struct vhost_port *v)
{
	if (port->was_disabled) {
		v->faults = 0;
		v->held_ns = 0;
	}
	v->port = port;
	v->stage = VHOST_CLOSED;
	v->sock = v->listener = -1;
	v->tries = 0;
	v->retry_ns = 0;
	v->said = HD_PORT_UP;
	v->memory = VHOST_MEMORY_UNASKED;
	v->deaf_told = v->is_bad = v->fault_told = false;
	atomic_store(&v->fault, false);
	v->was_disabled = port->was_disabled;
	port->was_disabled = false;
	v->said_text[0] = '\0';
	memset(&v->seen, 0, sizeof(v->seen));
	memset(&v->folder, 0, sizeof(v->folder));
	atomic_store(&v->rings, 1);
}

static int start(struct dp_port *port, struct vhost_port *v, struct hd_err *err)
{
	const struct hd_vhost_user_object *o = dp_port_params(port);
	struct stat folder;
	int ret = 0;

	begin(port, v);
	if (o->server)
		ret = server_start(v, o, err);
	else if (fstat(v->dir, &folder) == 0)
		client_try(port, v, &folder);
	if (ret == 0)
		return 0;
	vhost_lock();
	vhost_loop_forget(v);
	vhost_unlock();
	close(v->dir);
	return ret;
}

int vhost_user_open(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	const struct hd_vhost_user_object *o = dp_port_params(port);
	struct vhost_port *v = dp_port_priv(port);
	int ret;

	*reason = HD_PORT_ERROR;
	ret = vhost_user_path(dp_options_vhost_dir(), port->name, o->socket, v->shown, err);
	if (ret != 0)
		return hd_err_set(err, EINVAL, "%s", err->text);
	ret = vhost_loop_start(err);
	if (ret == 0)
		ret = folder_open(port, v, err);
	if (ret == 0)
		ret = start(port, v, err);
	if (ret == -EACCES || ret == -EPERM)
		*reason = HD_PORT_NO_PERMISSION;
	/* everything here can mend itself, and EINVAL would say that it cannot */
	return ret == -EINVAL ? -EIO : ret;
}

void vhost_user_close(struct dp_port *port)
{
	const struct hd_vhost_user_object *o = dp_port_params(port);
	struct vhost_port *v = dp_port_priv(port);
	struct stat st;

	vhost_lock();
	if (v->listener >= 0 && fstatat(v->dir, o->socket, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    same_socket(&st, &v->seen))
		unlinkat(v->dir, o->socket, 0);
	vhost_loop_forget(v);
	vhost_unlock();
	close(v->dir);
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

static void say_unshared(struct vhost_port *v)
{
	char text[sizeof(v->said_text)];

	vhost_text_unshared(text, sizeof(text));
	if (say(v, HD_PORT_NOT_SHARED, text))
		vhost_memory_warn(v);
}

/* A guest took a part of its memory away while it was in use, and may have hung up since. */
static void hold_back(struct vhost_port *v)
{
	uint64_t now = hd_now_ns(), ns;
	char text[sizeof(v->said_text)];

	v->fault_told = true;
	if (now - v->fault_ns > FAULT_FORGET_NS)
		v->faults = 0;
	ns = FAULT_NS << RTE_MIN(v->faults, (uint32_t)FAULT_DOUBLE);
	v->faults++;
	v->fault_ns = now;
	v->held_ns = now + ns;
	vhost_text_held(v, ns, text, sizeof(text));
	vhost_loop_hang_up(v, text);
	v->is_bad = false; /* after that time it is tried at once */
	if (v->stage == VHOST_CLOSED || v->stage == VHOST_LISTENING) {
		atomic_store(&v->fault, false);
		v->fault_told = false;
	}
	say(v, HD_PORT_HELD_BACK, text);
}

/* The last guest did what it must not, and is tried again as seldom as one that does not answer. */
static void after_bad(struct vhost_port *v, const char *name)
{
	if (hd_now_ns() < v->held_ns)
		return;
	if (v->memory == VHOST_MEMORY_REFUSED && !v->is_bad)
		say_unshared(v);
	else if (v->is_bad)
		say(v, HD_PORT_ERROR, v->bad);
	else
		return;
	v->is_bad = false;
	v->memory = VHOST_MEMORY_UNASKED;
	if (fstatat(v->dir, name, &v->seen, AT_SYMLINK_NOFOLLOW) == 0)
		v->retry_ns = hd_now_ns() + RETRY_SLOW_NS;
}

/* Nobody is there. Below 0: the port is to be opened anew. */
static int poll_closed(struct dp_port *port, struct vhost_port *v)
{
	const struct hd_vhost_user_object *o = dp_port_params(port);
	struct stat folder;

	after_bad(v, o->socket);
	if (fstat(v->dir, &folder) != 0 || folder.st_nlink == 0) {
		hd_log_port(HD_LOG_WARNING, port->name, "the directory of %s is gone: made anew",
			    v->shown);
		return -1;
	}
	client_try(port, v, &folder);
	return 0;
}

static int poll_listening(struct dp_port *port, struct vhost_port *v)
{
	const struct hd_vhost_user_object *o = dp_port_params(port);
	char text[sizeof(v->said_text)];

	if (server_socket_gone(v, o->socket)) {
		hd_log_port(HD_LOG_WARNING, port->name, "the socket %s is gone: made anew",
			    v->shown);
		return -1;
	}
	if (hd_now_ns() < v->held_ns)
		return 0;
	if (v->is_bad) {
		say(v, HD_PORT_ERROR, v->bad);
	} else if (vhost_memory_unshared(v)) {
		say_unshared(v);
	} else {
		vhost_text_waiting(v, text, sizeof(text));
		say(v, HD_PORT_NO_PEER, text);
	}
	return 0;
}

static void poll_connected(struct dp_port *port, struct vhost_port *v)
{
	const struct hd_vhost_user_object *o = dp_port_params(port);
	char text[sizeof(v->said_text)];

	if (vhost_memory_unshared(v)) {
		say_unshared(v);
	} else if (v->is_bad && hd_now_ns() - v->since_ns < SILENT_NS) {
		say(v, HD_PORT_ERROR, v->bad); /* it was back before this was looked at */
	} else if (hd_now_ns() - v->since_ns >= SILENT_NS) {
		v->is_bad = false;
		vhost_text_silent(v, o->server, text, sizeof(text));
		say(v, HD_PORT_NO_PEER, text);
	}
}

int vhost_user_poll(struct dp_port *port)
{
	struct vhost_port *v = dp_port_priv(port);
	enum vhost_stage stage;
	int ret = 0;

	vhost_lock();
	if (atomic_load(&v->fault) && !v->fault_told)
		hold_back(v);
	stage = v->stage;
	switch (stage) {
	case VHOST_LISTENING: ret = poll_listening(port, v); break;
	case VHOST_CONNECTED: poll_connected(port, v); break;
	case VHOST_RUNNING: vhost_memory_look(v); break;
	case VHOST_CLOSED:
	case VHOST_LEAVING: break;
	}
	vhost_unlock();
	/*
	 * The loop does not know a port that is closed: what takes longer is done without the lock.
	 */
	return stage == VHOST_CLOSED ? poll_closed(port, v) : ret;
}
