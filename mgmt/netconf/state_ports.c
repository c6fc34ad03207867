/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * State of ports: in ietf-interfaces where it has a place for it, else in heddle-port.
 */
#include <stdio.h>
#include <string.h>

#include "heddle/base/clock.h"
#include "heddle/net/ether.h"
#include "mgmt/bind/gateway.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/state.h"

#define PORT "heddle-port"

/*
 * What the filter can select: thousands of ports have dozens of leaves each, of which most requests
 * want a few.
 */
enum want {
	WANT_STATISTICS,
	WANT_CHANGE,
	WANT_COUNTERS,
	WANT_ADMITTED,
	WANT_OFFERED,
	WANT_SEGMENTED,
	WANT_LEARN_REFUSED,
	WANT_DROPS,
	WANT_SEGMENTS,
	WANT_TEXT,
	WANT_QUEUES,
	WANT_FLAPS,
	WANT_SOCKET,
	WANT_COUNT,
};

#define IF         "/ietf-interfaces:interfaces/interface"
#define STATE_NODE IF "/heddle-port:port/state"

static const char *const want_paths[WANT_COUNT] = {
	[WANT_STATISTICS] = IF "/statistics",
	[WANT_CHANGE] = IF "/last-change",
	[WANT_COUNTERS] = STATE_NODE "/counters",
	[WANT_ADMITTED] = STATE_NODE "/counters/admitted",
	[WANT_OFFERED] = STATE_NODE "/counters/offered",
	[WANT_SEGMENTED] = STATE_NODE "/counters/segmented",
	[WANT_LEARN_REFUSED] = STATE_NODE "/counters/learn-refused",
	[WANT_DROPS] = STATE_NODE "/drop",
	[WANT_SEGMENTS] = STATE_NODE "/segment",
	[WANT_TEXT] = STATE_NODE "/text",
	[WANT_QUEUES] = STATE_NODE "/queues",
	[WANT_FLAPS] = STATE_NODE "/flaps",
	[WANT_SOCKET] = IF "/heddle-vhost-user:vhost-user/path",
};

struct wants {
	bool of[WANT_COUNT];
};

static void wants_init(struct wants *w, const struct ly_ctx *ctx, const struct nc_filter *filter)
{
	for (int i = 0; i < WANT_COUNT; i++)
		w->of[i] = nc_filter_wants_node(filter, lys_find_path(ctx, NULL, want_paths[i], 0));
}

/* Why a port is down, or up. One that heddle-dp has, and has not told of yet, is being opened. */
static unsigned int reason_of(const struct bk *bk, const struct hd_port_state *s)
{
	if (s)
		return s->up ? HD_PORT_UP : s->reason;
	return bk_data(bk) && bk->planes[BK_DATA].generation == bk->generation
		       ? HD_PORT_OPENING
		       : HD_PORT_REASON_COUNT;
}

static const char *oper_status(unsigned int reason)
{
	switch (reason) {
	case HD_PORT_UP: return "up";
	case HD_PORT_REASON_COUNT: return "unknown";
	case HD_PORT_NO_DEVICE:
	case HD_PORT_NO_NAMESPACE: return "not-present";
	case HD_PORT_NO_PEER:
	case HD_PORT_OPENING: return "dormant";
	default: return "down";
	}
}

/* Drops by side, and by whether something was wrong with the frame. */
struct drop_sums {
	uint64_t discards[2], errors[2]; /* [0]: out, [1]: in */
};

static struct drop_sums sum_drops(const struct bk_stats *stats, const struct hd_stats_port *c)
{
	struct drop_sums sums = {{0}, {0}};

	for (unsigned int i = 0; i < HD_DROP_REASONS_MAX; i++) {
		const struct hd_drop_info *d = stats->drop_known[i] ? &stats->drops[i] : NULL;
		bool in = !d || d->ingress;

		if (d && d->error)
			sums.errors[in] += c->drops[i];
		else
			sums.discards[in] += c->drops[i];
	}
	return sums;
}

static void statistics(struct lyd_node *interface, const struct bk_stats *stats,
		       const struct hd_stats_port *c, const char *since)
{
	struct lyd_node *s = nc_inner(interface, NULL, "statistics");
	struct drop_sums sums = sum_drops(stats, c);

	nc_leaf(s, NULL, "discontinuity-time", since);
	nc_number(s, NULL, "in-octets", c->rx_bytes);
	nc_number(s, NULL, "in-unicast-pkts", c->rx_packets - c->rx_multicast - c->rx_broadcast);
	nc_number(s, NULL, "in-broadcast-pkts", c->rx_broadcast);
	nc_number(s, NULL, "in-multicast-pkts", c->rx_multicast);
	nc_number(s, NULL, "in-discards", (uint32_t)sums.discards[1]);
	nc_number(s, NULL, "in-errors", (uint32_t)sums.errors[1]);
	nc_number(s, NULL, "out-octets", c->tx_bytes);
	nc_number(s, NULL, "out-unicast-pkts", c->tx_packets - c->tx_multicast - c->tx_broadcast);
	nc_number(s, NULL, "out-broadcast-pkts", c->tx_broadcast);
	nc_number(s, NULL, "out-multicast-pkts", c->tx_multicast);
	nc_number(s, NULL, "out-discards", (uint32_t)sums.discards[0]);
	nc_number(s, NULL, "out-errors", (uint32_t)sums.errors[0]);
}

static void counters(struct lyd_node *state, const struct bk_stats *stats,
		     const struct hd_stats_port *c, const struct wants *w)
{
	struct lyd_node *node = w->of[WANT_COUNTERS] ? nc_inner(state, NULL, "counters") : NULL;

	if (node) {
		nc_number(node, NULL, "in-packets", c->rx_packets);
		nc_number(node, NULL, "out-packets", c->tx_packets);
	}
	if (node && w->of[WANT_ADMITTED])
		nc_number(node, NULL, "admitted", c->admitted);
	if (node && w->of[WANT_OFFERED])
		nc_number(node, NULL, "offered", c->offered);
	if (node && w->of[WANT_SEGMENTED])
		nc_number(node, NULL, "segmented", c->segmented);
	if (node && w->of[WANT_LEARN_REFUSED])
		nc_number(node, NULL, "learn-refused", c->learn_refused);
	for (unsigned int i = 0; w->of[WANT_DROPS] && i < HD_DROP_REASONS_MAX; i++) {
		struct lyd_node *drop;

		if (!c->drops[i] || !stats->drop_known[i])
			continue;
		drop = nc_entry(state, "drop", stats->drops[i].name);
		if (!drop)
			continue;
		nc_leaf(drop, NULL, "direction", stats->drops[i].ingress ? "in" : "out");
		nc_number(drop, NULL, "packets", c->drops[i]);
	}
}

/* What heddle-dp told. */
static void told_state(struct lyd_node *interface, struct lyd_node *state,
		       const struct bd_port *port, const struct hd_port_state *s,
		       const struct wants *w)
{
	char since[32], text[HD_MAC_STR_MAX];
	struct hd_mac mac;

	memcpy(mac.b, s->mac, sizeof(mac.b));
	if (!hd_mac_is_zero(&mac) && port->role != BD_ROLE_GATEWAY)
		nc_leaf(interface, NULL, "phys-address", hd_mac_str(&mac, text));
	if (s->speed)
		nc_number(interface, NULL, "speed", (uint64_t)s->speed * 1000000);
	if (w->of[WANT_CHANGE])
		nc_leaf(interface, NULL, "last-change",
			nc_time((hd_now_ns() - s->changed_ns) / 1e9, since));
	if (w->of[WANT_TEXT] && s->text[0] && !s->up)
		nc_leaf(state, NULL, "text", s->text);
	if (s->detail[0])
		nc_leaf(state, NULL, "detail", s->detail);
	if (w->of[WANT_QUEUES])
		nc_number(state, NULL, "queues", s->queues);
	if (w->of[WANT_FLAPS])
		nc_number(state, NULL, "flaps", s->flaps);
}

/* The one place where the path of a guest's socket is put together for people and programs. */
static void socket_path(struct lyd_node *interface, const struct bd_port *port,
			const struct nc_server *server)
{
	const char *socket = bd_vhost_socket(port);
	char path[512];

	if (!socket || !server->vhost_dir)
		return;
	snprintf(path, sizeof(path), "%s/%s/%s", server->vhost_dir, port->name, socket);
	nc_leaf(nc_inner(interface, "heddle-vhost-user", "vhost-user"), NULL, "path", path);
}

/* It follows from the configuration. */
static void gateway_address(struct lyd_node *interface, const struct bd_port *port)
{
	char text[HD_MAC_STR_MAX];
	struct hd_mac mac;

	bd_gateway_mac(port, mac.b);
	nc_leaf(interface, NULL, "phys-address", hd_mac_str(&mac, text));
}

static void port_state(struct lyd_node *interface, const struct bd_model *model,
		       const struct bd_port *port, const struct nc_server *server,
		       const struct wants *w)
{
	const struct bk *bk = server->bk;
	const struct hd_port_state *s = bk_ports_find(&bk->ports, port->name);
	struct lyd_node *container = nc_inner(interface, PORT, "port");
	struct lyd_node *state = nc_inner(container, NULL, "state");
	struct hd_stats_port sums;
	char since[32];

	if (w->of[WANT_SOCKET])
		socket_path(interface, port, server);
	if (port->role == BD_ROLE_GATEWAY)
		gateway_address(interface, port);
	nc_leaf(interface, NULL, "oper-status", oper_status(reason_of(bk, s)));
	nc_leaf(state, NULL, "role", bd_role_name(port->role));
	nc_leaf(state, NULL, "reason", hd_port_reason_name(reason_of(bk, s)));
	for (size_t i = 0; w->of[WANT_SEGMENTS] && i < model->n_segments; i++)
		if (model->segments[i].sw == port->sw &&
		    bd_port_in_vlan(port, model->segments[i].vlan))
			nc_leaf(state, NULL, "segment", model->segments[i].name);
	if (!s)
		return;
	told_state(interface, state, port, s, w);
	if (!bk_stats_port(&bk->stats, s->id, port->name, &sums))
		return;
	if (w->of[WANT_STATISTICS])
		statistics(interface, &bk->stats, &sums,
			   nc_time((hd_now_ns() - bk_stats_since(&bk->stats, s->id)) / 1e9, since));
	counters(state, &bk->stats, &sums, w);
}

/* A host interface is a port that nobody configured as one. */
static void host_interface(struct lyd_node *interfaces, const struct bd_model *model,
			   const struct bd_port *port, const struct nc_server *server,
			   const struct wants *w)
{
	struct lyd_node *interface = nc_entry(interfaces, "interface", port->name), *container;

	if (!interface)
		return;
	nc_leaf(interface, NULL, "type", "heddle-tap:tap");
	container = nc_inner(interface, PORT, "port");
	nc_leaf(container, NULL, "switch", port->sw->name);
	nc_leaf(container, NULL, "access", port->host_of->name);
	port_state(interface, model, port, server, w);
}

static void add_ports(struct nc_state *state, const void *facts)
{
	const struct bd_model *model = state->model;
	struct lyd_node *interfaces =
				nc_top(&state->tree, model->ctx, "ietf-interfaces", "interfaces"),
			*node;
	struct wants w;

	wants_init(&w, model->ctx, state->filter);
	LY_LIST_FOR(lyd_child(interfaces), node) {
		const struct bd_port *port = bd_port_find(model, ds_value(node, NULL, "name"));

		if (port)
			port_state(node, model, port, state->server, &w);
	}
	for (size_t i = 0; i < model->n_ports; i++)
		if (model->ports[i].role == BD_ROLE_HOST)
			host_interface(interfaces, model, &model->ports[i], state->server, &w);
}

NC_STATE_REGISTER(ports_part) = {
	.module = "ietf-interfaces", .name = "interfaces", .add = add_ports};
