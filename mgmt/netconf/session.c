/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "heddle/base/name.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/ask.h"
#include "mgmt/netconf/capture.h"
#include "mgmt/netconf/child.h"
#include "mgmt/netconf/hello.h"
#include "mgmt/netconf/notify.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/session.h"
#include "mgmt/netconf/xml.h"

#define READ_MAX   65536 /* bytes of a session that wait in our memory */
#define PUMP_BURST 8     /* messages of one session, before others have their turn */
#define SMALL      65536 /* a message that any session may hold, whatever others hold */

void nc_session_pump(struct nc_session *session)
{
	event_active(session->pump, EV_TIMEOUT, 0);
}

struct nc_session *nc_session_find(const struct nc_server *server, uint32_t id)
{
	struct nc_session *session = server->sessions;

	while (session && session->id != id)
		session = session->next;
	return session;
}

static void put_part(const struct nc_session *session, struct evbuffer *out, struct evbuffer *body)
{
	char head[32];

	if (session->frame.chunked)
		evbuffer_add(out, head,
			     snprintf(head, sizeof(head), "\n#%zu\n", evbuffer_get_length(body)));
	evbuffer_add_buffer(out, body);
}

static void put_end(const struct nc_session *session, struct evbuffer *out)
{
	if (session->frame.chunked)
		evbuffer_add(out, "\n##\n", 4);
	else
		evbuffer_add(out, "]]>]]>", 6);
}

void nc_session_part(struct nc_session *session, struct evbuffer *body)
{
	put_part(session, bufferevent_get_output(session->bev), body);
	nc_session_pump(session);
}

void nc_session_end(struct nc_session *session)
{
	put_end(session, bufferevent_get_output(session->bev));
}

void nc_session_send(struct nc_session *session, struct evbuffer *body)
{
	nc_session_part(session, body);
	nc_session_end(session);
}

static size_t queued(const struct nc_session *session)
{
	return evbuffer_get_length(bufferevent_get_output(session->bev));
}

bool nc_session_takes(const struct nc_session *session)
{
	return queued(session) <= (size_t)session->server->limits.output_kb << 10;
}

void nc_session_answered(struct nc_session *session)
{
	session->busy = false;
	session->streaming = false;
	session->since_ns = hd_now_ns();
	nc_session_pump(session);
}

void nc_session_finish(struct nc_session *session, enum nc_end why)
{
	session->closing = true;
	session->end = why;
	bufferevent_disable(session->bev, EV_READ);
	nc_session_pump(session);
}

/* The stream is broken: said once, then the end (RFC 6242 4.1, 4.2). */
static void give_up(struct nc_session *session, enum ds_tag tag, const char *why)
{
	hd_log_limited(HD_LOG_WARNING, "netconf session %u of %s: %s", session->id, session->user,
		       why);
	if (session->greeted) {
		struct ds_errors errs = {.n = 0};

		ds_errors_add(&errs, tag, NULL, "%s", why);
		nc_rpc_refuse(session, &errs);
		ds_errors_clear(&errs);
		session->counters.in_bad_rpcs++;
		session->server->counters.in_bad_rpcs++;
	} else {
		session->server->bad_hellos++;
	}
	nc_session_finish(session, session->greeted ? NC_END_OTHER : NC_END_BAD_HELLO);
}

static void on_hello(struct nc_session *session)
{
	struct hd_err err = {0};
	struct nc_hello hello;

	if (nc_hello_read(session->server->ctx, session->frame.text, session->frame.len, &hello,
			  &err) < 0) {
		give_up(session, DS_MALFORMED_MESSAGE, err.text);
		return;
	}
	session->greeted = true;
	session->since_ns = hd_now_ns();
	session->server->greeted++;
	if (hello.chunked)
		nc_frame_set_chunked(&session->frame);
	if (hello.cli)
		hd_str_copy(session->peer->client, sizeof(session->peer->client), "cli");
	nc_notify_session_start(session);
}

static void on_message(struct nc_session *session)
{
	session->begun_ns = 0;
	session->frame.len = nc_xml_fold(session->frame.text, session->frame.len);
	if (!session->greeted) {
		on_hello(session);
		return;
	}
	session->busy = true;
	nc_rpc(session, session->frame.text, session->frame.len);
}

static void arm(struct nc_session *session);

/* What all sessions of the same user hold. */
static size_t held_by(const struct nc_session *session)
{
	size_t sum = 0;

	for (const struct nc_session *s = session->server->sessions; s; s = s->next)
		if (!strcmp(s->user, session->user))
			sum += s->held;
	return sum;
}

/* Counts the memory of its message. False, with an error sent, when that is too much for all. */
static bool account(struct nc_session *session)
{
	struct nc_server *server = session->server;
	size_t most = (size_t)server->limits.buffers_mb << 20;
	bool grows = session->frame.room > session->held;
	char text[200];

	server->held += session->frame.room - session->held;
	session->held = session->frame.room;
	if (!grows || session->held <= SMALL ||
	    (server->held <= most && held_by(session) <= most / 2))
		return true;
	snprintf(
		text, sizeof(text),
		"the messages that are under way in all sessions take more than %u MB, or those of "
		"this user more than half of it: send it again when they are done",
		server->limits.buffers_mb);
	give_up(session, DS_RESOURCE_DENIED, text);
	return false;
}

void nc_session_message_done(struct nc_session *session)
{
	session->trying = false;
	nc_frame_done(&session->frame);
	account(session);
}

/* Serves one message if there is a whole one. False when there is nothing more to do now. */
static bool step(struct nc_session *session)
{
	struct evbuffer *in = bufferevent_get_input(session->bev);
	struct hd_err err = {0};
	size_t n, used;
	int rc = 0;

	while (rc == 0) {
		n = evbuffer_get_contiguous_space(in);
		if (!n)
			break;
		rc = nc_frame_feed(&session->frame, (const char *)evbuffer_pullup(in, n), n, &used,
				   &err);
		evbuffer_drain(in, used);
		if (rc >= 0 && session->frame.room != session->held && !account(session))
			return false;
	}
	if (rc < 0) {
		give_up(session, rc == -EMSGSIZE ? DS_TOO_BIG : DS_MALFORMED_MESSAGE, err.text);
		return false;
	}
	if (rc > 0) {
		on_message(session);
		if (!session->trying)
			nc_session_message_done(session);
	} else if (!session->begun_ns && nc_frame_begun(&session->frame)) {
		session->begun_ns = hd_now_ns();
		arm(session);
	}
	return rc > 0;
}

/* True when the session has used up its requests of this second; then it goes on by itself. */
static bool is_fast(struct nc_session *session)
{
	uint64_t now = hd_now_ns(), cost = HD_NS_PER_S / session->server->limits.rate;
	struct timeval pause = {0, 10000};

	if (session->rate_ns > now + HD_NS_PER_S) {
		evtimer_add(session->pump, &pause);
		return true;
	}
	session->rate_ns = (session->rate_ns < now ? now : session->rate_ns) + cost;
	return false;
}

static bool has_input(const struct nc_session *session)
{
	return evbuffer_get_length(bufferevent_get_input(session->bev)) > 0;
}

/* Sends what was waited with, then serves requests; false when it waits for something. */
static bool go_on(struct nc_session *session)
{
	if (!nc_session_takes(session))
		return false;
	if (session->child)
		nc_child_resume(session->child);
	if (!session->streaming)
		nc_notify_deliver(session);
	if (session->busy)
		return false;
	if (!has_input(session))
		return false;
	return nc_session_takes(session) && !is_fast(session);
}

/*
 * Writes at once what the socket takes: most replies are small, and go without a round through the
 * loop. Only what is left is for the bufferevent, which then also watches that the client reads.
 */
static void flush(struct nc_session *session)
{
	struct evbuffer *out = bufferevent_get_output(session->bev);

	if (!evbuffer_get_length(out) || bufferevent_get_enabled(session->bev) & EV_WRITE)
		return;
	evbuffer_unfreeze(out, 1);
	if (evbuffer_write(out, bufferevent_getfd(session->bev)) < 0)
		errno = 0; /* the bufferevent will see it, too, and knows what to do */
	evbuffer_freeze(out, 1);
	if (evbuffer_get_length(out))
		bufferevent_enable(session->bev, EV_WRITE);
}

bool nc_session_send_fd(struct nc_session *session, struct evbuffer *body, int fd)
{
	union {
		struct cmsghdr head;
		char data[CMSG_SPACE(sizeof(fd))];
	} control = {.head = {CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS}};
	struct evbuffer *message = evbuffer_new();
	struct msghdr msg = {
		.msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	struct iovec iov;
	ssize_t n = -1;

	put_part(session, message, body);
	put_end(session, message);
	iov.iov_len = evbuffer_get_length(message);
	iov.iov_base = evbuffer_pullup(message, -1);
	msg.msg_iov = &iov;
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	flush(session);
	/* It goes with the first byte of this message, so nothing may be queued before. */
	if (!queued(session))
		n = sendmsg(bufferevent_getfd(session->bev), &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n > 0) {
		evbuffer_drain(message, n);
		evbuffer_add_buffer(bufferevent_get_output(session->bev), message);
		nc_session_pump(session);
	}
	evbuffer_free(message);
	return n > 0;
}

/* Serves some of what was sent. True when there is more. */
static bool serve(struct nc_session *session)
{
	for (unsigned int i = 0; i < PUMP_BURST && !session->closing; i++)
		if (!go_on(session) || !step(session)) {
			if (session->eof && !session->busy && !session->closing &&
			    !has_input(session))
				nc_session_finish(session, NC_END_DROPPED);
			return false;
		}
	return true;
}

static void on_pump(evutil_socket_t fd, short what, void *arg)
{
	struct nc_session *session = arg;
	bool more = !session->closing && serve(session);

	flush(session);
	if (session->closing && !queued(session))
		nc_session_free(session);
	else if (more)
		nc_session_pump(session);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	nc_session_pump(arg);
}

static void on_written(struct bufferevent *bev, void *arg)
{
	if (!evbuffer_get_length(bufferevent_get_output(bev)))
		bufferevent_disable(bev, EV_WRITE);
	nc_session_pump(arg);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct nc_session *session = arg;

	if (what & BEV_EVENT_TIMEOUT)
		hd_log(HD_LOG_WARNING, "netconf session %u of %s takes no replies: ended",
		       session->id, session->user);
	if (what & (BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT)) {
		if (!session->closing)
			session->end = what & BEV_EVENT_TIMEOUT ? NC_END_TIMEOUT : NC_END_DROPPED;
		nc_session_free(session);
	} else if (what & BEV_EVENT_EOF) {
		session->eof = true;
		nc_session_pump(session);
	}
}

/* Until when the client has to do something: 0 for ever. Says what it did not in @why. */
static uint64_t deadline_of(const struct nc_session *session, const char **why)
{
	const struct nc_limits *limits = &session->server->limits;

	*why = "said no hello";
	if (!session->greeted)
		return session->since_ns + limits->hello_s * HD_NS_PER_S;
	*why = "began a message and does not go on";
	if (session->begun_ns && !session->busy)
		return session->begun_ns + limits->message_s * HD_NS_PER_S;
	*why = "was idle";
	if (limits->idle_s && !session->busy && !session->sub && !nc_session_locks(session) &&
	    !nc_captures_has(session->server->captures, session))
		return session->since_ns + limits->idle_s * HD_NS_PER_S;
	return 0;
}

/* So that a session that nobody waits for costs nothing. */
static void arm(struct nc_session *session)
{
	uint64_t now = hd_now_ns(), at, left;
	struct timeval tv;
	const char *why;

	at = deadline_of(session, &why);
	if (!at && session->server->limits.idle_s)
		at = now + session->server->limits.idle_s * HD_NS_PER_S;
	if (!at)
		return;
	left = at > now ? at - now : 0;
	tv = (struct timeval){left / HD_NS_PER_S, left % HD_NS_PER_S / 1000 + 1000};
	evtimer_add(session->deadline, &tv);
}

/* True if it holds the lock of a datastore. */
bool nc_session_locks(const struct nc_session *session)
{
	for (enum st_ds ds = 0; ds < ST_DS_COUNT; ds++)
		if (st_locked(session->server->st, ds, NULL) == session->id)
			return true;
	return false;
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct nc_session *session = arg;
	const char *why;
	uint64_t at = deadline_of(session, &why);

	if (session->closing)
		return; /* the time to take replies counts */
	if (!at || hd_now_ns() < at) {
		arm(session);
		return;
	}
	hd_log_limited(HD_LOG_INFO, "netconf session %u of %s %s: ended", session->id,
		       session->user, why);
	session->end = NC_END_TIMEOUT;
	nc_session_free(session);
}

static void init(struct nc_session *session, int fd)
{
	struct nc_server *server = session->server;
	struct timeval stall = {server->limits.stall_s, 0};

	nc_frame_init(&session->frame, (size_t)server->limits.message_mb << 20);
	session->bev = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	session->pump = evtimer_new(server->base, on_pump, session);
	session->deadline = evtimer_new(server->base, on_deadline, session);
	bufferevent_setwatermark(session->bev, EV_READ, 0, READ_MAX);
	bufferevent_setwatermark(session->bev, EV_WRITE, (size_t)server->limits.output_kb << 9, 0);
	bufferevent_setcb(session->bev, on_read, on_written, on_event, session);
	bufferevent_set_timeouts(session->bev, NULL, &stall);
	bufferevent_disable(session->bev, EV_WRITE);
	bufferevent_enable(session->bev, EV_READ);
}

struct nc_session *nc_session_new(struct nc_server *server, int fd, uint32_t id,
				  struct nc_peer *peer)
{
	struct nc_session *session = ds_alloc(sizeof(*session));
	struct evbuffer *body = evbuffer_new();

	session->server = server;
	session->id = id;
	session->login = time(NULL);
	session->since_ns = hd_now_ns();
	session->peer = peer;
	peer->who.session = id;
	hd_str_copy(session->user, sizeof(session->user), peer->user);
	init(session, fd);
	arm(session);
	session->next = server->sessions;
	server->sessions = session;
	server->n_sessions++;
	nc_hello_write(body, server->ctx, id);
	nc_session_send(session, body);
	evbuffer_free(body);
	return session;
}

void nc_session_free(struct nc_session *session)
{
	struct nc_session **at = &session->server->sessions;

	while (*at != session)
		at = &(*at)->next;
	*at = session->next;
	session->server->n_sessions--;
	session->server->held -= session->held;
	if (session->child)
		nc_child_cancel(session->child);
	nc_ask_session_gone(session->server, session->id);
	nc_captures_session_gone(session->server->captures, session);
	st_session_gone(session->server->st, &session->peer->who);
	nc_notify_session_end(session);
	if (session->end == NC_END_DROPPED || session->end == NC_END_TIMEOUT)
		session->server->dropped++;
	bufferevent_free(session->bev);
	event_free(session->pump);
	event_free(session->deadline);
	nc_frame_free(&session->frame);
	nc_peer_put(session->peer);
	free(session);
}
