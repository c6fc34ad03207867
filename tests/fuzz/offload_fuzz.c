/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes with any virtio-net header: received, completed, cut into segments. What comes out must
 * be sound frames with right checksums, and no mbuf may be lost.
 *
 * Input: a struct virtio_net_hdr, a byte for the size of the chain's pieces, a byte of choices, the
 * packet.
 */
#include "dataplane/core/meta.h"
#include "dataplane/core/offload.h"
#include "dataplane/core/offload_core.h"
#include "tests/unit/eal.h"

#define FRAMES     511
#define PACKETS    127
#define PACKET_MAX 70000

#define REQUIRE(what)                                                      \
	do {                                                               \
		if (!(what)) {                                             \
			fprintf(stderr, "line %d: %s\n", __LINE__, #what); \
			abort();                                           \
		}                                                          \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rte_mempool *frames, *packets;
static uint8_t bytes[PACKET_MAX];

static uint32_t flatten(const struct rte_mbuf *m)
{
	const char *reason;
	uint32_t len = 0;

	REQUIRE(rte_mbuf_check(m, 1, &reason) == 0);
	REQUIRE(m->data_len >= RTE_MIN(m->pkt_len, 256u));
	for (; m; m = m->next) {
		memcpy(bytes + len, rte_pktmbuf_mtod(m, void *), m->data_len);
		len += m->data_len;
	}
	return len;
}

/* A frame that says it is complete: lengths agree, and checksums are right. */
static void check_frame(struct rte_mbuf *m, bool trust_csum)
{
	uint32_t len = flatten(m);
	struct dp_l4_layout l;
	struct dp_csum sum = {0};

	REQUIRE(len == m->pkt_len);
	REQUIRE(dp_l4_walk(bytes, len, len, &l) == 0);
	if (l.family == 4) {
		dp_csum_add(&sum, bytes + l.l2_len, l.l3_len);
		REQUIRE(dp_csum_fold(sum.sum) == 0xffff);
		memset(&sum, 0, sizeof(sum));
	}
	REQUIRE(dp_l4_offset(&l) + l.l4_total == len);
	if (!trust_csum)
		return;
	dp_csum_add(&sum, bytes + dp_l4_offset(&l), l.l4_total);
	REQUIRE(dp_csum_fold(sum.sum + dp_csum_pseudo(bytes, &l)) == 0xffff);
}

static void segment(struct rte_mbuf *m, bool partial, bool trust_csum)
{
	struct rte_mbuf *out[DP_SEGMENTS_MAX];
	int n = dp_offload_segment(frames, m, partial, out, DP_SEGMENTS_MAX);

	REQUIRE(n < 0 || n > 1);
	for (int i = 0; i < n; i++) {
		if (dp_meta(out[i])->flags)
			dp_offload_csum(out[i]);
		check_frame(out[i], trust_csum);
	}
	if (n > 0)
		rte_pktmbuf_free_bulk(out, (unsigned int)n);
}

/* An honest sender leaves the pseudo-header's sum in the field. */
static bool make_honest(uint8_t *p, uint32_t len)
{
	struct dp_l4_layout l;
	uint16_t sum;

	if (dp_l4_walk(p, RTE_MIN(len, (uint32_t)DP_OFFLOAD_HEADERS_MAX), len, &l) || l.routed)
		return false;
	sum = dp_csum_fold(dp_csum_pseudo(p, &l));
	memcpy(p + dp_l4_offset(&l) + (l.proto == DP_IPPROTO_TCP ? 16 : 6), &sum, 2);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t packet[PACKET_MAX];
	struct virtio_net_hdr hdr, back;
	uint32_t len, piece;
	struct rte_mbuf *m;
	bool honest;

	if (!frames) {
		if (unit_eal_init() < 0)
			abort();
		frames = unit_pool("frames", FRAMES, 2048);
		packets = unit_pool("packets", PACKETS, 32768);
	}
	if (size < sizeof(hdr) + 3 || size > PACKET_MAX)
		return 0;
	memcpy(&hdr, data, sizeof(hdr));
	len = (uint32_t)(size - sizeof(hdr) - 2);
	piece = data[sizeof(hdr)] * (len / 8192 + 1u);
	memcpy(packet, data + sizeof(hdr) + 2, len);
	honest = (data[sizeof(hdr) + 1] & 1) && make_honest(packet, len);

	m = unit_packet(packets, packet, len, piece < len / 100 ? 0 : piece);
	if (dp_offload_rx(m, &hdr) == 0) {
		flatten(m);
		dp_offload_tx_header(m, &back);
		if (dp_meta(m)->flags & DP_META_TSO)
			segment(m, data[sizeof(hdr) + 1] & 2, honest);
		else
			dp_offload_csum(m);
		REQUIRE(flatten(m) == len);
	}
	rte_pktmbuf_free(m);
	REQUIRE(rte_mempool_avail_count(frames) == FRAMES);
	REQUIRE(rte_mempool_avail_count(packets) == PACKETS);
	return 0;
}
