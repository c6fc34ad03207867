/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes with any virtio-net header that says that they are datagrams in one frame: what comes
 * out must have lengths that agree, and no mbuf may be lost.
 *
 * Input: a struct virtio_net_hdr, the packet.
 */
#include "dataplane/core/offload_core.h"
#include "dataplane/port/af_packet/uso.h"
#include "tests/unit/eal.h"

#define FRAMES 1023

#define REQUIRE(what)                                                      \
	do {                                                               \
		if (!(what)) {                                             \
			fprintf(stderr, "line %d: %s\n", __LINE__, #what); \
			abort();                                           \
		}                                                          \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rte_mempool *frames;
	struct rte_mbuf *out[DP_USO_SEGMENTS_MAX];
	struct virtio_net_hdr hdr;
	int n;

	if (frames == NULL) {
		if (unit_eal_init() < 0)
			exit(1);
		frames = unit_pool("frames", FRAMES, 2048);
	}
	if (size <= sizeof(hdr) || size > 65000)
		return 0;
	memcpy(&hdr, data, sizeof(hdr));
	hdr.gso_type = VIRTIO_NET_HDR_GSO_UDP_L4;
	n = dp_uso_cut(frames,
		       unit_packet(frames, data + sizeof(hdr), (uint32_t)(size - sizeof(hdr)), 0),
		       &hdr, out);
	REQUIRE(n <= DP_USO_SEGMENTS_MAX);
	for (int i = 0; i < n; i++) {
		uint8_t copy[DP_OFFLOAD_HEADERS_MAX];
		uint32_t head_len = RTE_MIN(out[i]->pkt_len, (uint32_t)sizeof(copy));
		struct dp_l4_layout l4;
		const char *reason;

		REQUIRE(rte_mbuf_check(out[i], 1, &reason) == 0);
		REQUIRE(dp_l4_walk(rte_pktmbuf_read(out[i], 0, head_len, copy), head_len,
				   out[i]->pkt_len, &l4) == 0);
		REQUIRE(l4.proto == DP_IPPROTO_UDP);
		REQUIRE(dp_l4_offset(&l4) + l4.l4_total == out[i]->pkt_len);
		REQUIRE(l4.l4_total <= 8u + hdr.gso_size);
	}
	if (n > 0)
		rte_pktmbuf_free_bulk(out, n);
	REQUIRE(rte_mempool_avail_count(frames) == FRAMES);
	return 0;
}
