/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Helpers for IP addresses and for numbers in network order. Pure.
 */
#ifndef DATAPLANE_L3_ADDR_H
#define DATAPLANE_L3_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "heddle/net/ip.h"

/*
 * An IP address; its family is stored elsewhere. IPv4 is in the first 4 bytes, and the others are
 * 0.
 */
struct l3_addr {
	uint8_t b[16];
};

static inline uint16_t l3_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t l3_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void l3_put16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static inline void l3_put32(uint8_t *p, uint32_t value)
{
	l3_put16(p, (uint16_t)(value >> 16));
	l3_put16(p + 2, (uint16_t)value);
}

/* Returns the address of @family (4 or 6) at @p. */
static inline struct l3_addr l3_addr(unsigned int family, const uint8_t *p)
{
	struct l3_addr a = {{0}};

	memcpy(a.b, p, family == 4 ? 4 : 16);
	return a;
}

static inline bool l3_addr_same(const struct l3_addr *a, const struct l3_addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* True if the first @length bits of the address and the prefix are the same. */
static inline bool l3_addr_within(const struct l3_addr *a, const uint8_t *prefix,
				  unsigned int length)
{
	unsigned int bytes = length / 8, bits = length % 8;

	if (memcmp(a->b, prefix, bytes) != 0)
		return false;
	return !bits || ((a->b[bytes] ^ prefix[bytes]) >> (8 - bits)) == 0;
}

/* fe80::/10 */
static inline bool l3_ip6_link_local(const uint8_t *p)
{
	return p[0] == 0xfe && (p[1] & 0xc0) == 0x80;
}

/*
 * True if @p can be the address of one host (RFC 1122 3.2.1.3): not 0/8, 127/8, multicast or 240/4.
 */
static inline bool l3_ip4_unicast(const uint8_t *p)
{
	return p[0] != 0 && p[0] != 127 && p[0] < 224;
}

/* The same for IPv6: not ::, ::1 or multicast. */
static inline bool l3_ip6_unicast(const uint8_t *p)
{
	static const uint8_t zero[15];

	return p[0] != 0xff && (p[15] > 1 || memcmp(p, zero, sizeof(zero)) != 0);
}

#endif
