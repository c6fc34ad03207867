/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The owner of a gateway's neighbours: solicits them, holds packets for them, and processes their
 * messages.
 */
#include "dataplane/l3/owner.h"

#include <errno.h>
#include <stdlib.h>

#include "heddle/base/random.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/handover.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/mbuf.h"
#include "dataplane/core/path.h"
#include "dataplane/l3/arp.h"
#include "dataplane/l3/nd.h"

DP_DROP_REGISTER(drop_failed, "neighbour_failed", DP_DROP_INGRESS,
		 "the packet's neighbour on the gateway's segment does not answer");
DP_DROP_REGISTER(drop_full, "neighbour_full", DP_DROP_INGRESS,
		 "there was no room for the packet's neighbour, or for packets that wait for one");
DP_DROP_REGISTER(drop_queue, "neighbour_queue", DP_DROP_INGRESS,
		 "the packet waited for its neighbour, and a newer one took its place");

#define EXPIRE_BUDGET 256 /* things that are due are done, of a loop */

static struct l3_owner owners[DP_WORKERS_MAX];
static unsigned int n_owners;
static uint8_t hand_resolve, hand_hear;

static const struct dp_drop_reason *const why_reason[] = {
	[L3_HELD_FAILED] = &drop_failed,
	[L3_HELD_OLDEST] = &drop_queue,
	[L3_HELD_EVICTED] = &drop_full,
};

struct l3_owner *l3_owner(unsigned int index)
{
	return &owners[index];
}

unsigned int l3_owners_count(void)
{
	return n_owners;
}

static uint64_t next_random(struct l3_owner *o)
{
	/* xorshift64: its state is never 0 */
	o->random ^= o->random << 13;
	o->random ^= o->random >> 7;
	o->random ^= o->random << 17;
	return o->random;
}

/* The gateway that the key is about, if it still is what it was then. */
static const struct l3_gateway *gateway_of(const struct dp_worker *w,
					   const struct l3_neigh_key *key)
{
	const struct l3_gateway *g = l3_gateway(w->config, key->gateway);

	return g && g->epoch == key->epoch ? g : NULL;
}

static void arm(struct dp_worker *w, struct l3_owner *o)
{
	uint64_t due = l3_neigh_due(o->neighbours);

	if (due == o->armed_ns)
		return;
	o->armed_ns = due;
	if (due == UINT64_MAX)
		dp_deadline_cancel(w, &o->deadline);
	else
		dp_deadline_set(w, &o->deadline, due);
}

/* The address that a gateway asks from. NULL: it has none of the family. */
static const struct hd_ip_prefix *asks_from(const struct l3_gateway *g,
					    const struct l3_neigh_key *key)
{
	return l3_gateway_toward(g, key->family, key->addr.b);
}

static void solicit(struct dp_worker *w, const struct l3_gateway *g, const struct l3_neigh_out *out,
		    uint64_t time_ns)
{
	const struct dp_port_config *port = w->config->ports[g->id];
	const struct hd_ip_prefix *from = asks_from(g, &out->key);
	const struct hd_mac *to = out->solicit == L3_SOLICIT_ONE ? &out->mac : NULL;
	bool ip4 = out->key.family == 4;
	struct rte_mbuf *m;
	uint8_t *frame;

	m = from ? l3_make(w, port, ip4 ? L3_ARP_FRAME : L3_ND_FRAME, time_ns) : NULL;
	if (!m)
		return;
	frame = rte_pktmbuf_mtod(m, uint8_t *);
	if (ip4) {
		l3_arp_request(frame, &g->mac, from->addr, out->key.addr.b, to);
	} else {
		struct l3_addr src = l3_addr(6, from->addr);

		l3_nd_solicit(frame, &g->mac, &src, &out->key.addr, to);
	}
	l3_emit(w, port, m);
}

/* A packet that does not go on, at @time_ns, is dropped at the gateway that it was to leave by. */
static void lose(struct dp_worker *w, const struct dp_drop_reason *reason, struct rte_mbuf *m,
		 uint64_t time_ns)
{
	uint16_t id = dp_meta(m)->port;
	const struct l3_gateway *g = l3_gateway(w->config, id);
	struct l3_ip h;

	if (!g) {
		dp_drop(w, id, dp_drop_outdated, m);
		return;
	}
	dp_meta(m)->time_ns = time_ns;
	if (reason == &drop_failed && l3_parse(m, &h))
		l3_icmp_send(w, g->vrf, m, &h, L3_ICMP_NO_HOST, 0);
	dp_path_drop(w, w->config->ports[id], reason, m);
}

/* Does what the table asks for, at @time_ns. */
static void act(struct dp_worker *w, const struct l3_neigh_out *out, uint64_t time_ns)
{
	const struct l3_gateway *g = gateway_of(w, &out->key);

	arm(w, l3_owner(w->index));
	if (g && out->solicit != L3_SOLICIT_NOT)
		solicit(w, g, out, time_ns);
	w->stats->held -= out->n_send + out->n_drop;
	for (uint32_t i = 0; i < out->n_send; i++) {
		dp_meta(out->send[i])->time_ns = time_ns;
		if (g)
			l3_transmit(w, w->config->ports[g->id], g, out->send[i], &out->mac);
		else
			lose(w, dp_drop_outdated, out->send[i], time_ns);
	}
	for (uint32_t i = 0; i < out->n_drop; i++)
		lose(w, why_reason[out->drop[i].why], out->drop[i].packet, time_ns);
}

/* Is the packet, which another worker handed over, still to leave by this gateway? */
static bool goes_by(const struct dp_worker *w, const struct l3_gateway *g, const uint8_t *dst,
		    unsigned int family)
{
	if (family == 6 && l3_ip6_link_local(dst))
		return true;
	return l3_fib_lookup(l3_tree(w->config)->vrf[g->vrf].fib, family, dst) ==
	       l3_next(L3_NEXT_CONNECTED, g->id);
}

static void resolve(struct dp_worker *w, struct rte_mbuf *m)
{
	const struct l3_gateway *g = l3_gateway(w->config, dp_meta(m)->port);
	unsigned int family = l3_ip(m)[0] >> 4 == 4 ? 4 : 6;
	const uint8_t *dst = l3_ip(m) + (family == 4 ? 16 : 24);
	uint64_t time_ns = dp_meta(m)->time_ns;
	struct l3_neigh_out out;
	struct l3_neigh_key key;
	struct rte_mbuf *own;

	if (!g || !goes_by(w, g, dst, family)) {
		lose(w, dp_drop_outdated, m, time_ns);
		return;
	}
	key = l3_neigh_key(g, family, dst);
	own = dp_mbuf_own(w, m);
	if (!own) {
		l3_no_buffers(w, w->config->ports[g->id], m);
		return;
	}
	switch (l3_neigh_resolve(l3_owner(w->index)->neighbours, &key, own, time_ns, &out)) {
	case L3_NEIGH_HELD:
		w->stats->held++;
		act(w, &out, time_ns);
		break;
	case L3_NEIGH_SEND:
		act(w, &out, time_ns);
		l3_transmit(w, w->config->ports[g->id], g, own, &out.mac);
		break;
	case L3_NEIGH_FAILED:
		act(w, &out, time_ns);
		lose(w, &drop_failed, own, time_ns);
		break;
	case L3_NEIGH_FULL:
		act(w, &out, time_ns);
		lose(w, &drop_full, own, time_ns);
		break;
	}
}

void l3_owner_resolve(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m)
{
	dp_hand_over(w, l3_owner_of(port->id), hand_resolve, port->port, m);
}

/* Of whom an ARP packet tells, and what. False: of nobody. */
static bool arp_news(const struct l3_gateway *g, struct rte_mbuf *m, struct l3_neigh_key *key,
		     struct l3_neigh_news *news)
{
	struct l3_arp arp;
	enum l3_arp_kind kind;

	if (!l3_arp_parse(l3_ip(m), l3_readable(m), &arp))
		return false;
	kind = l3_arp_kind(&arp, l3_gateway_has(g, 4, arp.sender_ip),
			   l3_gateway_has(g, 4, arp.target_ip), &g->mac);
	*key = l3_neigh_key(g, 4, arp.sender_ip);
	*news = (struct l3_neigh_news){
		.kind = kind == L3_ARP_ASKS      ? L3_NEWS_ASKED
			: kind == L3_ARP_ANSWERS ? L3_NEWS_ANSWER
						 : L3_NEWS_TOLD,
		.has_mac = true,
		.mac = arp.sender,
	};
	return kind != L3_ARP_CONFLICT && kind != L3_ARP_PROBE;
}

static bool nd_news(const struct l3_gateway *g, struct rte_mbuf *m, struct l3_neigh_key *key,
		    struct l3_neigh_news *news)
{
	uint32_t length = L3_IP6_LEN + l3_be16(l3_ip(m) + 4);
	struct l3_nd nd;

	if (!l3_nd_parse(l3_ip(m), l3_readable(m), length, &nd))
		return false;
	if (nd.type == L3_ND_SOLICIT) {
		*key = l3_neigh_key(g, 6, nd.src.b);
		*news = (struct l3_neigh_news){.kind = L3_NEWS_ASKED};
	} else {
		*key = l3_neigh_key(g, 6, nd.target.b);
		*news = (struct l3_neigh_news){.kind = nd.solicited ? L3_NEWS_ANSWER : L3_NEWS_TOLD,
					       .override = nd.override};
	}
	news->has_mac = nd.has_mac;
	news->mac = nd.mac;
	return true;
}

static void hear(struct dp_worker *w, struct rte_mbuf *m)
{
	const struct l3_gateway *g = l3_gateway(w->config, dp_meta(m)->port);
	struct l3_owner *o = l3_owner(w->index);
	uint64_t time_ns = dp_meta(m)->time_ns;
	struct l3_neigh_news news;
	struct l3_neigh_key key;
	struct l3_neigh_out out;
	bool tells;

	/*
	 * The type of its Ethernet header says which of the two it is: ARP's hardware type begins
	 * with 0.
	 */
	tells = g &&
		(l3_ip(m)[0] >> 4 == 6 ? nd_news(g, m, &key, &news) : arp_news(g, m, &key, &news));
	w->stats->consumed++;
	rte_pktmbuf_free(m);
	if (!tells)
		return;
	l3_neigh_heard(o->neighbours, &key, &news, time_ns, next_random(o), &out);
	act(w, &out, time_ns);
}

void l3_owner_hear(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m)
{
	struct rte_mbuf *own = dp_mbuf_writable(w->pool, m, L3_READABLE);

	if (likely(own))
		dp_hand_over(w, l3_owner_of(port->id), hand_hear, port->port, own);
	else
		l3_no_buffers(w, port, m);
}

static void on_deadline(struct dp_worker *w, struct dp_deadline *d)
{
	struct l3_owner *o = RTE_PTR_SUB(d, offsetof(struct l3_owner, deadline));
	struct l3_neigh_out out;

	o->armed_ns = UINT64_MAX;
	for (int i = 0; i < EXPIRE_BUDGET && l3_neigh_expire(o->neighbours, w->now_ns, &out); i++)
		act(w, &out, w->now_ns);
	arm(w, o);
}

static int owner_init(struct l3_owner *o)
{
	static const struct l3_neigh_limits limits = {
		.max = L3_NEIGH_MAX,
		.asked = L3_NEIGH_ASKED_MAX,
		.gateway_known = L3_NEIGH_GATEWAY_MAX,
		.gateway_asked = L3_NEIGH_ASKED_GATEWAY,
		.held = L3_HELD_MAX,
		.gateway_held = L3_HELD_GATEWAY,
		.gateways = HD_PORTS_MAX,
	};

	o->neighbours = l3_neigh_new(&limits, hd_random_u64());
	o->gateways = calloc(HD_PORTS_MAX, sizeof(*o->gateways));
	o->random = hd_random_u64() | 1;
	o->armed_ns = UINT64_MAX;
	o->deadline.fn = on_deadline;
	l3_announce_init(&o->announcer);
	return o->neighbours && o->gateways ? 0 : -ENOMEM;
}

int l3_owners_init(void)
{
	unsigned int n = dp_workers_count();

	for (unsigned int i = n_owners; i < n; i++)
		if (owner_init(&owners[i]) < 0) {
			l3_neigh_free(owners[i].neighbours);
			free(owners[i].gateways);
			return -ENOMEM;
		} else {
			n_owners = i + 1;
		}
	return 0;
}

void l3_owners_forget_outdated(const struct dp_config *tree)
{
	for (unsigned int i = 0; i < n_owners; i++) {
		struct l3_neigh_table *t = owners[i].neighbours;
		struct l3_neigh_view v;

		for (uint32_t at = 0; at < l3_neigh_end(t); at++) {
			const struct l3_gateway *g;

			if (!l3_neigh_view(t, at, &v))
				continue;
			g = l3_gateway(tree, v.key.gateway);
			if (!g || g->epoch != v.key.epoch)
				l3_neigh_forget(t, at, &v);
		}
	}
}

RTE_INIT(l3_owner_register)
{
	hand_resolve = dp_handover_register(resolve);
	hand_hear = dp_handover_register(hear);
}
