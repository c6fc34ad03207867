/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "heddle/base/name.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/hello.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/session.h"

#define READ_MAX   65536 /* bytes of a session that wait in our memory */
#define PUMP_BURST 8     /* messages of one session, before others have their turn */

static void pump_soon(struct nc_session *session)
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

void nc_session_send(struct nc_session *session, struct evbuffer *body)
{
	struct evbuffer *out = bufferevent_get_output(session->bev);

	if (session->frame.chunked) {
		evbuffer_add_printf(out, "\n#%zu\n", evbuffer_get_length(body));
		evbuffer_add_buffer(out, body);
		evbuffer_add(out, "\n##\n", 4);
	} else {
		evbuffer_add_buffer(out, body);
		evbuffer_add(out, "]]>]]>", 6);
	}
}

void nc_session_answered(struct nc_session *session)
{
	session->busy = false;
	pump_soon(session);
}

void nc_session_finish(struct nc_session *session)
{
	session->closing = true;
	bufferevent_disable(session->bev, EV_READ);
	pump_soon(session);
}

/* The stream is broken: said once, then the end (RFC 6242 4.1, 4.2). */
static void give_up(struct nc_session *session, const char *why)
{
	hd_log_limited(HD_LOG_WARNING, "netconf session %u of %s: %s", session->id, session->user,
		       why);
	if (session->greeted) {
		struct ds_errors errs = {.n = 0};

		ds_errors_add(&errs, DS_MALFORMED_MESSAGE, NULL, "%s", why);
		nc_rpc_refuse(session, &errs);
		ds_errors_clear(&errs);
	}
	nc_session_finish(session);
}

static void on_message(struct nc_session *session)
{
	struct hd_err err = {0};
	bool chunked;

	if (session->greeted) {
		session->busy = true;
		nc_rpc(session, session->frame.text, session->frame.len);
		return;
	}
	if (nc_hello_read(session->server->ctx, session->frame.text, session->frame.len, &chunked,
			  &err) < 0) {
		give_up(session, err.text);
		return;
	}
	session->greeted = true;
	evtimer_del(session->hello);
	if (chunked)
		nc_frame_set_chunked(&session->frame);
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
			return false;
		rc = nc_frame_feed(&session->frame, (const char *)evbuffer_pullup(in, n), n, &used,
				   &err);
		evbuffer_drain(in, used);
	}
	if (rc < 0) {
		give_up(session, err.text);
		return false;
	}
	on_message(session);
	return true;
}

/* Reads on when the client takes what it asked for. */
static bool may_go_on(struct nc_session *session)
{
	size_t queued = evbuffer_get_length(bufferevent_get_output(session->bev));

	if (session->closing || session->busy || queued > NC_OUTPUT_SOFT)
		return false;
	return true;
}

static void on_pump(evutil_socket_t fd, short what, void *arg)
{
	struct nc_session *session = arg;
	size_t queued = evbuffer_get_length(bufferevent_get_output(session->bev));

	if (session->closing) {
		if (!queued)
			nc_session_free(session);
		return;
	}
	for (unsigned int i = 0; i < PUMP_BURST; i++) {
		if (!may_go_on(session))
			return;
		if (!step(session)) {
			if (session->eof && !session->closing)
				nc_session_finish(session);
			return;
		}
	}
	pump_soon(session);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	pump_soon(arg);
}

static void on_written(struct bufferevent *bev, void *arg)
{
	pump_soon(arg);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct nc_session *session = arg;

	if (what & BEV_EVENT_TIMEOUT)
		hd_log(HD_LOG_WARNING, "netconf session %u of %s takes no replies: ended",
		       session->id, session->user);
	if (what & (BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT)) {
		nc_session_free(session);
	} else if (what & BEV_EVENT_EOF) {
		session->eof = true;
		pump_soon(session);
	}
}

static void on_no_hello(evutil_socket_t fd, short what, void *arg)
{
	struct nc_session *session = arg;

	hd_log_limited(HD_LOG_INFO, "netconf session %u of %s said no hello: ended", session->id,
		       session->user);
	nc_session_free(session);
}

struct nc_session *nc_session_new(struct nc_server *server, int fd, uint32_t id, const char *user)
{
	static const struct timeval hello = {NC_HELLO_S, 0}, stall = {NC_STALL_S, 0};
	struct nc_session *session = ds_alloc(sizeof(*session));
	struct evbuffer *body = evbuffer_new();

	session->server = server;
	session->id = id;
	hd_str_copy(session->user, sizeof(session->user), user);
	nc_frame_init(&session->frame, NC_MESSAGE_MAX);
	session->bev = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	session->pump = evtimer_new(server->base, on_pump, session);
	session->hello = evtimer_new(server->base, on_no_hello, session);
	bufferevent_setwatermark(session->bev, EV_READ, 0, READ_MAX);
	bufferevent_setwatermark(session->bev, EV_WRITE, NC_OUTPUT_SOFT / 2, 0);
	bufferevent_setcb(session->bev, on_read, on_written, on_event, session);
	bufferevent_set_timeouts(session->bev, NULL, &stall);
	bufferevent_enable(session->bev, EV_READ | EV_WRITE);
	evtimer_add(session->hello, &hello);
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
	bufferevent_free(session->bev);
	event_free(session->pump);
	event_free(session->hello);
	nc_frame_free(&session->frame);
	free(session);
}
