/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks IPv6 and neighbour discovery. Refuses packets whose headers do not show their upper layer,
 * and neighbour discovery in fragments (RFC 6980).
 */
#include <string.h>

#include "dataplane/guard/anti_spoof/anti_spoof_int.h"

#define ICMPV6_LEN 4

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
	return dp_spoof_mac_allowed(conf, mac);
}

static bool addr_allowed(const struct hd_anti_spoof_object *conf, const uint8_t *addr)
{
	return dp_spoof_ip_allowed(conf, 6, addr) || link_local_allowed(conf, addr);
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
		    (none || !dp_spoof_mac_allowed(conf, p + 2)))
			return false;
		p += size;
		len -= size;
	}
	return true;
}

/* @dad: the packet's source is ::. */
static bool nd_ok(const struct hd_anti_spoof_object *conf, const struct dp_guard_upper *up,
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
	if (up->fragment || up->len < fixed || up->len > up->readable)
		return false;
	/* who asks whether an address is taken keeps others from having it */
	if (up->p[0] == ND_NA || (up->p[0] == ND_NS && dad)) {
		if (!addr_allowed(conf, up->p + 8))
			return false;
	}
	return options_ok(conf, up->p + fixed, up->len - fixed, dad);
}

static bool unspecified_ok(const struct dp_guard_upper *up)
{
	switch (up->p[0]) {
	case ND_NS:
	case ND_RS:
	case MLD_REPORT:
	case MLD_DONE:
	case MLDV2: return true;
	default: return false;
	}
}

bool dp_spoof_ipv6_ok(const struct hd_anti_spoof_object *conf, const struct dp_guard_frame *frame,
		      uint32_t off)
{
	const uint8_t *ip = frame->p + off;
	struct dp_guard_upper up;
	bool none, icmp;

	if (!dp_guard_upper(frame, off, &up))
		return false;
	icmp = up.proto == DP_PROTO_ICMPV6 && !up.later;
	if (icmp && up.readable < ICMPV6_LEN)
		return false;
	none = !memcmp(ip + 8, unspecified, sizeof(unspecified));
	if (none ? !icmp || !unspecified_ok(&up) : !addr_allowed(conf, ip + 8))
		return false;
	return !icmp || nd_ok(conf, &up, none);
}
