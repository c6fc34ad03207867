/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "mgmt/backend/backend.h"
#include "mgmt/backend/txn.h"
#include "mgmt/datastore/mem.h"

static void on_port_state(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_port_state *state = msg->body, *old, *now;
	struct hd_port_state before;
	struct bk *bk = arg;

	old = hd_str_terminated(state->name, sizeof(state->name))
		      ? bk_ports_find(&bk->ports, state->name)
		      : NULL;
	if (old)
		before = *old;
	bk_ports_update(&bk->ports, state);
	now = old ? old : bk_ports_find(&bk->ports, state->name);
	for (struct bk_listener *l = now ? bk->listeners : NULL; l; l = l->next)
		if (l->port)
			l->port(old ? &before : NULL, now, l->arg);
}

static struct bk_event port_state = {BK_DATA, HD_EVENT_HANDLER(PORT_STATE, on_port_state)};
static struct bk_event *events = &port_state;

static struct bk_event *event_of(uint32_t type)
{
	struct bk_event *e = events;

	while (e && e->handler.type != type)
		e = e->next;
	return e;
}

void bk_event_register(struct bk_event *event)
{
	const struct bk_event *other = event_of(event->handler.type);

	if (other) {
		hd_log(HD_LOG_ERR, "event %s is left out: its type %#x is that of event %s",
		       event->handler.name, event->handler.type, other->handler.name);
		return;
	}
	event->next = events;
	events = event;
}

void bk_event_tell(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct bk_event *event = event_of(msg->hdr->type);
	const struct bk *bk = arg;

	for (struct bk_listener *l = bk->listeners; l; l = l->next)
		if (l->event)
			l->event(event, msg->body, l->arg);
}

void bk_listen(struct bk *bk, struct bk_listener *listener)
{
	listener->next = bk->listeners;
	bk->listeners = listener;
}

static void tell_plane(struct bk *bk, const struct bk_plane *plane, bool up)
{
	for (struct bk_listener *l = bk->listeners; l; l = l->next)
		if (l->plane)
			l->plane(plane - bk->planes, up, l->arg);
}

static struct bk_plane *plane_of(struct bk *bk, const struct hd_link *link)
{
	return &bk->planes[link->peer == HD_PLANE_DATA ? BK_DATA : BK_CONTROL];
}

static void on_up(struct hd_link *link, const struct hd_hello *hello, void *arg)
{
	struct bk *bk = arg;
	struct bk_plane *plane = plane_of(bk, link);

	if (hello->plane != (uint32_t)link->peer) {
		hd_log(HD_LOG_ERR, "%s says that it is another plane (%u)", plane->name,
		       hello->plane);
		hd_link_close(link);
		return;
	}
	plane->generation = hello->generation;
	hd_log(HD_LOG_INFO, "%s is there, with configuration %llu", plane->name,
	       (unsigned long long)hello->generation);
	if (link->peer == HD_PLANE_DATA) {
		bk_ports_refresh(&bk->ports, link->chan);
		bk_stats_refresh(&bk->stats, link->chan);
	}
	tell_plane(bk, plane, true);
	bk_txn_plane_up(bk);
}

static void on_down(struct hd_link *link, void *arg)
{
	struct bk *bk = arg;
	struct bk_plane *plane = plane_of(bk, link);

	hd_log(HD_LOG_WARNING, "%s is gone", plane->name);
	plane->generation = 0;
	if (link->peer == HD_PLANE_DATA)
		bk_ports_clear(&bk->ports);
	tell_plane(bk, plane, false);
	bk_txn_plane_down(bk);
}

static void on_resync(evutil_socket_t fd, short what, void *arg)
{
	bk_txn_resync(arg);
}

static void plane_init(struct bk *bk, enum bk_plane_id id, enum hd_plane peer, const char *name)
{
	bk->planes[id].name = name;
	bk->planes[id].link = (struct hd_link){.base = bk->base,
					       .self = HD_PLANE_MGMT,
					       .peer = peer,
					       .up = on_up,
					       .down = on_down,
					       .arg = bk};
}

struct bk *bk_new(struct event_base *base, struct hd_chan *supervisor)
{
	struct bk *bk = ds_alloc(sizeof(*bk));

	bk->base = base;
	bk->supervisor = supervisor;
	plane_init(bk, BK_DATA, HD_PLANE_DATA, "heddle-dp");
	plane_init(bk, BK_CONTROL, HD_PLANE_CONTROL, "heddle-cp");
	bk->resync = evtimer_new(base, on_resync, bk);
	bk_ports_init(&bk->ports);
	bk_stats_init(&bk->stats, base, supervisor);
	return bk;
}

void bk_free(struct bk *bk)
{
	if (!bk)
		return;
	bk_txn_cancel(bk);
	for (size_t i = 0; i < BK_PLANES; i++)
		hd_link_close(&bk->planes[i].link);
	event_free(bk->resync);
	bk_ports_clear(&bk->ports);
	bk_stats_free(&bk->stats);
	free(bk);
}

void bk_peer(struct bk *bk, enum hd_plane peer, int fd)
{
	struct bk_plane *plane;
	int rc;

	if (peer != HD_PLANE_DATA && peer != HD_PLANE_CONTROL) {
		hd_log(HD_LOG_WARNING, "a channel to plane %d, which we do not talk to", peer);
		close(fd);
		return;
	}
	plane = &bk->planes[peer == HD_PLANE_DATA ? BK_DATA : BK_CONTROL];
	rc = hd_link_open(&plane->link, fd, bk->generation);
	if (rc < 0) {
		hd_log(HD_LOG_ERR, "cannot use the channel to %s: %s", plane->name, strerror(-rc));
		return;
	}
	for (const struct bk_event *e = events; e; e = e->next)
		if (plane == &bk->planes[e->plane])
			hd_chan_handlers(plane->link.chan, &e->handler, 1, bk);
}

void bk_adopt(struct bk *bk, const struct bd_objects *objects, uint64_t generation)
{
	bk->objects = objects;
	bk->generation = generation;
	bk->configured = time(NULL);
	bk_txn_resync(bk);
}

bool bk_complete(const struct bk *bk)
{
	return hd_link_ready(&bk->planes[BK_DATA].link) &&
	       hd_link_ready(&bk->planes[BK_CONTROL].link);
}

struct hd_chan *bk_data(const struct bk *bk)
{
	const struct hd_link *link = &bk->planes[BK_DATA].link;

	return hd_link_ready(link) ? link->chan : NULL;
}
