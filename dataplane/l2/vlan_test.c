/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Classification and egress rules, one by one. Replay tests whole frames.
 */
#include <string.h>

#include <rte_byteorder.h>

#include "dataplane/l2/vlan.h"
#include "tests/unit/unit.h"

static struct dp_port_config port(uint8_t mode, uint16_t pvid, uint32_t flags)
{
	struct dp_port_config c = {.mode = mode, .pvid = pvid, .flags = flags};

	c.tpid = rte_cpu_to_be_16(HD_TPID_C);
	c.default_tci = (uint16_t)(2 << HD_PCP_SHIFT | hd_vlan_id(pvid));
	hd_vlan_set_add(&c.vlans, 20);
	hd_vlan_set_add(&c.vlans, 30);
	return c;
}

#define UNTAGGED 0xffffffffu

/* A frame with up to two tags (UNTAGGED: none), TPID in the high half. */
static void frame(uint8_t out[64], uint32_t outer, uint32_t inner)
{
	uint8_t *p = out + 12;
	uint32_t tags[] = {outer, inner};

	memset(out, 0, 64);
	for (int i = 0; i < 2; i++) {
		if (tags[i] == UNTAGGED)
			continue;
		*p++ = tags[i] >> 24;
		*p++ = tags[i] >> 16;
		*p++ = tags[i] >> 8;
		*p++ = tags[i];
	}
	*p++ = 0x08;
	*p = 0x00;
}

#define C(tci) (0x81000000u | (tci))
#define S(tci) (0x88a80000u | (tci))

#define OWN (HD_VLAN_INTERNAL_MIN + 21) /* a number of the switch's own */

struct in_row {
	uint8_t mode;
	uint16_t pvid;
	uint32_t flags;
	uint32_t outer, inner;
	enum dp_vlan_verdict verdict;
	uint16_t tci;
	uint8_t tag_len;
};

static const struct in_row in_rows[] = {
	{HD_VLAN_NONE, 0, 0, UNTAGGED, UNTAGGED, DP_VLAN_NO_SWITCH, 0, 0},
	{HD_VLAN_ACCESS, 10, 0, UNTAGGED, UNTAGGED, DP_VLAN_OK, 0x400a, 0},
	{HD_VLAN_ACCESS, 10, 0, C(0xa000), UNTAGGED, DP_VLAN_OK, 0xa00a, 4},
	{HD_VLAN_ACCESS, 10, 0, C(0x000a), UNTAGGED, DP_VLAN_TAGGED, 0, 0},
	{HD_VLAN_ACCESS, 10, 0, C(0x0014), UNTAGGED, DP_VLAN_TAGGED, 0, 0},
	{HD_VLAN_ACCESS, 10, 0, C(0x0fff), UNTAGGED, DP_VLAN_RESERVED, 0, 0},
	{HD_VLAN_ACCESS, 10, 0, S(0x0014), UNTAGGED, DP_VLAN_OK, 0x400a, 0},
	{HD_VLAN_ACCESS, 10, HD_PORT_ACCEPT_PVID_TAG, C(0x700a), UNTAGGED, DP_VLAN_OK, 0x700a, 4},
	{HD_VLAN_ACCESS, 10, HD_PORT_ACCEPT_PVID_TAG, C(0x0014), UNTAGGED, DP_VLAN_TAGGED, 0, 0},
	{HD_VLAN_TRUNK, 0, 0, UNTAGGED, UNTAGGED, DP_VLAN_UNTAGGED, 0, 0},
	{HD_VLAN_TRUNK, 0, 0, C(0xe000), UNTAGGED, DP_VLAN_UNTAGGED, 0, 0},
	{HD_VLAN_TRUNK, 0, 0, C(0xf014), UNTAGGED, DP_VLAN_OK, 0xf014, 4},
	{HD_VLAN_TRUNK, 0, 0, C(0x0015), UNTAGGED, DP_VLAN_NOT_ALLOWED, 0, 0},
	{HD_VLAN_TRUNK, 0, 0, C(0x0fff), UNTAGGED, DP_VLAN_RESERVED, 0, 0},
	{HD_VLAN_TRUNK, 10, 0, UNTAGGED, UNTAGGED, DP_VLAN_OK, 0x400a, 0},
	{HD_VLAN_TRUNK, 10, 0, C(0x6000), UNTAGGED, DP_VLAN_OK, 0x600a, 4},
	{HD_VLAN_TRUNK, 10, 0, C(0x600a), UNTAGGED, DP_VLAN_OK, 0x600a, 4},
	{HD_VLAN_TRUNK, 10, 0, C(0x001e), C(0x0014), DP_VLAN_OK, 0x001e, 4},
	{HD_VLAN_TUNNEL, 300, 0, UNTAGGED, UNTAGGED, DP_VLAN_OK, 0x412c, 0},
	{HD_VLAN_TUNNEL, 300, 0, C(0xe014), UNTAGGED, DP_VLAN_OK, 0xe12c, 0},
	{HD_VLAN_TUNNEL, 300, 0, C(0xa000), UNTAGGED, DP_VLAN_OK, 0xa12c, 0},
	{HD_VLAN_TUNNEL, 300, HD_PORT_CVLANS, C(0x0014), UNTAGGED, DP_VLAN_OK, 0x012c, 0},
	{HD_VLAN_TUNNEL, 300, HD_PORT_CVLANS, C(0x0015), UNTAGGED, DP_VLAN_CVLAN_REFUSED, 0, 0},
	{HD_VLAN_TUNNEL, 300, HD_PORT_CVLANS, UNTAGGED, UNTAGGED, DP_VLAN_CVLAN_REFUSED, 0, 0},
	{HD_VLAN_TUNNEL, 300, 0, C(0x0fff), UNTAGGED, DP_VLAN_OK, 0x012c, 0},
	{HD_VLAN_TUNNEL, 300, 0, S(0xe014), UNTAGGED, DP_VLAN_OK, 0x412c, 0},
	{HD_VLAN_TUNNEL, 300, HD_PORT_CVLANS, S(0x0014), UNTAGGED, DP_VLAN_CVLAN_REFUSED, 0, 0},
	/* a VLAN without an id: no tag is its, whichever number it carries */
	{HD_VLAN_ACCESS, OWN, 0, UNTAGGED, UNTAGGED, DP_VLAN_OK, 0x4000, 0},
	{HD_VLAN_ACCESS, OWN, HD_PORT_ACCEPT_PVID_TAG, C(OWN & 0xfff), UNTAGGED, DP_VLAN_TAGGED, 0,
	 0},
	{HD_VLAN_TRUNK, OWN, 0, UNTAGGED, UNTAGGED, DP_VLAN_OK, 0x4000, 0},
	{HD_VLAN_TRUNK, OWN, 0, C(0x6000), UNTAGGED, DP_VLAN_OK, 0x6000, 4},
	{HD_VLAN_TRUNK, OWN, 0, C(OWN & 0xfff), UNTAGGED, DP_VLAN_NOT_ALLOWED, 0, 0},
	{HD_VLAN_TUNNEL, OWN, 0, C(0xe014), UNTAGGED, DP_VLAN_OK, 0xe000, 0},
};

static void test_ingress(void)
{
	for (size_t i = 0; i < sizeof(in_rows) / sizeof(in_rows[0]); i++) {
		const struct in_row *r = &in_rows[i];
		struct dp_port_config c = port(r->mode, r->pvid, r->flags);
		struct dp_vlan_class got;
		uint8_t f[64];

		c.cvlans = &c.vlans;
		frame(f, r->outer, r->inner);
		got = dp_vlan_classify_tagged(&c, f);
		CU_ASSERT_EQUAL(got.verdict, r->verdict);
		if (got.verdict != r->verdict || got.tci != r->tci)
			fprintf(stderr, "ingress row %zu: verdict %d tci %04x\n", i, got.verdict,
				got.tci);
		if (r->verdict != DP_VLAN_OK)
			continue;
		CU_ASSERT_EQUAL(got.tci, r->tci);
		CU_ASSERT_EQUAL(got.vlan, r->tci & HD_VID_MASK ? r->tci & HD_VID_MASK : OWN);
		CU_ASSERT_EQUAL(got.tag_len, r->tag_len);
	}
}

/* The same rows with the tag protocols exchanged, and the port's with them: one rule for both. */
static uint32_t other(uint32_t tag)
{
	return tag == UNTAGGED ? tag : (tag & 0xffff) | (tag >> 16 == HD_TPID_C ? S(0) : C(0));
}

static void test_ingress_other(void)
{
	for (size_t i = 0; i < sizeof(in_rows) / sizeof(in_rows[0]); i++) {
		const struct in_row *r = &in_rows[i];
		struct dp_port_config c = port(r->mode, r->pvid, r->flags);
		struct dp_vlan_class got;
		uint8_t f[64];

		c.tpid = rte_cpu_to_be_16(HD_TPID_S);
		c.cvlans = &c.vlans;
		frame(f, other(r->outer), other(r->inner));
		got = dp_vlan_classify_tagged(&c, f);
		CU_ASSERT_EQUAL(got.verdict, r->verdict);
		if (r->verdict == DP_VLAN_OK)
			CU_ASSERT(got.tci == r->tci && got.tag_len == r->tag_len);
	}
}

/* Half a tag, of either protocol, first or second. */
static void test_cut(void)
{
	static const struct {
		uint32_t outer, inner;
		uint32_t whole; /* length from which the frame is no longer cut */
	} rows[] = {
		{UNTAGGED, UNTAGGED, 14}, {C(10), UNTAGGED, 18}, {S(10), UNTAGGED, 18},
		{C(10), C(11), 22},       {S(10), C(11), 22},    {C(0), S(4095), 22},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (uint32_t len = 14; len < 30; len++) {
			uint8_t f[64];

			frame(f, rows[i].outer, rows[i].inner);
			/* what lies behind the end is not the frame's, and may be anything */
			memset(f + len, len & 1 ? 0x81 : 0, sizeof(f) - len);
			CU_ASSERT_EQUAL(dp_vlan_tag_is_cut(f, len), len < rows[i].whole);
		}
	}
}

struct out_row {
	uint8_t mode;
	uint16_t pvid;
	uint32_t flags;
	uint8_t priority_tags;
	uint32_t outer, inner; /* of the frame */
	uint16_t domain, tci;  /* of its classification */
	uint8_t tag_len;
	bool member;
	enum dp_vlan_action action;
	uint16_t out_tci;
};

static const struct out_row out_rows[] = {
	{HD_VLAN_ACCESS, 20, 0, 0, UNTAGGED, UNTAGGED, 20, 20, 0, false, DP_TAG_NOT_MEMBER, 0},
	{HD_VLAN_ACCESS, 20, 0, 0, UNTAGGED, UNTAGGED, 20, 20, 0, true, DP_TAG_KEEP, 0},
	{HD_VLAN_ACCESS, 20, 0, 0, C(20), UNTAGGED, 20, 20, 4, true, DP_TAG_STRIP, 0},
	{HD_VLAN_ACCESS, 20, 0, 1, C(20), UNTAGGED, 20, 20, 4, true, DP_TAG_STRIP, 0},
	{HD_VLAN_ACCESS, 20, 0, 1, C(0xa014), UNTAGGED, 20, 0xa014, 4, true, DP_TAG_REWRITE,
	 0xa000},
	{HD_VLAN_ACCESS, 20, 0, 2, UNTAGGED, UNTAGGED, 20, 20, 0, true, DP_TAG_PUSH, 0},
	{HD_VLAN_ACCESS, 20, 0, 2, C(0x6000), UNTAGGED, 20, 0x6014, 4, true, DP_TAG_KEEP, 0},
	{HD_VLAN_TRUNK, 0, 0, 0, UNTAGGED, UNTAGGED, 20, 0x4014, 0, true, DP_TAG_PUSH, 0x4014},
	{HD_VLAN_TRUNK, 0, 0, 0, C(0xf014), UNTAGGED, 20, 0xf014, 4, true, DP_TAG_KEEP, 0},
	{HD_VLAN_TRUNK, 0, 0, 0, C(0x6000), UNTAGGED, 20, 0x6014, 4, true, DP_TAG_REWRITE, 0x6014},
	{HD_VLAN_TRUNK, 0, 0, 0, S(0x0014), UNTAGGED, 20, 0x0014, 4, true, DP_TAG_REWRITE, 0x0014},
	{HD_VLAN_TRUNK, 20, 0, 0, UNTAGGED, UNTAGGED, 20, 20, 0, true, DP_TAG_KEEP, 0},
	{HD_VLAN_TRUNK, 20, 0, 0, C(20), UNTAGGED, 20, 20, 4, true, DP_TAG_STRIP, 0},
	{HD_VLAN_TRUNK, 20, HD_PORT_NATIVE_TAGGED, 0, UNTAGGED, UNTAGGED, 20, 20, 0, true,
	 DP_TAG_PUSH, 20},
	/* A tag behind the native VLAN's, or behind a priority tag, must not come to the front. */
	{HD_VLAN_TRUNK, 20, 0, 0, C(20), C(30), 20, 20, 4, true, DP_TAG_EXPOSED, 0},
	{HD_VLAN_TRUNK, 20, 0, 0, C(0), S(30), 20, 20, 4, true, DP_TAG_EXPOSED, 0},
	{HD_VLAN_TRUNK, 20, 0, 0, S(30), UNTAGGED, 20, 20, 0, true, DP_TAG_EXPOSED, 0},
	{HD_VLAN_TRUNK, 20, HD_PORT_NATIVE_TAGGED, 0, C(20), C(30), 20, 20, 4, true, DP_TAG_KEEP,
	 0},
	{HD_VLAN_TUNNEL, 300, 0, 0, S(300), C(20), 300, 300, 4, true, DP_TAG_STRIP, 0},
	{HD_VLAN_TUNNEL, 300, 0, 0, C(20), UNTAGGED, 300, 300, 0, true, DP_TAG_KEEP, 0},
	/* A VLAN without an id leaves without one: by no tag, or by one with VLAN id 0. */
	{HD_VLAN_ACCESS, OWN, 0, 0, UNTAGGED, UNTAGGED, OWN, 0, 0, true, DP_TAG_KEEP, 0},
	{HD_VLAN_ACCESS, OWN, 0, 1, UNTAGGED, UNTAGGED, OWN, 0xa000, 0, true, DP_TAG_PUSH, 0xa000},
	{HD_VLAN_ACCESS, OWN, 0, 0, C(0), UNTAGGED, OWN, 0xa000, 4, true, DP_TAG_STRIP, 0},
	{HD_VLAN_TRUNK, OWN, 0, 0, UNTAGGED, UNTAGGED, OWN, 0xa000, 0, true, DP_TAG_KEEP, 0},
	{HD_VLAN_TRUNK, OWN, 0, 0, C(0xa000), UNTAGGED, OWN, 0xa000, 4, true, DP_TAG_STRIP, 0},
};

static void egress_rows(bool other_protocol)
{
	for (size_t i = 0; i < sizeof(out_rows) / sizeof(out_rows[0]); i++) {
		const struct out_row *r = &out_rows[i];
		struct dp_port_config c = port(r->mode, r->pvid, r->flags);
		uint32_t outer = other_protocol ? other(r->outer) : r->outer;
		uint32_t inner = other_protocol ? other(r->inner) : r->inner;
		struct dp_vlan_egress got;
		uint8_t f[64];

		c.tpid = rte_cpu_to_be_16(other_protocol ? HD_TPID_S : HD_TPID_C);
		c.priority_tags = r->priority_tags;
		c.pvid_domain = r->pvid; /* here a domain has the number of its VLAN */
		frame(f, outer, inner);
		got = dp_vlan_egress(&c, r->member, r->domain, r->tci, r->tag_len, f);
		CU_ASSERT_EQUAL(got.action, r->action);
		if (got.action != r->action)
			fprintf(stderr, "egress row %zu: action %d\n", i, got.action);
		if (r->action == DP_TAG_PUSH || r->action == DP_TAG_REWRITE)
			CU_ASSERT(got.tci == r->out_tci && got.tpid == c.tpid);
	}
}

static void test_egress(void)
{
	egress_rows(false);
}

static void test_egress_other(void)
{
	egress_rows(true);
}

UNIT_MAIN("vlan", {"classification", test_ingress},
	  {"classification, other protocol", test_ingress_other}, {"half a tag", test_cut},
	  {"tags at egress", test_egress}, {"tags at egress, other protocol", test_egress_other});
