/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the path knows about a packet besides its bytes: one struct in a dynamic field of the mbuf.
 *
 * The packet contract. An mbuf may be a chain; its first segment holds min(length, 256) bytes. An
 * mbuf whose reference count is above 1 is read-only: who writes, copies (dp_mbuf_writable()).
 * The frame's bytes stay as they came in until it is sent: a tag is taken off, put on or changed by
 * the transmit step of each egress port (dp_vlan_egress()).
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
	uint64_t time_ns;     /* when it came in: the loop's time, in replay the capture's */
	uint32_t domain;      /* after classification: index of its domain in the tree */
	uint16_t port;        /* ingress port's id, DP_PORT_ID_NONE for what we made ourselves */
	uint16_t tci;         /* after classification: PCP and DEI of the frame, VID of its VLAN */
	uint8_t tag_len;      /* after classification: 4 if the tag at offset 12 is the VLAN's */
	uint8_t flags;        /* enum dp_meta_flags */
	uint8_t l2_len;       /* these five only with flags: Ethernet header with all tags, */
	uint8_t l4_len;       /* TCP or UDP header, */
	uint16_t l3_len;      /* IP header with options or extension headers, */
	uint16_t csum_offset; /* of the checksum from the start of L4, */
	uint16_t gso_size;    /* payload bytes of one segment (with TSO) */
	uint8_t next;         /* handed over to another worker: what it does with it (handover.h) */
	uint8_t spare;
};

_Static_assert(sizeof(struct dp_meta) == 32, "a second cache line's dynamic area is 36 bytes");

#define DP_PORT_ID_NONE UINT16_MAX

/* Where the field is: all that an mbuf has for such fields. Constant, so that to find it costs nothing. */
#define DP_META_OFFSET RTE_ALIGN_CEIL(offsetof(struct rte_mbuf, dynfield1), 8)

_Static_assert(DP_META_OFFSET + sizeof(struct dp_meta) <= sizeof(struct rte_mbuf), "it has room");

static inline struct dp_meta *dp_meta(struct rte_mbuf *m)
{
	return RTE_MBUF_DYNFIELD(m, DP_META_OFFSET, struct dp_meta *);
}

/* Registers the field. Control thread, before any pool is made. Returns 0, or -errno: another has it. */
int dp_meta_init(void);

#endif
