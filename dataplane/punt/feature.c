/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Punts frames of gateways that match a rule. Worker.
 */
#include <string.h>

#include <rte_mbuf.h>

#include "dataplane/core/drop.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/tx.h"
#include "dataplane/punt/match.h"
#include "dataplane/punt/queue.h"
#include "dataplane/punt/rules.h"

DP_DROP_REGISTER(drop_policed, "punt_policed", DP_DROP_EGRESS,
		 "one port sent the gateway more frames of this protocol than heddle-cp accepts");
DP_DROP_REGISTER(
	drop_full, "punt_queue_full", DP_DROP_EGRESS,
	"the frame is for heddle-cp, and the queue of its protocol is full: heddle-cp does not "
	"keep up");
DP_DROP_REGISTER(drop_too_long, "punt_too_long", DP_DROP_EGRESS,
		 "the frame is for heddle-cp, and longer than heddle-cp accepts");

static void fill(struct punt_frame *f, const struct dp_port_config *port, struct rte_mbuf *m)
{
	const struct dp_meta *meta = dp_meta(m);

	f->time_ns = meta->time_ns;
	f->gateway = port->id;
	f->generation = port->port->generation;
	f->port = meta->port;
	f->flags = meta->flags & DP_META_CSUM ? HD_PUNT_CSUM_PARTIAL : 0;
	f->len = 0;
	for (; m; f->len += m->data_len, m = m->next)
		memcpy(f->bytes + f->len, rte_pktmbuf_mtod(m, void *), m->data_len);
}

/* Offers a copy to heddle-cp. NULL, or why it does not get one. */
static const struct dp_drop_reason *offer(struct dp_worker *w, const struct dp_port_config *port,
					  const struct punt_entry *e, struct rte_mbuf *m)
{
	const struct dp_meta *meta = dp_meta(m);
	uint8_t class = e->rule.class_id;
	struct punt_frame *f;

	punt_count(w->index, class, PUNT_MATCHED);
	if (meta->flags & DP_META_TSO || m->pkt_len > HD_PUNT_FRAME_MAX) {
		punt_count(w->index, class, PUNT_UNUSABLE);
		return &drop_too_long;
	}
	if (!punt_police(&e->bucket[meta->port % PUNT_SHARES], w->now_ns, e->rate, e->burst)) {
		punt_count(w->index, class, PUNT_POLICED);
		return &drop_policed;
	}
	f = punt_queue_claim(class);
	if (!f) {
		punt_count(w->index, class, PUNT_FULL);
		return &drop_full;
	}
	fill(f, port, m);
	punt_queue_put(f);
	return NULL;
}

bool punt_local(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m)
{
	const struct punt_table *table = (const struct punt_table *)w->punt;
	const struct punt_entry *e, *end;
	const struct dp_drop_reason *reason;
	struct punt_view view;

	if (port->id >= table->n_ports || !table->span[port->id].n)
		return false;
	if (!punt_look(rte_pktmbuf_mtod(m, const uint8_t *), m->data_len, dp_meta(m)->tag_len,
		       &view))
		return false;
	e = &table->entry[table->span[port->id].first];
	end = e + table->span[port->id].n;
	while (e < end && !punt_matches(&e->rule, &view))
		e++;
	if (e == end)
		return false;
	reason = offer(w, port, e, m);
	if (e->rule.flags & HD_PUNT_COPY)
		return false;
	if (reason) {
		dp_drop(w, port->id, reason, m);
		return true;
	}
	dp_tx_taken(w, port, m);
	w->stats->consumed++;
	rte_pktmbuf_free(m);
	return true;
}
