/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checksum and segmentation offload as arithmetic on bytes: no mbuf, no port, no allocation.
 * offload.c applies it to packets.
 *
 * Sums are one's complement sums of 16-bit words as they lie in memory, so that no byte is swapped:
 * a folded sum is stored into a checksum field by memcpy().
 */
#ifndef DATAPLANE_CORE_OFFLOAD_CORE_H
#define DATAPLANE_CORE_OFFLOAD_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/virtio_net.h>

/* Headers that end beyond this many bytes are not looked at. */
#define DP_OFFLOAD_HEADERS_MAX 512

/* Bytes of a packet that can be read, and in an unshared packet written, directly (see meta.h). */
#define DP_OFFLOAD_DIRECT 256

#define DP_IPPROTO_TCP 6
#define DP_IPPROTO_UDP 17

/* Offset of the checksum in a TCP and in a UDP header. */
#define DP_TCP_CSUM_OFFSET 16
#define DP_UDP_CSUM_OFFSET 6

/* Where the headers of a TCP or UDP packet are. All lengths in bytes. */
struct dp_l4_layout {
	uint32_t l4_total; /* TCP or UDP header with what follows, as the IP header says */
	uint16_t l3_len;   /* IP header with options or extension headers */
	uint8_t l2_len;    /* Ethernet header with all tags */
	uint8_t l4_len;    /* TCP header with options, or 8 for UDP */
	uint8_t family;    /* 4 or 6 */
	uint8_t proto;     /* DP_IPPROTO_TCP or DP_IPPROTO_UDP */
	bool routed; /* IPv6 routing header: the checksum's destination may not be the IP header's */
};

static inline uint32_t dp_l4_offset(const struct dp_l4_layout *l)
{
	return (uint32_t)l->l2_len + l->l3_len;
}

/*
 * Walks Ethernet, up to two tags, IPv4 or IPv6 with hop-by-hop, routing and destination headers, to
 * TCP or UDP. @head holds the first @head_len bytes of a packet of @pkt_len. Returns 0;
 * -ENOENT: sound as far as can be seen, but not one of these (another protocol, a fragment, a third
 * tag, a jumbogram, headers beyond @head_len); -EINVAL: cut short, or at odds with itself.
 */
int dp_l4_walk(const uint8_t *head, uint32_t head_len, uint32_t pkt_len, struct dp_l4_layout *out);

/* What is to be done with a packet that came with a virtio-net header. */
struct dp_offload_plan {
	struct dp_l4_layout l4; /* with csum or tso */
	uint32_t csum_start;    /* with complete: first byte that the checksum covers, */
	uint32_t csum_end;      /* the byte after the last, */
	uint16_t csum_offset;   /* and the field, from csum_start; also with csum */
	uint16_t gso_size;      /* with tso */
	bool csum;              /* the checksum is partial, and can stay so */
	bool tso;               /* a super-frame; with csum */
	bool seed; /* the field is set to the pseudo-header's sum first, whatever the sender left */
	bool complete; /* the checksum is to be completed now */
};

/*
 * Checks a virtio-net header (host byte order) against the packet that it came with. Fills @plan.
 * Returns 0, or -EINVAL when the header lies; see dp_offload_rx() for what counts as a lie.
 */
int dp_offload_check(const struct virtio_net_hdr *hdr, const uint8_t *head, uint32_t head_len,
		     uint32_t pkt_len, struct dp_offload_plan *plan);

/* A checksum over bytes that come in pieces of any length. Start from all zero. */
struct dp_csum {
	uint64_t sum;
	bool odd; /* an odd number of bytes so far */
};

void dp_csum_add(struct dp_csum *c, const void *data, size_t len);

/* The sum in 16 bits, not complemented. */
uint16_t dp_csum_fold(uint64_t sum);

/* Sum of the pseudo-header of @l at @head (not folded); must not be used when l->routed. */
uint64_t dp_csum_pseudo(const uint8_t *head, const struct dp_l4_layout *l);

#endif
