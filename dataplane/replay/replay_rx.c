/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Graph node replay_rx: packets of the captures, in the order of their times.
 *
 * Packets of one port that follow each other are admitted together; so the order in which features
 * and tables see packets is the captures', whatever the batch is.
 */
#include <rte_memcpy.h>

#include "dataplane/core/capture_drops.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/node.h"
#include "dataplane/core/port.h"
#include "dataplane/core/rx.h"
#include "dataplane/replay/replay.h"

HD_DROP_REGISTER(drop_replay_buffers, "replay_no_buffers", HD_DROP_INGRESS,
		 "replay had no buffer for a packet of a capture; that is a bug, please report it");

#define BATCH_MAX 256

enum { NEXT_VLAN_INPUT, NEXT_COUNT };

static unsigned int batch = 64;
static uint64_t until = UINT64_MAX;

void hd_replay_batch(unsigned int max, uint64_t until_ns)
{
	batch = RTE_MIN(max, (unsigned int)BATCH_MAX);
	until = until_ns;
}

/* The frame as the path wants it: a chain when it is larger than one buffer. NULL: no memory. */
static struct rte_mbuf *to_mbuf(struct hd_worker *w, const unsigned char *data, uint32_t len)
{
	struct rte_mbuf *head = NULL, *last = NULL;

	do {
		uint16_t part = RTE_MIN(len, (uint32_t)HD_FRAME_ROOM);
		struct rte_mbuf *m = rte_pktmbuf_alloc(w->pool);

		if (!m) {
			rte_pktmbuf_free(head);
			return NULL;
		}
		rte_memcpy(rte_pktmbuf_append(m, part), data, part);
		data += part;
		len -= part;
		if (head) {
			last->next = m;
			head->nb_segs++;
			head->pkt_len += part;
		} else {
			head = m;
		}
		last = m;
	} while (len);
	return head;
}

/* Why a frame of a capture cannot come in; NULL: it can. */
static const struct hd_drop_reason *why_not(const struct hd_port *port,
					    const struct hd_capture_frame *frame)
{
	return atomic_load_explicit(&port->up, memory_order_relaxed)
		       ? hd_drop_of_capture(frame->state)
		       : hd_drop_port_disabled;
}

/* The frame as the path wants it, or NULL: it was counted, and dropped. */
static struct rte_mbuf *frame_in(struct hd_worker *w, uint16_t id,
				 const struct hd_capture_frame *frame, uint64_t time_ns)
{
	const struct hd_drop_reason *reason = why_not(w->config->ports[id]->port, frame);
	struct rte_mbuf *m = reason ? NULL : to_mbuf(w, frame->data, frame->len);

	if (likely(m)) {
		hd_meta(m)->flags = 0;
		hd_meta(m)->time_ns = time_ns;
		return m;
	}
	hd_port_rx_extra(w, w->config->ports[id]->port, 1, frame->len);
	hd_drop_count(w, id, reason ? reason : &drop_replay_buffers, 1);
	return NULL;
}

static uint16_t replay_rx_process(struct rte_graph *graph, struct rte_node *node, void **objs,
				  uint16_t nb_objs)
{
	struct hd_worker *w = hd_node_worker(node);
	struct rte_mbuf **m = (struct rte_mbuf **)rte_node_next_stream_get(
		graph, node, NEXT_VLAN_INPUT, BATCH_MAX);
	unsigned int input, run_input = 0, taken = 0, n = 0, run = 0;
	const struct hd_capture_frame *frame;
	uint64_t time_ns;

	RTE_SET_USED(objs);
	RTE_SET_USED(nb_objs);
	while (taken < batch && (frame = hd_replay_take(until, &input, &time_ns)) != NULL) {
		if (run && input != run_input) {
			n += hd_rx_admit(w, w->config->ports[hd_replay_input_port(run_input)],
					 &m[n], run, true);
			run = 0;
		}
		run_input = input;
		taken++;
		m[n + run] = frame_in(w, hd_replay_input_port(input), frame, time_ns);
		run += m[n + run] != NULL;
	}
	if (run)
		n += hd_rx_admit(w, w->config->ports[hd_replay_input_port(run_input)], &m[n], run,
				 true);
	rte_node_next_stream_put(graph, node, NEXT_VLAN_INPUT, n);
	return taken;
}

static struct rte_node_register replay_rx = {
	.name = "replay_rx",
	.flags = RTE_NODE_SOURCE_F,
	.process = replay_rx_process,
	.init = hd_node_init,
	.nb_edges = NEXT_COUNT,
	.next_nodes = {[NEXT_VLAN_INPUT] = "vlan_input"},
};
HD_NODE_REGISTER(replay_rx, false, true);
