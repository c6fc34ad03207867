/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Anti-spoofing: drops frames that come in on a port from other addresses than those of its
 * configuration.
 *
 * The source MAC is always checked. With IP prefixes the following are checked, too, behind up to
 * two tags, and in SNAP: the source of IPv4 and IPv6; the sender of ARP and RARP (hardware and
 * protocol address); the address that an ARP probe asks for; the addresses and link-layer options
 * of neighbour discovery. Also allowed are: 0.0.0.0 in RARP, DHCP, IGMP, and ARP probes for an
 * allowed address; :: in duplicate address detection, router solicitations and MLD; the link-local
 * address that is made from an allowed MAC. A frame that cannot be checked, since it is cut short,
 * contradicts itself or has more tags, is dropped. Other EtherTypes pass.
 */
#ifndef DATAPLANE_GUARD_ANTI_SPOOF_ANTI_SPOOF_H
#define DATAPLANE_GUARD_ANTI_SPOOF_ANTI_SPOOF_H

#include "heddle/api/guard.h"
#include "heddle/base/err.h"
#include "dataplane/guard/frame.h"

enum dp_spoof {
	DP_SPOOF_NONE,
	DP_SPOOF_MAC, /* the Ethernet source is not allowed */
	DP_SPOOF_IP,  /* an address above Ethernet is not allowed, or the packet is malformed */
};

/* Checks a frame of at least 14 readable bytes. Pure. */
enum dp_spoof dp_anti_spoof_check(const struct hd_anti_spoof_object *conf,
				  const struct dp_guard_frame *frame);

/* Checks a struct hd_anti_spoof_object. 0, or -EINVAL with @err. Pure. */
int dp_anti_spoof_validate(const void *object, struct hd_err *err);

#endif
