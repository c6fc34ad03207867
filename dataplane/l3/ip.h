/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The IP headers of a packet that came to a gateway: what is wrong with them, what they say, and
 * what changes in them on the way. Pure; every byte is hostile.
 */
#ifndef DATAPLANE_L3_IP_H
#define DATAPLANE_L3_IP_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/l3/addr.h"

#define L3_IP4_LEN 20 /* without options */
#define L3_IP6_LEN 40

#define L3_PROTO_ICMP  1
#define L3_PROTO_ICMP6 58

/* Bytes of the headers that have to be readable: what the first segment of a packet holds. */
#define L3_READABLE 242

struct l3_ip {
	uint32_t length;  /* bytes of the packet, as its header says */
	uint16_t upper;   /* where the upper layer's header begins, from the IP header */
	uint8_t family;   /* 4 or 6 */
	uint8_t proto;    /* of the upper layer; IPv6: behind the extension headers that we know */
	uint8_t ttl;      /* or hop limit */
	bool fragment;    /* a part of a packet */
	bool later;       /* ... and not the first one: @proto's header is not in it */
	bool dont_cut;    /* IPv4: DF */
	bool group;       /* for a multicast address or 255.255.255.255 */
	bool link_local;  /* IPv6: source or destination are of the link (RFC 4007, 9) */
	bool unspecified; /* IPv6: from ::, which is nobody's */
};

enum l3_ip_check {
	L3_IP_OK,
	L3_IP_BAD,     /* version, header length, total length or checksum are wrong */
	L3_IP_MARTIAN, /* source or destination are none that a packet can have (RFC 1812 5.3.7) */
	L3_IP_ROUTED,  /* IPv4: with a source route (RFC 7126 4.3), or options that contradict */
};

/*
 * Checks the IPv4 header at @ip, of a packet of @len bytes (behind the Ethernet header, with its
 * padding), of which @readable can be read; and fills @out. RFC 1812 5.2.2.
 */
enum l3_ip_check l3_ip4_check(const uint8_t *ip, uint32_t readable, uint32_t len,
			      struct l3_ip *out);

/*
 * The same for IPv6. Extension headers that are not readable are no error: @out->proto is then
 * that of the first such header.
 */
enum l3_ip_check l3_ip6_check(const uint8_t *ip, uint32_t readable, uint32_t len,
			      struct l3_ip *out);

/*
 * A checksum field at @field covers a word that was @old and is @new, both as in memory (RFC
 * 1624).
 */
void l3_csum_replace(uint8_t *field, uint16_t old, uint16_t new);

/* One hop more: TTL minus 1, and the checksum. The TTL is at least 1. */
void l3_ip4_hop(uint8_t *ip);
static inline void l3_ip6_hop(uint8_t *ip)
{
	ip[7]--;
}

/* Sets the TTL, and the checksum. */
void l3_ip4_ttl(uint8_t *ip, uint8_t ttl);

/*
 * Writes a header without options or extensions for @payload bytes of @proto, with a TTL or hop
 * limit. IPv4: with DF and without an identification (RFC 6864 4.1). Addresses are 4 or 16 bytes.
 */
void l3_ip4_write(uint8_t *ip, const uint8_t *src, const uint8_t *dst, uint8_t proto,
		  uint32_t payload, uint8_t ttl);
void l3_ip6_write(uint8_t *ip, const uint8_t *src, const uint8_t *dst, uint8_t proto,
		  uint32_t payload, uint8_t ttl);

/* The sum of the pseudo-header of ICMPv6 for @len bytes, for struct dp_csum. */
uint64_t l3_ip6_pseudo(const uint8_t *src, const uint8_t *dst, uint8_t proto, uint32_t len);

#endif
