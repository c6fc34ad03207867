/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "dataplane/core/offload_core.h"
#include "dataplane/l3/icmp.h"
#include "dataplane/l3/limits.h"
#include "tests/unit/unit.h"

static const uint8_t src4[4] = {10, 0, 0, 9}, dst4[4] = {10, 1, 0, 9}, our4[4] = {10, 0, 0, 1};
static const uint8_t src6[16] = {0x20, 1, 0xd, 0xb8, [15] = 9};
static const uint8_t dst6[16] = {0x20, 1, 0xd, 0xb9, [15] = 9};
static const uint8_t our6[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};

static uint8_t p[2048];
static struct l3_ip h;

/* The sum over an ICMP message; 0xffff when its checksum is right. */
static uint16_t icmp_sum(const uint8_t *ip, unsigned int family)
{
	uint32_t head = family == 4 ? 20 : 40;
	uint32_t len = family == 4 ? l3_be16(ip + 2) - 20u : l3_be16(ip + 4);
	struct dp_csum sum = {.sum = family == 6 ? l3_ip6_pseudo(ip + 8, ip + 24, 58, len) : 0};

	dp_csum_add(&sum, ip + head, len);
	return dp_csum_fold(sum.sum);
}

static void packet(unsigned int family, uint8_t proto, uint32_t payload, uint8_t type)
{
	uint8_t *icmp = p + (family == 4 ? 20 : 40);
	uint16_t sum;

	memset(p, 0, sizeof(p));
	for (uint32_t i = 0; i < payload; i++)
		icmp[i] = (uint8_t)(i * 7);
	if (family == 4)
		l3_ip4_write(p, src4, dst4, proto, payload, 17);
	else
		l3_ip6_write(p, src6, dst6, proto, payload, 17);
	icmp[0] = type;
	icmp[1] = icmp[2] = icmp[3] = 0;
	sum = (uint16_t)~icmp_sum(p, family);
	memcpy(icmp + 2, &sum, 2);
	if (family == 4)
		CU_ASSERT_EQUAL_FATAL(l3_ip4_check(p, 242, sizeof(p), &h), L3_IP_OK);
	if (family == 6)
		CU_ASSERT_EQUAL_FATAL(l3_ip6_check(p, 242, sizeof(p), &h), L3_IP_OK);
}

static void echo(unsigned int family, uint8_t type)
{
	packet(family, family == 4 ? 1 : 58, 60, type);
}

static void test_is_echo(void)
{
	echo(4, 8);
	CU_ASSERT_TRUE(l3_icmp_is_echo(p, 242, &h));
	CU_ASSERT_FALSE(l3_icmp_is_echo(p, 27, &h));
	h.fragment = true;
	CU_ASSERT_FALSE(l3_icmp_is_echo(p, 242, &h));
	p[21] = 1;
	h.fragment = false;
	CU_ASSERT_FALSE(l3_icmp_is_echo(p, 242, &h));
	echo(4, 0);
	CU_ASSERT_FALSE(l3_icmp_is_echo(p, 242, &h));
	packet(4, 17, 60, 8);
	CU_ASSERT_FALSE(l3_icmp_is_echo(p, 242, &h));
	echo(6, 128);
	CU_ASSERT_TRUE(l3_icmp_is_echo(p, 242, &h));
	h.upper = 48;
	CU_ASSERT_FALSE(l3_icmp_is_echo(p, 242, &h));
	echo(6, 8);
	CU_ASSERT_FALSE(l3_icmp_is_echo(p, 242, &h));
	packet(4, 1, 7, 8);
	CU_ASSERT_FALSE(l3_icmp_is_echo(p, 242, &h));
}

static void test_echo_reply(void)
{
	uint8_t before[2048];

	echo(4, 8);
	memcpy(before, p, sizeof(p));
	l3_icmp_echo_reply(p, &h);
	CU_ASSERT_EQUAL(l3_ip4_check(p, 242, 80, &h), L3_IP_OK);
	CU_ASSERT(p[20] == 0 && h.ttl == L3_TTL && icmp_sum(p, 4) == 0xffff);
	CU_ASSERT(!memcmp(p + 12, dst4, 4) && !memcmp(p + 16, src4, 4));
	CU_ASSERT_EQUAL(memcmp(p + 24, before + 24, sizeof(p) - 24), 0);
	echo(6, 128);
	memcpy(before, p, sizeof(p));
	l3_icmp_echo_reply(p, &h);
	CU_ASSERT_EQUAL(l3_ip6_check(p, 242, 100, &h), L3_IP_OK);
	CU_ASSERT(p[40] == 129 && h.ttl == L3_TTL && icmp_sum(p, 6) == 0xffff);
	CU_ASSERT(!memcmp(p + 8, dst6, 16) && !memcmp(p + 24, src6, 16));
	CU_ASSERT_EQUAL(memcmp(p + 44, before + 44, sizeof(p) - 44), 0);
	echo(4, 8); /* a wrong checksum stays wrong */
	p[30] ^= 1;
	l3_icmp_echo_reply(p, &h);
	CU_ASSERT_NOT_EQUAL(icmp_sum(p, 4), 0xffff);
}

static bool may_tell(void)
{
	return l3_icmp_may_tell(p, 242, &h, false);
}

/* RFC 1122 3.2.2, RFC 1812 4.3.2.7, RFC 4443 2.4 e */
static void test_never(void)
{
	static const uint8_t errors4[] = {3, 4, 5, 11, 12}, errors6[] = {1, 2, 3, 4, 127, 137};

	packet(4, 17, 60, 0);
	CU_ASSERT_TRUE(may_tell());
	CU_ASSERT_FALSE(l3_icmp_may_tell(p, 242, &h, true));
	h.group = true;
	CU_ASSERT_FALSE(may_tell());
	h.group = false;
	h.fragment = true;
	CU_ASSERT_TRUE(may_tell());
	h.later = true;
	CU_ASSERT_FALSE(may_tell());
	echo(4, 8);
	CU_ASSERT_TRUE(may_tell());
	CU_ASSERT_FALSE(l3_icmp_may_tell(p, 20, &h, false));
	for (unsigned int i = 0; i < sizeof(errors4); i++) {
		echo(4, errors4[i]);
		CU_ASSERT_FALSE(may_tell());
	}
	packet(6, 17, 60, 0);
	CU_ASSERT_TRUE(may_tell());
	h.unspecified = true;
	CU_ASSERT_FALSE(may_tell());
	echo(6, 128);
	CU_ASSERT_TRUE(may_tell());
	for (unsigned int i = 0; i < sizeof(errors6); i++) {
		echo(6, errors6[i]);
		CU_ASSERT_FALSE(may_tell());
	}
}

/* Makes the error, and checks all that is in each. Returns its length. */
static uint32_t tell(enum l3_icmp_error error, uint32_t mtu, uint8_t type, uint8_t code)
{
	uint32_t quote = l3_icmp_quote(&h), head = l3_icmp_head(&h), len;
	unsigned int family = h.family;
	static uint8_t out[2048];
	struct l3_ip e = {0};

	memset(out, 0xa5, sizeof(out));
	memcpy(out + head, p, quote);
	len = l3_icmp_write(out, &h, error, mtu, family == 4 ? our4 : our6, quote);
	CU_ASSERT_EQUAL((family == 4 ? l3_ip4_check : l3_ip6_check)(out, 242, len, &e), L3_IP_OK);
	CU_ASSERT(e.length == len && e.ttl == L3_TTL && e.proto == (family == 4 ? 1 : 58));
	CU_ASSERT_EQUAL(icmp_sum(out, family), 0xffff);
	CU_ASSERT(out[head - 8] == type && out[head - 7] == code);
	CU_ASSERT_EQUAL(l3_be32(out + head - 4), mtu);
	CU_ASSERT_EQUAL(memcmp(out + head, p, quote), 0);
	if (family == 4)
		CU_ASSERT(!memcmp(out + 12, our4, 4) && !memcmp(out + 16, src4, 4));
	if (family == 6)
		CU_ASSERT(!memcmp(out + 8, our6, 16) && !memcmp(out + 24, src6, 16));
	CU_ASSERT_FALSE(l3_icmp_may_tell(out, 242, &e, false));
	return len;
}

static void test_errors(void)
{
	packet(4, 17, 60, 0);
	CU_ASSERT_EQUAL(tell(L3_ICMP_TTL, 0, 11, 0), 108);
	tell(L3_ICMP_NO_ROUTE, 0, 3, 0);
	tell(L3_ICMP_NO_HOST, 0, 3, 1);
	tell(L3_ICMP_TOO_BIG, 1400, 3, 4);
	packet(4, 17, 1000, 0);
	CU_ASSERT_EQUAL(tell(L3_ICMP_TTL, 0, 11, 0), 576);
	packet(6, 17, 61, 0);
	CU_ASSERT_EQUAL(tell(L3_ICMP_TTL, 0, 3, 0), 149);
	tell(L3_ICMP_NO_ROUTE, 0, 1, 0);
	tell(L3_ICMP_NO_HOST, 0, 1, 3);
	tell(L3_ICMP_TOO_BIG, 1400, 2, 0);
	packet(6, 17, 1400, 0);
	CU_ASSERT_EQUAL(tell(L3_ICMP_TOO_BIG, 1280, 2, 0), 1280);
}

UNIT_MAIN("icmp", {"is echo", test_is_echo}, {"echo reply", test_echo_reply},
	  {"never about", test_never}, {"errors", test_errors});
