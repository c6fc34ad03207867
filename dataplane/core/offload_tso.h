/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes the headers of the segments that a TCP super-frame is cut into. Pure.
 */
#ifndef DATAPLANE_CORE_OFFLOAD_TSO_H
#define DATAPLANE_CORE_OFFLOAD_TSO_H

#include "dataplane/core/offload_core.h"

/* Values that are the same for all segments, computed once. */
struct dp_tso {
	uint32_t segments;
	uint32_t payload;  /* TCP payload bytes of the super-frame */
	uint32_t seq;      /* sequence number of its first byte */
	uint32_t hdr_len;  /* Ethernet to TCP */
	uint32_t l3_off;   /* where the IP header starts, */
	uint32_t l4_off;   /* and the TCP header */
	uint64_t ip_sum;   /* sum of the IPv4 header without length, id and checksum */
	uint64_t pseudo;   /* sum of the pseudo-header without length */
	uint64_t tcp_sum;  /* sum of the TCP header without sequence number, flags and checksum */
	uint16_t gso_size; /* payload bytes of each segment except the last */
	uint16_t id;       /* IPv4: id of the first segment */
	uint8_t family;
	uint8_t flags;                       /* flags of the super-frame's TCP header */
	uint8_t hdr[DP_OFFLOAD_HEADERS_MAX]; /* the super-frame's headers */
};

/*
 * Prepares the segments of a super-frame whose headers are at @head. dp_offload_check() must have
 * accepted it and returned @l4, and its checksum field must hold the pseudo-header's sum. @gso_size
 * must not be 0.
 */
void dp_tso_init(struct dp_tso *t, const uint8_t *head, const struct dp_l4_layout *l4,
		 uint16_t gso_size);

/* The payload bytes of segment @i (0..segments-1). */
static inline uint32_t dp_tso_payload(const struct dp_tso *t, uint32_t i)
{
	return i + 1 < t->segments ? t->gso_size : t->payload - i * t->gso_size;
}

/*
 * Writes the headers of segment @i, t->hdr_len bytes, to @hdr. @payload is the sum of the segment's
 * payload, which must start at an even offset of the sum; NULL leaves the checksum partial.
 */
void dp_tso_header(const struct dp_tso *t, uint32_t i, const struct dp_csum *payload, uint8_t *hdr);

#endif
