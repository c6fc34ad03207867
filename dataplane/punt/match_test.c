/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules and the frames that they match: vectors of the protocols that use punt. And policers.
 */
#include <errno.h>
#include <string.h>

#include "heddle/base/err.h"
#include "heddle/net/ether.h"
#include "dataplane/punt/match.h"
#include "dataplane/punt/policer.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

#define VRRP_DST 0x01, 0x00, 0x5e, 0x00, 0x00, 0x12
#define HSRP_DST 0x01, 0x00, 0x5e, 0x00, 0x00, 0x02
#define ANY_DST  0x33, 0x33, 0x00, 0x00, 0x00, 0x01
#define SRC      0x02, 0x00, 0x00, 0x00, 0x00, 0x01

#define IPV4(proto, flags) \
	0x45, 0, 0, 40, 0, 0, flags, 0, 255, proto, 0, 0, 10, 0, 0, 1, 224, 0, 0, 18
#define IPV6(next)                                                                             \
	0x60, 0, 0, 0, 0, 32, next, 255, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, \
		0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
#define UDP(to) 0x30, 0x39, (to) >> 8, (to)&0xff, 0, 8, 0, 0

static const struct hd_punt_rule vrrp = {.dst = {VRRP_DST},
					 .ethertype = HD_ETYPE_IPV4,
					 .protocol = 112,
					 .flags = HD_PUNT_DST | HD_PUNT_PROTOCOL};
static const struct hd_punt_rule hsrp = {.dst = {HSRP_DST},
					 .ethertype = HD_ETYPE_IPV4,
					 .protocol = 17,
					 .l4 = 1985,
					 .flags = HD_PUNT_DST | HD_PUNT_PROTOCOL | HD_PUNT_L4};
static const struct hd_punt_rule dhcp = {.ethertype = HD_ETYPE_IPV4,
					 .protocol = 17,
					 .l4 = 67,
					 .flags = HD_PUNT_PROTOCOL | HD_PUNT_L4};
static const struct hd_punt_rule rs = {.ethertype = HD_ETYPE_IPV6,
				       .protocol = 58,
				       .l4 = 133,
				       .flags = HD_PUNT_PROTOCOL | HD_PUNT_L4};
static const struct hd_punt_rule lldp = {.ethertype = 0x88cc};

static bool match_tag(const struct hd_punt_rule *rule, const uint8_t *frame, size_t n, size_t tag)
{
	struct punt_view view;

	return punt_look(frame, n, tag, &view) && punt_matches(rule, &view);
}

#define MATCH(rule, ...)                                                                           \
	match_tag(&(rule), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), \
		  0)
#define MATCH_TAGGED(rule, ...)                                                                    \
	match_tag(&(rule), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), \
		  HD_VLAN_HLEN)

static void test_vrrp(void)
{
	CU_ASSERT_TRUE(MATCH(vrrp, VRRP_DST, SRC, 8, 0, IPV4(112, 0), 0x31, 10));
	CU_ASSERT_TRUE(MATCH_TAGGED(vrrp, VRRP_DST, SRC, 0x81, 0, 0, 10, 8, 0, IPV4(112, 0)));
	CU_ASSERT_TRUE(MATCH(vrrp, VRRP_DST, SRC, 0x81, 0, 0xe0, 0, 8, 0, IPV4(112, 0)));
	/* a tag with a VLAN that classification left alone is a payload's */
	CU_ASSERT_FALSE(MATCH(vrrp, VRRP_DST, SRC, 0x81, 0, 0, 10, 8, 0, IPV4(112, 0)));
	CU_ASSERT_FALSE(MATCH(vrrp, HSRP_DST, SRC, 8, 0, IPV4(112, 0)));
	CU_ASSERT_FALSE(MATCH(vrrp, VRRP_DST, SRC, 8, 0, IPV4(17, 0)));
	CU_ASSERT_FALSE(MATCH(vrrp, VRRP_DST, SRC, 8, 6, IPV4(112, 0)));
	CU_ASSERT_FALSE(MATCH(vrrp, VRRP_DST, SRC, 8, 0, 0x45, 0, 0, 40)); /* cut off */
	CU_ASSERT_FALSE(MATCH(vrrp, VRRP_DST, SRC, 8, 0, 0x44, 0, 0, 40, 0, 0, 0, 0, 255, 112, 0, 0,
			      10, 0, 0, 1, 224, 0, 0, 18)); /* a header of 16 bytes */
}

static void test_udp(void)
{
	CU_ASSERT_TRUE(MATCH(hsrp, HSRP_DST, SRC, 8, 0, IPV4(17, 0), UDP(1985)));
	CU_ASSERT_FALSE(MATCH(hsrp, HSRP_DST, SRC, 8, 0, IPV4(17, 0), UDP(1986)));
	CU_ASSERT_FALSE(MATCH(hsrp, HSRP_DST, SRC, 8, 0, IPV4(17, 0), 0x30, 0x39, 7));
	CU_ASSERT_TRUE(MATCH(dhcp, ANY_DST, SRC, 8, 0, IPV4(17, 0x40), UDP(67))); /* DF */
	CU_ASSERT_FALSE(MATCH(dhcp, ANY_DST, SRC, 8, 0, IPV4(17, 0), UDP(68)));
	/* a fragment, the first one or another: what looks like a port may be anything */
	CU_ASSERT_FALSE(MATCH(dhcp, ANY_DST, SRC, 8, 0, IPV4(17, 0x20), UDP(67)));
	CU_ASSERT_FALSE(MATCH(dhcp, ANY_DST, SRC, 8, 0, IPV4(17, 0x01), UDP(67)));
	/* behind options */
	CU_ASSERT_TRUE(MATCH(dhcp, ANY_DST, SRC, 8, 0, 0x46, 0, 0, 44, 0, 0, 0, 0, 255, 17, 0, 0,
			     10, 0, 0, 1, 224, 0, 0, 18, 1, 1, 1, 1, UDP(67)));
}

static void test_icmpv6(void)
{
	CU_ASSERT_TRUE(MATCH(rs, ANY_DST, SRC, 0x86, 0xdd, IPV6(58), 133, 0, 0, 0));
	CU_ASSERT_FALSE(MATCH(rs, ANY_DST, SRC, 0x86, 0xdd, IPV6(58), 134, 0, 0, 0));
	CU_ASSERT_FALSE(MATCH(rs, ANY_DST, SRC, 0x86, 0xdd, IPV6(58)));
	CU_ASSERT_FALSE(MATCH(rs, ANY_DST, SRC, 0x86, 0xdd, IPV4(58, 0), 133, 0, 0, 0));
	/* behind a hop-by-hop header of 8 bytes, then a destination header of 16 */
	CU_ASSERT_TRUE(MATCH(rs, ANY_DST, SRC, 0x86, 0xdd, IPV6(0), 58, 0, 1, 4, 0, 0, 0, 0, 133));
	CU_ASSERT_TRUE(MATCH(rs, ANY_DST, SRC, 0x86, 0xdd, IPV6(0), 60, 0, 1, 4, 0, 0, 0, 0, 58, 1,
			     1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 133));
	/* authentication: its length is in words of 4 bytes, less 2 */
	CU_ASSERT_TRUE(MATCH(rs, ANY_DST, SRC, 0x86, 0xdd, IPV6(51), 58, 1, 0, 0, 0, 0, 0, 0, 0, 0,
			     0, 0, 133));
	/*
	 * an atomic fragment is whole (RFC 6946); a first one is not; a later one is of nobody
	 * knows what
	 */
	CU_ASSERT_TRUE(MATCH(rs, ANY_DST, SRC, 0x86, 0xdd, IPV6(44), 58, 0, 0, 0, 0, 0, 0, 1, 133));
	CU_ASSERT_FALSE(
		MATCH(rs, ANY_DST, SRC, 0x86, 0xdd, IPV6(44), 58, 0, 0, 1, 0, 0, 0, 1, 133));
	CU_ASSERT_FALSE(MATCH(rs, ANY_DST, SRC, 0x86, 0xdd, IPV6(44), 60, 0, 0, 8, 0, 0, 0, 1, 58,
			      0, 1, 4, 0, 0, 0, 0, 133));
	/* headers without an end */
	CU_ASSERT_FALSE(MATCH(rs, ANY_DST, SRC, 0x86, 0xdd, IPV6(0), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
			      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 133));
	CU_ASSERT_FALSE(MATCH(rs, ANY_DST, SRC, 0x86, 0xdd, IPV6(0), 58, 255, 1, 4, 0, 0, 0, 0));
}

static void test_short(void)
{
	struct punt_view view;
	uint8_t frame[14] = {[12] = 0x88, [13] = 0xcc};

	CU_ASSERT_TRUE(MATCH(lldp, ANY_DST, SRC, 0x88, 0xcc));
	CU_ASSERT_FALSE(punt_look(frame, 13, 0, &view));
	CU_ASSERT_TRUE(punt_look(frame, 14, 0, &view));
	CU_ASSERT_FALSE(punt_look(frame, 14, 4, &view));
}

static void test_rule_check(void)
{
	struct hd_err err;
	struct hd_punt_rule good = vrrp, r;

	strcpy(good.key, "vrrp");
	strcpy(good.gateway, "lab-gw");
	CU_ASSERT_EQUAL(punt_rule_check(&good, &err), 0);
#define BAD(change, says)                                            \
	do {                                                         \
		r = good;                                            \
		change;                                              \
		CU_ASSERT_EQUAL(punt_rule_check(&r, &err), -EINVAL); \
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, says));      \
	} while (0)
	BAD(r.key[0] = '\0', "no valid key");
	BAD(memset(r.key, 'a', sizeof(r.key)), "no valid key");
	BAD(r.gateway[0] = '/', "its gateway is not a name");
	BAD(r.class_id = HD_PUNT_CLASSES_MAX, "class 16 is not below 16");
	BAD(r.flags |= 0x80, "flags 0x80 are unknown");
	BAD(r.ethertype = 0x05ff, "EtherType 0x05ff is below 0x0600");
	BAD(r.ethertype = HD_ETYPE_ARP, "is not IP and has no protocol");
	BAD(r.flags |= HD_PUNT_L4, "needs the protocol TCP, UDP, ICMP or ICMPv6");
}

static void test_class_check(void)
{
	static const struct hd_punt_class good = {
		.name = "vrrp", .id = 3, .rate = 1000, .port_rate = 100, .burst = 10};
	struct hd_punt_class c = good;
	struct hd_err err;

	CU_ASSERT_EQUAL(punt_class_check(&c, &err), 0);
#define BAD_CLASS(change)                                             \
	do {                                                          \
		c = good;                                             \
		change;                                               \
		CU_ASSERT_EQUAL(punt_class_check(&c, &err), -EINVAL); \
	} while (0)
	BAD_CLASS(c.name[0] = '\0');
	BAD_CLASS(c.id = HD_PUNT_CLASSES_MAX);
	BAD_CLASS(c.rate = 0);
	BAD_CLASS(c.rate = HD_PUNT_RATE_MAX + 1);
	BAD_CLASS(c.port_rate = 0);
	BAD_CLASS(c.port_rate = 1001);
	BAD_CLASS(c.burst = 0);
	BAD_CLASS(c.burst = HD_PUNT_BURST_MAX + 1);
}

/*
 * In any span at most a burst and what the rate gives; and a steady stream at the rate always
 * passes.
 */
static void test_policer(void)
{
	static uint64_t passed[20000];
	punt_bucket bucket = 0;
	uint64_t now = HD_NS_PER_S;
	unsigned int n = 0;

	dice_state = 1;
	for (unsigned int i = 0; i < 20000; i++) {
		now += dice(4) ? dice(1000000) : dice(40000000);
		if (punt_police(&bucket, now, 500, 8))
			passed[n++] = now;
	}
	CU_ASSERT(n > 1000);
	for (unsigned int i = 0; i + 8 < n; i++)
		for (unsigned int k = i + 8; k < n && k < i + 60; k++)
			CU_ASSERT_FATAL(passed[k] - passed[i] + 1000 >=
					(k - i + 1 - 8) * HD_NS_PER_S / 500);
	bucket = 0;
	for (unsigned int i = 0; i < 10000; i++, now += HD_NS_PER_S / 500)
		CU_ASSERT_TRUE_FATAL(punt_police(&bucket, now, 500, 1));
	/* a long silence is worth one burst */
	now += 3600 * HD_NS_PER_S;
	for (n = 0; punt_police(&bucket, now, 500, 8); n++)
		;
	CU_ASSERT_EQUAL(n, 8);
}

UNIT_MAIN("punt_match", {"vrrp", test_vrrp}, {"udp", test_udp}, {"icmpv6", test_icmpv6},
	  {"short frames", test_short}, {"rules", test_rule_check}, {"classes", test_class_check},
	  {"policer", test_policer});
