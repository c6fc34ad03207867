/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sends ICMP errors about packets that are dropped. An error comes from the gateway by which the
 * packet's source is reached (RFC 1812 4.3.2.4), which sends a limited number each second.
 */
#include "dataplane/l3/owner.h"
#include "dataplane/l3/packet.h"

#define INTERVAL_NS (HD_NS_PER_S / L3_ICMP_RATE)

/*
 * A bucket of L3_ICMP_BURST errors: icmp_ns runs ahead of the time by an interval for each that
 * was sent.
 */
static bool rate_allows(struct l3_gateway_state *s, uint64_t now_ns)
{
	uint64_t at = RTE_MAX(s->icmp_ns, now_ns);

	if (at - now_ns > (L3_ICMP_BURST - 1) * INTERVAL_NS)
		return false;
	s->icmp_ns = at + INTERVAL_NS;
	return true;
}

/* The gateway that is connected to the sender; NULL: none is. */
static const struct l3_gateway *toward_sender(const struct dp_worker *w, uint32_t vrf,
					      unsigned int family, const uint8_t *src)
{
	uint32_t next = l3_fib_lookup(l3_tree(w->config)->vrf[vrf].fib, family, src);

	if (next == L3_FIB_NONE || l3_next_kind(next) != L3_NEXT_CONNECTED)
		return NULL;
	return l3_gateway(w->config, l3_next_gateway(next));
}

void l3_icmp_send(struct dp_worker *w, uint32_t vrf, struct rte_mbuf *m, const struct l3_ip *h,
		  enum l3_icmp_error error, uint32_t mtu)
{
	const uint8_t *ip = l3_ip(m), *src = l3_src(ip, h);
	uint32_t head = l3_icmp_head(h), quote = l3_icmp_quote(h), at = l3_l2_len(m);
	const struct dp_port_config *port;
	const struct hd_ip_prefix *from;
	const struct l3_gateway *g;
	struct l3_ip eh = {
		.length = head + quote,
		.upper = (uint16_t)(head - 8),
		.family = h->family,
		.proto = h->family == 4 ? L3_PROTO_ICMP : L3_PROTO_ICMP6,
	};
	struct rte_mbuf *e;
	uint8_t *out;

	if (!l3_icmp_may_tell(ip, l3_readable(m), h, l3_is_group_frame(m)))
		return;
	g = toward_sender(w, vrf, h->family, src);
	from = g ? l3_gateway_toward(g, h->family, src) : NULL;
	if (!from || !rate_allows(&l3_owner(w->index)->gateways[g->id], dp_meta(m)->time_ns))
		return;
	port = w->config->ports[g->id];
	e = l3_make(w, port, HD_ETH_HLEN + head + quote, dp_meta(m)->time_ns);
	if (!e)
		return;
	out = l3_ip(e);
	for (uint32_t done = 0; m && done < quote; at = 0, m = m->next) {
		uint32_t part = RTE_MIN(quote - done, m->data_len - at);

		memcpy(out + head + done, rte_pktmbuf_mtod_offset(m, const uint8_t *, at), part);
		done += part;
	}
	l3_icmp_write(out, h, error, mtu, from->addr, quote);
	l3_ip_output(w, port, e, &eh, false);
}
