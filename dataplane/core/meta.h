/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The metadata of a packet: one struct in the mbuf's dynamic field.
 *
 * The packet contract: an mbuf may be a chain; its first segment holds min(length, 256) bytes. An
 * mbuf whose reference count is above 1 is read-only: copy it before a write (dp_mbuf_writable()).
 * The bytes of a frame stay as they were received until it is sent: the transmit step of each
 * egress port removes, adds or changes the tag (dp_vlan_egress()).
 */
#ifndef DATAPLANE_CORE_META_H
#define DATAPLANE_CORE_META_H

#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>

enum dp_meta_flags {
	DP_META_CSUM = 1 << 0, /* L4 checksum is partial: the field holds the pseudo-header's sum */
	DP_META_TSO4 = 1 << 1, /* super-frame, TCP over IPv4; implies DP_META_CSUM */
	DP_META_TSO6 = 1 << 2, /* super-frame, TCP over IPv6; implies DP_META_CSUM */
};
#define DP_META_TSO (DP_META_TSO4 | DP_META_TSO6)

struct dp_meta {
	uint64_t time_ns; /* time of receipt: of the loop; in replay, of the capture */
	uint32_t domain;  /* after classification: index of its domain in the tree */
	uint16_t port;    /* ingress port's id; DP_PORT_ID_NONE: the switch made the packet */
	uint16_t tci;     /* after classification: PCP and DEI of the frame, VID of its VLAN */
	uint8_t tag_len;  /* after classification: 4 if the tag at offset 12 is the VLAN's */
	uint8_t flags;    /* enum dp_meta_flags */
	uint8_t l2_len;   /* this and the next four only with flags: Ethernet header and tags, */
	uint8_t l4_len;   /* TCP or UDP header, */
	uint16_t l3_len;  /* IP header with options or extension headers, */
	uint16_t csum_offset; /* offset of the checksum from the start of L4, */
	uint16_t gso_size;    /* payload bytes of one segment (with TSO) */
	uint8_t next;         /* of a packet handed over: the function's number (handover.h) */
	uint8_t spare;
};

_Static_assert(sizeof(struct dp_meta) == 32, "a second cache line's dynamic area is 36 bytes");

#define DP_PORT_ID_NONE UINT16_MAX

/*
 * The offset of the struct: the start of the area that an mbuf has for dynamic fields. It is a
 * constant, so that access costs nothing.
 */
#define DP_META_OFFSET RTE_ALIGN_CEIL(offsetof(struct rte_mbuf, dynfield1), 8)

_Static_assert(DP_META_OFFSET + sizeof(struct dp_meta) <= sizeof(struct rte_mbuf), "it has room");

static inline struct dp_meta *dp_meta(struct rte_mbuf *m)
{
	return RTE_MBUF_DYNFIELD(m, DP_META_OFFSET, struct dp_meta *);
}

/*
 * Registers the field. Control thread, before any pool is made. 0 or -errno: the area is taken by
 * another field.
 */
int dp_meta_init(void);

#endif
