/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Processes frames that a gateway takes from its segment, in bursts of frames that follow each
 * other.
 *
 * First it reads their headers and looks up their routes; then it decides about each packet, in the
 * order in which they came. Most packets are plain: valid, to a known neighbour, and small enough.
 * A plain packet is processed here completely. ip_input.c and ip_output.c process the others; they
 * would decide the same about a plain one.
 */
#include "dataplane/core/drop.h"
#include "dataplane/core/mbuf.h"
#include "dataplane/core/path.h"
#include "dataplane/core/tx.h"
#include "dataplane/l3/owner.h"
#include "dataplane/l3/packet.h"
#include "dataplane/l3/say.h"

/* The gateway by which packets leave, as far as plain ones need it. */
struct egress {
	uint32_t next; /* as the FIB has it; L3_FIB_NONE: nothing is known yet */
	uint32_t mtu;  /* 0: no packet is plain there */
	const struct dp_port_config *port;
	struct l3_neigh_table *neighbours;
	struct l3_neigh_key key; /* of the last neighbour, */
	struct hd_mac to;        /* and its MAC; without an address in the key none */
	struct hd_mac mac;       /* the gateway's */
};

static void find_egress(struct dp_worker *w, uint32_t next, struct egress *e)
{
	const struct l3_gateway *g = l3_gateway(w->config, l3_next_gateway(next));

	e->next = next;
	e->port = w->config->ports[g->id];
	e->neighbours = l3_owner(l3_owner_of(g->id))->neighbours;
	e->key = (struct l3_neigh_key){.epoch = g->epoch, .gateway = g->id};
	e->mac = g->mac;
	e->mtu = e->port->mtu;
	if (e->port->features[DP_POINT_IP_OUTPUT].n ||
	    !atomic_load_explicit(&e->port->port->up, memory_order_acquire))
		e->mtu = 0;
}

/* What comes in one call of l3_take(). */
struct batch {
	struct dp_worker *w;
	const struct dp_port_config *port;
	const struct l3_gateway *g;
	const struct l3_fib *fib;
	struct l3_fib_span span; /* of the last IPv4 destination */
	struct egress egress;
	uint32_t routed; /* plain ones, */
	uint64_t bytes;  /* and their frames' */
};

static inline bool is_sound4(const uint8_t *ip, uint32_t readable)
{
	uint64_t sum = 0;

	if (unlikely(readable < L3_IP4_LEN || ip[0] != 0x45))
		return false;
	for (uint32_t at = 0; at < L3_IP4_LEN; at += 4) {
		uint32_t word;

		memcpy(&word, ip + at, sizeof(word));
		sum += word;
	}
	/*
	 * 0xffff times anything is what a sum of words of 16 bits comes to that is 0xffff folded.
	 */
	return likely(sum % 0xffff == 0) && l3_ip4_unicast(ip + 12) && l3_ip4_unicast(ip + 16);
}

/* Reads the headers and finds the route. True: the packet is plain as far as these go. */
static inline bool look4(struct batch *b, struct rte_mbuf *m, struct l3_ahead *a)
{
	const uint8_t *ip = l3_ip(m);

	if (unlikely(!is_sound4(ip, l3_readable(m)))) {
		l3_ip_ahead(b->fib, m, 4, a);
		return false;
	}
	a->h.length = l3_be16(ip + 2);
	if (unlikely(l3_be32(ip + 16) - b->span.first > b->span.size))
		b->span = l3_fib_span(b->fib, l3_be32(ip + 16));
	a->next = b->span.next;
	if (likely(ip[8] > 1 && a->h.length >= L3_IP4_LEN &&
		   l3_next_kind(a->next) == L3_NEXT_CONNECTED))
		return true;
	l3_ip_ahead(b->fib, m, 4, a);
	return false;
}

static inline bool look6(const struct batch *b, struct rte_mbuf *m, struct l3_ahead *a)
{
	l3_ip_ahead(b->fib, m, 6, a);
	return a->check == L3_IP_OK && !a->h.group && !a->h.link_local && !a->h.unspecified &&
	       a->h.ttl > 1 && l3_next_kind(a->next) == L3_NEXT_CONNECTED;
}

static inline void look_ahead(struct batch *b, struct rte_mbuf *m, struct l3_ahead *a)
{
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);

	a->type = hd_frame_u16(frame, l3_l2_len(m) - 2);
	if (likely(a->type == HD_ETYPE_IPV4))
		a->plain = look4(b, m, a);
	else if (a->type == HD_ETYPE_IPV6)
		a->plain = look6(b, m, a);
	else
		a->plain = false;
}

/* Can the packet leave as it is, but for its Ethernet header and its TTL? */
static inline bool fits(struct rte_mbuf *m, const struct l3_ahead *a, const struct egress *e)
{
	const struct dp_meta *meta = dp_meta(m);
	uint32_t frame = HD_ETH_HLEN + a->h.length;

	return a->h.length <= e->mtu && m->pkt_len >= frame &&
	       m->pkt_len <= RTE_MAX(frame, (uint32_t)HD_ETH_MIN) && !meta->tag_len &&
	       !(meta->flags & DP_META_TSO) && !l3_is_group_frame(m) && dp_mbuf_is_private(m);
}

/*
 * Packets for one host follow each other often. False: this one is for another than the last was.
 */
static inline bool is_last(struct egress *e, unsigned int family, const uint8_t *dst)
{
	struct l3_addr addr = l3_addr(family, dst);

	if (likely(l3_addr_same(&addr, &e->key.addr) && e->key.family == family))
		return true;
	e->key.addr = addr;
	e->key.family = (uint8_t)family;
	return false;
}

static bool find_neighbour(struct egress *e)
{
	if (l3_neigh_find(e->neighbours, &e->key, &e->to))
		return true;
	e->key.family = 0; /* what was found last is not this one's */
	return false;
}

/* False: it is not plain after all; nothing was done. */
static inline bool forward_plain(struct batch *b, struct rte_mbuf *m, const struct l3_ahead *a,
				 struct l3_out *out)
{
	struct hd_eth_hdr *eth = rte_pktmbuf_mtod(m, struct hd_eth_hdr *);
	struct egress *e = &b->egress;
	bool ip4 = a->type == HD_ETYPE_IPV4;
	uint8_t *ip = (uint8_t *)(eth + 1);

	if (unlikely(a->next != e->next))
		find_egress(b->w, a->next, e);
	if (unlikely(!fits(m, a, e)))
		return false;
	if (!(ip4 ? is_last(e, 4, ip + 16) : is_last(e, 6, ip + 24)) && !find_neighbour(e))
		return false;
	b->routed++;
	b->bytes += m->pkt_len;
	eth->dst = e->to;
	eth->src = e->mac;
	if (likely(ip4))
		l3_ip4_hop(ip);
	else
		l3_ip6_hop(ip);
	l3_out_add(b->w, out, e->port, m);
	return true;
}

static void input(const struct batch *b, struct rte_mbuf *m, struct l3_ahead *a)
{
	if (unlikely(b->w->say))
		l3_say(b->w, b->port, b->g, m, a->type);
	/* What seemed plain was only read as far as that needs. */
	if (a->plain)
		l3_ip_ahead(b->fib, m, a->type == HD_ETYPE_IPV4 ? 4 : 6, a);
	switch (a->type) {
	case HD_ETYPE_IPV4:
	case HD_ETYPE_IPV6: l3_ip_input(b->w, b->port, b->g, m, a); break;
	case HD_ETYPE_ARP: l3_arp_input(b->w, b->port, b->g, m); break;
	default: l3_ignore(b->w, b->port, m); break;
	}
}

void l3_take(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
	     uint16_t n)
{
	const struct l3_gateway *g = l3_gateway(w->config, port->id);
	struct l3_owner *self = l3_owner(w->index);
	struct batch b = {
		.w = w,
		.port = port,
		.g = g,
		.fib = l3_tree(w->config)->vrf[g->vrf].fib,
		.span = {.first = UINT32_MAX, .next = L3_FIB_NONE},
		.egress = {.next = L3_FIB_NONE},
	};
	bool quick = !w->say && !port->features[DP_POINT_IP_INPUT].n;
	struct l3_ahead a[DP_BURST];
	struct l3_out out;

	for (uint16_t i = 0; i < n; i++)
		look_ahead(&b, m[i], &a[i]);
	out.n = 0;
	self->out = &out;
	for (uint16_t i = 0; i < n; i++)
		if (unlikely(!quick || !a[i].plain || !forward_plain(&b, m[i], &a[i], &out))) {
			input(&b, m[i], &a[i]);
			b.egress.key.family = 0; /* neighbours may have changed */
		}
	self->out = NULL;
	w->port_stats[port->id].tx_packets += b.routed;
	w->port_stats[port->id].tx_bytes += b.bytes;
	l3_out_flush(w, &out);
}
