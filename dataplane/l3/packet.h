/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A packet that the router processes: the mbuf, and the results of its headers' checks.
 */
#ifndef DATAPLANE_L3_PACKET_H
#define DATAPLANE_L3_PACKET_H

#include <rte_mbuf.h>

#include "heddle/net/ether.h"
#include "dataplane/core/config.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/worker.h"
#include "dataplane/l3/gateway.h"
#include "dataplane/l3/icmp.h"
#include "dataplane/l3/ip.h"

/* Returns the length of a classified frame's Ethernet header, with the VLAN's tag if it has one. */
static inline uint32_t l3_l2_len(struct rte_mbuf *m)
{
	return HD_ETH_HLEN + dp_meta(m)->tag_len;
}

/* Returns the IP header, behind the Ethernet header. */
static inline uint8_t *l3_ip(struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod_offset(m, uint8_t *, l3_l2_len(m));
}

/*
 * These return the bytes of the IP packet that can be read directly, and all its bytes, with
 * padding.
 */
static inline uint32_t l3_readable(struct rte_mbuf *m)
{
	return rte_pktmbuf_data_len(m) - l3_l2_len(m);
}

static inline uint32_t l3_length(struct rte_mbuf *m)
{
	return m->pkt_len - l3_l2_len(m);
}

static inline const uint8_t *l3_src(const uint8_t *ip, const struct l3_ip *h)
{
	return ip + (h->family == 4 ? 12 : 8);
}

static inline const uint8_t *l3_dst(const uint8_t *ip, const struct l3_ip *h)
{
	return ip + (h->family == 4 ? 16 : 24);
}

/* True if the frame's destination is a group address of the segment, and not the gateway alone. */
static inline bool l3_is_group_frame(struct rte_mbuf *m)
{
	return hd_mac_is_group(rte_pktmbuf_mtod(m, const struct hd_mac *));
}

/*
 * The results of the headers' check and of the route lookup. They are collected for all packets of
 * a burst before the first one is decided.
 */
struct l3_ahead {
	struct l3_ip h;
	uint32_t next; /* number that the route leads to; only if check is L3_IP_OK */
	uint16_t type; /* the frame's EtherType */
	uint8_t check; /* enum l3_ip_check */
	bool plain;    /* take.c: only next and h.length are set */
};

/*
 * Frames that are to enter the segment of @port, collected so that they enter it together. Used by
 * a worker while it decides about a burst.
 */
struct l3_out {
	const struct dp_port_config *port;
	uint16_t n;
	struct rte_mbuf *m[DP_BURST];
};

/*
 * input.c: makes a frame of @len bytes, with a zero Ethernet header; @time_ns is the time of the
 * event that causes it. NULL: there is no buffer, which is counted at @port. Worker.
 */
struct rte_mbuf *l3_make(struct dp_worker *w, const struct dp_port_config *port, uint32_t len,
			 uint64_t time_ns);

/*
 * input.c: a frame in which gateway @g says that it has the address @addr, 4 bytes or 16 (RFC 5227 3, RFC
 * 4861 7.2.6). NULL as for l3_make(). Worker.
 */
struct rte_mbuf *l3_make_announcement(struct dp_worker *w, const struct dp_port_config *port,
				      const struct l3_gateway *g, unsigned int family,
				      const uint8_t *addr, uint64_t time_ns);

/*
 * input.c: for a frame that the gateway does not need: drops it with a reason, or consumes it if it
 * was for a group. Worker.
 */
void l3_ignore(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);

/*
 * ip_input.c: fills @a with the check of the headers and the route. @fib is of the gateway's VRF.
 * Worker.
 */
void l3_ip_ahead(const struct l3_fib *fib, struct rte_mbuf *m, unsigned int family,
		 struct l3_ahead *a);

/* input.c: processes an ARP packet. Worker. */
void l3_arp_input(struct dp_worker *w, const struct dp_port_config *port,
		  const struct l3_gateway *g, struct rte_mbuf *m);

/*
 * input.c: processes a message of neighbour discovery, in an IPv6 packet that was checked with the
 * result @h. Worker.
 */
void l3_nd_input(struct dp_worker *w, const struct dp_port_config *port, const struct l3_gateway *g,
		 struct rte_mbuf *m, const struct l3_ip *h);

/* ip_input.c: processes an IP packet that gateway @g took from its segment. Worker. */
void l3_ip_input(struct dp_worker *w, const struct dp_port_config *port, const struct l3_gateway *g,
		 struct rte_mbuf *m, struct l3_ahead *a);

/*
 * ip_output.c: sends a packet, checked with the result @h, by @port to its destination on that
 * segment. With @hop decrements the TTL, which must be at least 2. @m may be shared. Worker.
 */
void l3_ip_output(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m,
		  const struct l3_ip *h, bool hop);

/*
 * ip_output.c: these send an untagged frame of a gateway into the segment of @port, if that is up.
 * l3_emit() keeps the Ethernet header, whose source must be the gateway's MAC. l3_transmit() writes
 * a new one to an IP packet, from @g to the neighbour with the MAC @to. Frames enter the segment in
 * the order of the calls: at once, or when l3_take() ends. Worker.
 */
void l3_emit(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);
void l3_transmit(struct dp_worker *w, const struct dp_port_config *port, const struct l3_gateway *g,
		 struct rte_mbuf *m, const struct hd_mac *to);

/* ip_output.c: sends the collected frames into their segment. Worker. */
void l3_out_flush(struct dp_worker *w, struct l3_out *out);

/* Adds a frame behind the others. Worker. */
static inline void l3_out_add(struct dp_worker *w, struct l3_out *out,
			      const struct dp_port_config *port, struct rte_mbuf *m)
{
	if (unlikely(out->n == DP_BURST || (out->n && out->port != port)))
		l3_out_flush(w, out);
	out->port = port;
	out->m[out->n++] = m;
}

/* ip_output.c: drops a packet that @port was to send, since there is no buffer for it. Worker. */
void l3_no_buffers(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);

/*
 * icmp_send.c: sends an ICMP error to the source of @m, which the caller is about to drop, if that
 * is allowed and within the rate. The route to the source is looked up in @vrf. The caller keeps
 * @m. Worker.
 */
void l3_icmp_send(struct dp_worker *w, uint32_t vrf, struct rte_mbuf *m, const struct l3_ip *h,
		  enum l3_icmp_error error, uint32_t mtu);

/* Checks and parses the IP header of @m, by its version. False: it is malformed. */
static inline bool l3_parse(struct rte_mbuf *m, struct l3_ip *h)
{
	const uint8_t *ip = l3_ip(m);

	return (ip[0] >> 4 == 4 ? l3_ip4_check(ip, l3_readable(m), l3_length(m), h)
				: l3_ip6_check(ip, l3_readable(m), l3_length(m), h)) == L3_IP_OK;
}

#endif
