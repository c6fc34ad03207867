/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DHCP guard: drops messages of DHCP servers (RFC 2131) and DHCPv6 servers (RFC 8415, RFC 7610)
 * that come in from a guest, so that it cannot give addresses to others.
 */
#ifndef DATAPLANE_GUARD_DHCP_GUARD_DHCP_GUARD_H
#define DATAPLANE_GUARD_DHCP_GUARD_DHCP_GUARD_H

#include <stdbool.h>

#include "heddle/base/err.h"
#include "heddle/net/ether.h"
#include "dataplane/guard/frame.h"

#define DP_DHCP_PORTS_LEN 4
#define DP_DHCP_SERVER4   67
#define DP_DHCP_CLIENT4   68
#define DP_DHCP_SERVER6   547
#define DP_DHCP_CLIENT6   546

/* A server may send from any port, but clients listen only to theirs (RFC 7610 section 5). */
static inline bool dp_dhcp_is_server(const uint8_t *udp, uint16_t server, uint16_t client)
{
	return dp_guard_be16(udp) == server || dp_guard_be16(udp + 2) == client;
}

/*
 * A fast check, which most frames pass: true if a frame, of @len readable bytes at @p, is TCP, or
 * UDP with other ports, directly behind an IPv4 or IPv6 header. False: dp_dhcp_guard_match()
 * decides. Pure.
 */
static inline bool dp_dhcp_guard_harmless(const uint8_t *p, uint32_t len)
{
	const uint8_t *ip = p + HD_ETH_HLEN;
	uint16_t type;

	if (len < HD_ETH_HLEN + DP_IPV6_LEN)
		return false;
	type = dp_guard_be16(p + 2 * HD_ETH_ALEN);
	/*
	 * a later fragment has no ports here: true is right, and after false the slow check passes
	 * it
	 */
	if (type == HD_ETYPE_IPV4)
		return ip[9] != DP_PROTO_UDP ||
		       (ip[0] == 0x45 &&
			!dp_dhcp_is_server(ip + DP_IPV4_LEN, DP_DHCP_SERVER4, DP_DHCP_CLIENT4));
	if (type != HD_ETYPE_IPV6)
		return false;
	if (ip[6] != DP_PROTO_UDP)
		return ip[6] == DP_PROTO_TCP;
	return ip[0] >> 4 == 6 && dp_guard_be16(ip + 4) >= DP_DHCP_PORTS_LEN &&
	       len - HD_ETH_HLEN - DP_IPV6_LEN >= dp_guard_be16(ip + 4) &&
	       !dp_dhcp_is_server(ip + DP_IPV6_LEN, DP_DHCP_SERVER6, DP_DHCP_CLIENT6);
}

/*
 * True if a frame of at least 14 readable bytes is UDP from a server's port (67, 547) or to a
 * client's port (68, 546), behind any tags, SNAP and extension headers, or if its headers do not
 * show whether it is. Pure.
 */
bool dp_dhcp_guard_match(const struct dp_guard_frame *frame);

/* Checks a struct hd_dhcp_guard_object. 0, or -EINVAL with @err. Pure. */
int dp_dhcp_guard_validate(const void *object, struct hd_err *err);

#endif
