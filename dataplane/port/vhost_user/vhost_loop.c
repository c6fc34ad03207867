/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_loop.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_lcore.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/core/blame.h"
#include "dataplane/core/rcu.h"
#include "dataplane/port/vhost_user/vhost_device.h"
#include "dataplane/port/vhost_user/vhost_fault.h"
#include "dataplane/port/vhost_user/vhost_signal.h"

#define EVENTS        64
#define REQUESTS      16 /* of one guest in a round */
#define TOKEN_MS      1  /* how often to look whether workers have left */
#define ACCEPTS_A_S   50 /* of one port: a guest that comes back is one */
#define ACCEPT_WAIT   (100 * HD_NS_PER_MS)
#define BIT(n)        (1ull << (n))
#define KIND_LISTENER 1u /* in the lowest bit of an event's serial */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t thread;
static bool runs;
static int epoll = -1, wake = -1;
static uint32_t serials;
static struct vhost_port *ports[HD_PORTS_MAX]; /* by id: that have a socket here */
static struct vhost_port *list;                /* that have to be looked at by time */

void vhost_lock(void)
{
	pthread_mutex_lock(&lock);
}

void vhost_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

static uint64_t key(const struct vhost_port *v, bool listener)
{
	return (uint64_t)(v->serial | (listener ? KIND_LISTENER : 0)) << 32 | v->port->id;
}

static int watch(const struct vhost_port *v, int op, int fd, uint32_t events, bool listener)
{
	struct epoll_event e = {.events = events, .data.u64 = key(v, listener)};

	return epoll_ctl(epoll, op, fd, &e) == 0 ? 0 : -errno;
}

/* The loop is to look at the port again without anything that comes. */
static void look_again(struct vhost_port *v)
{
	uint64_t one = 1;

	if (v->in_list)
		return;
	v->in_list = true;
	v->next = list;
	list = v;
	if (!pthread_equal(pthread_self(), thread) && write(wake, &one, sizeof(one)) < 0)
		return; /* full: it wakes anyway */
}

/* The port is known here by its id, and by a number that no port had before. */
static void enter(struct vhost_port *v)
{
	serials += 2;
	v->serial = serials;
	ports[v->port->id] = v;
}

static void stage_set(struct vhost_port *v, enum vhost_stage stage)
{
	v->stage = stage;
	v->since_ns = hd_now_ns();
}

/* The connection is over; the rest is done when workers have left. */
static void leave(struct vhost_port *v)
{
	vhost_device_stop(v);
	close(v->sock);
	v->sock = -1;
	stage_set(v, VHOST_LEAVING);
	look_again(v);
}

void vhost_loop_hang_up(struct vhost_port *v, const char *text)
{
	static struct hd_log_limit limit;

	if (v->sock < 0)
		return;
	v->is_bad = true;
	hd_str_copy(v->bad, sizeof(v->bad), text);
	if (hd_log_allowed(&limit))
		hd_log_port(HD_LOG_WARNING, v->port->name, "the guest was sent away: %s", text);
	leave(v);
}

static void hang_up(struct vhost_port *v, const struct hd_err *err)
{
	if (err->code == EMEDIUMTYPE && v->memory == VHOST_MEMORY_REFUSED)
		leave(v); /* that is said in words of its own */
	else
		vhost_loop_hang_up(v, err->text);
}

/* Waits for what can be done with the connection now. */
static void follow(struct vhost_port *v, uint64_t now)
{
	const void *out;
	void *in;
	uint32_t want = EPOLLRDHUP;

	if (vhost_session_room(&v->session, now, &in))
		want |= EPOLLIN;
	if (vhost_session_output(&v->session, &out))
		want |= EPOLLOUT;
	if (want != v->watched && watch(v, EPOLL_CTL_MOD, v->sock, want, false) == 0)
		v->watched = want;
	if (v->waits || vhost_session_next_ns(&v->session, now) != UINT64_MAX)
		look_again(v);
}

static bool flush(struct vhost_port *v)
{
	const void *at;
	size_t len;

	while ((len = vhost_session_output(&v->session, &at)) > 0) {
		ssize_t n = send(v->sock, at, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		vhost_session_written(&v->session, (size_t)n);
	}
	return true;
}

/* What was refused is for the log, too: front-ends drop the reason. */
static void tell_refused(const struct vhost_port *v, const struct hd_err *err)
{
	static struct hd_log_limit limit;
	char name[24];

	if (hd_log_allowed(&limit))
		hd_log_port(HD_LOG_NOTICE, v->port->name, "refused %s: %s",
			    vhost_request_name(v->session.header.request, name), err->text);
}

/* Serves the request that is there, or goes on with it. False: the connection is over. */
static bool serve(struct vhost_port *v, uint64_t now)
{
	struct vhost_reply reply = {.len = 0};
	struct hd_err err = {0};
	int ret;

	dp_blame_enter(v->port, HD_DOING_MESSAGE);
	ret = vhost_device_serve(v, &reply, &err);
	dp_blame_leave();
	v->waits = ret == VHOST_NOT_YET;
	if (v->waits)
		return true;
	v->waited = false;
	if (ret != 0)
		tell_refused(v, &err);
	if (vhost_session_answer(&v->session, ret, &reply.payload, reply.len, now, &err) != 0) {
		hang_up(v, &err);
		return false;
	}
	if (flush(v))
		return true;
	leave(v);
	return false;
}

/*
 * Reads some bytes. 1: a request is complete; 2: a part of one; 0: there was nothing; -1: the connection
 * is over.
 */
static int receive(struct vhost_port *v, void *at, size_t room, uint64_t now)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * (VHOST_REGIONS_MAX + 1))];
	} control;
	struct iovec iov = {at, room};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.bytes,
			     .msg_controllen = sizeof(control.bytes)};
	ssize_t n = recvmsg(v->sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int fd[(sizeof(control.bytes) - CMSG_LEN(0)) / sizeof(int)]; /* padding has room for more */
	struct hd_err err = {0};
	unsigned int fds = 0;
	int ret;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		leave(v);
		return -1;
	}
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		fds = (unsigned int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(fd, CMSG_DATA(c), fds * sizeof(int));
	}
	ret = vhost_session_read(&v->session, (size_t)n, fd, fds, now, &err);
	if (ret == 0 && msg.msg_flags & MSG_CTRUNC)
		ret = hd_err_set(&err, EPROTO, "a request came with too many descriptors");
	if (ret >= 0)
		return ret ? 1 : 2;
	if (ret == -EMEDIUMTYPE)
		v->memory = VHOST_MEMORY_REFUSED;
	hang_up(v, &err);
	return -1;
}

static void on_guest(struct vhost_port *v, uint32_t events)
{
	uint64_t now = hd_now_ns();
	size_t room = 0;
	void *at;

	if (v->stage == VHOST_LEAVING)
		return;
	if (!flush(v)) {
		leave(v);
		return;
	}
	for (unsigned int i = 0; i < REQUESTS; i++) {
		int got;

		room = vhost_session_room(&v->session, now, &at);
		if (!room)
			break;
		got = receive(v, at, room, now);
		if (got < 0 || (got == 1 && !serve(v, now)))
			return;
		if (got == 0)
			break;
	}
	if (!room && events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) {
		leave(v);
		return;
	}
	follow(v, now);
}

/* True if one more guest may come to the port now. */
static bool may_accept(struct vhost_port *v, uint64_t now)
{
	if (now - v->accept_ns > HD_NS_PER_S) {
		v->accept_ns = now;
		v->accepts = 0;
	}
	return v->accepts++ < ACCEPTS_A_S;
}

static void turn_away(const struct vhost_port *v, int fd)
{
	static struct hd_log_limit limit;

	close(fd);
	if (v->sock >= 0 && hd_log_allowed(&limit))
		hd_log_port(HD_LOG_WARNING, v->port->name,
			    "a second guest wants to connect to %s and was turned away: a socket "
			    "serves one guest",
			    v->shown);
}

static void on_listener(struct vhost_port *v)
{
	uint64_t now = hd_now_ns();
	int fd;

	if (!may_accept(v, now)) {
		watch(v, EPOLL_CTL_MOD, v->listener, 0, true);
		look_again(v);
		return;
	}
	fd = accept4(v->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (v->stage != VHOST_LISTENING || now < v->held_ns)
		turn_away(v, fd);
	else
		vhost_loop_serve(v, fd);
}

/* Workers have left a guest that is gone: forgets it. False: not yet. */
static bool left(struct vhost_port *v)
{
	if (!dp_rcu_over(v->token) || !vhost_device_clear(v))
		return false;
	stage_set(v, v->listener >= 0 ? VHOST_LISTENING : VHOST_CLOSED);
	if (v->listener < 0)
		ports[v->port->id] = NULL;
	return true;
}

/* What there is to do by time. False: it need not be looked at any more. */
static bool on_time(struct vhost_port *v, uint64_t now)
{
	bool full = v->listener >= 0 && v->accepts >= ACCEPTS_A_S;
	struct hd_err err = {0};

	if (full && now - v->accept_ns > HD_NS_PER_S) {
		v->accepts = 0;
		full = watch(v, EPOLL_CTL_MOD, v->listener, EPOLLIN, true) != 0;
	}
	if (v->stage == VHOST_LEAVING)
		return !left(v) || full;
	if (v->sock < 0)
		return full;
	if (v->waits && dp_rcu_over(v->token)) {
		v->waited = true;
		if (serve(v, now) && !v->waits)
			on_guest(v, 0);
	} else if (vhost_session_late(&v->session, now, &err)) {
		vhost_loop_hang_up(v, err.text);
	} else {
		follow(v, now);
	}
	return full || v->stage == VHOST_LEAVING || v->waits ||
	       (v->sock >= 0 && vhost_session_next_ns(&v->session, now) != UINT64_MAX);
}

/* Looks at those that have to be, and says for how many milliseconds the loop may sleep. */
static int look(void)
{
	uint64_t now = hd_now_ns(), next = UINT64_MAX;
	struct vhost_port **p = &list;

	while (*p) {
		struct vhost_port *v = *p;

		if (!on_time(v, now)) {
			v->in_list = false;
			*p = v->next;
			continue;
		}
		p = &v->next;
		if (v->waits || v->stage == VHOST_LEAVING)
			next = now + TOKEN_MS * HD_NS_PER_MS;
		else if (v->sock >= 0)
			next = RTE_MIN(next, vhost_session_next_ns(&v->session, now));
		if (v->listener >= 0 && v->accepts >= ACCEPTS_A_S)
			next = RTE_MIN(next, now + ACCEPT_WAIT);
	}
	if (next == UINT64_MAX)
		return -1;
	return next <= now ? 0 : (int)((next - now + HD_NS_PER_MS - 1) / HD_NS_PER_MS);
}

static void on_event(const struct epoll_event *e)
{
	uint32_t id = (uint32_t)e->data.u64, serial = (uint32_t)(e->data.u64 >> 32);
	struct vhost_port *v = id < HD_PORTS_MAX ? ports[id] : NULL;
	uint64_t count;

	if (e->data.u64 == UINT64_MAX) {
		if (read(wake, &count, sizeof(count)) < 0)
			return;
	} else if (v && v->serial == (serial & ~KIND_LISTENER)) {
		if (serial & KIND_LISTENER)
			on_listener(v);
		else if (v->sock >= 0)
			on_guest(v, e->events);
	}
}

static void *loop(void *arg)
{
	struct epoll_event events[EVENTS];
	int ms = -1;

	(void)arg;
	for (;;) {
		int n = epoll_wait(epoll, events, EVENTS, ms);

		vhost_lock();
		for (int i = 0; i < n; i++)
			on_event(&events[i]);
		ms = look();
		vhost_unlock();
	}
	return NULL;
}

_Static_assert(VHOST_SIGNALLERS >= DP_WORKERS_MAX, "each worker can signal");

int vhost_loop_start(struct hd_err *err)
{
	struct epoll_event e = {.events = EPOLLIN, .data.u64 = UINT64_MAX};
	int ret;

	if (runs)
		return 0;
	ret = vhost_signal_init(err);
	if (ret != 0)
		return ret;
	ret = vhost_fault_init();
	if (ret != 0)
		return hd_err_set(err, -ret, "SIGBUS: %s", strerror(-ret));
	if (epoll < 0) /* else an earlier call came so far */
		epoll = epoll_create1(EPOLL_CLOEXEC);
	if (wake < 0)
		wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (epoll < 0 || wake < 0 ||
	    (epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &e) != 0 && errno != EEXIST))
		return hd_err_set(err, errno, "guests cannot be served: %s", strerror(errno));
	ret = rte_ctrl_thread_create(&thread, "vhost", NULL, loop, NULL);
	if (ret != 0)
		return hd_err_set(err, -ret, "guests cannot be served: %s", strerror(-ret));
	runs = true;
	return 0;
}

int vhost_loop_listen(struct vhost_port *v, int fd)
{
	int ret;

	enter(v);
	v->listener = fd;
	v->accepts = 0;
	v->accept_ns = 0;
	ret = watch(v, EPOLL_CTL_ADD, fd, EPOLLIN, true);
	if (ret == 0)
		stage_set(v, VHOST_LISTENING);
	return ret;
}

int vhost_loop_serve(struct vhost_port *v, int fd)
{
	const struct hd_vhost_user_object *o = dp_port_params(v->port);
	int ret;

	if (v->listener < 0)
		enter(v);
	ret = watch(v, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLRDHUP, false);
	if (ret != 0) {
		close(fd);
		return ret;
	}
	v->sock = fd;
	v->watched = EPOLLIN | EPOLLRDHUP;
	v->memory = VHOST_MEMORY_UNASKED;
	vhost_session_init(&v->session, vhost_user_offered(o),
			   BIT(VHOST_PF_MQ) | BIT(VHOST_PF_LOG_SHMFD) | BIT(VHOST_PF_RARP) |
				   BIT(VHOST_PF_REPLY_ACK) | BIT(VHOST_PF_MTU) |
				   BIT(VHOST_PF_RESET_DEVICE) | BIT(VHOST_PF_CONFIGURE_MEM_SLOTS) |
				   BIT(VHOST_PF_STATUS),
			   o->queues == 1 ? 2 : VHOST_RINGS_MAX);
	stage_set(v, VHOST_CONNECTED);
	return 0;
}

void vhost_loop_forget(struct vhost_port *v)
{
	if (v->sock >= 0)
		leave(v);
	if (v->listener >= 0)
		close(v->listener);
	v->listener = -1;
	if (v->stage == VHOST_LEAVING && !vhost_device_clear(v))
		hd_log_port(HD_LOG_ERR, v->port->name, "packets of the guest are still in use");
	for (struct vhost_port **p = &list; v->in_list && *p; p = &(*p)->next)
		if (*p == v) {
			*p = v->next;
			break;
		}
	v->in_list = false;
	ports[v->port->id] = NULL;
	vhost_device_free(v);
	stage_set(v, VHOST_CLOSED);
}
