/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guards of a port. Each guard is an object of its own, and its key is the port's name. A port
 * without the object does not have the guard.
 */
#ifndef HEDDLE_API_GUARD_H
#define HEDDLE_API_GUARD_H

#include "heddle/api/config.h"
#include "heddle/net/ip.h"

#define HD_MAC_LIMIT_DEFAULT   4096 /* learned addresses on a VM port */
#define HD_ANTI_SPOOF_MACS_MAX 16
#define HD_ANTI_SPOOF_IPS_MAX  16
#define HD_OWNERS_MAX          16 /* ports of a switch that may list the same address */

/* Drops bridge protocol frames (STP, RSTP, MSTP, PVST+, provider STP) that come in on the port. */
struct hd_bpdu_guard_object {
	struct hd_object head;
};
HD_OBJECT(BPDU_GUARD, HD_MSG_ID(HD_MODULE_BPDU_GUARD, 1), struct hd_bpdu_guard_object);

/*
 * Drops IPv6 router advertisements and redirects that come in on the port (RFC 4861), and packets
 * whose headers do not show whether they are one.
 */
struct hd_ra_guard_object {
	struct hd_object head;
};
HD_OBJECT(RA_GUARD, HD_MSG_ID(HD_MODULE_RA_GUARD, 1), struct hd_ra_guard_object);

/*
 * Drops messages of DHCP and DHCPv6 servers that come in on the port (RFC 7610), and packets whose
 * headers do not show whether they are one.
 */
struct hd_dhcp_guard_object {
	struct hd_object head;
};
HD_OBJECT(DHCP_GUARD, HD_MSG_ID(HD_MODULE_DHCP_GUARD, 1), struct hd_dhcp_guard_object);

/* Drops frames from a new address while the port has @limit learned addresses. */
struct hd_mac_limit_object {
	struct hd_object head;
	uint32_t limit; /* 1..1048576 */
	uint32_t zero;
};
HD_OBJECT(MAC_LIMIT, HD_MSG_ID(HD_MODULE_MAC_LIMIT, 1), struct hd_mac_limit_object);

/*
 * Drops frames that come in from a MAC that is not listed. With IP prefixes, also drops ARP, IPv4
 * and IPv6 (neighbour discovery included) whose sender is in none of them. Always allowed are the
 * link-local IPv6 address that is made from an allowed MAC, and the unspecified address where
 * protocols need it (duplicate address detection, DHCP).
 */
struct hd_anti_spoof_object {
	struct hd_object head;
	uint32_t n_macs; /* 1..HD_ANTI_SPOOF_MACS_MAX */
	uint32_t n_ips;  /* 0..HD_ANTI_SPOOF_IPS_MAX; 0: IP addresses are not checked */
	uint8_t macs[HD_ANTI_SPOOF_MACS_MAX][6];
	struct hd_ip_prefix ips[HD_ANTI_SPOOF_IPS_MAX];
};
HD_OBJECT(ANTI_SPOOF, HD_MSG_ID(HD_MODULE_ANTI_SPOOF, 1), struct hd_anti_spoof_object);

#endif
