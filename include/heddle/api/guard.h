/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guards of a port: each an object of its own, keyed by the port's name. No object: no guard.
 */
#ifndef HEDDLE_API_GUARD_H
#define HEDDLE_API_GUARD_H

#include "heddle/api/config.h"
#include "heddle/net/ip.h"

#define HD_MAC_LIMIT_DEFAULT   4096 /* learned addresses on a VM port */
#define HD_ANTI_SPOOF_MACS_MAX 16
#define HD_ANTI_SPOOF_IPS_MAX  16
#define HD_OWNERS_MAX          16 /* ports of a switch that list one address */

/* Drops bridge protocol frames (STP, RSTP, MSTP, PVST+, provider STP) that come in on the port. */
struct hd_bpdu_guard_object {
	struct hd_object head;
};
HD_OBJECT(BPDU_GUARD, HD_MSG_ID(HD_MODULE_BPDU_GUARD, 1), struct hd_bpdu_guard_object);

/*
 * Drops router advertisements and redirects of IPv6 that come in on the port, and packets that hide
 * whether they are one.
 */
struct hd_ra_guard_object {
	struct hd_object head;
};
HD_OBJECT(RA_GUARD, HD_MSG_ID(HD_MODULE_RA_GUARD, 1), struct hd_ra_guard_object);

/*
 * Drops what DHCP and DHCPv6 servers say that comes in on the port, and packets that hide whether they
 * are that.
 */
struct hd_dhcp_guard_object {
	struct hd_object head;
};
HD_OBJECT(DHCP_GUARD, HD_MSG_ID(HD_MODULE_DHCP_GUARD, 1), struct hd_dhcp_guard_object);

/* Frames from an address that would be one more than @limit on the port are dropped. */
struct hd_mac_limit_object {
	struct hd_object head;
	uint32_t limit; /* 1..1048576 */
	uint32_t zero;
};
HD_OBJECT(MAC_LIMIT, HD_MSG_ID(HD_MODULE_MAC_LIMIT, 1), struct hd_mac_limit_object);

/*
 * Only frames from these addresses come in. With IP prefixes given, also the sender of ARP, IPv4
 * and IPv6 (ND included) must be one of them; link-local IPv6 that is made from an allowed MAC and
 * the unspecified address (DAD, DHCP) are always fine.
 */
struct hd_anti_spoof_object {
	struct hd_object head;
	uint32_t n_macs; /* 1..HD_ANTI_SPOOF_MACS_MAX */
	uint32_t n_ips;  /* 0..HD_ANTI_SPOOF_IPS_MAX; 0: addresses of IP are not looked at */
	uint8_t macs[HD_ANTI_SPOOF_MACS_MAX][6];
	struct hd_ip_prefix ips[HD_ANTI_SPOOF_IPS_MAX];
};
HD_OBJECT(ANTI_SPOOF, HD_MSG_ID(HD_MODULE_ANTI_SPOOF, 1), struct hd_anti_spoof_object);

#endif
