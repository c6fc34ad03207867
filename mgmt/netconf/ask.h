/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asking other processes. What heddle-mgmt does not know itself it asks of them, and goes on when they
 * have answered: an nc_ask is any number of requests to any of them, with one end.
 *
 * That end is nc_ask_fn, called once. After it nothing that was given to the ask is touched any more:
 * answers that come late go nowhere. So what requests fill needs to live until then only.
 */
#ifndef MGMT_NETCONF_ASK_H
#define MGMT_NETCONF_ASK_H

#include "mgmt/netconf/server.h"

#define NC_ASK_ITEMS_MAX 65536 /* items of one answer that are taken */

struct nc_ask;

/*
 * @status is 0 when all answers have come to their end, whatever they were; -ETIMEDOUT when some have
 * not in time; -ECANCELED when the session is gone for which was asked: it gets no answer.
 */
typedef void (*nc_ask_fn)(int status, void *arg);

/* An item of a streamed answer. Its size was checked; what is in it was not. */
typedef void (*nc_item_fn)(const void *item, void *arg);

/*
 * The end of an answer: 0 and what ends it, or -errno and NULL: -EPIPE when the process is not there,
 * or goes; -EMSGSIZE when there were too many items; or what it said. It may ask for more.
 */
typedef void (*nc_last_fn)(int status, const void *last, void *arg);

/* For the session of that id; @patience_ms from now. It lives until nc_ask_fn was called. */
struct nc_ask *nc_ask_new(struct nc_server *server, uint32_t session, unsigned int patience_ms,
			  nc_ask_fn done, void *arg);

/*
 * Asks @plane: HD_PLANE_DATA, HD_PLANE_CONTROL or HD_PLANE_SUPERVISOR. @item is NULL for an answer
 * without items; @last may be called from here, and may be NULL.
 */
void nc_ask_raw(struct nc_ask *ask, enum hd_plane plane, uint32_t type, const void *body,
		size_t len, size_t item_size, size_t last_size, nc_item_fn item, nc_last_fn last,
		void *arg);

#define nc_ask_for(ask, plane, NAME, body, last, arg)                                          \
	nc_ask_raw(ask, plane, HD_##NAME, body, HD_##NAME##_REQ_SIZE, 0, HD_##NAME##_REP_SIZE, \
		   NULL, last, arg)
#define nc_ask_stream(ask, plane, NAME, body, item, last, arg)                               \
	nc_ask_raw(ask, plane, HD_##NAME, body, HD_##NAME##_REQ_SIZE, HD_##NAME##_ITEM_SIZE, \
		   HD_##NAME##_REP_SIZE, item, last, arg)

/* All is asked that does not follow from an answer. The end may be called from here, not before. */
void nc_ask_wait(struct nc_ask *ask);

/* Ends what was asked for a session that is gone. For session.c. */
void nc_ask_session_gone(struct nc_server *server, uint32_t session);

#endif
