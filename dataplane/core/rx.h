/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Receives packets: polls ports, counts and marks each burst, and runs the port's features at
 * INPUT.
 */
#ifndef DATAPLANE_CORE_RX_H
#define DATAPLANE_CORE_RX_H

#include "heddle/net/ether.h"
#include "dataplane/core/capture.h"
#include "dataplane/core/config.h"
#include "dataplane/core/meta.h"

/*
 * Admits @n packets that came in by @port. The kind has set their meta flags, and time_ns with
 * @own_time. Returns how many go on; these are at the front of @m, in their order. Worker.
 */
static inline uint16_t dp_rx_admit(struct dp_worker *w, const struct dp_port_config *port,
				   struct rte_mbuf **m, uint16_t n, bool own_time)
{
	struct hd_stats_port *stats = &w->port_stats[port->id];
	uint64_t bytes = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct dp_meta *meta = dp_meta(m[i]);

		meta->port = port->id;
		if (!own_time)
			meta->time_ns = w->now_ns;
		bytes += m[i]->pkt_len;
	}
	stats->rx_packets += n;
	stats->rx_bytes += bytes;
	w->stats->rx += n;
	if (unlikely(w->capture))
		w->capture->in(w, port, m, n);
	return unlikely(port->n_input) ? dp_port_run(w, port, DP_POINT_INPUT, 0, m, n) : n;
}

/*
 * Polls the worker's ports and gives their packets to the path. Receives within a budget; the next
 * loop goes on with the port where this one ended. Worker.
 */
void dp_rx_poll(struct dp_worker *w);

#endif
