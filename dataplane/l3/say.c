/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l3/say.h"

#include <arpa/inet.h>

#include "dataplane/l3/arp.h"
#include "dataplane/l3/owner.h"

static const char *address(unsigned int family, const uint8_t *addr, char str[INET6_ADDRSTRLEN])
{
	return inet_ntop(family == 4 ? AF_INET : AF_INET6, addr, str, INET6_ADDRSTRLEN) ? str : "?";
}

static void say_arp(struct dp_worker *w, const struct dp_port_config *port,
		    const struct l3_gateway *g, struct rte_mbuf *m)
{
	char target[INET6_ADDRSTRLEN];
	struct l3_arp arp;

	if (!l3_arp_parse(l3_ip(m), l3_readable(m), &arp))
		w->say(w, "gateway", "%s: not an ARP packet for IPv4", port->name);
	else
		w->say(w, "gateway", "%s: ARP about %s, %s the gateway's", port->name,
		       address(4, arp.target_ip, target),
		       l3_gateway_has(g, 4, arp.target_ip) ? "an address of" : "none of");
}

/* Where the packet goes that is for a host of gateway @next. */
static void say_neighbour(struct dp_worker *w, uint32_t next, unsigned int family,
			  const uint8_t *dst)
{
	const struct l3_gateway *g = l3_gateway(w->config, l3_next_gateway(next));
	struct l3_neigh_key key = l3_neigh_key(g, family, dst);
	char str[INET6_ADDRSTRLEN], mac_str[HD_MAC_STR_MAX];
	struct hd_mac mac;

	if (l3_neigh_find(l3_owner(l3_owner_of(g->id))->neighbours, &key, &mac))
		w->say(w, "route", "%s leaves by %s, to %s", address(family, dst, str),
		       w->config->ports[g->id]->name, hd_mac_str(&mac, mac_str));
	else
		w->say(w, "route", "%s leaves by %s, which does not know its MAC: it waits",
		       address(family, dst, str), w->config->ports[g->id]->name);
}

static void say_ip(struct dp_worker *w, const struct dp_port_config *port,
		   const struct l3_gateway *g, struct rte_mbuf *m)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	struct l3_ip h;
	uint32_t next;

	if (!l3_parse(m, &h)) {
		w->say(w, "gateway", "%s: an IP packet that is not routed", port->name);
		return;
	}
	w->say(w, "gateway", "%s: IPv%u from %s to %s, protocol %u, TTL %u", port->name, h.family,
	       address(h.family, l3_src(l3_ip(m), &h), src),
	       address(h.family, l3_dst(l3_ip(m), &h), dst), h.proto, h.ttl);
	if (h.group || h.link_local)
		return;
	next = l3_fib_lookup(l3_tree(w->config)->vrf[g->vrf].fib, h.family, l3_dst(l3_ip(m), &h));
	if (next == L3_FIB_NONE)
		w->say(w, "route", "there is no route to %s", dst);
	else if (l3_next_kind(next) == L3_NEXT_CONNECTED)
		say_neighbour(w, next, h.family, l3_dst(l3_ip(m), &h));
	else if (l3_next_kind(next) == L3_NEXT_LOCAL)
		w->say(w, "route", "%s is an address of the switch", dst);
}

void l3_say(struct dp_worker *w, const struct dp_port_config *port, const struct l3_gateway *g,
	    struct rte_mbuf *m, uint16_t type)
{
	if (type == HD_ETYPE_ARP)
		say_arp(w, port, g, m);
	else if (type == HD_ETYPE_IPV4 || type == HD_ETYPE_IPV6)
		say_ip(w, port, g, m);
	else
		w->say(w, "gateway", "%s: EtherType 0x%04x is of no use", port->name, type);
}
