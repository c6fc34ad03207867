/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Graph node port_rx: polls the worker's receive queues, whatever kind they are of.
 */
#include "dataplane/core/config.h"
#include "dataplane/core/hold.h"
#include "dataplane/core/idle.h"
#include "dataplane/core/node.h"
#include "dataplane/core/rx.h"

/* Packets of one walk: a stream holds at most 65,535, and the caches far fewer. */
#define RX_BUDGET 256

struct rx_ctx {
	struct hd_worker *w;
	uint32_t next; /* where the next walk starts, so that every port has its turn */
};

enum { NEXT_VLAN_INPUT, NEXT_COUNT };

static uint16_t receive(struct hd_worker *w, struct hd_rx_queue *q, struct rte_mbuf **m, uint16_t n)
{
	uint16_t got;

	hd_inside_enter(&w->inside, q->port, HD_DOING_RECEIVE);
	got = q->port->ops->rx_burst(w, q->port, q->queue, m, n);
	if (unlikely(!got && hd_idle_is_quiet(w, q)))
		got = hd_idle_rest(w, q, m, n);
	if (!got)
		return 0;
	hd_idle_is_busy(w, q);
	return hd_rx_admit(w, q->config, m, got, false);
}

static uint16_t port_rx_process(struct rte_graph *graph, struct rte_node *node, void **objs,
				uint16_t nb_objs)
{
	struct rx_ctx *ctx = (struct rx_ctx *)node->ctx;
	struct hd_worker *w = ctx->w;
	struct hd_rx_list *list = w->config->rx[w->index];
	uint32_t at = ctx->next, total = 0;
	bool waiting = w->hold->n_ports != 0;
	uint16_t burst = hd_hold_burst(w->hold);

	RTE_SET_USED(objs);
	RTE_SET_USED(nb_objs);
	for (uint32_t left = list->n_active; left > 0 && total < RX_BUDGET; left--) {
		struct hd_rx_queue *q;
		struct rte_mbuf **stream;
		uint16_t n;

		if (at >= list->n_active)
			at = 0;
		q = &list->q[list->active[at]];
		if (!atomic_load_explicit(&q->port->up, memory_order_acquire) ||
		    (unlikely(waiting) && hd_hold_has(w->hold, q->port->id))) {
			at++;
			continue;
		}
		stream = (struct rte_mbuf **)rte_node_next_stream_get(graph, node, NEXT_VLAN_INPUT,
								      HD_BURST);
		n = receive(w, q, stream, burst);
		total += n;
		if (n)
			rte_node_next_stream_put(graph, node, NEXT_VLAN_INPUT, n);
		at = n ? at + 1 : hd_idle_next(list, at);
	}
	hd_inside_leave(&w->inside);
	ctx->next = at;
	return total;
}

static struct rte_node_register port_rx = {
	.name = "port_rx",
	.flags = RTE_NODE_SOURCE_F,
	.process = port_rx_process,
	.init = hd_node_init,
	.nb_edges = NEXT_COUNT,
	.next_nodes = {[NEXT_VLAN_INPUT] = "vlan_input"},
};
HD_NODE_REGISTER(port_rx, true, false);

void hd_port_rx_extra(struct hd_worker *w, const struct hd_port *port, unsigned int n,
		      uint64_t bytes)
{
	w->port_stats[port->id].rx_packets += n;
	w->port_stats[port->id].rx_bytes += bytes;
	w->stats->rx += n;
}
