/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What guards see of a frame: its payload behind tags and SNAP, and the upper layer of an IPv6 packet
 * behind its extension headers. Pure; every byte is hostile.
 */
#ifndef DATAPLANE_GUARD_FRAME_H
#define DATAPLANE_GUARD_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#define HD_GUARD_COPY_MAX 2048 /* bytes of a frame in several buffers that guards look at */

#define HD_PROTO_TCP    6
#define HD_PROTO_UDP    17
#define HD_PROTO_ICMPV6 58
#define HD_IPV4_LEN     20 /* without options */
#define HD_IPV6_LEN     40

/* The bytes of a frame: @readable of them at @p, of @len in all. */
struct hd_guard_frame {
	const uint8_t *p;
	uint32_t readable;
	uint32_t len;
};

static inline uint16_t hd_guard_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/*
 * What a frame of at least 14 readable bytes carries, behind up to @tags_max tags: its EtherType, and
 * in *@off where that starts. 0: something without one. -1: it cannot be told, for more tags or an end
 * among them.
 */
int hd_guard_payload(const struct hd_guard_frame *frame, unsigned int tags_max, uint32_t *off);

/* What the headers of an IPv6 packet lead to. */
struct hd_guard_upper {
	const uint8_t *p;  /* the upper layer's header */
	uint32_t len;      /* of it and what follows, as the IPv6 header says */
	uint32_t readable; /* bytes of that */
	uint8_t proto;
	bool fragment; /* of a packet that was cut */
	bool later;    /* ... and not the first one: there is no upper layer's header at @p */
	bool unknown;  /* @proto is a number that nobody has assigned: it may be anything */
};

/*
 * Walks the extension headers of the packet at @off of @frame. False: what it is cannot be told. It is
 * cut short, or no IPv6 packet; or its headers go on beyond it, or beyond what is readable (RFC 7112:
 * the first fragment holds them all).
 */
bool hd_guard_upper(const struct hd_guard_frame *frame, uint32_t off, struct hd_guard_upper *up);

#endif
