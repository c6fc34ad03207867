/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Polls a worker's receive queues, of all kinds of ports.
 */
#include "dataplane/core/config.h"
#include "dataplane/core/hold.h"
#include "dataplane/core/idle.h"
#include "dataplane/core/path.h"
#include "dataplane/core/rx.h"

#define RX_BUDGET 256 /* packets of one loop: more would not stay in the processor's caches */
#define STEP      16  /* packets of one call of the path: more would not stay in the L1 cache */

static uint16_t receive(struct dp_worker *w, struct dp_rx_queue *q, struct rte_mbuf **m, uint16_t n)
{
	uint16_t got;

	dp_inside_enter(&w->inside, q->port, HD_DOING_RECEIVE);
	got = q->port->ops->rx_burst(w, q->port, q->queue, m, n);
	if (unlikely(!got && dp_idle_is_quiet(w, q)))
		got = dp_idle_rest(w, q, m, n);
	if (got)
		dp_idle_is_busy(w, q);
	return got;
}

static void decide(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		   uint16_t n)
{
	for (uint16_t done = 0; done < n; done += STEP) {
		uint16_t step = dp_rx_admit(w, port, m + done, RTE_MIN(STEP, n - done), false);

		if (likely(step))
			dp_path->run(w, port, m + done, step);
	}
}

/* A feature of the port asks not to look at the queue yet. */
static bool must_wait(struct dp_worker *w, const struct dp_rx_queue *q)
{
	const struct dp_feature_list *list = &q->config->features[DP_POINT_INPUT];
	struct dp_rest *rest = &q->port->rest[q->queue];
	uint64_t until = 0;

	if (rest->not_before_ns > w->now_ns)
		return true;
	for (uint32_t i = 0; i < list->n; i++) {
		const struct dp_feature_call *c = &list->call[i];

		if (c->feature->poll_after)
			until = RTE_MAX(until, c->feature->poll_after(w, q->config, c->conf));
	}
	rest->not_before_ns = until;
	return until > w->now_ns;
}

void dp_rx_poll(struct dp_worker *w)
{
	struct dp_rx_list *list = w->config->rx[w->index];
	uint32_t at = w->rx_next, total = 0;
	bool waiting = w->hold->n_ports != 0;
	uint16_t burst = dp_hold_burst(w->hold);

	for (uint32_t left = list->n_active; left > 0 && total < RX_BUDGET; left--) {
		struct rte_mbuf *m[DP_BURST];
		struct dp_rx_queue *q;
		uint16_t n;

		if (at >= list->n_active)
			at = 0;
		q = &list->q[list->active[at]];
		if (!atomic_load_explicit(&q->port->up, memory_order_acquire) ||
		    (unlikely(waiting) && dp_hold_has(w->hold, q->port->id)) ||
		    (unlikely(q->config->is_asked) && must_wait(w, q))) {
			at++;
			continue;
		}
		n = receive(w, q, m, burst);
		decide(w, q->config, m, n);
		total += n;
		at = n ? at + 1 : dp_idle_next(list, at);
	}
	dp_inside_leave(&w->inside);
	w->rx_next = at;
}

void dp_port_rx_extra(struct dp_worker *w, const struct dp_port *port, unsigned int n,
		      uint64_t bytes)
{
	w->port_stats[port->id].rx_packets += n;
	w->port_stats[port->id].rx_bytes += bytes;
	w->stats->rx += n;
}
