/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>

#include "dataplane/guard/dhcp_guard/dhcp_guard.h"

static bool ipv4_match(const struct hd_guard_frame *frame, uint32_t off)
{
	const uint8_t *ip = frame->p + off;

	if (off + HD_IPV4_LEN > frame->readable)
		return true;
	/* A later fragment has no ports; the first one has them, and without it this is nothing. */
	if (ip[9] != HD_PROTO_UDP || hd_guard_be16(ip + 6) & 0x1fff)
		return false;
	off += (ip[0] & 15) * 4u;
	return off + HD_DHCP_PORTS_LEN > frame->readable ||
	       hd_dhcp_is_server(frame->p + off, HD_DHCP_SERVER4, HD_DHCP_CLIENT4);
}

static bool ipv6_match(const struct hd_guard_frame *frame, uint32_t off)
{
	struct hd_guard_upper up;

	if (!hd_guard_upper(frame, off, &up) || up.unknown)
		return true;
	if (up.later || up.proto != HD_PROTO_UDP)
		return false;
	return up.readable < HD_DHCP_PORTS_LEN ||
	       hd_dhcp_is_server(up.p, HD_DHCP_SERVER6, HD_DHCP_CLIENT6);
}

bool hd_dhcp_guard_match(const struct hd_guard_frame *frame)
{
	uint32_t off;

	switch (hd_guard_payload(frame, UINT_MAX, &off)) {
	case HD_ETYPE_IPV4: return ipv4_match(frame, off);
	case HD_ETYPE_IPV6: return ipv6_match(frame, off);
	default: return false;
	}
}
