/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l2/l2_flood.h"

#include "heddle/net/ether.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/hold.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/tx.h"

DP_DROP_REGISTER(
	reserved_address, "reserved_address", DP_DROP_INGRESS,
	"the frame is for a group address that bridges do not forward (01-80-C2-00-00-0x)");
DP_DROP_REGISTER(drop_no_member, "no_other_member", DP_DROP_INGRESS,
		 "no other port that is up carries the frame's VLAN");

struct dp_drop_reason *const l2_drop_reserved = &reserved_address;

/*
 * 01-80-C2-00-00-{00,0B,0C,0D,0F}: forwarded by the ports of a provider's bridge (802.1ad table
 * 8-2), to those. Here these are tunnels, and ports of any mode whose tags are the provider's.
 */
#define PROVIDER_PASSES 0xb801u

static bool member_is_up(const struct dp_worker *w, uint16_t id)
{
	return atomic_load_explicit(&w->config->ports[id]->port->up, memory_order_acquire);
}

static void share(struct rte_mbuf *m)
{
	for (; m; m = m->next)
		rte_mbuf_refcnt_update(m, 1);
}

static uint16_t first_from(const struct dp_domain *d, uint16_t id)
{
	uint16_t low = 0, high = d->n_members;

	while (low < high) {
		uint16_t mid = (uint16_t)(low + (high - low) / 2);

		if (d->member[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void put(struct dp_worker *w, struct l2_flood *fl, struct rte_mbuf *m)
{
	int32_t cost = dp_tx_cost(w, fl->target, m);

	w->send_left -= cost;
	fl->sends -= cost;
	dp_tx_give(w, fl->target, m);
}

bool l2_group_passes(const struct dp_port_config *port, const struct hd_mac *mac)
{
	if (!hd_mac_is_reserved(mac))
		return true;
	if (port->mode != HD_VLAN_TUNNEL && port->tpid != rte_cpu_to_be_16(HD_TPID_S))
		return false;
	return PROVIDER_PASSES >> mac->b[5] & 1;
}

/*
 * All targets share the mbuf: each target but the last takes a reference of its own, before it may
 * send and free it.
 */
bool l2_flood_on(struct dp_worker *w, struct l2_from *f, struct rte_mbuf *m, struct l2_flood *fl)
{
	const struct dp_domain *d = w->config->domains[dp_meta(m)->domain];
	const struct hd_mac *dst = rte_pktmbuf_mtod(m, const struct hd_mac *);
	bool reserved = hd_mac_is_reserved(dst);
	uint16_t from = f->id;

	for (uint16_t i = fl->next ? first_from(d, fl->next) : 0; i < d->n_members; i++) {
		if (d->member[i] == from || !member_is_up(w, d->member[i]))
			continue;
		if (unlikely(reserved) && !l2_group_passes(w->config->ports[d->member[i]], dst))
			continue;
		if (unlikely(w->config->ports[d->member[i]]->take) && !(dst->b[0] & 1))
			continue; /* it is not for this port */
		if (fl->target != DP_PORT_ID_NONE) {
			if (w->send_left <= 0 || fl->sends <= 0) {
				fl->next = d->member[i];
				return false;
			}
			share(m);
			w->stats->copies++;
			put(w, fl, m);
		}
		fl->target = d->member[i];
	}
	if (unlikely(fl->target == DP_PORT_ID_NONE)) {
		dp_drop(w, from, reserved ? &reserved_address : &drop_no_member, m);
		return true;
	}
	f->stats->admitted++;
	w->stats->flooded++;
	put(w, fl, m);
	return true;
}

void l2_wait(struct dp_worker *w, struct l2_from *f, struct rte_mbuf *m, const struct l2_flood *fl)
{
	struct dp_hold_batch *b = &w->hold->batch[f->id];

	if (!b->n || b->m[b->at] != m)
		b = dp_hold_put(w, m);
	if (!b)
		return;
	w->held = true;
	b->again = true;
	b->begun = fl != NULL;
	if (fl) {
		b->next = fl->next;
		b->target = fl->target;
	}
}

void l2_flood(struct dp_worker *w, struct l2_from *f, struct rte_mbuf *m)
{
	struct l2_flood fl = {.target = DP_PORT_ID_NONE, .sends = f->sends};

	if (!l2_flood_on(w, f, m, &fl))
		l2_wait(w, f, m, &fl);
}
