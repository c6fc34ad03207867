/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Processes IP packets that a gateway took from its segment: checks them, then answers them or
 * gives them to their egress gateway (RFC 1812 5.2, RFC 8200).
 */
#include "dataplane/core/drop.h"
#include "dataplane/core/mbuf.h"
#include "dataplane/core/path.h"
#include "dataplane/core/tx.h"
#include "dataplane/l3/nd.h"
#include "dataplane/l3/packet.h"

DP_DROP_REGISTER_ERROR(drop_header, "ip_header", DP_DROP_EGRESS,
		       "the packet's IP header has a wrong version, length or checksum");
DP_DROP_REGISTER(drop_martian, "ip_martian", DP_DROP_EGRESS,
		 "the packet's source or destination is none that is routed: loopback, a group, "
		 "link-local, a subnet's own");
DP_DROP_REGISTER(drop_options, "ip_options", DP_DROP_EGRESS,
		 "the packet has a source route among its IP options, or options that contradict "
		 "each other");
DP_DROP_REGISTER(drop_ttl, "ip_ttl", DP_DROP_EGRESS,
		 "the packet's TTL or hop limit ran out at the gateway");
DP_DROP_REGISTER(drop_no_route, "no_route", DP_DROP_EGRESS,
		 "the gateway's VRF has no route to the packet's destination");
DP_DROP_REGISTER(drop_no_way, "gateway_no_way", DP_DROP_INGRESS,
		 "the gateway was to answer to an address that its VRF has no route to");

static const struct dp_drop_reason *const check_reason[] = {
	[L3_IP_BAD] = &drop_header,
	[L3_IP_MARTIAN] = &drop_martian,
	[L3_IP_ROUTED] = &drop_options,
};

static uint32_t lookup(const struct dp_worker *w, const struct l3_gateway *g, unsigned int family,
		       const uint8_t *addr)
{
	return l3_fib_lookup(l3_tree(w->config)->vrf[g->vrf].fib, family, addr);
}

/* An echo request for the gateway becomes the answer, which is routed as any packet is. */
static void answer(struct dp_worker *w, const struct dp_port_config *port,
		   const struct l3_gateway *g, struct rte_mbuf *m, struct l3_ip *h)
{
	struct rte_mbuf *own;
	const uint8_t *dst;
	uint32_t next;

	dp_tx_taken(w, port, m);
	own = dp_mbuf_writable(w->pool, m, L3_READABLE);
	if (unlikely(!own)) {
		l3_no_buffers(w, port, m);
		return;
	}
	l3_icmp_echo_reply(l3_ip(own), h);
	dst = l3_dst(l3_ip(own), h);
	next = h->link_local && l3_ip6_link_local(dst) ? l3_next(L3_NEXT_CONNECTED, g->id)
						       : lookup(w, g, h->family, dst);
	if (next == L3_FIB_NONE || l3_next_kind(next) != L3_NEXT_CONNECTED)
		dp_path_drop(w, port, &drop_no_way, own);
	else
		l3_ip_output(w, w->config->ports[l3_next_gateway(next)], own, h, false);
}

static void local(struct dp_worker *w, const struct dp_port_config *port,
		  const struct l3_gateway *g, struct rte_mbuf *m, struct l3_ip *h)
{
	if (l3_icmp_is_echo(l3_ip(m), l3_readable(m), h))
		answer(w, port, g, m, h);
	else
		l3_ignore(w, port, m);
}

static void forward(struct dp_worker *w, const struct dp_port_config *port,
		    const struct l3_gateway *g, struct rte_mbuf *m, const struct l3_ip *h,
		    uint32_t next)
{
	if (unlikely(next == L3_FIB_NONE)) {
		l3_icmp_send(w, g->vrf, m, h, L3_ICMP_NO_ROUTE, 0);
		dp_drop(w, port->id, &drop_no_route, m);
		return;
	}
	if (unlikely(h->ttl <= 1)) {
		l3_icmp_send(w, g->vrf, m, h, L3_ICMP_TTL, 0);
		dp_drop(w, port->id, &drop_ttl, m);
		return;
	}
	dp_tx_taken(w, port, m);
	l3_ip_output(w, w->config->ports[l3_next_gateway(next)], m, h, true);
}

static void route(struct dp_worker *w, const struct dp_port_config *port,
		  const struct l3_gateway *g, struct rte_mbuf *m, struct l3_ip *h, uint32_t next)
{
	if (unlikely(h->link_local)) {
		/* It stays on its link (RFC 4291 2.5.6): it may be for us, and for nobody else. */
		if (l3_gateway_has(g, 6, l3_dst(l3_ip(m), h)))
			local(w, port, g, m, h);
		else
			dp_drop(w, port->id, &drop_martian, m);
		return;
	}
	if (likely(next == L3_FIB_NONE || l3_next_kind(next) == L3_NEXT_CONNECTED))
		forward(w, port, g, m, h, next);
	else if (l3_next_kind(next) == L3_NEXT_LOCAL)
		local(w, port, g, m, h);
	else
		dp_drop(w, port->id, &drop_martian, m);
}

static bool is_nd(const uint8_t *ip, uint32_t readable, const struct l3_ip *h)
{
	return h->family == 6 && h->proto == L3_PROTO_ICMP6 && h->upper == L3_IP6_LEN &&
	       readable > L3_IP6_LEN && h->length > L3_IP6_LEN &&
	       (ip[L3_IP6_LEN] == L3_ND_SOLICIT || ip[L3_IP6_LEN] == L3_ND_ADVERTISE);
}

/* Is a neighbour's message on its link, and not one that somebody tries to send through us? */
static bool stays(const struct l3_gateway *g, const uint8_t *ip, const struct l3_ip *h)
{
	return h->group || l3_gateway_has(g, 6, l3_dst(ip, h));
}

/*
 * Packets that passed all features at IP_INPUT, some of them later than the others; they may be
 * others now.
 */
static void behind_ip_input(struct dp_worker *w, const struct dp_port_config *port,
			    struct rte_mbuf **m, uint16_t n)
{
	const struct l3_gateway *g = l3_gateway(w->config, port->id);
	struct l3_ahead a;

	for (uint16_t i = 0; i < n; i++) {
		l3_ip_ahead(l3_tree(w->config)->vrf[g->vrf].fib, m[i],
			    l3_ip(m[i])[0] >> 4 == 4 ? 4 : 6, &a);
		if (a.check == L3_IP_OK)
			route(w, port, g, m[i], &a.h, a.next);
		else
			dp_drop(w, port->id, &drop_header, m[i]);
	}
}

void l3_ip_ahead(const struct l3_fib *fib, struct rte_mbuf *m, unsigned int family,
		 struct l3_ahead *a)
{
	const uint8_t *ip = l3_ip(m);

	a->check = family == 4 ? l3_ip4_check(ip, l3_readable(m), l3_length(m), &a->h)
			       : l3_ip6_check(ip, l3_readable(m), l3_length(m), &a->h);
	if (likely(a->check == L3_IP_OK))
		a->next = l3_fib_lookup(fib, family, l3_dst(ip, &a->h));
}

void l3_ip_input(struct dp_worker *w, const struct dp_port_config *port, const struct l3_gateway *g,
		 struct rte_mbuf *m, struct l3_ahead *a)
{
	const uint8_t *ip = l3_ip(m);
	struct l3_ip *h = &a->h;

	if (unlikely(a->check != L3_IP_OK)) {
		dp_drop(w, port->id, check_reason[a->check], m);
		return;
	}
	if (unlikely(is_nd(ip, l3_readable(m), h)) && stays(g, ip, h)) {
		l3_nd_input(w, port, g, m, h);
		return;
	}
	/* A packet for one host in a frame for all, or the other way round (RFC 1812 5.3.4). */
	if (unlikely(h->group || l3_is_group_frame(m) || h->unspecified)) {
		if (h->group && l3_is_group_frame(m))
			l3_ignore(w, port, m);
		else
			dp_drop(w, port->id, &drop_martian, m);
		return;
	}
	if (likely(!port->features[DP_POINT_IP_INPUT].n))
		route(w, port, g, m, h, a->next);
	else if (dp_port_run(w, port, DP_POINT_IP_INPUT, 0, &m, 1))
		behind_ip_input(w, port, &m, 1);
}

RTE_INIT(l3_ip_input_register)
{
	dp_point_register(DP_POINT_IP_INPUT, behind_ip_input);
}
