/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * State of ports: in ietf-interfaces where it has a place for it, else in heddle-port.
 */
#include <string.h>

#include "heddle/base/clock.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/state.h"

#define PORT "heddle-port"

static const char *oper_status(const struct hd_port_state *s)
{
	if (!s)
		return "unknown";
	if (s->up)
		return "up";
	switch (s->reason) {
	case HD_PORT_NO_DEVICE:
	case HD_PORT_NO_NAMESPACE: return "not-present";
	case HD_PORT_NO_PEER:
	case HD_PORT_OPENING: return "dormant";
	default: return "down";
	}
}

static bool is_ingress(const struct bk_stats *stats, unsigned int reason)
{
	return stats->drop_known[reason] ? stats->drops[reason].ingress : true;
}

static void statistics(struct lyd_node *interface, const struct bk_stats *stats,
		       const struct hd_stats_port *c, const char *since)
{
	struct lyd_node *s = nc_inner(interface, NULL, "statistics");
	uint64_t in = 0, out = 0;

	for (unsigned int i = 0; i < HD_DROP_REASONS_MAX; i++)
		*(is_ingress(stats, i) ? &in : &out) += c->drops[i];
	nc_leaf(s, NULL, "discontinuity-time", since);
	nc_number(s, NULL, "in-octets", c->rx_bytes);
	nc_number(s, NULL, "in-unicast-pkts", c->rx_packets - c->rx_multicast - c->rx_broadcast);
	nc_number(s, NULL, "in-broadcast-pkts", c->rx_broadcast);
	nc_number(s, NULL, "in-multicast-pkts", c->rx_multicast);
	nc_number(s, NULL, "in-discards", (uint32_t)in);
	nc_number(s, NULL, "out-octets", c->tx_bytes);
	nc_number(s, NULL, "out-unicast-pkts", c->tx_packets - c->tx_multicast - c->tx_broadcast);
	nc_number(s, NULL, "out-broadcast-pkts", c->tx_broadcast);
	nc_number(s, NULL, "out-multicast-pkts", c->tx_multicast);
	nc_number(s, NULL, "out-discards", (uint32_t)out);
}

static void counters(struct lyd_node *state, const struct bk_stats *stats,
		     const struct hd_stats_port *c)
{
	struct lyd_node *node = nc_inner(state, NULL, "counters");

	nc_number(node, NULL, "in-packets", c->rx_packets);
	nc_number(node, NULL, "admitted", c->admitted);
	nc_number(node, NULL, "offered", c->offered);
	nc_number(node, NULL, "out-packets", c->tx_packets);
	nc_number(node, NULL, "segmented", c->segmented);
	for (unsigned int i = 0; i < HD_DROP_REASONS_MAX; i++) {
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

static void port_state(struct lyd_node *interface, const struct bd_model *model,
		       const struct bd_port *port, const struct bk *bk)
{
	const struct hd_port_state *s = bk_ports_find(&bk->ports, port->name);
	struct lyd_node *container = nc_inner(interface, PORT, "port");
	struct lyd_node *state = nc_inner(container, NULL, "state");
	struct hd_stats_port sums;
	char since[32];

	nc_leaf(interface, NULL, "oper-status", oper_status(s));
	nc_leaf(state, NULL, "role", bd_role_name(port->role));
	nc_leaf(state, NULL, "reason", s ? hd_port_reason_name(s->reason) : "unknown");
	for (size_t i = 0; i < model->n_segments; i++)
		if (model->segments[i].sw == port->sw &&
		    bd_port_in_vlan(port, model->segments[i].vlan))
			nc_leaf(state, NULL, "segment", model->segments[i].name);
	if (!s)
		return;
	nc_time((hd_now_ns() - s->changed_ns) / 1e9, since);
	nc_leaf(interface, NULL, "last-change", since);
	if (s->text[0] && !s->up)
		nc_leaf(state, NULL, "text", s->text);
	if (s->detail[0])
		nc_leaf(state, NULL, "detail", s->detail);
	nc_number(state, NULL, "queues", s->queues);
	nc_number(state, NULL, "flaps", s->flaps);
	if (!bk_stats_port(&bk->stats, s->id, port->name, &sums))
		return;
	nc_time((hd_now_ns() - bk_stats_since(&bk->stats, s->id)) / 1e9, since);
	statistics(interface, &bk->stats, &sums, since);
	counters(state, &bk->stats, &sums);
}

/* A host interface is a port that nobody configured as one. */
static void host_interface(struct lyd_node *interfaces, const struct bd_model *model,
			   const struct bd_port *port, const struct bk *bk)
{
	struct lyd_node *interface = nc_entry(interfaces, "interface", port->name), *container;

	if (!interface)
		return;
	nc_leaf(interface, NULL, "type", "heddle-tap:tap");
	container = nc_inner(interface, PORT, "port");
	nc_leaf(container, NULL, "switch", port->sw->name);
	nc_leaf(container, NULL, "access", port->host_of->name);
	port_state(interface, model, port, bk);
}

void nc_state_ports(struct lyd_node **tree, const struct bd_model *model, const struct bk *bk)
{
	struct lyd_node *interfaces = nc_top(tree, model->ctx, "ietf-interfaces", "interfaces"),
			*node;

	LY_LIST_FOR(lyd_child(interfaces), node) {
		const struct bd_port *port = bd_port_find(model, ds_value(node, NULL, "name"));

		if (port)
			port_state(node, model, port, bk);
	}
	for (size_t i = 0; i < model->n_ports; i++)
		if (model->ports[i].role == BD_ROLE_HOST)
			host_interface(interfaces, model, &model->ports[i], bk);
}
