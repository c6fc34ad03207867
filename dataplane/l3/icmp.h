/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ICMP and ICMPv6 that a router sends by itself: echo replies, and errors about packets that it
 * cannot forward. Pure; every byte is hostile.
 */
#ifndef DATAPLANE_L3_ICMP_H
#define DATAPLANE_L3_ICMP_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/l3/ip.h"

/*
 * True if the packet is an echo request, not fragmented and without extension headers. @ip is the
 * packet, which was checked with the result @h.
 */
bool l3_icmp_is_echo(const uint8_t *ip, uint32_t readable, const struct l3_ip *h);

/*
 * Turns an echo request into its reply, in place (RFC 792, RFC 4443 4.2), with the TTL of a new
 * packet. A wrong checksum stays wrong. Writes to the first 64 bytes and the upper layer's header.
 */
void l3_icmp_echo_reply(uint8_t *ip, const struct l3_ip *h);

enum l3_icmp_error {
	L3_ICMP_TTL,      /* time exceeded in transit */
	L3_ICMP_NO_ROUTE, /* IPv4: net unreachable */
	L3_ICMP_NO_HOST,  /* the neighbour does not answer: host or address unreachable */
	L3_ICMP_TOO_BIG,  /* IPv4: fragmentation needed */
	L3_ICMP_ERROR_COUNT,
};

/*
 * True if an error about this packet may be sent (RFC 1122 3.2.2, RFC 1812 4.3.2.7, RFC 4443 2.4
 * e): not about ICMP errors, redirects, packets to a group, later fragments, or packets whose
 * source is no single host. @group_frame: its Ethernet destination is a group address. The RFC
 * allows an error about an IPv6 multicast packet that is too big; none is sent, since such packets
 * are not forwarded.
 */
bool l3_icmp_may_tell(const uint8_t *ip, uint32_t readable, const struct l3_ip *h,
		      bool group_frame);

#define L3_ICMP4_HEAD 28 /* bytes before the quoted packet */
#define L3_ICMP6_HEAD 48
#define L3_ICMP4_MAX  576  /* bytes of an error, RFC 1812 4.3.2.3 */
#define L3_ICMP6_MAX  1280 /* RFC 4443 2.4 c */

/* Returns the number of bytes before the quoted packet. */
static inline uint32_t l3_icmp_head(const struct l3_ip *h)
{
	return h->family == 4 ? L3_ICMP4_HEAD : L3_ICMP6_HEAD;
}

/* Returns how many bytes of the packet an error quotes. */
uint32_t l3_icmp_quote(const struct l3_ip *h);

/*
 * Writes an error about the packet @h, from our address @src to the packet's source. The @quote
 * quoted bytes must be at @ip + l3_icmp_head() already. @mtu is the MTU that the packet exceeds,
 * for L3_ICMP_TOO_BIG. Returns the length of the error's packet in bytes.
 */
uint32_t l3_icmp_write(uint8_t *ip, const struct l3_ip *h, enum l3_icmp_error error, uint32_t mtu,
		       const uint8_t *src, uint32_t quote);

#endif
