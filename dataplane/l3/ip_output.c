/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sends IP packets by a gateway: checks their size, and finds the neighbour.
 */
#include "dataplane/core/drop.h"
#include "dataplane/core/mbuf.h"
#include "dataplane/core/path.h"
#include "dataplane/l3/owner.h"
#include "dataplane/l3/packet.h"

DP_DROP_REGISTER(drop_too_big, "ip_too_big", DP_DROP_INGRESS,
		 "the packet is larger than the MTU of the gateway that it was to leave by");
DP_DROP_REGISTER(drop_no_buffers, "gateway_no_buffers", DP_DROP_INGRESS,
		 "there was no buffer for a packet that a gateway was to send");

void l3_no_buffers(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m)
{
	if (m) {
		dp_path_drop(w, port, &drop_no_buffers, m);
		return;
	}
	w->port_stats[port->id].rx_packets++;
	dp_drop_count(w, port->id, &drop_no_buffers, 1);
}

void l3_out_flush(struct dp_worker *w, struct l3_out *out)
{
	struct l3_owner *self = l3_owner(w->index);
	struct l3_out *gathers = self->out;

	if (!out->n)
		return;
	/* Gateways that these frames come to gather frames of their own. */
	self->out = NULL;
	dp_path_input(w, out->port, out->m, out->n, true);
	self->out = gathers;
	out->n = 0;
}

void l3_emit(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m)
{
	struct l3_out *out = l3_owner(w->index)->out;

	if (unlikely(!atomic_load_explicit(&port->port->up, memory_order_acquire)))
		dp_path_drop(w, port, dp_drop_port_disabled, m);
	else if (out)
		l3_out_add(w, out, port, m);
	else
		dp_path_input(w, port, &m, 1, true);
}

void l3_transmit(struct dp_worker *w, const struct dp_port_config *port, const struct l3_gateway *g,
		 struct rte_mbuf *m, const struct hd_mac *to)
{
	struct hd_eth_hdr *eth = rte_pktmbuf_mtod(m, struct hd_eth_hdr *);

	eth->dst = *to;
	eth->src = g->mac;
	eth->type = rte_cpu_to_be_16(l3_ip(m)[0] >> 4 == 4 ? HD_ETYPE_IPV4 : HD_ETYPE_IPV6);
	l3_emit(w, port, m);
}

/* What is the largest that leaves the gateway: the packet, or a piece of a super-frame. */
static uint32_t size_of(struct rte_mbuf *m, const struct l3_ip *h)
{
	const struct dp_meta *meta = dp_meta(m);

	if (unlikely(meta->flags & DP_META_TSO))
		return (uint32_t)meta->l3_len + meta->l4_len + meta->gso_size;
	return h->length;
}

/* Bytes behind the first @len go. */
static void cut(struct rte_mbuf *m, uint32_t len)
{
	struct rte_mbuf *last = m;
	uint32_t left = len;

	m->pkt_len = len;
	m->nb_segs = 1;
	for (; left > last->data_len; last = last->next, m->nb_segs++)
		left -= last->data_len;
	last->data_len = (uint16_t)left;
	rte_pktmbuf_free(last->next);
	last->next = NULL;
}

/*
 * The tag that the frame came with goes, and what is behind the packet, but for what fills a short
 * frame.
 */
static void strip(struct rte_mbuf *m, const struct l3_ip *h)
{
	struct dp_meta *meta = dp_meta(m);
	char *frame = rte_pktmbuf_mtod(m, char *);
	uint32_t len;

	if (unlikely(meta->tag_len)) {
		memmove(frame + meta->tag_len, frame, 2 * HD_ETH_ALEN);
		rte_pktmbuf_adj(m, meta->tag_len);
		meta->l2_len -= meta->flags ? meta->tag_len : 0;
		meta->tag_len = 0;
	}
	len = RTE_MAX(HD_ETH_HLEN + h->length, (uint32_t)HD_ETH_MIN);
	if (unlikely(m->pkt_len > len))
		cut(m, len);
}

/* Its Ethernet header is all that is missing. */
static void to_neighbour(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m,
			 unsigned int family)
{
	const struct l3_gateway *g = l3_gateway(w->config, port->id);
	struct l3_owner *owner = l3_owner(l3_owner_of(g->id));
	struct l3_neigh_key key = l3_neigh_key(g, family, l3_ip(m) + (family == 4 ? 16 : 24));
	struct hd_mac mac;

	if (likely(l3_neigh_find(owner->neighbours, &key, &mac)))
		l3_transmit(w, port, g, m, &mac);
	else
		l3_owner_resolve(w, port, m);
}

void l3_ip_output(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m,
		  const struct l3_ip *h, bool hop)
{
	struct rte_mbuf *own;

	if (unlikely(size_of(m, h) > port->mtu)) {
		l3_icmp_send(w, l3_gateway(w->config, port->id)->vrf, m, h, L3_ICMP_TOO_BIG,
			     port->mtu);
		dp_path_drop(w, port, &drop_too_big, m);
		return;
	}
	own = dp_mbuf_writable(w->pool, m, L3_READABLE);
	if (unlikely(!own)) {
		l3_no_buffers(w, port, m);
		return;
	}
	strip(own, h);
	if (hop && h->family == 4)
		l3_ip4_hop(l3_ip(own));
	else if (hop)
		l3_ip6_hop(l3_ip(own));
	if (unlikely(port->features[DP_POINT_IP_OUTPUT].n) &&
	    !dp_port_run(w, port, DP_POINT_IP_OUTPUT, 0, &own, 1))
		return;
	to_neighbour(w, port, own, h->family);
}

/* Packets that passed all features at IP_OUTPUT, some of them later than the others. */
static void behind_ip_output(struct dp_worker *w, const struct dp_port_config *port,
			     struct rte_mbuf **m, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		to_neighbour(w, port, m[i], l3_ip(m[i])[0] >> 4 == 4 ? 4 : 6);
}

RTE_INIT(l3_ip_output_register)
{
	dp_point_register(DP_POINT_IP_OUTPUT, behind_ip_output);
}
