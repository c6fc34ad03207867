/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/core/hold.h"

#include <errno.h>
#include <sys/mman.h>

#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/mbuf.h"
#include "dataplane/core/meta.h"

DP_DROP_REGISTER(drop_flood_full, "flood_full", DP_DROP_INGRESS,
		 "too many frames waited to be flooded, or to be cut, when this one came");

struct dp_hold *dp_hold_new(uint32_t max_frames)
{
	struct dp_hold *hold = mmap(NULL, sizeof(*hold), PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (hold == MAP_FAILED)
		return NULL;
	hold->max_frames = max_frames;
	return hold;
}

void dp_hold_free(struct dp_hold *hold)
{
	if (hold)
		munmap(hold, sizeof(*hold));
}

static void ring_add(struct dp_hold *hold, uint16_t port)
{
	hold->port[(hold->first + hold->n_ports++) % HD_PORTS_MAX] = port;
}

struct dp_hold_batch *dp_hold_put(struct dp_worker *w, struct rte_mbuf *m)
{
	struct dp_hold *hold = w->hold;
	uint16_t port = dp_meta(m)->port;
	struct dp_hold_batch *b = &hold->batch[port];
	struct rte_mbuf *own = NULL;

	if (b->n < DP_HOLD_BATCH && (b->n || hold->n_frames < hold->max_frames))
		own = dp_mbuf_own(w, m);
	if (!own) {
		dp_drop(w, port, &drop_flood_full, m);
		return NULL;
	}
	if (!b->n) {
		b->at = 0;
		b->again = b->begun = false;
		ring_add(hold, port);
	}
	b->m[b->n++] = own;
	hold->n_frames++;
	w->stats->held++;
	return b;
}

void dp_hold_turn_over(struct dp_worker *w)
{
	struct dp_hold *hold = w->hold;
	uint16_t port = hold->port[hold->first];
	struct dp_hold_batch *b = &hold->batch[port];

	hold->first = (hold->first + 1) % HD_PORTS_MAX;
	hold->n_ports--;
	if (b->at < b->n)
		ring_add(hold, port);
	else
		b->n = 0;
}

static bool is_valid(const struct dp_config *tree, struct rte_mbuf *m)
{
	const struct dp_meta *meta = dp_meta(m);
	const struct dp_port_config *port =
		meta->port < tree->n_ports ? tree->ports[meta->port] : NULL;

	return port && port->mode != HD_VLAN_NONE && meta->domain < tree->n_domains &&
	       tree->domains[meta->domain] &&
	       dp_port_carries(tree, port, meta->domain, meta->tci & HD_VID_MASK);
}

static void check_batch(struct dp_worker *w, struct dp_hold_batch *b)
{
	uint16_t kept = b->at;

	for (uint16_t i = b->at; i < b->n; i++) {
		if (is_valid(w->config, b->m[i])) {
			b->m[kept++] = b->m[i];
			continue;
		}
		if (i == b->at)
			b->again = b->begun = false;
		dp_drop(w, dp_meta(b->m[i])->port, dp_drop_outdated, b->m[i]);
		w->hold->n_frames--;
		w->stats->held--;
	}
	b->n = kept;
}

void dp_hold_check(struct dp_worker *w)
{
	for (uint32_t i = w->hold->n_ports; i > 0; i--) {
		check_batch(w, dp_hold_turn(w->hold));
		dp_hold_turn_over(w);
	}
}
