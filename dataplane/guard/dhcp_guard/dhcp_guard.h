/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DHCP guard: a guest does not give addresses to others. What a server says to its clients, by DHCP
 * (RFC 2131) or DHCPv6 (RFC 8415, 7610), does not come in.
 */
#ifndef DATAPLANE_GUARD_DHCP_GUARD_DHCP_GUARD_H
#define DATAPLANE_GUARD_DHCP_GUARD_DHCP_GUARD_H

#include <stdbool.h>

#include "heddle/base/err.h"
#include "dataplane/guard/frame.h"

/*
 * True if a frame of at least 14 readable bytes is UDP from a server's port (67, 547) or to a client's
 * (68, 546), behind any tags, SNAP and extension headers; or if its headers do not show that it is
 * not. Pure.
 */
bool hd_dhcp_guard_match(const struct hd_guard_frame *frame);

/* Checks a struct hd_dhcp_guard_object. 0, or -EINVAL with @err. Pure. */
int hd_dhcp_guard_validate(const void *object, struct hd_err *err);

#endif
