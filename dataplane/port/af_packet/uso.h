/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Segments super-frames of UDP (UDP segmentation offload, which QUIC senders behind a veth pair
 * use) into datagrams where they come in, since the path knows only super-frames of TCP.
 */
#ifndef DATAPLANE_PORT_AF_PACKET_USO_H
#define DATAPLANE_PORT_AF_PACKET_USO_H

#include <stdint.h>

#include <linux/virtio_net.h>
#include <rte_mbuf.h>

#include "dataplane/core/offload_core.h"

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4 /* Linux 6.2; the headers of Debian 12 are older */
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

#define DP_USO_SEGMENTS_MAX 128 /* of one super-frame, as in Linux */

struct dp_uso {
	uint32_t segments;
	uint32_t payload;  /* bytes of the super-frame */
	uint32_t hdr_len;  /* Ethernet to UDP */
	uint32_t l3_off;   /* where the IP header starts */
	uint32_t l4_off;   /* where the UDP header starts */
	uint16_t gso_size; /* payload of each datagram but the last */
	uint8_t family;
	uint8_t hdr[DP_OFFLOAD_HEADERS_MAX]; /* the headers from Ethernet to UDP, as they came */
	struct dp_l4_layout l4;
};

/*
 * Checks the offload header and the first @head_len bytes of a packet of @pkt_len bytes, and fills
 * @u. 0, or -EINVAL: the header is wrong, or there would be more than DP_USO_SEGMENTS_MAX
 * datagrams. Pure.
 */
int dp_uso_init(struct dp_uso *u, const struct virtio_net_hdr *hdr, const uint8_t *head,
		uint32_t head_len, uint32_t pkt_len);

/* Returns the payload bytes of datagram @i. Pure. */
static inline uint32_t dp_uso_payload(const struct dp_uso *u, uint32_t i)
{
	return i + 1 < u->segments ? u->gso_size : u->payload - i * u->gso_size;
}

/*
 * Writes the headers of datagram @i, u->hdr_len bytes, to @hdr. The UDP checksum is partial: only
 * the sum of the pseudo-header. Pure.
 */
void dp_uso_header(const struct dp_uso *u, uint32_t i, uint8_t *hdr);

/*
 * Segments @m into datagrams with partial checksums, and sets their metadata. Frees @m, also on
 * failure. Returns how many datagrams are in @out (room for DP_USO_SEGMENTS_MAX); the caller owns
 * them. -EINVAL or -ENOMEM on failure. Worker.
 */
int dp_uso_cut(struct rte_mempool *pool, struct rte_mbuf *m, const struct virtio_net_hdr *hdr,
	       struct rte_mbuf **out);

#endif
