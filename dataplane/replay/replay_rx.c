/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Graph node replay_rx: packets of the captures, in the order of their times.
 *
 * Packets of one port that follow each other are admitted together; so the order in which features
 * and tables see packets is the captures', whatever the batch is.
 */
#include <rte_memcpy.h>

#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/node.h"
#include "dataplane/core/rx.h"
#include "dataplane/replay/replay.h"

HD_DROP_REGISTER(drop_replay_buffers, "replay_no_buffers", HD_DROP_INGRESS,
		 "replay had no buffer for a packet of a capture; that is a bug, please report it");

HD_DROP_REGISTER_ERROR(
	drop_capture_cut, "capture_cut", HD_DROP_INGRESS,
	"the capture holds only the start of the frame; capture whole frames: tcpdump -s 0");

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

static uint16_t replay_rx_process(struct rte_graph *graph, struct rte_node *node, void **objs,
				  uint16_t nb_objs)
{
	struct hd_worker *w = hd_node_worker(node);
	struct rte_mbuf **m = (struct rte_mbuf **)rte_node_next_stream_get(
		graph, node, NEXT_VLAN_INPUT, BATCH_MAX);
	unsigned int input, run_input = 0, taken = 0, n = 0, run = 0;
	const unsigned char *data;
	uint64_t time_ns;
	uint32_t len;
	bool cut;

	RTE_SET_USED(objs);
	RTE_SET_USED(nb_objs);
	while (taken < batch &&
	       (data = hd_replay_take(until, &input, &time_ns, &len, &cut)) != NULL) {
		uint16_t id = hd_replay_input_port(input);

		if (run && input != run_input) {
			n += hd_rx_admit(w, w->config->ports[hd_replay_input_port(run_input)],
					 &m[n], run, true);
			run = 0;
		}
		run_input = input;
		taken++;
		m[n + run] = cut ? NULL : to_mbuf(w, data, len);
		if (unlikely(!m[n + run])) {
			w->port_stats[id].rx_packets++;
			w->port_stats[id].rx_bytes += len;
			w->stats->rx++;
			hd_drop_count(w, id, cut ? &drop_capture_cut : &drop_replay_buffers, 1);
			continue;
		}
		hd_meta(m[n + run])->flags = 0;
		hd_meta(m[n + run])->time_ns = time_ns;
		run++;
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
