/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One NETCONF session.
 */
#ifndef MGMT_NETCONF_SESSION_H
#define MGMT_NETCONF_SESSION_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "mgmt/netconf/frame.h"
#include "mgmt/netconf/server.h"

struct nc_session {
	struct nc_session *next;
	struct nc_server *server;
	struct bufferevent *bev;
	struct event *pump;  /* goes on with what was read */
	struct event *hello; /* ends a session without one */
	struct nc_frame frame;
	uint32_t id;
	char user[64];
	bool greeted; /* the client's hello was right */
	bool busy;    /* a request waits for its answer */
	bool eof;     /* the client sends no more: it ends when all is answered */
	bool closing; /* ends when what is queued has gone out */
};

/* NULL when it is gone. */
struct nc_session *nc_session_find(const struct nc_server *server, uint32_t id);

/* Takes over @fd and says hello. */
struct nc_session *nc_session_new(struct nc_server *server, int fd, uint32_t id, const char *user);
void nc_session_free(struct nc_session *session);

/* Sends @body (drained) as a message. */
void nc_session_send(struct nc_session *session, struct evbuffer *body);

/* The request is answered: the next one may come. */
void nc_session_answered(struct nc_session *session);

/* Ends it after what is queued. */
void nc_session_finish(struct nc_session *session);

#endif
