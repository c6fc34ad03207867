/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path of a switched frame: classifies it, learns its source, looks up its destination, and
 * gives it to its egress ports.
 *
 * First it hashes the addresses of the whole batch and prefetches their buckets. Then it learns and
 * looks up each frame before the next one, so that the result does not depend on the batch. Frames
 * that follow each other and are for the same gateway are given to it together, as long as nothing
 * is learned from them: then a later frame cannot change the decision about an earlier one.
 */
#include "heddle/api/fdb.h"
#include "heddle/net/ether.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/hold.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/path.h"
#include "dataplane/core/tx.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/l2/l2_flood.h"
#include "dataplane/l2/l2_say.h"
#include "dataplane/l2/mac_ring.h"
#include "dataplane/l2/owners.h"
#include "dataplane/l2/vlan_input.h"
#include "dataplane/l2/vlan_output.h"

DP_DROP_REGISTER_ERROR(drop_bad_source, "bad_source", DP_DROP_INGRESS,
		       "the frame's source address is a group address or zero");
DP_DROP_REGISTER(drop_segment_limit, "segment_mac_limit", DP_DROP_INGRESS,
		 "the source address would be one more than the segment's mac-limit");
DP_DROP_REGISTER(drop_switch_limit, "switch_mac_limit", DP_DROP_INGRESS,
		 "the source address would be one more than the switch's mac-limit");
DP_DROP_REGISTER(drop_same_port, "same_port", DP_DROP_INGRESS,
		 "the destination is behind the port that the frame came in by");
DP_DROP_REGISTER(drop_local, "local_address", DP_DROP_INGRESS,
		 "the frame is for an address of the switch itself that nothing answers to");

DP_DROP_REGISTER(drop_own, "own_address", DP_DROP_INGRESS,
		 "the frame's source is an address of the switch itself: a host interface's");
DP_DROP_REGISTER(drop_foreign, "foreign_source", DP_DROP_INGRESS,
		 "the frame's source belongs to another port, whose anti-spoof lists it");

#define TURN 16 /* sends in one turn of a port whose frames wait */

/*
 * A frame with its addresses as the forwarding database has them, and where they are in it most
 * likely.
 */
struct frame {
	struct rte_mbuf *m;
	uint64_t src, dst;
	struct dp_fdb_slot *src_at,
		*dst_at; /* not set: dst_at of a group, source of an own frame */
};

#define GROUP (1u << 16) /* of an address in that form */

static inline uint64_t mac_of(uint64_t key)
{
	return key >> 16;
}

/* Prefetches what a classified frame will look up. With @own the source is not looked up. */
static __rte_always_inline void frame_ahead(const struct dp_fdb *fdb, struct rte_mbuf *m, bool own,
					    struct frame *a)
{
	const char *bytes = rte_pktmbuf_mtod(m, const char *);
	uint32_t domain = dp_meta(m)->domain;
	uint64_t first, second;

	/* 14 bytes are there: two overlapping reads of 8 give the two addresses. */
	memcpy(&first, bytes, sizeof(first));
	memcpy(&second, bytes + 4, sizeof(second));
	a->m = m;
	a->dst = rte_le_to_cpu_64(first) << 16 | (uint16_t)domain;
	if (!own) {
		a->src = (rte_le_to_cpu_64(second) & ~0xffffull) | (uint16_t)domain;
		a->src_at = dp_fdb_ahead(fdb, a->src, domain);
	}
	if (!(a->dst & GROUP))
		a->dst_at = dp_fdb_ahead(fdb, a->dst, domain);
}

static struct l2_from from_port(struct dp_worker *w, const struct dp_port_config *port,
				int32_t sends)
{
	return (struct l2_from){.port = port,
				.id = port->id,
				.stats = &w->port_stats[port->id],
				.time_ns = UINT64_MAX,
				.sends = sends};
}

static void note(struct dp_worker *w, struct l2_from *f, const struct frame *a, uint32_t domain,
		 uint16_t was, enum hd_mac_event_kind kind)
{
	dp_mac_ring_put(dp_mac_ring_of(w->index), &(struct dp_mac_note){.mac = mac_of(a->src),
									.domain = domain,
									.from = was,
									.to = f->id,
									.kind = kind});
}

/*
 * A source that is not known at this port, but at @was (DP_PORT_ID_NONE: nowhere). NULL: go on (it
 * may or may not have been learned).
 */
static const struct dp_drop_reason *learn(struct dp_worker *w, struct l2_from *f,
					  const struct frame *a, struct rte_mbuf *m, uint16_t was)
{
	uint32_t id = dp_meta(m)->domain;
	const struct dp_domain *d = w->config->domains[id];
	bool move = was != DP_PORT_ID_NONE;

	if (!move && d->mac_limit && dp_fdb_domain_count(w->fdb, id) >= d->mac_limit) {
		note(w, f, a, id, was, HD_MAC_LIMIT_SEGMENT);
		return &drop_segment_limit;
	}
	if (!move && d->switch_mac_limit &&
	    dp_fdb_group_count(w->fdb, d->switch_index) >= d->switch_mac_limit) {
		note(w, f, a, id, was, HD_MAC_LIMIT_SWITCH);
		return &drop_switch_limit;
	}
	switch (dp_fdb_learn(w->fdb, mac_of(a->src), id, f->id, f->now)) {
	case DP_FDB_TOOK: w->stats->displaced++; /* fallthrough */
	case DP_FDB_LEARNED: w->stats->learned++; break;
	case DP_FDB_MOVED:
		w->stats->moved++;
		/* Without @move another worker learned it since the lookup: its old port is unknown. */
		if (move)
			note(w, f, a, id, was, HD_MAC_MOVED);
		break;
	case DP_FDB_KNOWN: break;
	case DP_FDB_SHARE:
		w->stats->learn_refused++;
		f->stats->learn_refused++;
		note(w, f, a, id, was, HD_MAC_LIMIT_TABLE);
		/* fallthrough */
	case DP_FDB_BUSY:
	case DP_FDB_FULL: w->stats->learn_skipped++; break;
	}
	return NULL;
}

/*
 * Is the address somebody's who is not behind this port? @val: its entry, or 0. NULL, or why the
 * frame is dropped.
 */
static const struct dp_drop_reason *anothers(struct dp_worker *w, struct l2_from *f,
					     const struct frame *a, uint32_t domain, uint64_t val)
{
	uint16_t owner;

	/*
	 * An address that a gateway holds by election: another router may hold it, too, as after a
	 * split, and the two settle that by their adverts, which are sent to groups.
	 */
	if (val & DP_FDB_V_LOCAL && !(val & DP_FDB_V_LEASED && a->dst & GROUP)) {
		note(w, f, a, domain, dp_fdb_val_port(val), HD_MAC_OWN);
		return &drop_own;
	}
	owner = dp_owner_other(w->config, w->config->domains[domain], mac_of(a->src), f->port);
	if (likely(owner == DP_PORT_ID_NONE))
		return NULL;
	note(w, f, a, domain, owner, HD_MAC_FOREIGN);
	return &drop_foreign;
}

/* The rare part of the source check. @val: the entry, which is not this port's, or 0. */
static __rte_noinline bool new_source(struct dp_worker *w, struct l2_from *f, const struct frame *a,
				      uint64_t val)
{
	const struct dp_drop_reason *reason = NULL;
	struct rte_mbuf *m = a->m;

	if (a->src & GROUP || !mac_of(a->src))
		reason = &drop_bad_source;
	else
		reason = anothers(w, f, a, dp_meta(m)->domain, val);
	/* An address that is fixed to another port never moves. */
	if (!reason && dp_fdb_val_fixed(val))
		return true;
	if (!reason && !dp_port_run(w, f->port, DP_POINT_NEW_SOURCE, 0, &m, 1))
		return false;
	if (!reason)
		reason = learn(w, f, a, m, val ? dp_fdb_val_port(val) : DP_PORT_ID_NONE);
	if (reason)
		dp_drop(w, f->id, reason, m);
	return !reason;
}

/* The source was last heard from in an earlier unit of the ageing time. */
static __rte_noinline void touch(struct dp_worker *w, const struct l2_from *f,
				 const struct frame *a)
{
	uint64_t val;
	struct dp_fdb_slot *s =
		dp_fdb_find_key(w->fdb, a->src_at, a->src, f->domain, f->match, &val);

	if (s && dp_fdb_val_port(val) == f->id)
		dp_fdb_touch(s, val, f->now);
}

static inline uint64_t source_of(const struct dp_worker *w, const struct l2_from *f,
				 const struct frame *a)
{
	return dp_fdb_value(w->fdb, a->src_at, a->src, f->domain, f->match);
}

/* Checks and learns the source. True: the frame goes on. */
static inline bool check_source(struct dp_worker *w, struct l2_from *f, const struct frame *a)
{
	uint64_t val = source_of(w, f, a);

	if (unlikely(!val || dp_fdb_val_port(val) != f->id))
		return new_source(w, f, a, val);
	if (unlikely(dp_fdb_val_age(val, f->now)) && !dp_fdb_val_fixed(val))
		touch(w, f, a);
	return true;
}

static __rte_noinline void forward_group(struct dp_worker *w, struct l2_from *f,
					 const struct frame *a, bool own)
{
	/* Reserved addresses are decided before anything is learned (802.1Q 8.6.3). */
	if (!l2_group_passes(f->port, rte_pktmbuf_mtod(a->m, const struct hd_mac *))) {
		dp_drop(w, f->id, l2_drop_reserved, a->m);
		return;
	}
	if (!own && !check_source(w, f, a))
		return;
	if (mac_of(a->dst) == 0xffffffffffffull)
		f->stats->rx_broadcast++;
	else
		f->stats->rx_multicast++;
	l2_flood(w, f, a->m);
}

static inline void forward_to(struct dp_worker *w, struct l2_from *f, struct rte_mbuf *m,
			      uint16_t to)
{
	/* A super-frame that has to be segmented costs as much as flooding to so many ports. */
	if (unlikely(dp_meta(m)->flags & DP_META_TSO)) {
		int32_t cost = dp_tx_cost(w, to, m);

		if (cost > 1 && w->send_left <= 0) {
			l2_wait(w, f, m, NULL);
			return;
		}
		w->send_left -= cost > 1 ? cost : 0;
	}
	f->stats->admitted++;
	dp_tx_put(w, to, m);
}

/* Updates what depends on a frame's time and domain. */
static inline void follow(struct dp_worker *w, struct l2_from *f, const struct dp_meta *meta)
{
	if (unlikely(f->time_ns != meta->time_ns)) {
		f->time_ns = meta->time_ns;
		f->now = (uint32_t)(meta->time_ns / DP_FDB_UNIT_NS);
	}
	if (unlikely(f->domain != meta->domain)) {
		f->domain = meta->domain;
		f->match = dp_fdb_match(f->domain);
		f->ageing = w->config->domains[f->domain]->ageing_units;
	}
}

/*
 * Does the next frame go to the address that this one goes to, and would nothing be learned from
 * it?
 */
static inline bool goes_along(struct dp_worker *w, struct l2_from *f, const struct frame *this,
			      const struct frame *next, bool own)
{
	uint32_t domain = f->domain, now = f->now;
	uint64_t val;

	if (next->dst != this->dst)
		return false;
	follow(w, f, dp_meta(next->m));
	if (f->domain != domain || f->now != now)
		return false;
	if (own)
		return true;
	val = source_of(w, f, next);
	return val && dp_fdb_val_port(val) == f->id &&
	       (!dp_fdb_val_age(val, now) || dp_fdb_val_fixed(val));
}

/*
 * The frame, and as many of those behind it and before @end as go along, are for a port that takes
 * them. Returns the last of them. A trace shows one frame after the other.
 */
static const struct frame *forward_run(struct dp_worker *w, struct l2_from *f,
				       const struct frame *first, const struct frame *end, bool own,
				       const struct dp_port_config *to)
{
	struct rte_mbuf *m[DP_BURST];
	const struct frame *last = first;
	uint16_t n = 0;

	m[n++] = first->m;
	while (likely(!w->say) && last + 1 < end && goes_along(w, f, first, last + 1, own)) {
		last++;
		m[n++] = last->m;
	}
	f->stats->admitted += n;
	dp_tx_take(w, to, m, n);
	return last;
}

/*
 * Gives a frame to the owner of an address of the switch itself: a gateway or a host interface.
 * Returns as forward().
 */
static __rte_noinline const struct frame *forward_local(struct dp_worker *w, struct l2_from *f,
							const struct frame *a,
							const struct frame *end, bool own,
							uint16_t to)
{
	const struct dp_port_config *port = to < w->config->n_ports ? w->config->ports[to] : NULL;

	if (to == DP_PORT_ID_NONE)
		dp_drop(w, f->id, &drop_local, a->m);
	else if (to == f->id)
		dp_drop(w, f->id, &drop_same_port, a->m);
	else if (port && port->take)
		return forward_run(w, f, a, end, own, port);
	else
		forward_to(w, f, a->m, to);
	return a;
}

/*
 * Sends a frame to the port that the address belongs to, even if the address was not learned; else
 * floods it.
 */
static __rte_noinline void forward_unknown(struct dp_worker *w, struct l2_from *f,
					   const struct frame *a)
{
	const struct dp_domain *d = w->config->domains[dp_meta(a->m)->domain];
	uint16_t to = dp_owner_only(w->config, d, mac_of(a->dst));

	if (to == DP_PORT_ID_NONE || to == f->id)
		l2_flood(w, f, a->m);
	else
		forward_to(w, f, a->m, to);
}

/*
 * Learns, looks up and sends a frame, or lets it wait; and those behind it, before @end, that go
 * with it to the same gateway. Returns the last of them.
 */
static __rte_always_inline const struct frame *forward(struct dp_worker *w, struct l2_from *f,
						       const struct frame *a,
						       const struct frame *end, bool own)
{
	uint64_t val;
	uint16_t to;

	follow(w, f, dp_meta(a->m));
	if (unlikely(a->dst & GROUP)) {
		forward_group(w, f, a, own);
		return a;
	}
	if (!own && !likely(check_source(w, f, a)))
		return a;
	val = dp_fdb_value(w->fdb, a->dst_at, a->dst, f->domain, f->match);
	if (unlikely(!val || (dp_fdb_val_age(val, f->now) > f->ageing && !dp_fdb_val_fixed(val)))) {
		forward_unknown(w, f, a);
		return a;
	}
	to = dp_fdb_val_port(val);
	if (unlikely(val & DP_FDB_V_LOCAL))
		return forward_local(w, f, a, end, own, to);
	if (unlikely(to == f->id))
		dp_drop(w, f->id, &drop_same_port, a->m);
	else
		forward_to(w, f, a->m, to);
	return a;
}

/* Gives one port its turn: sends its waiting frames until its sends are used up. */
static void turn(struct dp_worker *w, struct dp_hold_batch *b)
{
	uint16_t id = dp_meta(b->m[b->at])->port;
	struct l2_from f = from_port(w, w->config->ports[id], TURN);

	for (b->again = false; b->at < b->n && !b->again && f.sends > 0 && w->send_left > 0;) {
		struct rte_mbuf *m = b->m[b->at];
		int32_t left = w->send_left;

		if (b->begun) {
			struct l2_flood fl = {b->next, b->target, f.sends};

			if (!l2_flood_on(w, &f, m, &fl))
				l2_wait(w, &f, m, &fl);
		} else {
			struct frame a;

			frame_ahead(w->fdb, m, false, &a);
			forward(w, &f, &a, &a + 1, false);
		}
		if (b->again)
			break;
		b->begun = false;
		b->at++;
		w->hold->n_frames--;
		w->stats->held--;
		w->send_left--; /* so that the turn also ends when frames cost nothing */
		f.sends -= left - w->send_left;
	}
}

static void resume(struct dp_worker *w)
{
	while (w->hold->n_ports && w->send_left > 0) {
		turn(w, dp_hold_turn(w->hold));
		dp_hold_turn_over(w);
	}
}

/* Classifies packets and prefetches what they will look up. Returns how many go on. */
static __rte_always_inline uint16_t look_ahead(struct dp_worker *w,
					       const struct dp_port_config *port,
					       struct rte_mbuf **m, uint16_t n, bool own,
					       struct frame *a)
{
	const struct l2_plain plain = l2_plain(port);
	const struct dp_fdb *fdb = w->fdb;
	struct frame *next = a;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *p = m[i];
		const struct dp_drop_reason *reason = l2_vlan_input(w->config, &plain, port, p);

		if (likely(!reason))
			frame_ahead(fdb, p, own, next++);
		else
			dp_drop(w, port->id, reason, p);
	}
	return next - a;
}

static __rte_always_inline void run_some(struct dp_worker *w, const struct dp_port_config *port,
					 struct rte_mbuf **m, uint16_t n, bool own)
{
	struct frame frames[DP_BURST];
	const struct frame *end = frames + look_ahead(w, port, m, n, own, frames);
	struct l2_from f = from_port(w, port, INT32_MAX);
	bool say = w->say != NULL;

	for (const struct frame *a = frames; a < end; a++) {
		if (unlikely(say))
			l2_say(w, port, a->m);
		if (unlikely(w->held) && dp_hold_has(w->hold, port->id))
			dp_hold_put(w, a->m);
		else
			a = forward(w, &f, a, end, own);
	}
}

static void run(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		uint16_t n)
{
	run_some(w, port, m, n, false);
}

static void run_own(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		    uint16_t n)
{
	run_some(w, port, m, n, true);
}

static const struct dp_path path = {
	.run = run, .run_own = run_own, .resume = resume, .fit_tag = l2_vlan_output};

RTE_INIT(l2_path_register)
{
	dp_path_register(&path);
}
