/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include "dataplane/core/offload_core.h"
#include "dataplane/core/offload_test_build.h"
#include "tests/unit/unit.h"

static struct build b;

static void start(int family, int proto, uint32_t payload)
{
	memset(&b, 0, offsetof(struct build, p));
	b.family = family;
	b.proto = proto;
	b.payload = payload;
	b.seed = 7;
}

static uint32_t readable(void)
{
	return b.len < DP_OFFLOAD_HEADERS_MAX ? b.len : DP_OFFLOAD_HEADERS_MAX;
}

static int walk(struct dp_l4_layout *l)
{
	return dp_l4_walk(b.p, readable(), b.len, l);
}

static void check_walk_ok(void)
{
	struct dp_l4_layout l;

	build_packet(&b, false);
	CU_ASSERT_EQUAL_FATAL(walk(&l), 0);
	CU_ASSERT_EQUAL(l.l2_len, b.l2);
	CU_ASSERT_EQUAL(l.l3_len, b.l3);
	CU_ASSERT_EQUAL(l.l4_len, b.l4);
	CU_ASSERT_EQUAL(l.l4_total, b.total);
	CU_ASSERT_EQUAL(l.family, b.family);
	CU_ASSERT_EQUAL(l.proto, b.proto);
	CU_ASSERT_EQUAL(l.routed, b.routing);
}

static void test_walk(void)
{
	for (unsigned int i = 0; i < 3 * 2 * 2 * 16 * 3; i++) {
		unsigned int v = i / 3 / 2 / 2;

		start(i / 3 % 2 ? 4 : 6, i / 6 % 2 ? 6 : 17, 33);
		b.tags = i % 3;
		b.padding = v % 3;
		b.tcp_opt = v % 11 * 4;
		if (b.family == 4) {
			b.l3_opt = v % 11 * 4;
		} else {
			b.l3_opt = v % 5;
			b.hop = v & 1;
			b.routing = v & 2;
			b.dest = v & 4;
		}
		check_walk_ok();
	}
}

static void test_walk_not_ours(void)
{
	struct dp_l4_layout l;

	start(4, 1, 20);
	build_packet(&b, false);
	CU_ASSERT_EQUAL(walk(&l), -ENOENT);
	start(4, 6, 20);
	b.tags = 3;
	build_packet(&b, false);
	CU_ASSERT_EQUAL(walk(&l), -ENOENT);
	start(4, 6, 20);
	b.fragment = true;
	build_packet(&b, false);
	CU_ASSERT_EQUAL(walk(&l), -ENOENT);
	start(6, 17, 20);
	b.hop = b.fragment = true;
	build_packet(&b, false);
	CU_ASSERT_EQUAL(walk(&l), -ENOENT);
	start(6, 6, 20); /* headers beyond what is looked at */
	b.hop = b.dest = b.routing = true;
	b.l3_opt = 60;
	build_packet(&b, false);
	CU_ASSERT_EQUAL(walk(&l), -ENOENT);
	start(6, 6, 20); /* a jumbogram */
	b.hop = true;
	build_packet(&b, false);
	b.p[b.l2 + 4] = b.p[b.l2 + 5] = 0;
	CU_ASSERT_EQUAL(walk(&l), -ENOENT);
	start(4, 6, 20); /* LLC, and ARP */
	build_packet(&b, false);
	build_be16(b.p + 12, 46);
	CU_ASSERT_EQUAL(walk(&l), -ENOENT);
	build_be16(b.p + 12, 0x0806);
	CU_ASSERT_EQUAL(walk(&l), -ENOENT);
}

/* Each prefix of a sound packet that lacks a byte of it is refused, or not ours; never accepted. */
static void test_walk_truncated(void)
{
	for (int family = 4; family <= 6; family += 2) {
		struct dp_l4_layout l;

		start(family, 6, 10);
		b.tags = 2;
		b.hop = b.dest = true;
		b.l3_opt = 4;
		build_packet(&b, false);
		for (uint32_t len = 0; len < b.len; len++) {
			uint8_t *copy = malloc(len + 1);

			memcpy(copy, b.p, len);
			CU_ASSERT_EQUAL(dp_l4_walk(copy, len, len, &l), -EINVAL);
			free(copy);
		}
	}
}

static void test_walk_contradictions(void)
{
	static const struct {
		int family;
		uint32_t at; /* from the start of IP */
		uint8_t value;
	} cases[] = {
		{4, 0, 0x44},  /* header of 16 bytes */
		{4, 0, 0x4f},  /* header longer than the packet (total is 50) */
		{4, 0, 0x65},  /* version of the other family */
		{4, 2, 0xff},  /* total longer than the frame */
		{4, 3, 19},    /* total shorter than the header */
		{4, 3, 39},    /* total cuts TCP */
		{4, 32, 0x40}, /* TCP data offset 4 */
		{4, 32, 0xf0}, /* TCP data offset beyond the packet */
		{6, 0, 0x40},  {6, 4, 0xff},  {6, 5, 19}, /* cuts TCP */
		{6, 52, 0x00}, {6, 52, 0xf0},
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dp_l4_layout l;

		start(cases[i].family, 6, 10);
		build_packet(&b, false);
		b.p[b.l2 + cases[i].at] = cases[i].value;
		CU_ASSERT_EQUAL(walk(&l), -EINVAL);
	}
}

static void test_walk_ext_overrun(void)
{
	struct dp_l4_layout l;

	start(6, 17, 10);
	b.hop = true;
	build_packet(&b, false);
	b.p[b.l2 + 41] = 200; /* the extension header is longer than the packet */
	CU_ASSERT_EQUAL(walk(&l), -EINVAL);
}

static struct virtio_net_hdr honest(void)
{
	return (struct virtio_net_hdr){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = (uint16_t)(b.l2 + b.l3),
		.csum_offset = b.proto == 6 ? 16 : 6,
		.gso_type = b.family == 4 ? VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_TCPV6,
		.gso_size = 1000,
		.hdr_len = (uint16_t)(b.l2 + b.l3 + b.l4),
	};
}

static int check(const struct virtio_net_hdr *h, struct dp_offload_plan *plan)
{
	return dp_offload_check(h, b.p, readable(), b.len, plan);
}

static void test_lies(void)
{
	static const int families[] = {4, 6};

	for (int f = 0; f < 2; f++) {
		struct dp_offload_plan plan;
		struct virtio_net_hdr h;

		start(families[f], 6, 5000);
		b.tags = 1;
		build_packet(&b, true);
		h = honest();
		CU_ASSERT_EQUAL(check(&h, &plan), 0);
		CU_ASSERT(plan.csum && plan.tso && !plan.complete && plan.seed);
#define LIE(change)                                         \
	do {                                                \
		h = honest();                               \
		change;                                     \
		CU_ASSERT_EQUAL(check(&h, &plan), -EINVAL); \
	} while (0)
		LIE(h.csum_start = 0);
		LIE(h.csum_start = 13);
		LIE(h.csum_start++);
		LIE(h.csum_start -= 2);
		LIE(h.csum_start = (uint16_t)(b.len - 17));
		LIE(h.csum_start = 65535);
		LIE(h.csum_offset = 6);
		LIE(h.csum_offset = 65535);
		LIE(h.gso_size = 0);
		LIE(h.gso_type = VIRTIO_NET_HDR_GSO_UDP);
		LIE(h.gso_type = 5);
		LIE(h.gso_type = 2);
		LIE(h.gso_type = 0x7f);
		LIE(h.gso_type = VIRTIO_NET_HDR_GSO_ECN);
		LIE(h.gso_type =
			    families[f] == 6 ? VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_TCPV6);
		LIE(h.hdr_len = (uint16_t)(b.len + 1));
		LIE(h.gso_type = 0; h.csum_start++);
		LIE(h.gso_type = 0; h.csum_offset = 6);
		LIE(h.gso_type = 0; h.csum_start = (uint16_t)(b.len - 10));
		LIE(b.p[b.l2 + b.l3 + 12] = 0x40);
		build_packet(&b, true);
		LIE(h.flags = 0; h.gso_size = 0);
		LIE(h.flags = 0; h.gso_type = 3);
#undef LIE
		h = honest();
		h.gso_type |= VIRTIO_NET_HDR_GSO_ECN;
		CU_ASSERT_EQUAL(check(&h, &plan), 0);
	}
}

static void test_gso_not_tcp(void)
{
	struct dp_offload_plan plan;
	struct virtio_net_hdr h;

	start(4, 17, 5000);
	build_packet(&b, true);
	h = honest();
	CU_ASSERT_EQUAL(check(&h, &plan), -EINVAL);
	start(4, 6, 5000);
	b.fragment = true;
	build_packet(&b, true);
	h = honest();
	CU_ASSERT_EQUAL(check(&h, &plan), -EINVAL);
	start(4, 6, 5000);
	b.tags = 3;
	build_packet(&b, true);
	h = honest();
	CU_ASSERT_EQUAL(check(&h, &plan), -EINVAL);
}

/* What is sound but not for the path to carry along is completed at once. */
static void test_complete_at_once(void)
{
	struct dp_offload_plan plan;
	struct virtio_net_hdr h;

	start(4, 17, 100); /* a packet inside UDP */
	build_packet(&b, true);
	h = honest();
	h.gso_type = 0;
	h.csum_start = (uint16_t)(b.l2 + b.l3 + 8 + 20);
	h.csum_offset = 16;
	CU_ASSERT_EQUAL(check(&h, &plan), 0);
	CU_ASSERT(plan.complete && !plan.csum);
	CU_ASSERT_EQUAL(plan.csum_end, b.len);

	start(6, 58, 100); /* ICMPv6 */
	build_packet(&b, true);
	h = honest();
	h.gso_type = 0;
	h.csum_offset = 2;
	CU_ASSERT_EQUAL(check(&h, &plan), 0);
	CU_ASSERT(plan.complete && !plan.csum);

	start(6, 6, 100); /* headers beyond what can be written directly */
	b.hop = b.dest = true;
	b.l3_opt = 14;
	b.padding = 5;
	build_packet(&b, true);
	h = honest();
	h.gso_type = 0;
	CU_ASSERT_EQUAL(check(&h, &plan), 0);
	CU_ASSERT(plan.complete && !plan.csum);
	CU_ASSERT_EQUAL(plan.csum_end, b.len - 5);
	h = honest(); /* the same as a super-frame of one segment, and of several */
	CU_ASSERT_EQUAL(check(&h, &plan), 0);
	CU_ASSERT(plan.complete && !plan.csum && !plan.tso);
	h.gso_size = 50;
	CU_ASSERT_EQUAL(check(&h, &plan), 0);
	CU_ASSERT(!plan.complete && plan.csum && plan.tso);
}

static void test_merged_by_device(void)
{
	struct dp_offload_plan plan;
	struct virtio_net_hdr h;

	start(4, 6, 5000);
	build_packet(&b, false);
	h = honest();
	h.flags = VIRTIO_NET_HDR_F_DATA_VALID;
	CU_ASSERT_EQUAL(check(&h, &plan), 0);
	CU_ASSERT(plan.seed && plan.tso && plan.csum);
	start(6, 6, 5000);
	b.routing = true;
	b.l3_opt = 2;
	build_packet(&b, false);
	h = honest();
	h.flags = 0;
	CU_ASSERT_EQUAL(check(&h, &plan), -EINVAL);
}

/* Sums of any length, at any alignment, in any pieces. */
static void test_sum(void)
{
	static uint8_t data[4096];
	uint64_t seed = 3;

	for (unsigned int i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)random_next(&seed);
	memset(data + 1000, 0xff, 1000);
	for (unsigned int i = 0; i < 5000; i++) {
		uint32_t at = random_next(&seed) % 2048, len = random_next(&seed) % 2048;
		uint32_t cut = len ? random_next(&seed) % len : 0;
		uint32_t cut2 = cut + (len > cut ? random_next(&seed) % (len - cut) : 0);
		struct dp_csum c = {0};
		uint16_t got;

		dp_csum_add(&c, data + at, cut);
		dp_csum_add(&c, data + at + cut, cut2 - cut);
		dp_csum_add(&c, data + at + cut2, len - cut2);
		got = dp_csum_fold(c.sum);
		CU_ASSERT_EQUAL(build_get16((uint8_t *)&got), slow_sum(0, data + at, len));
	}
	CU_ASSERT_EQUAL(dp_csum_fold(UINT64_MAX), 0xffff);
}

UNIT_MAIN("offload_core", {"walk", test_walk}, {"walk, not ours", test_walk_not_ours},
	  {"walk, truncated", test_walk_truncated},
	  {"walk, contradictions", test_walk_contradictions},
	  {"walk, extension overrun", test_walk_ext_overrun}, {"lies", test_lies},
	  {"gso of what is not TCP", test_gso_not_tcp}, {"complete at once", test_complete_at_once},
	  {"merged by a device", test_merged_by_device}, {"sum", test_sum});
