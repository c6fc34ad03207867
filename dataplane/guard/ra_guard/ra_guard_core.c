/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>

#include "heddle/net/ether.h"
#include "dataplane/guard/ra_guard/ra_guard.h"

#define ND_ROUTER_ADVERT 134
#define ND_REDIRECT      137

bool dp_ra_guard_match(const struct dp_guard_frame *frame)
{
	struct dp_guard_upper up;
	uint32_t off;

	if (dp_guard_payload(frame, UINT_MAX, &off) != HD_ETYPE_IPV6)
		return false;
	if (!dp_guard_upper(frame, off, &up) || up.unknown)
		return true;
	/* A later fragment says nothing: without the first one, which does, it is nothing. */
	if (up.later || up.proto != DP_PROTO_ICMPV6)
		return false;
	return !up.readable || up.p[0] == ND_ROUTER_ADVERT || up.p[0] == ND_REDIRECT;
}
