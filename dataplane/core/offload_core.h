/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checksum and segmentation offload as arithmetic on bytes, without mbufs, ports or allocation.
 * Pure; every byte may be hostile. offload.c applies it to packets.
 *
 * A sum is the one's complement sum of 16-bit words as they lie in memory, so no bytes are swapped:
 * a folded sum is copied into a checksum field with memcpy().
 */
#ifndef DATAPLANE_CORE_OFFLOAD_CORE_H
#define DATAPLANE_CORE_OFFLOAD_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/virtio_net.h>

/* Headers that end behind this many bytes are not parsed. */
#define DP_OFFLOAD_HEADERS_MAX 512

/* Bytes of a packet that can be read directly; in an unshared packet also written (meta.h). */
#define DP_OFFLOAD_DIRECT 256

#define DP_IPPROTO_TCP 6
#define DP_IPPROTO_UDP 17

/* Offset of the checksum in the TCP header and in the UDP header. */
#define DP_TCP_CSUM_OFFSET 16
#define DP_UDP_CSUM_OFFSET 6

/* The headers of a TCP or UDP packet. All lengths are in bytes. */
struct dp_l4_layout {
	uint32_t l4_total; /* TCP or UDP header and payload, by the length in the IP header */
	uint16_t l3_len;   /* IP header with options or extension headers */
	uint8_t l2_len;    /* Ethernet header with all tags */
	uint8_t l4_len;    /* TCP header with options, or 8 for UDP */
	uint8_t family;    /* 4 or 6 */
	uint8_t proto;     /* DP_IPPROTO_TCP or DP_IPPROTO_UDP */
	bool routed; /* has an IPv6 routing header, so the checksum may cover another destination */
};

static inline uint32_t dp_l4_offset(const struct dp_l4_layout *l)
{
	return (uint32_t)l->l2_len + l->l3_len;
}

/*
 * Finds the TCP or UDP header behind Ethernet, up to two tags, and IPv4, or IPv6 with hop-by-hop,
 * routing and destination headers. @head has the first @head_len bytes of a packet of @pkt_len
 * bytes. 0 with @out. -ENOENT: nothing is wrong, but the packet is of another sort (another
 * protocol, a fragment, three tags, a jumbogram, headers beyond @head_len). -EINVAL: it is cut
 * short or contradicts itself.
 */
int dp_l4_walk(const uint8_t *head, uint32_t head_len, uint32_t pkt_len, struct dp_l4_layout *out);

/* What to do with a packet that came with a virtio-net header. */
struct dp_offload_plan {
	struct dp_l4_layout l4; /* valid with csum or tso */
	uint32_t csum_start;    /* valid with complete: first byte that the checksum covers, */
	uint32_t csum_end;      /* the byte behind the last one, */
	uint16_t csum_offset;   /* offset of the field from csum_start; also valid with csum */
	uint16_t gso_size;      /* valid with tso */
	bool csum;              /* the checksum is partial and may stay so */
	bool tso;               /* the packet is a super-frame; csum is set, too */
	bool seed;              /* first set the checksum field to the pseudo-header's sum */
	bool complete;          /* complete the checksum now */
};

/*
 * Checks a virtio-net header (host byte order) against its packet, and fills @plan. 0, or -EINVAL:
 * the header is wrong (dp_offload_rx() says in which cases).
 */
int dp_offload_check(const struct virtio_net_hdr *hdr, const uint8_t *head, uint32_t head_len,
		     uint32_t pkt_len, struct dp_offload_plan *plan);

/* A checksum over bytes that are added in pieces of any length. Start with all fields zero. */
struct dp_csum {
	uint64_t sum;
	bool odd; /* an odd number of bytes so far */
};

void dp_csum_add(struct dp_csum *c, const void *data, size_t len);

/* Returns the sum folded to 16 bits, not complemented. */
uint16_t dp_csum_fold(uint64_t sum);

/* Returns the sum of the pseudo-header of the packet at @head, not folded. Not for l->routed. */
uint64_t dp_csum_pseudo(const uint8_t *head, const struct dp_l4_layout *l);

#endif
