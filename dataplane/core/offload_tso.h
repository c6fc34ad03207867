/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Headers of the segments that a TCP super-frame is cut into: arithmetic on bytes.
 */
#ifndef DATAPLANE_CORE_OFFLOAD_TSO_H
#define DATAPLANE_CORE_OFFLOAD_TSO_H

#include "dataplane/core/offload_core.h"

/* What is the same for all segments, computed once. */
struct dp_tso {
	uint32_t segments;
	uint32_t payload;  /* TCP payload bytes of the super-frame */
	uint32_t seq;      /* of its first byte */
	uint32_t hdr_len;  /* Ethernet to TCP */
	uint32_t l3_off;   /* where IP, */
	uint32_t l4_off;   /* and where TCP starts */
	uint64_t ip_sum;   /* IPv4 header, without length, id and checksum */
	uint64_t pseudo;   /* pseudo-header, without length */
	uint64_t tcp_sum;  /* TCP header, without sequence number, flags and checksum */
	uint16_t gso_size; /* payload of each segment but the last */
	uint16_t id;       /* IPv4: of the first segment */
	uint8_t family;
	uint8_t flags;                       /* of the super-frame's TCP header */
	uint8_t hdr[DP_OFFLOAD_HEADERS_MAX]; /* those headers, as they came */
};

/*
 * @head holds all headers of a super-frame that dp_offload_check() found sound, with @l4 as it laid
 * them out; its checksum field holds the pseudo-header's sum. @gso_size is not 0.
 */
void dp_tso_init(struct dp_tso *t, const uint8_t *head, const struct dp_l4_layout *l4,
		 uint16_t gso_size);

/* Payload bytes of segment @i (0..segments-1). */
static inline uint32_t dp_tso_payload(const struct dp_tso *t, uint32_t i)
{
	return i + 1 < t->segments ? t->gso_size : t->payload - i * t->gso_size;
}

/*
 * Writes the headers of segment @i, t->hdr_len bytes, to @hdr. @payload is the sum of the segment's
 * payload (from an even place), or NULL to leave the checksum partial.
 */
void dp_tso_header(const struct dp_tso *t, uint32_t i, const struct dp_csum *payload, uint8_t *hdr);

#endif
