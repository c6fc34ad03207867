/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Switches, their segments (each is a domain: one VLAN of one switch), and static forwarding
 * entries.
 */
#ifndef HEDDLE_API_SWITCH_H
#define HEDDLE_API_SWITCH_H

#include "heddle/api/config.h"

#define HD_SWITCHES_MAX    1024
#define HD_VLANS_MAX       ((1u << 20) - 1) /* VLANs that have ports, of all switches */
#define HD_STATIC_MACS_MAX 16384            /* of all switches */

#define HD_AGEING_DEFAULT 300 /* seconds, IEEE 802.1Q 8.8.3 */
#define HD_AGEING_MIN     10
#define HD_AGEING_MAX     1000000

/* key: the switch's name */
struct hd_switch_object {
	struct hd_object head;
	uint32_t ageing_s;  /* HD_AGEING_MIN..HD_AGEING_MAX */
	uint32_t mac_limit; /* learned addresses of the switch at most; 0: no such limit */
};
HD_OBJECT(SWITCH, HD_MSG_ID(HD_MODULE_SWITCH, 1), struct hd_switch_object);

/*
 * A segment: a VLAN that has a name or limits. Ports may also use a VLAN that has no segment
 * object. key: "switch/segment"
 */
struct hd_segment_object {
	struct hd_object head;
	char switch_name[HD_NAME_MAX];
	uint32_t mac_limit; /* learned addresses of the segment at most; 0: no such limit */
	uint16_t vlan;      /* an id or an internal number (heddle/net/ether.h) */
	uint16_t zero;
};
HD_OBJECT(SEGMENT, HD_MSG_ID(HD_MODULE_SWITCH, 2), struct hd_segment_object);

/* key: "switch/vlan/mac" */
struct hd_static_mac_object {
	struct hd_object head;
	char switch_name[HD_NAME_MAX];
	char port[HD_NAME_MAX];
	uint16_t vlan;
	uint8_t mac[6]; /* unicast */
};
HD_OBJECT(STATIC_MAC, HD_MSG_ID(HD_MODULE_SWITCH, 3), struct hd_static_mac_object);

/* mgmt -> dp: lists the domains that have a member. */
struct hd_domain_state {
	char switch_name[HD_NAME_MAX];
	char segment[HD_NAME_MAX]; /* empty: a VLAN without a name */
	uint32_t domain;
	uint32_t members; /* ports */
	uint32_t macs;    /* learned and static */
	uint16_t vlan;
	uint16_t zero;
};
HD_REQ_STREAM(DOMAIN_LIST, HD_MSG_ID(HD_MODULE_SWITCH, 4), struct hd_nothing,
	      struct hd_domain_state, struct hd_nothing);

#endif
