/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>

#include "dataplane/guard/dhcp_guard/dhcp_guard.h"

static bool ipv4_match(const struct dp_guard_frame *frame, uint32_t off)
{
	const uint8_t *ip = frame->p + off;

	if (off + DP_IPV4_LEN > frame->readable)
		return true;
	/* A later fragment has no ports; the first one has them, and without it this is nothing. */
	if (ip[9] != DP_PROTO_UDP || dp_guard_be16(ip + 6) & 0x1fff)
		return false;
	off += (ip[0] & 15) * 4u;
	return off + DP_DHCP_PORTS_LEN > frame->readable ||
	       dp_dhcp_is_server(frame->p + off, DP_DHCP_SERVER4, DP_DHCP_CLIENT4);
}

static bool ipv6_match(const struct dp_guard_frame *frame, uint32_t off)
{
	struct dp_guard_upper up;

	if (!dp_guard_upper(frame, off, &up) || up.unknown)
		return true;
	if (up.later || up.proto != DP_PROTO_UDP)
		return false;
	return up.readable < DP_DHCP_PORTS_LEN ||
	       dp_dhcp_is_server(up.p, DP_DHCP_SERVER6, DP_DHCP_CLIENT6);
}

bool dp_dhcp_guard_match(const struct dp_guard_frame *frame)
{
	uint32_t off;

	switch (dp_guard_payload(frame, UINT_MAX, &off)) {
	case HD_ETYPE_IPV4: return ipv4_match(frame, off);
	case HD_ETYPE_IPV6: return ipv6_match(frame, off);
	default: return false;
	}
}
