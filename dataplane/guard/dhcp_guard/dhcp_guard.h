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

#define HD_DHCP_PORTS_LEN 4
#define HD_DHCP_SERVER4   67
#define HD_DHCP_CLIENT4   68
#define HD_DHCP_SERVER6   547
#define HD_DHCP_CLIENT6   546

/* A server may send from any port, but clients listen only to theirs (RFC 7610 section 5). */
static inline bool hd_dhcp_is_server(const uint8_t *udp, uint16_t server, uint16_t client)
{
	return hd_guard_be16(udp) == server || hd_guard_be16(udp + 2) == client;
}

/*
 * A fast check, which most frames pass: true if a frame, of @len readable bytes at @p, is TCP, or
 * UDP with other ports, directly behind an IPv4 or IPv6 header. False: hd_dhcp_guard_match()
 * decides. Pure.
 */
static inline bool hd_dhcp_guard_harmless(const uint8_t *p, uint32_t len)
{
	const uint8_t *ip = p + HD_ETH_HLEN;
	uint16_t type;

	if (len < HD_ETH_HLEN + HD_IPV6_LEN)
		return false;
	type = hd_guard_be16(p + 2 * HD_ETH_ALEN);
	/*
	 * a later fragment has no ports here: true is right, and after false the slow check passes
	 * it
	 */
	if (type == HD_ETYPE_IPV4)
		return ip[9] != HD_PROTO_UDP ||
		       (ip[0] == 0x45 &&
			!hd_dhcp_is_server(ip + HD_IPV4_LEN, HD_DHCP_SERVER4, HD_DHCP_CLIENT4));
	if (type != HD_ETYPE_IPV6)
		return false;
	if (ip[6] != HD_PROTO_UDP)
		return ip[6] == HD_PROTO_TCP;
	return ip[0] >> 4 == 6 && hd_guard_be16(ip + 4) >= HD_DHCP_PORTS_LEN &&
	       len - HD_ETH_HLEN - HD_IPV6_LEN >= hd_guard_be16(ip + 4) &&
	       !hd_dhcp_is_server(ip + HD_IPV6_LEN, HD_DHCP_SERVER6, HD_DHCP_CLIENT6);
}

/*
 * True if a frame of at least 14 readable bytes is UDP from a server's port (67, 547) or to a
 * client's port (68, 546), behind any tags, SNAP and extension headers, or if its headers do not
 * show whether it is. Pure.
 */
bool hd_dhcp_guard_match(const struct hd_guard_frame *frame);

/* Checks a struct hd_dhcp_guard_object. 0, or -EINVAL with @err. Pure. */
int hd_dhcp_guard_validate(const void *object, struct hd_err *err);

#endif
