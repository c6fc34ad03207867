/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include "dataplane/core/meta.h"
#include "dataplane/core/offload.h"
#include "dataplane/core/offload_core.h"
#include "dataplane/core/offload_test_build.h"
#include "tests/unit/eal.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

#define POOL_SIZE 1023

static struct build b;
static struct rte_mempool *frames, *big, *tiny;
static struct rte_mbuf *out[DP_SEGMENTS_MAX];
static uint8_t flat[BUILD_MAX];

static int setup(void)
{
	if (unit_eal_init() < 0)
		return -1;
	frames = unit_pool("frames", POOL_SIZE, 2048);
	big = unit_pool("big", 63, 32768);
	tiny = unit_pool("tiny", 31, 1024);
	return 0;
}

static void no_leak(void)
{
	CU_ASSERT_EQUAL(rte_mempool_avail_count(frames), POOL_SIZE);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(big), 63);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(tiny), 31);
}

static void random_build(uint32_t seed, int proto, uint32_t payload)
{
	uint64_t state = seed;
	uint32_t r = (uint32_t)random_next(&state);

	memset(&b, 0, offsetof(struct build, p));
	b.seed = seed;
	b.family = r >> 8 & 1 ? 4 : 6;
	b.proto = proto;
	b.tags = (r >> 9) % 3;
	b.payload = payload;
	b.padding = payload < 40 ? (r >> 12) % 20 : 0;
	b.tcp_opt = (r >> 14) % 11 * 4;
	b.tcp_flags = (uint8_t)(r >> 17);
	if (b.family == 4) {
		b.l3_opt = (r >> 20) % 11 * 4;
	} else {
		b.l3_opt = (r >> 20) % 4;
		b.hop = r >> 24 & 1;
		b.routing = (r >> 25 & 3) == 3;
		b.dest = r >> 27 & 1;
	}
	build_packet(&b, true);
}

static struct virtio_net_hdr header(uint16_t gso_size)
{
	struct virtio_net_hdr h = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = (uint16_t)(b.l2 + b.l3),
		.csum_offset = b.proto == 6 ? 16 : 6,
	};

	if (gso_size) {
		h.gso_type = b.family == 4 ? VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_TCPV6;
		h.gso_size = gso_size;
		h.hdr_len = (uint16_t)(b.l2 + b.l3 + b.l4);
	}
	return h;
}

/* The bytes of a chain, after a look at its shape. */
static uint32_t flatten(const struct rte_mbuf *m)
{
	const char *reason;
	uint32_t len = 0;

	CU_ASSERT_EQUAL(rte_mbuf_check(m, 1, &reason), 0);
	CU_ASSERT(m->data_len >= RTE_MIN(m->pkt_len, 256u));
	for (const struct rte_mbuf *s = m; s; s = s->next) {
		memcpy(flat + len, rte_pktmbuf_mtod(s, void *), s->data_len);
		len += s->data_len;
	}
	CU_ASSERT_EQUAL(len, m->pkt_len);
	return len;
}

static void test_csum(void)
{
	for (uint32_t i = 1; i < 3000; i++) {
		static const uint32_t pieces[] = {0, 1, 7, 256, 333};
		uint32_t payload = i % 7 ? i % 67 : i * 13 % 9000;
		struct virtio_net_hdr h, back;
		struct rte_mbuf *m;

		random_build(i, i % 3 ? 6 : 17, payload);
		h = header(0);
		m = unit_packet(b.len > 2048 ? big : frames, b.p, b.len,
				b.len > 800 ? 333 : pieces[i % 5]);
		CU_ASSERT_EQUAL_FATAL(dp_offload_rx(m, &h), 0);
		CU_ASSERT_EQUAL_FATAL(dp_meta(m)->flags, DP_META_CSUM);
		dp_offload_tx_header(m, &back);
		CU_ASSERT_EQUAL(memcmp(&h, &back, sizeof(h)), 0);
		dp_offload_csum(m);
		CU_ASSERT_EQUAL(dp_meta(m)->flags, 0);
		dp_offload_tx_header(m, &back);
		CU_ASSERT(!back.flags && !back.csum_start);
		CU_ASSERT_EQUAL(flatten(m), b.len);
		CU_ASSERT(slow_l4_ok(&b, flat, b.total));
		/* nothing but the field was touched */
		memcpy(flat + h.csum_start + h.csum_offset, b.p + h.csum_start + h.csum_offset, 2);
		CU_ASSERT_EQUAL(memcmp(flat, b.p, b.len), 0);
		rte_pktmbuf_free(m);
	}
	no_leak();
}

/* A sender that left anything but the pseudo-header's sum in the field: it is put right. */
static void test_wrong_field(void)
{
	for (uint32_t i = 1; i < 1000; i++) {
		uint32_t payload = i % 2 ? i % 67 : i * 13 % 9000;
		uint16_t gso = i % 3 && payload > 100 ? 100 : 0;
		uint8_t *field;
		struct virtio_net_hdr h;
		struct rte_mbuf *m;

		random_build(i, i % 3 ? 6 : 17, payload);
		if (b.routing)
			continue; /* only the sender knows the last destination */
		h = header(gso);
		field = b.p + h.csum_start + h.csum_offset;
		build_be16(field, i % 5 ? i * 40503 : 0);
		m = unit_packet(b.len > 2048 ? big : frames, b.p, b.len, b.len > 800 ? 333 : 0);
		CU_ASSERT_EQUAL_FATAL(dp_offload_rx(m, &h), 0);
		/* as another port takes it: partial, and right */
		flatten(m);
		CU_ASSERT_EQUAL(build_get16(flat + h.csum_start + h.csum_offset),
				slow_pseudo(&b, b.p, b.total));
		dp_offload_csum(m);
		flatten(m);
		CU_ASSERT(slow_l4_ok(&b, flat, b.total));
		rte_pktmbuf_free(m);
	}
	no_leak();
}

static void test_plain(void)
{
	struct virtio_net_hdr h = {.flags = VIRTIO_NET_HDR_F_DATA_VALID};
	struct rte_mbuf *m;

	random_build(1, 6, 100);
	m = unit_packet(frames, b.p, b.len, 0);
	dp_meta(m)->flags = DP_META_TSO4;
	CU_ASSERT_EQUAL(dp_offload_rx(m, &h), 0);
	CU_ASSERT_EQUAL(dp_meta(m)->flags, 0);
	h.hdr_len = (uint16_t)(b.len + 1);
	CU_ASSERT_EQUAL(dp_offload_rx(m, &h), -EINVAL);
	rte_pktmbuf_free(m);
	no_leak();
}

/* A UDP checksum that comes to 0 is sent as 0xffff; a TCP one stays 0. */
static void test_zero(void)
{
	for (int proto = 6; proto <= 17; proto += 11) {
		struct virtio_net_hdr h;
		struct rte_mbuf *m;
		uint8_t *l4;
		uint32_t sum;

		random_build(5, proto, 64);
		l4 = b.p + b.l2 + b.l3;
		build_be16(l4 + b.l4, 0);
		sum = slow_sum(0, l4, b.total); /* the field holds the pseudo-header's sum */
		build_be16(l4 + b.l4, 0xffff - sum);
		h = header(0);
		m = unit_packet(frames, b.p, b.len, 0);
		CU_ASSERT_EQUAL_FATAL(dp_offload_rx(m, &h), 0);
		dp_offload_csum(m);
		flatten(m);
		CU_ASSERT_EQUAL(build_get16(flat + h.csum_start + h.csum_offset),
				proto == 6 ? 0 : 0xffff);
		CU_ASSERT(slow_l4_ok(&b, flat, b.total));
		rte_pktmbuf_free(m);
	}
	no_leak();
}

/* Completed on receipt: a tunnel's inner packet, with a field across two segments. */
static void test_complete(void)
{
	for (uint32_t piece = 256; piece < 300; piece++) {
		uint32_t start, sum;
		struct virtio_net_hdr h;
		struct rte_mbuf *m;

		random_build(6, 17, 600);
		start = b.l2 + b.l3 + 8 + 220 + piece % 3;
		h = header(0);
		h.csum_start = (uint16_t)start;
		h.csum_offset = 16;
		sum = slow_sum(0, b.p + start, b.len - start);
		m = unit_packet(frames, b.p, b.len, piece);
		CU_ASSERT_EQUAL_FATAL(dp_offload_rx(m, &h), 0);
		CU_ASSERT_EQUAL(dp_meta(m)->flags, 0);
		flatten(m);
		CU_ASSERT_EQUAL(build_get16(flat + start + 16), sum == 0xffff ? sum : 0xffff - sum);
		rte_pktmbuf_free(m);
	}
	no_leak();
}

/* One segment against what it must be, all from the super-frame's own bytes. */
static void check_segment(uint32_t i, uint32_t n, uint32_t gso, bool partial)
{
	uint32_t hdr = b.l2 + b.l3 + b.l4, off = i * gso;
	uint32_t payload = RTE_MIN(gso, b.payload - off), l4_total = b.l4 + payload;
	uint32_t len = flatten(out[i]);
	const uint8_t *ip = flat + b.l2, *tcp = ip + b.l3;
	const uint8_t *ip0 = b.p + b.l2, *tcp0 = ip0 + b.l3;
	uint8_t flags = tcp0[13];

	CU_ASSERT_EQUAL_FATAL(len, hdr + payload);
	CU_ASSERT_EQUAL(memcmp(flat, b.p, b.l2), 0);
	CU_ASSERT_EQUAL(memcmp(flat + hdr, b.p + hdr + off, payload), 0);
	CU_ASSERT(slow_ip_ok(&b, flat));
	if (b.family == 4) {
		CU_ASSERT_EQUAL(build_get16(ip + 2), b.l3 + l4_total);
		CU_ASSERT_EQUAL(build_get16(ip + 4), (build_get16(ip0 + 4) + i) % 65536);
		CU_ASSERT(!memcmp(ip, ip0, 2) && !memcmp(ip + 6, ip0 + 6, 4) &&
			  !memcmp(ip + 12, ip0 + 12, b.l3 - 12));
	} else {
		CU_ASSERT_EQUAL(build_get16(ip + 4), b.l3 - 40 + l4_total);
		CU_ASSERT(!memcmp(ip, ip0, 4) && !memcmp(ip + 6, ip0 + 6, b.l3 - 6));
	}
	CU_ASSERT_EQUAL((uint32_t)(build_get16(tcp + 4) << 16 | build_get16(tcp + 6)),
			(uint32_t)((build_get16(tcp0 + 4) << 16 | build_get16(tcp0 + 6)) + off));
	if (i > 0)
		flags &= 0x7f;
	if (i + 1 < n)
		flags &= 0xf6;
	CU_ASSERT_EQUAL(tcp[13], flags);
	CU_ASSERT(!memcmp(tcp, tcp0, 4) && !memcmp(tcp + 8, tcp0 + 8, 5) &&
		  !memcmp(tcp + 14, tcp0 + 14, 2) && !memcmp(tcp + 18, tcp0 + 18, b.l4 - 18));
	if (!partial) {
		CU_ASSERT_EQUAL(dp_meta(out[i])->flags, 0);
		CU_ASSERT(slow_l4_ok(&b, flat, l4_total));
		return;
	}
	CU_ASSERT_EQUAL(dp_meta(out[i])->flags, DP_META_CSUM);
	CU_ASSERT_EQUAL(build_get16(tcp + 16), slow_pseudo(&b, flat, l4_total));
	dp_offload_csum(out[i]);
	flatten(out[i]);
	CU_ASSERT(slow_l4_ok(&b, flat, l4_total));
}

static void test_segment(void)
{
	for (uint32_t i = 1; i < 1500; i++) {
		uint32_t gso = i % 5 ? 536 + i * 31 % 1000 : 1500 + i * 97 % 7500;
		uint32_t room = 65535 - 60 - 200, payload = i * 7919 % room, n;
		static const uint32_t pieces[] = {0, 4096, 1501, 2777};
		bool partial = i & 1, seed = i % 11 == 0;
		struct rte_mbuf *m;
		struct virtio_net_hdr h;
		int got;

		if (payload <= gso)
			payload = gso + 1;
		random_build(i, 6, payload);
		h = header((uint16_t)gso);
		if (seed && !b.routing) {
			h.flags = 0; /* merged by a device: the field means nothing */
			build_be16(b.p + b.l2 + b.l3 + 16, 0xbeef);
		}
		m = unit_packet(big, b.p, b.len, pieces[i % 4]);
		n = (payload + gso - 1) / gso;
		CU_ASSERT_EQUAL_FATAL(dp_offload_rx(m, &h), 0);
		CU_ASSERT_EQUAL(dp_meta(m)->flags,
				DP_META_CSUM | (b.family == 4 ? DP_META_TSO4 : DP_META_TSO6));
		if (n > 1)
			CU_ASSERT_EQUAL(dp_offload_segment(frames, m, partial, out, n - 1),
					-ENOSPC);
		got = dp_offload_segment(frames, m, partial, out, DP_SEGMENTS_MAX);
		CU_ASSERT_EQUAL_FATAL(got, (int)n);
		for (uint32_t s = 0; s < n; s++) {
			uint32_t len = out[s]->pkt_len;

			CU_ASSERT(len > 2048 || out[s]->nb_segs == 1);
			check_segment(s, n, gso, partial);
		}
		rte_pktmbuf_free_bulk(out, n);
		rte_pktmbuf_free(m);
	}
	no_leak();
}

/* Headers beyond 256 bytes: segmented all the same, with complete checksums. */
static void test_long_headers(void)
{
	struct virtio_net_hdr h;
	struct rte_mbuf *m;

	memset(&b, 0, offsetof(struct build, p));
	b.family = 6;
	b.proto = 6;
	b.hop = b.dest = b.routing = true;
	b.l3_opt = 12;
	b.payload = 5000;
	b.tcp_flags = 0x99;
	build_packet(&b, true);
	h = header(1000);
	m = unit_packet(big, b.p, b.len, 256);
	CU_ASSERT_EQUAL_FATAL(dp_offload_rx(m, &h), 0);
	CU_ASSERT_EQUAL_FATAL(dp_offload_segment(frames, m, true, out, DP_SEGMENTS_MAX), 5);
	for (uint32_t s = 0; s < 5; s++)
		check_segment(s, 5, 1000, false);
	rte_pktmbuf_free_bulk(out, 5);
	rte_pktmbuf_free(m);
	no_leak();
}

/* An empty pool: nothing is sent, nothing leaks, the super-frame is whole. */
static void test_no_memory(void)
{
	struct virtio_net_hdr h;
	struct rte_mbuf *m;

	random_build(9, 6, 60000);
	h = header(1400);
	m = unit_packet(big, b.p, b.len, 0);
	CU_ASSERT_EQUAL_FATAL(dp_offload_rx(m, &h), 0);
	CU_ASSERT_EQUAL(dp_offload_segment(tiny, m, false, out, DP_SEGMENTS_MAX), -ENOMEM);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(tiny), 31);
	dp_meta(m)->gso_size = 4000; /* the first mbufs are there, those for the chains are not */
	CU_ASSERT_EQUAL(dp_offload_segment(tiny, m, false, out, DP_SEGMENTS_MAX), -ENOMEM);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(tiny), 31);
	dp_meta(m)->gso_size = 0;
	CU_ASSERT_EQUAL(dp_offload_segment(tiny, m, false, out, DP_SEGMENTS_MAX), -EINVAL);
	CU_ASSERT_EQUAL(flatten(m), b.len);
	CU_ASSERT_EQUAL(memcmp(flat, b.p, b.len), 0);
	rte_pktmbuf_free(m);
	no_leak();
}

UNIT_MAIN_SETUP("offload", setup, {"plain", test_plain}, {"checksum", test_csum},
		{"wrong field", test_wrong_field}, {"checksum 0", test_zero},
		{"completed on receipt", test_complete}, {"segmentation", test_segment},
		{"long headers", test_long_headers}, {"no memory", test_no_memory});
