/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "dataplane/l3/arp.h"
#include "tests/unit/unit.h"

static const struct hd_mac ours = {{2, 0, 0, 0, 0, 1}}, host = {{2, 0, 0, 0, 0, 9}};
static const uint8_t our_ip[4] = {10, 0, 0, 1}, host_ip[4] = {10, 0, 0, 9};

/* What host asks for our address, from RFC 826: Ethernet, IPv4, 6, 4, request. */
static const uint8_t request[L3_ARP_LEN] = {0,  1, 8, 0, 6, 4, 0, 1, 2, 0, 0,  0, 0, 9,
					    10, 0, 0, 9, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1};

static void test_parse(void)
{
	struct l3_arp arp;

	CU_ASSERT_TRUE(l3_arp_parse(request, sizeof(request), &arp));
	CU_ASSERT_EQUAL(arp.op, L3_ARP_REQUEST);
	CU_ASSERT_EQUAL(memcmp(&arp.sender, &host, 6), 0);
	CU_ASSERT_EQUAL(memcmp(arp.sender_ip, host_ip, 4), 0);
	CU_ASSERT_EQUAL(memcmp(arp.target_ip, our_ip, 4), 0);
	CU_ASSERT_FALSE(l3_arp_parse(request, sizeof(request) - 1, &arp));
}

/* One byte of the request is another. */
static bool with(unsigned int at, uint8_t byte)
{
	uint8_t p[L3_ARP_LEN];
	struct l3_arp arp;

	memcpy(p, request, sizeof(p));
	p[at] = byte;
	return l3_arp_parse(p, sizeof(p), &arp);
}

static void test_invalid(void)
{
	CU_ASSERT_FALSE(with(1, 6));    /* not Ethernet */
	CU_ASSERT_FALSE(with(2, 0x86)); /* not IPv4 */
	CU_ASSERT_FALSE(with(4, 8));
	CU_ASSERT_FALSE(with(5, 16));
	CU_ASSERT_FALSE(with(7, 0));
	CU_ASSERT_TRUE(with(7, 2));
	CU_ASSERT_FALSE(with(7, 3)); /* RARP */
	CU_ASSERT_FALSE(with(6, 1));
	CU_ASSERT_FALSE(with(8, 3));    /* a group is no sender */
	CU_ASSERT_FALSE(with(14, 224)); /* nor is a multicast address, */
	CU_ASSERT_FALSE(with(14, 127));
	CU_ASSERT_FALSE(with(14, 255));
	CU_ASSERT_FALSE(with(14, 0)); /* 0.0.0.9 */
}

static enum l3_arp_kind kind(uint16_t op, const uint8_t *from, const uint8_t *of,
			     const struct hd_mac *to)
{
	struct l3_arp arp = {.op = op, .sender = host, .target = *to};

	memcpy(arp.sender_ip, from, 4);
	memcpy(arp.target_ip, of, 4);
	return l3_arp_kind(&arp, !memcmp(from, our_ip, 4), !memcmp(of, our_ip, 4), &ours);
}

static void test_kinds(void)
{
	static const uint8_t none[4], other[4] = {10, 0, 0, 3};
	static const struct hd_mac zero;

	CU_ASSERT_EQUAL(kind(1, host_ip, our_ip, &zero), L3_ARP_ASKS);
	CU_ASSERT_EQUAL(kind(1, none, our_ip, &zero), L3_ARP_PROBE);
	CU_ASSERT_EQUAL(kind(1, none, other, &zero), L3_ARP_OTHER);
	CU_ASSERT_EQUAL(kind(1, host_ip, other, &zero), L3_ARP_OTHER);
	CU_ASSERT_EQUAL(kind(1, host_ip, host_ip, &zero), L3_ARP_OTHER); /* an announcement */
	CU_ASSERT_EQUAL(kind(2, host_ip, our_ip, &ours), L3_ARP_ANSWERS);
	CU_ASSERT_EQUAL(kind(2, host_ip, our_ip, &host), L3_ARP_OTHER);
	CU_ASSERT_EQUAL(kind(2, host_ip, host_ip, &ours), L3_ARP_OTHER);
	CU_ASSERT_EQUAL(kind(1, our_ip, our_ip, &zero), L3_ARP_CONFLICT);
	CU_ASSERT_EQUAL(kind(2, our_ip, other, &ours), L3_ARP_CONFLICT);
}

static void test_probe(void)
{
	uint8_t p[L3_ARP_LEN];
	struct l3_arp arp;

	memcpy(p, request, sizeof(p));
	memset(p + 14, 0, 4);
	CU_ASSERT_TRUE(l3_arp_parse(p, sizeof(p), &arp));
	p[7] = L3_ARP_REPLY;
	CU_ASSERT_FALSE(l3_arp_parse(p, sizeof(p), &arp));
}

static void test_build(void)
{
	static const uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	uint8_t frame[L3_ARP_FRAME];
	struct l3_arp arp, asked;

	l3_arp_request(frame, &ours, our_ip, host_ip, NULL);
	CU_ASSERT_EQUAL(memcmp(frame, all, 6), 0);
	CU_ASSERT_EQUAL(memcmp(frame + 6, &ours, 6), 0);
	CU_ASSERT(frame[12] == 0x08 && frame[13] == 0x06);
	CU_ASSERT_TRUE(l3_arp_parse(frame + 14, L3_ARP_LEN, &arp));
	CU_ASSERT(arp.op == 1 && !memcmp(arp.target_ip, host_ip, 4) && hd_mac_is_zero(&arp.target));
	l3_arp_request(frame, &ours, our_ip, host_ip, &host);
	CU_ASSERT_EQUAL(memcmp(frame, &host, 6), 0);
	CU_ASSERT_TRUE(l3_arp_parse(request, sizeof(request), &asked));
	l3_arp_reply(frame, &ours, &asked);
	CU_ASSERT_TRUE(l3_arp_parse(frame + 14, L3_ARP_LEN, &arp));
	CU_ASSERT_EQUAL(memcmp(frame, &host, 6), 0);
	CU_ASSERT(arp.op == 2 && !memcmp(&arp.sender, &ours, 6) && !memcmp(&arp.target, &host, 6));
	CU_ASSERT(!memcmp(arp.sender_ip, our_ip, 4) && !memcmp(arp.target_ip, host_ip, 4));
	l3_arp_announce(frame, &ours, our_ip);
	CU_ASSERT_TRUE(l3_arp_parse(frame + 14, L3_ARP_LEN, &arp));
	CU_ASSERT(arp.op == 1 && !memcmp(arp.sender_ip, our_ip, 4));
	CU_ASSERT(!memcmp(arp.target_ip, our_ip, 4) && !memcmp(frame, all, 6));
}

UNIT_MAIN("arp", {"parse", test_parse}, {"invalid", test_invalid}, {"kinds", test_kinds},
	  {"probe", test_probe}, {"build", test_build});
