/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>

#include "heddle/net/ether.h"
#include "dataplane/guard/dhcp_guard/dhcp_guard.h"

#define UDP_PORTS_LEN 4
#define SERVER4       67
#define CLIENT4       68
#define SERVER6       547
#define CLIENT6       546

/* Where a server may send from is its own affair; where clients hear it is not (RFC 7610 section 5). */
static bool is_server(const uint8_t *udp, uint16_t server, uint16_t client)
{
	return hd_guard_be16(udp) == server || hd_guard_be16(udp + 2) == client;
}

static bool ipv4_match(const struct hd_guard_frame *frame, uint32_t off)
{
	const uint8_t *ip = frame->p + off;

	if (off + HD_IPV4_LEN > frame->readable)
		return true;
	/* A later fragment has no ports; the first one has them, and without it this is nothing. */
	if (ip[9] != HD_PROTO_UDP || hd_guard_be16(ip + 6) & 0x1fff)
		return false;
	off += (ip[0] & 15) * 4u;
	return off + UDP_PORTS_LEN > frame->readable || is_server(frame->p + off, SERVER4, CLIENT4);
}

static bool ipv6_match(const struct hd_guard_frame *frame, uint32_t off)
{
	struct hd_guard_upper up;

	if (!hd_guard_upper(frame, off, &up) || up.unknown)
		return true;
	if (up.later || up.proto != HD_PROTO_UDP)
		return false;
	return up.readable < UDP_PORTS_LEN || is_server(up.p, SERVER6, CLIENT6);
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
