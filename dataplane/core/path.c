/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs the stage that follows each point of the path, and gives frames that the switch made to the
 * path.
 */
#include "dataplane/core/path.h"

#include "dataplane/core/capture.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/hold.h"
#include "dataplane/core/meta.h"

DP_DROP_REGISTER(drop_loop, "routing_loop", DP_DROP_INGRESS,
		 "the frame went through too many gateways of this switch, one after the other");

const struct dp_path *dp_path;
static dp_point_fn stage[DP_POINT_COUNT]; /* behind each point */

void dp_path_register(const struct dp_path *path)
{
	dp_path = path;
}

void dp_point_register(enum dp_point point, dp_point_fn next)
{
	stage[point] = next;
}

void dp_feature_resume(struct dp_worker *w, const struct dp_feature *feature, uint16_t id,
		       struct rte_mbuf **m, uint16_t n)
{
	const struct dp_port_config *port = id < w->config->n_ports ? w->config->ports[id] : NULL;
	const struct dp_feature_list *list;
	uint32_t from = 0;

	w->stats->held -= n;
	if (!port) {
		dp_drop_bulk(w, id, dp_drop_outdated, m, n);
		return;
	}
	/* The list may have changed by now. */
	list = &port->features[feature->point];
	while (from < list->n && list->call[from].feature->order <= feature->order)
		from++;
	n = dp_port_run(w, port, feature->point, from, m, n);
	if (n)
		stage[feature->point](w, port, m, n);
}

/* Frames of the port may wait since an earlier loop: new ones stay behind them. */
static inline void begin(struct dp_worker *w, const struct dp_port_config *port)
{
	if (unlikely(w->hold->n_ports))
		w->held |= dp_hold_has(w->hold, port->id);
	w->depth++;
}

/* Takes frames that passed all features at INPUT, now or after a feature kept them. */
static void behind_input(struct dp_worker *w, const struct dp_port_config *port,
			 struct rte_mbuf **m, uint16_t n)
{
	begin(w, port);
	dp_path->run(w, port, m, n);
	w->depth--;
}

RTE_INIT(rx_point_register)
{
	dp_point_register(DP_POINT_INPUT, behind_input);
}

void dp_path_drop(struct dp_worker *w, const struct dp_port_config *port,
		  const struct dp_drop_reason *reason, struct rte_mbuf *m)
{
	w->port_stats[port->id].rx_packets++;
	w->port_stats[port->id].rx_bytes += m->pkt_len;
	dp_drop(w, port->id, reason, m);
}

void dp_path_input(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		   uint16_t n, bool own)
{
	struct hd_stats_port *stats = &w->port_stats[port->id];

	stats->rx_packets += n;
	for (uint16_t i = 0; i < n; i++) {
		stats->rx_bytes += m[i]->pkt_len;
		dp_meta(m[i])->port = port->id;
	}
	if (unlikely(w->depth == DP_PATH_DEPTH_MAX)) {
		dp_drop_bulk(w, port->id, &drop_loop, m, n);
		return;
	}
	if (unlikely(w->capture))
		w->capture->in(w, port, m, n);
	if (unlikely(port->n_input)) {
		n = dp_port_run(w, port, DP_POINT_INPUT, 0, m, n);
		if (n)
			behind_input(w, port, m, n);
		return;
	}
	begin(w, port);
	if (own)
		dp_path->run_own(w, port, m, n);
	else
		dp_path->run(w, port, m, n);
	w->depth--;
}
