/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "dataplane/core/meta.h"
#include "dataplane/core/offload.h"
#include "dataplane/core/offload_test_build.h"
#include "dataplane/port/af_packet/uso.h"
#include "tests/unit/eal.h"
#include "tests/unit/unit.h"

#define FRAMES 511

static struct build b;
static struct rte_mempool *frames, *big;
static struct rte_mbuf *out[DP_USO_SEGMENTS_MAX];
static uint8_t flat[70000];

static int setup(void)
{
	if (unit_eal_init() < 0)
		return -1;
	frames = unit_pool("frames", FRAMES, 2048);
	big = unit_pool("big", 31, 32768);
	return 0;
}

static void check_no_leak(void)
{
	CU_ASSERT_EQUAL(rte_mempool_avail_count(frames), FRAMES);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(big), 31);
}

static struct virtio_net_hdr build_udp(int family, unsigned int tags, uint32_t payload,
				       uint16_t gso_size)
{
	memset(&b, 0, offsetof(struct build, p));
	b.seed = payload + gso_size;
	b.family = family;
	b.tags = tags;
	b.proto = 17;
	b.payload = payload;
	build_packet(&b, true);
	return (struct virtio_net_hdr){.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
				       .gso_type = VIRTIO_NET_HDR_GSO_UDP_L4,
				       .hdr_len = (uint16_t)(b.l2 + b.l3 + 8),
				       .gso_size = gso_size,
				       .csum_start = (uint16_t)(b.l2 + b.l3),
				       .csum_offset = 6};
}

/* Cuts what was built, and lets code that shares nothing with it judge each datagram. */
static void check_cut(const struct virtio_net_hdr *hdr)
{
	uint32_t want = (b.payload + hdr->gso_size - 1) / hdr->gso_size, at = b.l2 + b.l3 + 8;
	uint32_t id = build_get16(b.p + b.l2 + 4);
	int n = dp_uso_cut(frames, unit_packet(big, b.p, b.len, 0), hdr, out);

	CU_ASSERT_EQUAL_FATAL(n, (int)want);
	for (int i = 0; i < n; i++) {
		uint32_t part = i + 1 < n ? hdr->gso_size : b.payload - (want - 1) * hdr->gso_size;
		uint32_t len = b.l2 + b.l3 + 8 + part;

		CU_ASSERT_EQUAL_FATAL(out[i]->pkt_len, len);
		CU_ASSERT(out[i]->data_len >= RTE_MIN(len, 256u));
		CU_ASSERT_EQUAL(dp_meta(out[i])->flags, DP_META_CSUM);
		dp_offload_csum(out[i]);
		memset(flat, 0xee, sizeof(flat));
		memcpy(flat, rte_pktmbuf_read(out[i], 0, len, flat), len);
		CU_ASSERT_EQUAL(memcmp(flat, b.p, b.l2), 0);
		CU_ASSERT_EQUAL(memcmp(flat + b.l2 + b.l3, b.p + b.l2 + b.l3, 4), 0);
		CU_ASSERT_EQUAL(build_get16(flat + b.l2 + b.l3 + 4), 8 + part);
		CU_ASSERT(slow_ip_ok(&b, flat));
		CU_ASSERT(slow_l4_ok(&b, flat, 8 + part));
		CU_ASSERT_EQUAL(memcmp(flat + b.l2 + b.l3 + 8, b.p + at, part), 0);
		if (b.family == 4) {
			CU_ASSERT_EQUAL(build_get16(flat + b.l2 + 2), b.l3 + 8 + part);
			CU_ASSERT_EQUAL(build_get16(flat + b.l2 + 4), (id + i) % 65536);
		} else {
			CU_ASSERT_EQUAL(build_get16(flat + b.l2 + 4), b.l3 - 40 + 8 + part);
		}
		at += part;
	}
	rte_pktmbuf_free_bulk(out, n);
	check_no_leak();
}

static void test_cut(void)
{
	static const struct {
		uint32_t payload;
		uint16_t gso_size;
	} shape[] = {{2800, 1400}, {2801, 1400}, {61, 60}, {128, 1}, {60000, 1472}, {65000, 8900}};

	for (unsigned int tags = 0; tags <= 2; tags++)
		for (int family = 4; family <= 6; family += 2)
			for (unsigned int i = 0; i < RTE_DIM(shape); i++) {
				struct virtio_net_hdr hdr = build_udp(
					family, tags, shape[i].payload, shape[i].gso_size);

				check_cut(&hdr);
			}
}

static void check_lie(const struct virtio_net_hdr *hdr)
{
	CU_ASSERT_EQUAL(dp_uso_cut(frames, unit_packet(big, b.p, b.len, 0), hdr, out), -EINVAL);
	check_no_leak();
}

static void test_lies(void)
{
	struct virtio_net_hdr good = build_udp(4, 0, 3000, 1000), hdr;

	check_cut(&good);
	hdr = good, hdr.gso_size = 0, check_lie(&hdr);
	hdr = good, hdr.gso_size = 20, check_lie(&hdr); /* 150 datagrams */
	hdr = good, hdr.flags = 0, check_lie(&hdr);
	hdr = good, hdr.csum_start++, check_lie(&hdr);
	hdr = good, hdr.csum_start = 65535, check_lie(&hdr);
	hdr = good, hdr.csum_offset = 16, check_lie(&hdr);
	hdr = good, hdr.gso_type = VIRTIO_NET_HDR_GSO_UDP, check_lie(&hdr);
	b.p[23] = 6; /* says TCP */
	check_lie(&good);
	good = build_udp(4, 0, 3000, 1000);
	b.len -= 10; /* shorter than its IP header says */
	check_lie(&good);
	good = build_udp(4, 0, 0, 1000);
	check_lie(&good);
}

static void test_no_memory(void)
{
	struct virtio_net_hdr hdr = build_udp(6, 0, 60000, 1000);
	struct rte_mbuf *hog[FRAMES];

	CU_ASSERT_EQUAL_FATAL(rte_pktmbuf_alloc_bulk(frames, hog, FRAMES), 0);
	CU_ASSERT_EQUAL(dp_uso_cut(frames, unit_packet(big, b.p, b.len, 0), &hdr, out), -ENOMEM);
	/* enough for the first mbufs of datagrams that need five each, and no more */
	hdr = build_udp(6, 0, 60000, 9000);
	rte_pktmbuf_free_bulk(hog, 8);
	CU_ASSERT_EQUAL(dp_uso_cut(frames, unit_packet(big, b.p, b.len, 0), &hdr, out), -ENOMEM);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(frames), 8);
	rte_pktmbuf_free_bulk(hog + 8, FRAMES - 8);
	check_no_leak();
}

UNIT_MAIN_SETUP("uso", setup, {"cut", test_cut}, {"lies", test_lies},
		{"no memory", test_no_memory});
