/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "heddle/net/ether.h"
#include "dataplane/guard/frame.h"

#define LLC_LENGTH_MAX 1500 /* below: a length and not an EtherType */

/* IANA "IPv6 Extension Header Types". ESP is not among them here: what follows it is secret. */
#define EXT_HOP      0
#define EXT_ROUTING  43
#define EXT_FRAGMENT 44
#define EXT_AH       51
#define EXT_DEST     60
#define EXT_MOBILITY 135
#define EXT_HIP      139
#define EXT_SHIM6    140

#define PROTO_ASSIGNED_MAX 147 /* IANA "Protocol Numbers"; above: not assigned, or experiments */

int dp_guard_payload(const struct dp_guard_frame *frame, unsigned int tags_max, uint32_t *off)
{
	static const uint8_t snap[] = {0xaa, 0xaa, 0x03, 0, 0, 0};
	uint32_t at = HD_ETH_HLEN - 2;
	uint16_t type;

	for (unsigned int tags = 0;; tags++, at += HD_VLAN_HLEN) {
		if (at + 2 > frame->readable)
			return -1;
		type = dp_guard_be16(frame->p + at);
		if (type != HD_TPID_C && type != HD_TPID_S)
			break;
		if (tags == tags_max)
			return -1;
	}
	*off = at + 2;
	if (type > LLC_LENGTH_MAX)
		return type;
	if (*off + 8 > frame->readable || memcmp(frame->p + *off, snap, sizeof(snap)) != 0)
		return 0;
	*off += 8;
	return dp_guard_be16(frame->p + *off - 2);
}

/* The length of the extension header at @p, of which 8 bytes can be read; 0: @next is none. */
static uint32_t ext_length(uint8_t next, const uint8_t *p)
{
	switch (next) {
	case EXT_FRAGMENT: return 8;
	case EXT_AH: return (p[1] + 2u) * 4;
	case EXT_HOP:
	case EXT_ROUTING:
	case EXT_DEST:
	case EXT_MOBILITY:
	case EXT_HIP:
	case EXT_SHIM6: return 8 + p[1] * 8u;
	default: return 0;
	}
}

/* Walks on from @off of the packet at @ip, @have bytes of which can be read. False: it goes on beyond. */
static bool walk(const uint8_t *ip, uint32_t have, uint32_t *off, struct dp_guard_upper *up)
{
	static const uint8_t none[8];

	while (!up->later && ext_length(up->proto, none)) {
		const uint8_t *ext = ip + *off;

		if (*off + 8 > have)
			return false;
		if (up->proto == EXT_FRAGMENT) {
			up->fragment = dp_guard_be16(ext + 2) & 0xfff9;
			up->later = dp_guard_be16(ext + 2) & 0xfff8;
		}
		*off += ext_length(up->proto, ext);
		up->proto = ext[0];
	}
	return *off <= have;
}

bool dp_guard_upper(const struct dp_guard_frame *frame, uint32_t off, struct dp_guard_upper *up)
{
	const uint8_t *ip = frame->p + off;
	uint32_t total, have;

	memset(up, 0, sizeof(*up));
	if (off + DP_IPV6_LEN > frame->readable)
		return false;
	total = DP_IPV6_LEN + dp_guard_be16(ip + 4);
	if (ip[0] >> 4 != 6 || off + total > frame->len)
		return false;
	have = frame->readable - off;
	if (have > total)
		have = total;
	off = DP_IPV6_LEN;
	up->proto = ip[6];
	if (!walk(ip, have, &off, up))
		return false;
	up->p = ip + off;
	up->len = total - off;
	up->readable = have - off;
	up->unknown = !up->later && up->proto > PROTO_ASSIGNED_MAX;
	return true;
}
