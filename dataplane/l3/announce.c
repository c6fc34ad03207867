/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l3/announce.h"

#include "dataplane/l3/limits.h"
#include "dataplane/l3/owner.h"
#include "dataplane/l3/packet.h"

static void announce(struct dp_worker *w, const struct dp_port_config *port,
		     const struct l3_gateway *g, const struct hd_ip_prefix *address)
{
	struct rte_mbuf *m =
		l3_make_announcement(w, port, g, address->family, address->addr, w->now_ns);

	if (m)
		l3_emit(w, port, m);
}

/*
 * Announces what is due of a gateway; @room: so many addresses at most, and so far as the loop's
 * budget goes. Returns when more is due: UINT64_MAX: nothing is; not after now: it is not done.
 */
static uint64_t announce_due(struct dp_worker *w, const struct l3_gateway *g, uint32_t *room)
{
	const struct dp_port_config *port = w->config->ports[g->id];
	struct l3_announced *s = &l3_owner(w->index)->gateways[g->id].announced;
	uint32_t downs = atomic_load_explicit(&port->port->down_events, memory_order_relaxed);

	if (!atomic_load_explicit(&port->port->up, memory_order_acquire)) {
		*s = (struct l3_announced){0};
		return UINT64_MAX;
	}
	if (s->epoch != g->epoch || s->downs != downs)
		*s = (struct l3_announced){
			.due_ns = w->now_ns,
			.epoch = g->epoch,
			.downs = downs,
			.rounds = g->n_addresses ? L3_ANNOUNCE_NUM : 0,
		};
	if (!s->rounds || s->due_ns > w->now_ns)
		return s->rounds ? s->due_ns : UINT64_MAX;
	for (; s->address < g->n_addresses; s->address++, (*room)--) {
		if (!*room || w->send_left <= 0)
			return w->now_ns;
		announce(w, port, g, &g->address[s->address]);
	}
	s->address = 0;
	s->due_ns = w->now_ns + L3_ANNOUNCE_INTERVAL_NS;
	return --s->rounds ? s->due_ns : UINT64_MAX;
}

/*
 * One step of a pass over the worker's gateways, which ends where the step has done or looked at
 * enough. Behind the last one the pass is over: the next begins when something is due again.
 */
static void on_deadline(struct dp_worker *w, struct dp_deadline *d)
{
	struct l3_announcer *a = RTE_PTR_SUB(d, offsetof(struct l3_announcer, deadline));
	const struct l3_tree *t = l3_tree(w->config);
	uint32_t room = L3_ANNOUNCE_BURST, end = t ? t->n_ids : 0;
	uint64_t next = w->now_ns + L3_ANNOUNCE_STEP_NS;

	if (!a->at) {
		a->at = w->index;
		a->due_ns = UINT64_MAX;
		a->news = false;
	}
	for (uint32_t looks = 0; looks < L3_ANNOUNCE_LOOKS && a->at < end; looks++) {
		uint64_t due =
			t->by_id[a->at] ? announce_due(w, t->by_id[a->at], &room) : UINT64_MAX;

		if (due <= w->now_ns)
			break;
		a->due_ns = RTE_MIN(a->due_ns, due);
		a->at += l3_owners_count();
	}
	if (a->at >= end) {
		a->at = 0;
		next = a->news ? next : a->due_ns;
	}
	if (next != UINT64_MAX)
		dp_deadline_set(w, d, next);
}

void l3_announce_init(struct l3_announcer *a)
{
	a->deadline.fn = on_deadline;
}

void l3_announce_look(struct dp_worker *w)
{
	struct l3_announcer *a;
	uint64_t soon = w->now_ns + L3_ANNOUNCE_STEP_NS;

	if (!l3_tree(w->config))
		return;
	a = &l3_owner(w->index)->announcer;
	a->news = true;
	if (!a->deadline.place || a->deadline.at_ns > dp_deadline_grain(soon))
		dp_deadline_set(w, &a->deadline, soon);
}
