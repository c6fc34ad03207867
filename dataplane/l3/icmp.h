/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP and ICMPv6, as far as a router speaks them by itself: answers to echo requests, and errors
 * about packets that it cannot forward. Pure; every byte is hostile.
 */
#ifndef DATAPLANE_L3_ICMP_H
#define DATAPLANE_L3_ICMP_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/l3/ip.h"

/* True for an echo request, whole and without extension headers. @ip: the packet, checked as @h. */
bool l3_icmp_is_echo(const uint8_t *ip, uint32_t readable, const struct l3_ip *h);

/*
 * Makes the answer of an echo request, in its place (RFC 792, RFC 4443 4.2), with the TTL of a new
 * packet. A checksum that was wrong stays wrong. Its first 64 bytes and the upper header are
 * written.
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
 * May an error about this packet be sent at all (RFC 1122 3.2.2, RFC 1812 4.3.2.7, RFC 4443 2.4
 * e)? Not about ICMP errors and redirects, packets for a group, later fragments, or from no single
 * host. @group_frame: its Ethernet destination was a group address. One about a multicast packet
 * of IPv6 that is too big is not sent either: no such packet is forwarded.
 */
bool l3_icmp_may_tell(const uint8_t *ip, uint32_t readable, const struct l3_ip *h,
		      bool group_frame);

#define L3_ICMP4_HEAD 28 /* bytes before what an error quotes */
#define L3_ICMP6_HEAD 48
#define L3_ICMP4_MAX  576  /* bytes of an error, RFC 1812 4.3.2.3 */
#define L3_ICMP6_MAX  1280 /* RFC 4443 2.4 c */

/* Bytes before the quotation. */
static inline uint32_t l3_icmp_head(const struct l3_ip *h)
{
	return h->family == 4 ? L3_ICMP4_HEAD : L3_ICMP6_HEAD;
}

/* How many bytes of the packet an error quotes. */
uint32_t l3_icmp_quote(const struct l3_ip *h);

/*
 * Writes an error about @h, from @src, which is ours, to the packet's source, before the @quote
 * bytes of the packet that lie at @ip + l3_icmp_head() already. @mtu: with L3_ICMP_TOO_BIG, of the
 * way that the packet does not fit. Returns the bytes of the whole.
 */
uint32_t l3_icmp_write(uint8_t *ip, const struct l3_ip *h, enum l3_icmp_error error, uint32_t mtu,
		       const uint8_t *src, uint32_t quote);

#endif
