/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "dataplane/core/offload_core.h"
#include "dataplane/l3/ip.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

static uint8_t p[256];
static struct l3_ip h;

static void sum4(void)
{
	struct dp_csum sum = {0};
	uint16_t csum;

	p[10] = p[11] = 0;
	dp_csum_add(&sum, p, (p[0] & 15) * 4u);
	csum = (uint16_t)~dp_csum_fold(sum.sum);
	memcpy(p + 10, &csum, 2);
}

static void packet4(void)
{
	memset(p, 0, sizeof(p));
	l3_ip4_write(p, (const uint8_t[]){10, 0, 0, 9}, (const uint8_t[]){10, 1, 0, 9}, 17, 30, 64);
}

static void packet6(void)
{
	static const uint8_t src[16] = {0x20, 1, 0xd, 0xb8, [15] = 9};
	static const uint8_t dst[16] = {0x20, 1, 0xd, 0xb9, [15] = 9};

	memset(p, 0, sizeof(p));
	l3_ip6_write(p, src, dst, 17, 30, 64);
}

/* With the byte @at of the IPv4 header changed, and its checksum right. */
static enum l3_ip_check with4(unsigned int at, uint8_t byte)
{
	packet4();
	p[at] = byte;
	sum4();
	return l3_ip4_check(p, 242, 60, &h);
}

static void test_header4(void)
{
	packet4();
	CU_ASSERT_EQUAL(l3_ip4_check(p, 242, 60, &h), L3_IP_OK);
	CU_ASSERT(h.family == 4 && h.length == 50 && h.upper == 20 && h.proto == 17 && h.ttl == 64);
	CU_ASSERT(h.dont_cut && !h.fragment && !h.later && !h.group);
	CU_ASSERT_EQUAL(l3_ip4_check(p, 242, 50, &h), L3_IP_OK);
	CU_ASSERT_EQUAL(l3_ip4_check(p, 242, 49, &h), L3_IP_BAD);
	CU_ASSERT_EQUAL(l3_ip4_check(p, 19, 60, &h), L3_IP_BAD);
	p[11] ^= 1;
	CU_ASSERT_EQUAL(l3_ip4_check(p, 242, 60, &h), L3_IP_BAD);
	CU_ASSERT_EQUAL(with4(0, 0x55), L3_IP_BAD);
	CU_ASSERT_EQUAL(with4(0, 0x44), L3_IP_BAD);
	CU_ASSERT_EQUAL(with4(3, 19), L3_IP_BAD);
	CU_ASSERT_EQUAL(with4(6, 0x20), L3_IP_OK);
	CU_ASSERT(h.fragment && !h.later && !h.dont_cut);
	CU_ASSERT_EQUAL(with4(7, 1), L3_IP_OK);
	CU_ASSERT(h.fragment && h.later);
}

static void test_martian4(void)
{
	static const uint8_t wrong[] = {0, 127, 240, 255};

	for (unsigned int i = 0; i < sizeof(wrong); i++) {
		CU_ASSERT_EQUAL(with4(12, wrong[i]), L3_IP_MARTIAN);
		CU_ASSERT_EQUAL(with4(16, wrong[i]), L3_IP_MARTIAN);
	}
	CU_ASSERT_EQUAL(with4(12, 224), L3_IP_MARTIAN);
	CU_ASSERT_EQUAL(with4(16, 239), L3_IP_OK);
	CU_ASSERT_TRUE(h.group);
	packet4();
	memset(p + 16, 255, 4);
	sum4();
	CU_ASSERT_EQUAL(l3_ip4_check(p, 242, 60, &h), L3_IP_OK);
	CU_ASSERT_TRUE(h.group);
}

static enum l3_ip_check options(const char *opt)
{
	packet4();
	p[0] = 0x47;
	memcpy(p + 20, opt, 8);
	sum4();
	return l3_ip4_check(p, 242, 60, &h);
}

static void test_options(void)
{
	CU_ASSERT_EQUAL(options("\x94\x04\0\0\0\0\0\0"), L3_IP_OK); /* router alert, end */
	CU_ASSERT_EQUAL(h.upper, 28);
	CU_ASSERT_EQUAL(options("\x01\x01\x01\x07\x05\x04\0\0"), L3_IP_OK); /* record route */
	CU_ASSERT_EQUAL(options("\x83\x07\x04\x0a\0\0\x01\0"), L3_IP_ROUTED);
	CU_ASSERT_EQUAL(options("\x01\x89\x07\x04\x0a\0\0\x01"), L3_IP_ROUTED);
	CU_ASSERT_EQUAL(options("\0\x89\x07\x04\x0a\0\0\x01"), L3_IP_OK);       /* behind the end */
	CU_ASSERT_EQUAL(options("\x07\x09\x04\x0a\0\0\x01\x01"), L3_IP_ROUTED); /* too long */
	CU_ASSERT_EQUAL(options("\x07\x01\x04\x0a\0\0\x01\x01"), L3_IP_ROUTED);
	CU_ASSERT_EQUAL(options("\x01\x01\x01\x01\x01\x01\x01\x07"), L3_IP_ROUTED);
}

static void test_header6(void)
{
	packet6();
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 80, &h), L3_IP_OK);
	CU_ASSERT(h.family == 6 && h.length == 70 && h.upper == 40 && h.proto == 17 && h.ttl == 64);
	CU_ASSERT(!h.group && !h.link_local && !h.unspecified && !h.fragment);
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 69, &h), L3_IP_BAD);
	CU_ASSERT_EQUAL(l3_ip6_check(p, 39, 80, &h), L3_IP_BAD);
	p[0] = 0x40;
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 80, &h), L3_IP_BAD);
	packet6();
	p[8] = 0xff;
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 80, &h), L3_IP_MARTIAN);
	packet6();
	memset(p + 8, 0, 16);
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 80, &h), L3_IP_OK);
	CU_ASSERT_TRUE(h.unspecified);
	p[23] = 1;
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 80, &h), L3_IP_MARTIAN);
	packet6();
	memset(p + 24, 0, 16);
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 80, &h), L3_IP_MARTIAN);
	packet6();
	p[8] = 0xfe;
	p[9] = 0x80;
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 80, &h), L3_IP_OK);
	CU_ASSERT_TRUE(h.link_local);
	packet6();
	p[24] = 0xff;
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 80, &h), L3_IP_OK);
	CU_ASSERT_TRUE(h.group);
}

static void test_extensions(void)
{
	packet6();
	p[6] = 0;              /* hop-by-hop, */
	p[40] = 60;            /* destination options of 16 bytes, */
	p[48] = 44, p[49] = 1; /* fragment, */
	p[64] = 58, p[67] = 1; /* the first one of some, */
	l3_put16(p + 4, 60);
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 100, &h), L3_IP_OK);
	CU_ASSERT(h.proto == 58 && h.upper == 72 && h.fragment && !h.later);
	p[67] = 9;
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 100, &h), L3_IP_OK);
	CU_ASSERT(h.proto == 58 && h.fragment && h.later);
	p[49] = 200; /* beyond what is readable */
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 100, &h), L3_IP_OK);
	CU_ASSERT(h.proto == 60 && h.upper == 48);
	packet6();
	p[6] = 0;
	CU_ASSERT_EQUAL(l3_ip6_check(p, 42, 100, &h), L3_IP_OK);
	CU_ASSERT(h.proto == 0 && h.upper == 40);
}

/* A checksum that is mended is the one that is made anew, also at its edges (RFC 1624 3). */
static void test_hop(void)
{
	uint64_t state = 7;

	for (unsigned int i = 0; i < 200000; i++) {
		uint8_t before[2];

		packet4();
		l3_put32(p + 4, (uint32_t)random_next(&state));
		l3_put32(p + 12, (uint32_t)random_next(&state));
		p[8] = (uint8_t)(1 + i % 255);
		sum4();
		l3_ip4_hop(p);
		CU_ASSERT_EQUAL_FATAL(p[8], i % 255);
		memcpy(before, p + 10, 2);
		sum4();
		CU_ASSERT_EQUAL_FATAL(memcmp(before, p + 10, 2), 0);
	}
	packet6();
	l3_ip6_hop(p);
	CU_ASSERT_EQUAL(p[7], 63);
}

UNIT_MAIN("ip", {"header of IPv4", test_header4}, {"martians of IPv4", test_martian4},
	  {"options", test_options}, {"header of IPv6", test_header6},
	  {"extension headers", test_extensions}, {"hop", test_hop});
