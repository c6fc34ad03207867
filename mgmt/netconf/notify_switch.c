/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to the switch (heddle-events): ports and planes.
 */
#include <stdlib.h>

#include "heddle/base/clock.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/event.h"
#include "mgmt/netconf/state.h"

#define MODULE "heddle-events"

struct nc_watch {
	struct nc_server *server;
	struct bk_listener listener;
	uint64_t lost_ns[BK_PLANES]; /* when a plane went; 0: it is there, or never was */
};

static void on_port(const struct hd_port_state *before, const struct hd_port_state *now, void *arg)
{
	const struct nc_watch *w = arg;
	bool was = before && before->up;
	struct lyd_node *event;

	if (was == (now->up != 0))
		return;
	event = nc_event(w->server, MODULE, now->up ? "port-up" : "port-down");
	if (!event)
		return;
	nc_leaf(event, NULL, "name", now->name);
	nc_leaf(event, NULL, "kind", now->kind);
	if (now->up) {
		if (now->detail[0])
			nc_leaf(event, NULL, "detail", now->detail);
	} else {
		nc_leaf(event, NULL, "reason", hd_port_reason_name(now->reason));
		if (now->text[0])
			nc_leaf(event, NULL, "text", now->text);
	}
	nc_publish(w->server, event);
}

static void on_event(struct bk_event *event, const void *body, void *arg)
{
	const struct nc_watch *w = arg;

	nc_event_take(w->server, event, body);
}

static void on_plane(enum bk_plane_id id, bool up, void *arg)
{
	struct nc_watch *w = arg;
	uint64_t now = hd_now_ns(), lost = w->lost_ns[id];
	struct lyd_node *event;

	w->lost_ns[id] = up ? 0 : now;
	if (up && !lost)
		return; /* the first time */
	event = nc_event(w->server, MODULE, up ? "plane-restarted" : "plane-lost");
	if (!event)
		return;
	nc_leaf(event, NULL, "plane", id == BK_DATA ? "data" : "control");
	if (up)
		nc_number(event, NULL, "outage", (now - lost) / 1000000);
	nc_publish(w->server, event);
}

struct nc_watch *nc_watch_new(struct nc_server *server)
{
	struct nc_watch *w = ds_alloc(sizeof(*w));

	w->server = server;
	w->listener = (struct bk_listener){
		.port = on_port, .plane = on_plane, .event = on_event, .arg = w};
	bk_listen(server->bk, &w->listener);
	return w;
}

/* After the backend. */
void nc_watch_free(struct nc_watch *w)
{
	free(w);
}

void nc_publish_fallback(struct nc_server *server, const char *used, const char *text)
{
	struct lyd_node *event = nc_event(server, MODULE, "startup-fallback");

	if (!event)
		return;
	nc_leaf(event, NULL, "used", used);
	nc_leaf(event, NULL, "text", text);
	nc_publish(server, event);
}
