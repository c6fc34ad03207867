/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Anti-spoofing: what comes in on a port is from the addresses that the port was given.
 *
 * The source MAC always. With IP prefixes also the source of IPv4 and IPv6, the sender of ARP and
 * RARP (hardware and protocol address), the address that an ARP probe asks for, and the addresses and
 * link-layer options of neighbour discovery; behind up to two tags, and in SNAP. Allowed besides:
 * 0.0.0.0 in probes for an address that is allowed, in RARP, DHCP and IGMP; :: in duplicate address detection, router solicitations and MLD; the link-local address made
 * from an allowed MAC. What cannot be checked because it is cut short, contradicts itself or hides
 * behind more tags is refused. Other EtherTypes pass.
 */
#ifndef DATAPLANE_GUARD_ANTI_SPOOF_ANTI_SPOOF_H
#define DATAPLANE_GUARD_ANTI_SPOOF_ANTI_SPOOF_H

#include "heddle/api/guard.h"
#include "heddle/base/err.h"
#include "dataplane/guard/frame.h"

enum hd_spoof {
	HD_SPOOF_NONE,
	HD_SPOOF_MAC, /* the Ethernet source is not allowed */
	HD_SPOOF_IP,  /* something above it is not, or is malformed */
};

/* Judges a frame of at least 14 readable bytes. Pure. */
enum hd_spoof hd_anti_spoof_check(const struct hd_anti_spoof_object *conf,
				  const struct hd_guard_frame *frame);

/* Checks a struct hd_anti_spoof_object. 0, or -EINVAL with @err. Pure. */
int hd_anti_spoof_validate(const void *object, struct hd_err *err);

#endif
