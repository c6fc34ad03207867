/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A packet on its way through the router: the mbuf, and what its headers say.
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

/* Bytes of the Ethernet header of a classified frame: with the VLAN's tag, where it has one. */
static inline uint32_t l3_l2_len(struct rte_mbuf *m)
{
	return HD_ETH_HLEN + dp_meta(m)->tag_len;
}

/* The IP header, behind the Ethernet header. */
static inline uint8_t *l3_ip(struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod_offset(m, uint8_t *, l3_l2_len(m));
}

/* Bytes of the IP packet that can be read directly, and all, with padding. */
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

/* Was the frame for a group of the segment, and not for the gateway alone? */
static inline bool l3_is_group_frame(struct rte_mbuf *m)
{
	return hd_mac_is_group(rte_pktmbuf_mtod(m, const struct hd_mac *));
}

/*
 * What is found out about an IP packet before it is decided, for all that came together: what its
 * headers say, and where its destination is.
 */
struct l3_ahead {
	struct l3_ip h;
	uint32_t next; /* as the FIB has it; only when the check is L3_IP_OK */
	uint16_t type; /* of the frame */
	uint8_t check; /* enum l3_ip_check */
	bool plain;    /* take.c: only next and h.length are set */
};

/*
 * Frames that are on their way into the segment of @port: those that follow each other come into it
 * together. Of a worker while it decides about frames that came together.
 */
struct l3_out {
	const struct dp_port_config *port;
	uint16_t n;
	struct rte_mbuf *m[DP_BURST];
};

/*
 * input.c: a frame of @len bytes that the switch makes, because of something at @time_ns, with its
 * Ethernet header zero. NULL, and counted at @port: there is no buffer. Worker.
 */
struct rte_mbuf *l3_make(struct dp_worker *w, const struct dp_port_config *port, uint32_t len,
			 uint64_t time_ns);

/*
 * input.c: the gateway has no use for the frame: dropped by name, or consumed if it was for a
 * group. Worker.
 */
void l3_ignore(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);

/* ip_input.c: fills @a with what the headers say. @fib: of the gateway's VRF. Worker. */
void l3_ip_ahead(const struct l3_fib *fib, struct rte_mbuf *m, unsigned int family,
		 struct l3_ahead *a);

/* input.c: an ARP packet. Worker. */
void l3_arp_input(struct dp_worker *w, const struct dp_port_config *port,
		  const struct l3_gateway *g, struct rte_mbuf *m);

/* input.c: a message of neighbour discovery, in an IPv6 packet that is sound as @h. Worker. */
void l3_nd_input(struct dp_worker *w, const struct dp_port_config *port, const struct l3_gateway *g,
		 struct rte_mbuf *m, const struct l3_ip *h);

/* ip_input.c: an IP packet that gateway @g took from its segment. Worker. */
void l3_ip_input(struct dp_worker *w, const struct dp_port_config *port, const struct l3_gateway *g,
		 struct rte_mbuf *m, struct l3_ahead *a);

/*
 * ip_output.c: a packet that is sound as @h leaves by @port, for its destination on that segment;
 * with @hop its TTL is at least 2, and is counted down. @m may be shared. Worker.
 */
void l3_ip_output(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m,
		  const struct l3_ip *h, bool hop);

/*
 * ip_output.c: an untagged frame of ours comes into the segment of @port, if that is up: with the
 * Ethernet header that it has, whose source is the gateway's; or an IP packet with a new one, from @g
 * to the neighbour that has the MAC @to. It comes there in the order of these calls: at once, or
 * when l3_take() is done. Worker.
 */
void l3_emit(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);
void l3_transmit(struct dp_worker *w, const struct dp_port_config *port, const struct l3_gateway *g,
		 struct rte_mbuf *m, const struct hd_mac *to);

/* ip_output.c: the frames that are on their way come into their segment. Worker. */
void l3_out_flush(struct dp_worker *w, struct l3_out *out);

/* One more, behind the others. Worker. */
static inline void l3_out_add(struct dp_worker *w, struct l3_out *out,
			      const struct dp_port_config *port, struct rte_mbuf *m)
{
	if (unlikely(out->n == DP_BURST || (out->n && out->port != port)))
		l3_out_flush(w, out);
	out->port = port;
	out->m[out->n++] = m;
}

/*
 * ip_output.c: a packet that @port was to send is dropped, because there is no buffer for it.
 * Worker.
 */
void l3_no_buffers(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);

/*
 * icmp_send.c: tells the sender of @m, which is to be dropped, why; where that may be, and the
 * rate allows it. In @vrf its source is looked for. @m stays the caller's. Worker.
 */
void l3_icmp_send(struct dp_worker *w, uint32_t vrf, struct rte_mbuf *m, const struct l3_ip *h,
		  enum l3_icmp_error error, uint32_t mtu);

/* What the header of @m says, at the version it has. False: it is not sound. */
static inline bool l3_parse(struct rte_mbuf *m, struct l3_ip *h)
{
	const uint8_t *ip = l3_ip(m);

	return (ip[0] >> 4 == 4 ? l3_ip4_check(ip, l3_readable(m), l3_length(m), h)
				: l3_ip6_check(ip, l3_readable(m), l3_length(m), h)) == L3_IP_OK;
}

#endif
