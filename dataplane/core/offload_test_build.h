/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For tests of offloads: builds packets and checks checksums. It shares no code with what is
 * tested: it works byte by byte, in network order.
 */
#ifndef DATAPLANE_CORE_OFFLOAD_TEST_BUILD_H
#define DATAPLANE_CORE_OFFLOAD_TEST_BUILD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "tests/unit/random.h"

#define BUILD_MAX 70000

struct build {
	/* what to build */
	unsigned int tags;   /* 0..3 */
	int family;          /* 4 or 6 */
	int proto;           /* 6, 17, or another number: then the header has 8 bytes */
	unsigned int l3_opt; /* IPv4: bytes of options; IPv6: bytes of each extension header, x 8 */
	bool hop, routing, dest, fragment; /* IPv6; fragment also for IPv4 */
	unsigned int tcp_opt;              /* bytes, x 4 */
	uint8_t tcp_flags;
	uint32_t payload;
	uint32_t padding; /* after the IP packet */
	uint64_t seed;

	/* the result */
	uint8_t p[BUILD_MAX];
	uint32_t len, l2, l3, l4, total; /* lengths of the headers, and of L4 with payload */
	uint8_t final_dst[16];           /* for the pseudo-header */
};

static inline void build_be16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline uint32_t build_get16(const uint8_t *p)
{
	return (uint32_t)p[0] * 256 + p[1];
}

/* The sum of RFC 1071, one byte at a time; carries are added at once. */
static inline uint32_t slow_sum(uint32_t sum, const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		sum += i % 2 ? p[i] : (uint32_t)p[i] * 256;
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return sum;
}

/* Sum of the pseudo-header for @l4_len bytes of L4. */
static inline uint32_t slow_pseudo(const struct build *b, const uint8_t *frame, uint32_t l4_len)
{
	uint8_t tail[8] = {0, 0, (uint8_t)(l4_len >> 8), (uint8_t)l4_len, 0,
			   0, 0, (uint8_t)b->proto};
	uint32_t sum = slow_sum(0, tail, 8);

	if (b->family == 4)
		return slow_sum(sum, frame + b->l2 + 12, 8);
	sum = slow_sum(sum, frame + b->l2 + 8, 16);
	return slow_sum(sum, b->final_dst, 16);
}

static inline uint8_t *build_ext(struct build *b, uint8_t *p, uint8_t *next, uint8_t type)
{
	unsigned int size = type == 44 ? 8 : 8 + b->l3_opt * 8;

	*next = type;
	memset(p, 0, size);
	if (type == 44)
		p[3] = 1; /* more fragments */
	p[1] = type == 44 ? 0 : (uint8_t)b->l3_opt;
	if (type == 43 && size >= 24) {
		p[2] = 2; /* home address: one segment left, the real destination */
		p[3] = 1;
		for (int i = 0; i < 16; i++)
			p[8 + i] = (uint8_t)(0x30 + i);
		memcpy(b->final_dst, p + 8, 16);
	} else if (type == 0 || type == 60) {
		p[2] = 1; /* PadN */
		p[3] = (uint8_t)(size - 4);
	}
	return p + size;
}

static inline uint8_t *build_ip(struct build *b, uint8_t *ip)
{
	uint8_t *p = ip, *next;

	if (b->family == 4) {
		b->l3 = 20 + b->l3_opt;
		memset(p, 1, b->l3);
		p[0] = (uint8_t)(0x40 | b->l3 / 4);
		build_be16(p + 4, random_next(&b->seed));
		build_be16(p + 6, b->fragment ? 0x2000 : 0x4000);
		p[8] = 64;
		p[9] = (uint8_t)b->proto;
		for (int i = 12; i < 20; i++)
			p[i] = (uint8_t)random_next(&b->seed);
		return p + b->l3;
	}
	memset(p, 0, 40);
	p[0] = 0x60;
	p[7] = 64;
	for (int i = 8; i < 40; i++)
		p[i] = (uint8_t)random_next(&b->seed);
	memcpy(b->final_dst, p + 24, 16);
	next = p + 6;
	p += 40;
	for (unsigned int i = 0; i < 4; i++) {
		static const uint8_t types[4] = {0, 60, 43, 44};
		const bool wanted[4] = {b->hop, b->dest, b->routing, b->fragment};
		uint8_t *at = p;

		if (!wanted[i])
			continue;
		p = build_ext(b, p, next, types[i]);
		next = at;
	}
	*next = (uint8_t)b->proto;
	b->l3 = (uint32_t)(p - ip);
	return p;
}

/*
 * Builds the packet. With @partial its L4 checksum is the pseudo-header's sum, else it is complete.
 * The IPv4 header's checksum is complete.
 */
static inline void build_packet(struct build *b, bool partial)
{
	uint8_t *p = b->p, *ip, *l4;
	uint32_t csum_at = b->proto == 6 ? 16 : 6, sum;

	for (int i = 0; i < 12; i++)
		*p++ = (uint8_t)(2 * i);
	for (unsigned int i = 0; i < b->tags; i++, p += 4) {
		build_be16(p, i == 0 && b->tags > 1 ? 0x88a8 : 0x8100);
		build_be16(p + 2, 100 + i);
	}
	build_be16(p, b->family == 4 ? 0x0800 : 0x86dd);
	ip = p + 2;
	b->l2 = (uint32_t)(ip - b->p);
	l4 = build_ip(b, ip);
	b->l4 = b->proto == 6 ? 20 + b->tcp_opt : 8;
	for (uint32_t i = 0; i < b->l4 + b->payload; i++)
		l4[i] = (uint8_t)random_next(&b->seed);
	b->total = b->l4 + b->payload;
	if (b->proto == 6) {
		l4[12] = (uint8_t)(b->l4 / 4 << 4);
		l4[13] = b->tcp_flags;
	} else {
		build_be16(l4 + 4, b->total);
	}
	if (b->family == 4) {
		build_be16(ip + 2, b->l3 + b->total);
		build_be16(ip + 10, 0);
		build_be16(ip + 10, 0xffff - slow_sum(0, ip, b->l3));
	} else {
		build_be16(ip + 4, b->l3 - 40 + b->total);
	}
	sum = slow_pseudo(b, b->p, b->total);
	build_be16(l4 + csum_at, 0);
	if (!partial) {
		sum = 0xffff - slow_sum(sum, l4, b->total);
		if (!sum && b->proto == 17)
			sum = 0xffff;
	}
	build_be16(l4 + csum_at, sum);
	b->len = b->l2 + b->l3 + b->total;
	for (uint32_t i = 0; i < b->padding; i++)
		b->p[b->len++] = 0xa5;
}

/*
 * True if the L4 checksum of a frame is right that has the headers of @b and @l4_len bytes of L4.
 */
static inline bool slow_l4_ok(const struct build *b, const uint8_t *frame, uint32_t l4_len)
{
	uint32_t sum = slow_pseudo(b, frame, l4_len);

	return slow_sum(sum, frame + b->l2 + b->l3, l4_len) == 0xffff;
}

static inline bool slow_ip_ok(const struct build *b, const uint8_t *frame)
{
	return b->family == 6 || slow_sum(0, frame + b->l2, b->l3) == 0xffff;
}

#endif
