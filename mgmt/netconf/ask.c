/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/ask.h"

struct nc_ask {
	struct nc_ask *next; /* of the server's, until the end */
	struct nc_server *server;
	uint32_t session;
	unsigned int owed; /* answers, and nc_ask_wait() */
	struct event *timer;
	nc_ask_fn done; /* NULL: it was called */
	void *arg;
};

struct request {
	struct nc_ask *ask;
	size_t n; /* items */
	nc_item_fn item;
	nc_last_fn last;
	void *arg;
};

static void end(struct nc_ask *ask, int status)
{
	struct nc_ask **at = &ask->server->asks;
	nc_ask_fn done = ask->done;

	if (!done)
		return;
	while (*at != ask)
		at = &(*at)->next;
	*at = ask->next;
	event_free(ask->timer);
	ask->done = NULL;
	done(status, ask->arg);
}

static void put(struct nc_ask *ask)
{
	if (--ask->owed)
		return;
	end(ask, 0);
	free(ask);
}

/* An answer is owed still, so it is not freed here. */
static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	end(arg, -ETIMEDOUT);
}

struct nc_ask *nc_ask_new(struct nc_server *server, uint32_t session, unsigned int patience_ms,
			  nc_ask_fn done, void *arg)
{
	const struct timeval patience = {patience_ms / 1000, patience_ms % 1000 * 1000};
	struct nc_ask *ask = ds_alloc(sizeof(*ask));

	*ask = (struct nc_ask){
		.next = server->asks,
		.server = server,
		.session = session,
		.owed = 1,
		.timer = evtimer_new(server->base, on_timer, ask),
		.done = done,
		.arg = arg,
	};
	evtimer_add(ask->timer, &patience);
	server->asks = ask;
	return ask;
}

void nc_ask_wait(struct nc_ask *ask)
{
	put(ask);
}

static void on_reply(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	struct request *r = arg;

	if (!final) {
		if (r->n++ < NC_ASK_ITEMS_MAX && r->ask->done)
			r->item(msg->body, r->arg);
		return;
	}
	if (status == 0 && r->n > NC_ASK_ITEMS_MAX)
		status = -EMSGSIZE;
	if (r->last && r->ask->done)
		r->last(status, status ? NULL : msg->body, r->arg);
	put(r->ask);
	free(r);
}

static struct hd_chan *chan_of(const struct bk *bk, enum hd_plane plane)
{
	const struct hd_link *link;

	if (plane == HD_PLANE_SUPERVISOR)
		return bk->supervisor;
	link = &bk->planes[plane == HD_PLANE_DATA ? BK_DATA : BK_CONTROL].link;
	return hd_link_ready(link) ? link->chan : NULL;
}

void nc_ask_raw(struct nc_ask *ask, enum hd_plane plane, uint32_t type, const void *body,
		size_t len, size_t item_size, size_t last_size, nc_item_fn item, nc_last_fn last,
		void *arg)
{
	struct hd_chan *chan = chan_of(ask->server->bk, plane);
	struct request *r = ds_alloc(sizeof(*r));

	*r = (struct request){.ask = ask, .item = item, .last = last, .arg = arg};
	ask->owed++;
	if (chan && hd_chan_request_raw(chan, type, body, len, NULL, 0, item_size, last_size,
					on_reply, r) == 0)
		return;
	if (last)
		last(-EPIPE, NULL, arg);
	ask->owed--; /* whoever asks has its own share */
	free(r);
}

void nc_ask_session_gone(struct nc_server *server, uint32_t session)
{
	struct nc_ask *ask = server->asks;

	while (ask) {
		if (ask->session == session) {
			end(ask, -ECANCELED);
			ask = server->asks; /* others may have ended with it */
		} else {
			ask = ask->next;
		}
	}
}
