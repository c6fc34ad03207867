/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds what guards check in a frame: the payload behind tags and SNAP, and the upper layer of an
 * IPv6 packet behind its extension headers. Pure; every byte may be hostile.
 */
#ifndef DATAPLANE_GUARD_FRAME_H
#define DATAPLANE_GUARD_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#define DP_GUARD_COPY_MAX 2048 /* bytes that guards check of a frame in several buffers */

#define DP_PROTO_TCP    6
#define DP_PROTO_UDP    17
#define DP_PROTO_ICMPV6 58
#define DP_IPV4_LEN     20 /* without options */
#define DP_IPV6_LEN     40

/* A frame of @len bytes, of which the first @readable are at @p. */
struct dp_guard_frame {
	const uint8_t *p;
	uint32_t readable;
	uint32_t len;
};

static inline uint16_t dp_guard_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/*
 * Returns the EtherType of the payload of a frame with at least 14 readable bytes, behind up to
 * @tags_max tags, and sets *@off to the payload's start. 0: the payload has no EtherType. -1:
 * unknown, since the frame has more tags or ends inside them.
 */
int dp_guard_payload(const struct dp_guard_frame *frame, unsigned int tags_max, uint32_t *off);

/* The upper layer of an IPv6 packet. */
struct dp_guard_upper {
	const uint8_t *p;  /* its header */
	uint32_t len;      /* bytes from @p on, as the IPv6 header says */
	uint32_t readable; /* how many of them can be read */
	uint8_t proto;
	bool fragment; /* the packet is a fragment */
	bool later;    /* it is not the first fragment: @p is not the upper layer's header */
	bool unknown;  /* the protocol number @proto is not assigned */
};

/*
 * Walks the extension headers of the IPv6 packet at @off of @frame, and fills @up. False: the upper
 * layer is unknown, since the packet is cut short or no IPv6 packet, or its headers end behind the
 * packet or behind the readable bytes (RFC 7112: the first fragment has all headers).
 */
bool dp_guard_upper(const struct dp_guard_frame *frame, uint32_t off, struct dp_guard_upper *up);

#endif
