/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Processes ARP and neighbour discovery that a gateway received.
 *
 * The worker that received a request answers it. It hands the information about the sender over to
 * the owner of the gateway's neighbours.
 */
#include "dataplane/core/drop.h"
#include "dataplane/core/path.h"
#include "dataplane/core/tx.h"
#include "dataplane/l2/vlan.h"
#include "dataplane/l3/arp.h"
#include "dataplane/l3/nd.h"
#include "dataplane/l3/owner.h"
#include "dataplane/l3/packet.h"

DP_DROP_REGISTER_ERROR(
	drop_arp, "arp_invalid", DP_DROP_EGRESS,
	"an ARP packet that is none for IPv4 on Ethernet, is cut short, or has no host as "
	"its sender");
DP_DROP_REGISTER_ERROR(
	drop_nd, "nd_invalid", DP_DROP_EGRESS,
	"a neighbour solicitation or advertisement that is not valid by RFC 4861 7.1");
DP_DROP_REGISTER(drop_conflict, "address_conflict", DP_DROP_EGRESS,
		 "somebody on the segment says that he has an address of the gateway");
DP_DROP_REGISTER(
	drop_unserved, "gateway_unserved", DP_DROP_EGRESS,
	"the packet is for the gateway itself, which answers to ARP, neighbour discovery and "
	"echo only");

struct rte_mbuf *l3_make(struct dp_worker *w, const struct dp_port_config *port, uint32_t len,
			 uint64_t time_ns)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(w->pool);

	w->stats->generated++;
	if (unlikely(!m)) {
		l3_no_buffers(w, port, NULL);
		return NULL;
	}
	*dp_meta(m) = (struct dp_meta){.time_ns = time_ns, .port = DP_PORT_ID_NONE};
	memset(rte_pktmbuf_append(m, (uint16_t)len), 0, HD_ETH_HLEN);
	return m;
}

void l3_ignore(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m)
{
	if (!l3_is_group_frame(m)) {
		dp_drop(w, port->id, &drop_unserved, m);
		return;
	}
	dp_tx_taken(w, port, m);
	w->stats->consumed++;
	rte_pktmbuf_free(m);
}

/* May it defend its address again (RFC 5227 2.4 c)? */
static bool may_defend(struct dp_worker *w, const struct l3_gateway *g, uint64_t now_ns)
{
	struct l3_gateway_state *s = &l3_owner(w->index)->gateways[g->id];

	if (now_ns < s->defend_ns)
		return false;
	s->defend_ns = now_ns + L3_DEFEND_NS;
	return true;
}

struct rte_mbuf *l3_make_announcement(struct dp_worker *w, const struct dp_port_config *port,
				      const struct l3_gateway *g, unsigned int family,
				      const uint8_t *addr, uint64_t time_ns)
{
	struct rte_mbuf *m = l3_make(w, port, family == 4 ? L3_ARP_FRAME : L3_ND_FRAME, time_ns);
	struct l3_addr a = l3_addr(family, addr);

	if (m && family == 4)
		l3_arp_announce(rte_pktmbuf_mtod(m, uint8_t *), &g->mac, addr);
	else if (m)
		l3_nd_announce(rte_pktmbuf_mtod(m, uint8_t *), &g->mac, &a);
	return m;
}

/* Somebody says that he has our address: all are told who has it, once in a while. */
static void conflict(struct dp_worker *w, const struct dp_port_config *port,
		     const struct l3_gateway *g, struct rte_mbuf *m, unsigned int family,
		     const uint8_t *addr)
{
	uint64_t now_ns = dp_meta(m)->time_ns;
	struct rte_mbuf *announce = NULL;

	if (may_defend(w, g, now_ns))
		announce = l3_make_announcement(w, port, g, family, addr, now_ns);
	dp_drop(w, port->id, &drop_conflict, m);
	if (announce)
		l3_emit(w, port, announce);
}

/*
 * The frame was heard; it is the owner's, if it says something of a host of the gateway's segment.
 */
static void heard(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m,
		  bool tells)
{
	if (tells) {
		l3_owner_hear(w, port, m);
		return;
	}
	w->stats->consumed++;
	rte_pktmbuf_free(m);
}

void l3_arp_input(struct dp_worker *w, const struct dp_port_config *port,
		  const struct l3_gateway *g, struct rte_mbuf *m)
{
	struct rte_mbuf *reply;
	enum l3_arp_kind kind;
	struct l3_arp arp;

	if (!l3_arp_parse(l3_ip(m), l3_readable(m), &arp)) {
		dp_drop(w, port->id, &drop_arp, m);
		return;
	}
	kind = l3_arp_kind(&arp, l3_gateway_has(g, 4, arp.sender_ip),
			   l3_gateway_has(g, 4, arp.target_ip), &g->mac);
	if (kind == L3_ARP_CONFLICT) {
		conflict(w, port, g, m, 4, arp.sender_ip);
		return;
	}
	dp_tx_taken(w, port, m);
	if (kind == L3_ARP_ASKS || kind == L3_ARP_PROBE) {
		reply = l3_make(w, port, L3_ARP_FRAME, dp_meta(m)->time_ns);
		if (reply) {
			l3_arp_reply(rte_pktmbuf_mtod(reply, uint8_t *), &g->mac, &arp);
			l3_emit(w, port, reply);
		}
	}
	heard(w, port, m, l3_ip4_unicast(arp.sender_ip) && l3_gateway_toward(g, 4, arp.sender_ip));
}

/* The host that sent a solicitation gets the answer at the MAC that it gives, or sends from. */
static void nd_answer(struct dp_worker *w, const struct dp_port_config *port,
		      const struct l3_gateway *g, struct rte_mbuf *m, const struct l3_nd *nd)
{
	const struct hd_eth_hdr *eth = rte_pktmbuf_mtod(m, const struct hd_eth_hdr *);
	struct rte_mbuf *answer = l3_make(w, port, L3_ND_FRAME, dp_meta(m)->time_ns);

	if (!answer)
		return;
	l3_nd_answer(rte_pktmbuf_mtod(answer, uint8_t *), &g->mac, nd,
		     nd->has_mac ? &nd->mac : &eth->src);
	l3_emit(w, port, answer);
}

void l3_nd_input(struct dp_worker *w, const struct dp_port_config *port, const struct l3_gateway *g,
		 struct rte_mbuf *m, const struct l3_ip *h)
{
	bool ours, asks, advert;
	struct l3_nd nd;

	if (!l3_nd_parse(l3_ip(m), l3_readable(m), h->length, &nd)) {
		dp_drop(w, port->id, &drop_nd, m);
		return;
	}
	ours = l3_gateway_has(g, 6, nd.target.b);
	advert = nd.type == L3_ND_ADVERTISE;
	if ((advert && ours) || l3_gateway_has(g, 6, nd.src.b)) {
		conflict(w, port, g, m, 6, advert && ours ? nd.target.b : nd.src.b);
		return;
	}
	dp_tx_taken(w, port, m);
	asks = !advert && ours;
	if (asks)
		nd_answer(w, port, g, m, &nd);
	heard(w, port, m, advert || (asks && nd.has_mac && l3_gateway_toward(g, 6, nd.src.b)));
}
