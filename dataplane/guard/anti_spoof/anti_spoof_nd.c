/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv6 and neighbour discovery. To know whether a packet is of neighbour discovery, its extension
 * headers are walked; a packet whose headers do not show what it is, is refused (RFC 7112 says that
 * the first fragment holds them all, RFC 6980 that neighbour discovery is not fragmented).
 */
#include <string.h>

#include "dataplane/guard/anti_spoof/anti_spoof_int.h"

#define IPV6_LEN     40
#define EXT_HOP      0
#define EXT_ROUTING  43
#define EXT_FRAGMENT 44
#define EXT_AH       51
#define EXT_DEST     60
#define PROTO_ICMPV6 58
#define ICMPV6_LEN   4

#define MLD_REPORT 131
#define MLD_DONE   132
#define ND_RS      133
#define ND_RA      134
#define ND_NS      135
#define ND_NA      136
#define ND_RED     137
#define MLDV2      143

#define OPT_SOURCE_LL 1
#define OPT_TARGET_LL 2

static const uint8_t unspecified[16];

/* What the walk over the headers found. */
struct upper {
	const uint8_t *p; /* ICMPv6 message, NULL: something else, or a later fragment */
	uint32_t len;     /* of it, as the IPv6 header says */
	bool fragment;
};

/* fe80::/64 with the interface identifier that an allowed MAC gives (RFC 4291 appendix A). */
static bool link_local_allowed(const struct hd_anti_spoof_object *conf, const uint8_t *addr)
{
	static const uint8_t prefix[8] = {0xfe, 0x80};
	uint8_t mac[6];

	if (memcmp(addr, prefix, 8) || addr[11] != 0xff || addr[12] != 0xfe)
		return false;
	mac[0] = addr[8] ^ 2;
	mac[1] = addr[9];
	mac[2] = addr[10];
	memcpy(mac + 3, addr + 13, 3);
	return hd_spoof_mac_allowed(conf, mac);
}

static bool addr_allowed(const struct hd_anti_spoof_object *conf, const uint8_t *addr)
{
	return hd_spoof_ip_allowed(conf, 6, addr) || link_local_allowed(conf, addr);
}

/* Walks extension headers of the packet at @ip; @have bytes of its @total can be read. */
static bool find_upper(const uint8_t *ip, uint32_t total, uint32_t have, struct upper *up)
{
	uint32_t off = IPV6_LEN;
	uint8_t next = ip[6];

	memset(up, 0, sizeof(*up));
	for (;;) {
		switch (next) {
		case EXT_HOP:
		case EXT_ROUTING:
		case EXT_DEST:
		case EXT_FRAGMENT:
		case EXT_AH: break;
		case PROTO_ICMPV6:
			if (off + ICMPV6_LEN > have)
				return false;
			up->p = ip + off;
			up->len = total - off;
			return true;
		default: return true;
		}
		if (off + 8 > have)
			return false;
		if (next == EXT_FRAGMENT) {
			up->fragment = spoof_be16(ip + off + 2) & 0xfff9;
			if (spoof_be16(ip + off + 2) & 0xfff8)
				return true;
		}
		if (next == EXT_FRAGMENT || next == EXT_AH) {
			uint32_t size = next == EXT_AH ? (ip[off + 1] + 2u) * 4 : 8;

			next = ip[off];
			off += size;
		} else {
			next = ip[off];
			off += 8 + ip[off + 1] * 8u;
		}
		if (off > total)
			return false;
	}
}

/* The link-layer addresses in options must be allowed ones; with @none there must be none. */
static bool options_ok(const struct hd_anti_spoof_object *conf, const uint8_t *p, uint32_t len,
		       bool none)
{
	while (len) {
		uint32_t size;

		if (len < 8)
			return false;
		size = p[1] * 8u;
		if (!size || size > len)
			return false;
		if ((p[0] == OPT_SOURCE_LL || p[0] == OPT_TARGET_LL) &&
		    (none || !hd_spoof_mac_allowed(conf, p + 2)))
			return false;
		p += size;
		len -= size;
	}
	return true;
}

/* @dad: the packet's source is ::. @have: bytes of the message that can be read. */
static bool nd_ok(const struct hd_anti_spoof_object *conf, const struct upper *up, uint32_t have,
		  bool dad)
{
	uint32_t fixed;

	switch (up->p[0]) {
	case ND_RS: fixed = 8; break;
	case ND_RA: fixed = 16; break;
	case ND_NS:
	case ND_NA: fixed = 24; break;
	case ND_RED: fixed = 40; break;
	default: return true;
	}
	if (up->fragment || up->len < fixed || up->len > have)
		return false;
	/* who asks whether an address is taken keeps others from having it */
	if (up->p[0] == ND_NA || (up->p[0] == ND_NS && dad)) {
		if (!addr_allowed(conf, up->p + 8))
			return false;
	}
	return options_ok(conf, up->p + fixed, up->len - fixed, dad);
}

static bool unspecified_ok(const struct upper *up)
{
	if (!up->p)
		return false;
	switch (up->p[0]) {
	case ND_NS:
	case ND_RS:
	case MLD_REPORT:
	case MLD_DONE:
	case MLDV2: return true;
	default: return false;
	}
}

bool hd_spoof_ipv6_ok(const struct hd_anti_spoof_object *conf, const struct hd_spoof_frame *frame,
		      uint32_t off)
{
	const uint8_t *ip = frame->p + off;
	uint32_t total, have;
	struct upper up;
	bool none;

	if (off + IPV6_LEN > frame->readable)
		return false;
	total = IPV6_LEN + spoof_be16(ip + 4);
	if (ip[0] >> 4 != 6 || off + total > frame->len)
		return false;
	have = frame->readable - off;
	if (have > total)
		have = total;
	if (!find_upper(ip, total, have, &up))
		return false;
	none = !memcmp(ip + 8, unspecified, sizeof(unspecified));
	if (none ? !unspecified_ok(&up) : !addr_allowed(conf, ip + 8))
		return false;
	return !up.p || nd_ok(conf, &up, have - (uint32_t)(up.p - ip), none);
}
