/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "dataplane/core/offload_core.h"
#include "dataplane/l3/ip.h"
#include "dataplane/l3/nd.h"
#include "tests/unit/unit.h"

static const struct hd_mac ours = {{2, 0, 0, 0, 0, 1}}, host = {{2, 0, 0, 0, 0, 9}};
static const struct l3_addr our_ip = {{0x20, 1, 0xd, 0xb8, [15] = 1}};
static const struct l3_addr host_ip = {{0x20, 1, 0xd, 0xb8, [13] = 0xab, [14] = 0xcd, [15] = 0xef}};

/* A message from host, of which the test changes something. */
static uint8_t frame[128];
static uint8_t *const ip = frame + 14, *const icmp = frame + 54;
static uint32_t length; /* of the IP packet */

static void solicit(void)
{
	l3_nd_solicit(frame, &host, &host_ip, &our_ip, NULL);
	length = L3_ND_FRAME - 14;
}

static void advertise(uint8_t flags)
{
	solicit();
	memcpy(ip + 24, &our_ip, 16);
	memcpy(icmp + 8, &host_ip, 16);
	icmp[0] = L3_ND_ADVERTISE;
	icmp[4] = flags;
	icmp[24] = 2;
}

static bool parse(struct l3_nd *nd)
{
	struct dp_csum sum = {0};
	uint16_t csum;

	l3_put16(ip + 4, (uint16_t)(length - 40));
	icmp[2] = icmp[3] = 0;
	sum.sum = l3_ip6_pseudo(ip + 8, ip + 24, 58, length - 40);
	dp_csum_add(&sum, icmp, length - 40);
	csum = (uint16_t)~dp_csum_fold(sum.sum);
	memcpy(icmp + 2, &csum, 2);
	return l3_nd_parse(ip, sizeof(frame) - 14, length, nd);
}

static void test_solicit(void)
{
	static const uint8_t group[6] = {0x33, 0x33, 0xff, 0xab, 0xcd, 0xef};
	struct l3_nd nd;

	l3_nd_solicit(frame, &ours, &our_ip, &host_ip, NULL);
	CU_ASSERT_EQUAL(memcmp(frame, group, 6), 0);
	CU_ASSERT_EQUAL(memcmp(ip + 24, "\xff\x02\0\0\0\0\0\0\0\0\0\x01\xff\xab\xcd\xef", 16), 0);
	CU_ASSERT_TRUE(l3_nd_parse(ip, 72, 72, &nd));
	CU_ASSERT_EQUAL(nd.type, L3_ND_SOLICIT);
	CU_ASSERT(nd.has_mac && !memcmp(&nd.mac, &ours, 6));
	CU_ASSERT_TRUE(l3_addr_same(&nd.target, &host_ip));
	CU_ASSERT_TRUE(l3_addr_same(&nd.src, &our_ip));
	CU_ASSERT_FALSE(nd.from_nobody);
	l3_nd_solicit(frame, &ours, &our_ip, &host_ip, &host);
	CU_ASSERT_EQUAL(memcmp(frame, &host, 6), 0);
	CU_ASSERT_EQUAL(memcmp(ip + 24, &host_ip, 16), 0);
	CU_ASSERT_TRUE(l3_nd_parse(ip, 72, 72, &nd));
}

static void test_answer(void)
{
	struct l3_nd nd, answer;

	solicit();
	CU_ASSERT_TRUE(parse(&nd));
	l3_nd_answer(frame, &ours, &nd, &host);
	CU_ASSERT_EQUAL(memcmp(frame, &host, 6), 0);
	CU_ASSERT_TRUE(l3_nd_parse(ip, 72, 72, &answer));
	CU_ASSERT(answer.solicited && answer.override && answer.has_mac);
	CU_ASSERT_EQUAL(icmp[4], 0xe0);
	CU_ASSERT_EQUAL(memcmp(&answer.mac, &ours, 6), 0);
	CU_ASSERT_EQUAL(memcmp(ip + 24, &host_ip, 16), 0);
}

/* Somebody looks whether our address is free: all are told that it is not. */
static void test_dad(void)
{
	struct l3_nd nd, answer;

	solicit();
	memset(ip + 8, 0, 16);
	CU_ASSERT_FALSE(parse(&nd)); /* with an option */
	length = 64;
	CU_ASSERT_TRUE(parse(&nd));
	CU_ASSERT_TRUE(nd.from_nobody);
	CU_ASSERT_FALSE(nd.has_mac);
	l3_nd_answer(frame, &ours, &nd, &host);
	CU_ASSERT_EQUAL(memcmp(frame, "\x33\x33\0\0\0\x01", 6), 0);
	CU_ASSERT_TRUE(l3_nd_parse(ip, 72, 72, &answer));
	CU_ASSERT(!answer.solicited && answer.override);
	CU_ASSERT_TRUE(l3_addr_same(&answer.target, &our_ip));
	solicit();
	memset(ip + 8, 0, 16);
	memcpy(ip + 24, &our_ip, 16);
	length = 64;
	CU_ASSERT_FALSE(parse(&nd)); /* not to the solicited-node address */
}

static void test_validity(void)
{
	struct l3_nd nd;

	solicit();
	CU_ASSERT_TRUE(parse(&nd));
	icmp[30] ^= 1;
	CU_ASSERT_FALSE(l3_nd_parse(ip, 72, 72, &nd)); /* checksum */
	CU_ASSERT_FALSE(l3_nd_parse(ip, 71, 72, &nd)); /* not all is readable */
	solicit();
	ip[7] = 254;
	CU_ASSERT_FALSE(parse(&nd));
	solicit();
	icmp[1] = 1;
	CU_ASSERT_FALSE(parse(&nd));
	solicit();
	icmp[8] = 0xff;
	CU_ASSERT_FALSE(parse(&nd)); /* a multicast target */
	solicit();
	length = 63;
	CU_ASSERT_FALSE(parse(&nd));
	solicit();
	ip[8] = 0xff;
	CU_ASSERT_FALSE(parse(&nd));
	solicit();
	icmp[0] = 134;
	CU_ASSERT_FALSE(parse(&nd));
	solicit();
	ip[6] = 17;
	CU_ASSERT_FALSE(parse(&nd));
}

static void test_options(void)
{
	struct l3_nd nd;

	solicit();
	icmp[25] = 0;
	CU_ASSERT_FALSE(parse(&nd));
	solicit();
	icmp[25] = 2;
	CU_ASSERT_FALSE(parse(&nd)); /* beyond the end */
	solicit();
	length += 4;
	CU_ASSERT_FALSE(parse(&nd));
	solicit();
	icmp[24] = 2; /* the target's, in a solicitation: not looked at */
	CU_ASSERT_TRUE(parse(&nd));
	CU_ASSERT_FALSE(nd.has_mac);
	solicit();
	icmp[26] = 3; /* a group address */
	CU_ASSERT_FALSE(parse(&nd));
	solicit();
	memmove(icmp + 32, icmp + 24, 8); /* an unknown option before it */
	icmp[24] = 14;
	length += 8;
	CU_ASSERT_TRUE(parse(&nd));
	CU_ASSERT_TRUE(nd.has_mac);
}

static void test_advertise(void)
{
	struct l3_nd nd;

	advertise(0x60);
	CU_ASSERT_TRUE(parse(&nd));
	CU_ASSERT(nd.type == L3_ND_ADVERTISE && nd.solicited && nd.override && nd.has_mac);
	CU_ASSERT_TRUE(l3_addr_same(&nd.target, &host_ip));
	advertise(0x40);
	memcpy(ip + 24, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	CU_ASSERT_FALSE(parse(&nd)); /* solicited, and to all */
	icmp[4] = 0x20;
	CU_ASSERT_TRUE(parse(&nd));
	CU_ASSERT(!nd.solicited && nd.override);
	memset(ip + 8, 0, 16);
	CU_ASSERT_FALSE(parse(&nd));
	l3_nd_announce(frame, &ours, &our_ip);
	CU_ASSERT_TRUE(l3_nd_parse(ip, 72, 72, &nd));
	CU_ASSERT(!nd.solicited && nd.override && l3_addr_same(&nd.target, &our_ip));
}

UNIT_MAIN("nd", {"solicit", test_solicit}, {"answer", test_answer}, {"dad", test_dad},
	  {"validity", test_validity}, {"options", test_options}, {"advertise", test_advertise});
