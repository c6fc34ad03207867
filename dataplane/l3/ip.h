/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The IP headers of a packet that a gateway received: checks them, parses them, and changes them
 * for forwarding. Pure; every byte is hostile.
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

/* The bytes of headers that must be readable; the first segment of a packet has as many. */
#define L3_READABLE 242

struct l3_ip {
	uint32_t length;  /* length of the packet in bytes, by its header */
	uint16_t upper;   /* offset of the upper layer's header from the IP header */
	uint8_t family;   /* 4 or 6 */
	uint8_t proto;    /* of the upper layer; IPv6: behind the known extension headers */
	uint8_t ttl;      /* or hop limit */
	bool fragment;    /* it is a fragment */
	bool later;       /* ... and not the first one: it does not have @proto's header */
	bool dont_cut;    /* IPv4: DF */
	bool group;       /* to a multicast address or 255.255.255.255 */
	bool link_local;  /* IPv6: source or destination is link-local (RFC 4007, 9) */
	bool unspecified; /* IPv6: the source is :: */
};

enum l3_ip_check {
	L3_IP_OK,
	L3_IP_BAD,     /* version, header length, total length or checksum is wrong */
	L3_IP_MARTIAN, /* no packet can have this source or destination (RFC 1812 5.3.7) */
	L3_IP_ROUTED,  /* IPv4: has a source route (RFC 7126 4.3) or malformed options */
};

/*
 * Checks the IPv4 header at @ip, and fills @out (RFC 1812 5.2.2). @len is the packet's bytes behind
 * the Ethernet header, with padding; @readable of them can be read.
 */
enum l3_ip_check l3_ip4_check(const uint8_t *ip, uint32_t readable, uint32_t len,
			      struct l3_ip *out);

/*
 * The same for IPv6. Extension headers that are not readable are no error: then @out->proto is the
 * number of the first such header.
 */
enum l3_ip_check l3_ip6_check(const uint8_t *ip, uint32_t readable, uint32_t len,
			      struct l3_ip *out);

/*
 * Updates the checksum at @field for a word that it covers and that changed from @old to @new, both
 * in memory order (RFC 1624).
 */
void l3_csum_replace(uint8_t *field, uint16_t old, uint16_t new);

/* Decrements the TTL, which must be at least 1; IPv4 also updates the checksum. */
void l3_ip4_hop(uint8_t *ip);
static inline void l3_ip6_hop(uint8_t *ip)
{
	ip[7]--;
}

/* Sets the TTL and updates the checksum. */
void l3_ip4_ttl(uint8_t *ip, uint8_t ttl);

/*
 * Writes a header without options or extension headers for @payload bytes of @proto; @ttl is the
 * TTL or hop limit. IPv4: with DF and without an identification (RFC 6864 4.1). Addresses are 4 or
 * 16 bytes.
 */
void l3_ip4_write(uint8_t *ip, const uint8_t *src, const uint8_t *dst, uint8_t proto,
		  uint32_t payload, uint8_t ttl);
void l3_ip6_write(uint8_t *ip, const uint8_t *src, const uint8_t *dst, uint8_t proto,
		  uint32_t payload, uint8_t ttl);

/* Returns the sum of the IPv6 pseudo-header for @len bytes of @proto, to start a struct dp_csum. */
uint64_t l3_ip6_pseudo(const uint8_t *src, const uint8_t *dst, uint8_t proto, uint32_t len);

#endif
