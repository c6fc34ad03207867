/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One NETCONF session.
 */
#ifndef MGMT_NETCONF_SESSION_H
#define MGMT_NETCONF_SESSION_H

#include <time.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "mgmt/netconf/frame.h"
#include "mgmt/netconf/peer.h"
#include "mgmt/netconf/server.h"

struct nc_child;
struct nc_subscription;

/* Why a session ended, in the words of RFC 6470. */
enum nc_end {
	NC_END_DROPPED,
	NC_END_CLOSED,
	NC_END_KILLED,
	NC_END_TIMEOUT,
	NC_END_BAD_HELLO,
	NC_END_OTHER
};

struct nc_session {
	struct nc_session *next;
	struct nc_server *server;
	struct bufferevent *bev;
	struct event *pump;     /* goes on with what was read */
	struct event *deadline; /* looks whether it has been waited for too long */
	struct nc_frame frame;
	uint32_t id;
	char user[64];
	struct nc_peer *peer;
	bool greeted;   /* the client's hello was right */
	bool busy;      /* a request waits for its answer */
	bool streaming; /* its answer has begun */
	bool trying;    /* its text is still needed */
	bool eof;       /* the client sends no more: it ends when all is answered */
	bool closing;   /* ends when what is queued has gone out */
	enum nc_end end;
	uint32_t killed_by;
	size_t held;       /* bytes of memory that its message takes */
	uint64_t since_ns; /* the last request, or the start */
	uint64_t begun_ns; /* the message that is under way; 0: none */
	uint64_t rate_ns;  /* time up to which requests are paid for */
	time_t login;
	struct nc_child *child;      /* that answers its request, or NULL */
	struct nc_subscription *sub; /* or NULL */
	struct nc_counters counters;
};

/* NULL when it is gone. */
struct nc_session *nc_session_find(const struct nc_server *server, uint32_t id);

/* Takes over @fd and says hello. */
struct nc_session *nc_session_new(struct nc_server *server, int fd, uint32_t id,
				  struct nc_peer *peer);
void nc_session_free(struct nc_session *session);

/* Sends @body (drained) as a message. */
void nc_session_send(struct nc_session *session, struct evbuffer *body);

/* The same in parts: any number, then the end. */
void nc_session_part(struct nc_session *session, struct evbuffer *body);
void nc_session_end(struct nc_session *session);

/*
 * Sends @body (drained) as a message, and a duplicate of @fd with it. False: the client does not read
 * what was sent before, or is gone; nothing was sent.
 */
bool nc_session_send_fd(struct nc_session *session, struct evbuffer *body, int fd);

/* False while so much waits for the client that it gets no more for now. */
bool nc_session_takes(const struct nc_session *session);

/* The text of its message is no longer needed. */
void nc_session_message_done(struct nc_session *session);

/* The request is answered: the next one may come. */
void nc_session_answered(struct nc_session *session);

/* Ends it after what is queued. */
void nc_session_finish(struct nc_session *session, enum nc_end why);

/* True if it holds the lock of a datastore. */
bool nc_session_locks(const struct nc_session *session);

/* There may be something to send. */
void nc_session_pump(struct nc_session *session);

#endif
