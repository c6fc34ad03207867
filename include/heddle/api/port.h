/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports: what they share, whatever their kind is, and their state.
 */
#ifndef HEDDLE_API_PORT_H
#define HEDDLE_API_PORT_H

#include "heddle/api/config.h"
#include "heddle/net/ether.h"

#define HD_PORTS_MAX        16384 /* of all switches, host interfaces included */
#define HD_PORT_KIND_MAX    16    /* bytes of a kind's name, with the NUL */
#define HD_PORT_MTU_MIN     68
#define HD_PORT_MTU_MAX     9600
#define HD_PORT_MTU_DEFAULT 1500

/* How tags on this port and VLANs in the switch belong together (protocols: IEEE 802.1Q 6.9, 8.6). */
enum hd_vlan_mode {
	HD_VLAN_NONE,   /* of no switch: what it receives is dropped (reason no_switch) */
	HD_VLAN_ACCESS, /* untagged and priority-tagged frames, in pvid */
	HD_VLAN_TRUNK, /* tagged frames in vlans; untagged ones in pvid (the native VLAN), if not 0 */
	HD_VLAN_TUNNEL, /* 802.1ad: every frame in pvid, its own tags are payload */
};

/* Frames that leave untagged but came with a priority (PCP). */
enum hd_priority_tags {
	HD_PRIORITY_TAGS_NEVER,
	HD_PRIORITY_TAGS_NONZERO, /* a VID 0 tag when the PCP is not 0 */
	HD_PRIORITY_TAGS_ALWAYS,
};

enum hd_port_flags {
	HD_PORT_ENABLED = 1 << 0,         /* admin up */
	HD_PORT_ACCEPT_PVID_TAG = 1 << 1, /* access: a tag with VID pvid is fine */
	HD_PORT_NATIVE_TAGGED = 1 << 2,   /* trunk: the native VLAN leaves with its tag */
	HD_PORT_CVLANS = 1 << 3,          /* tunnel: only frames whose own VID is in cvlans */
	HD_PORT_VM = 1 << 4,              /* a guest is behind it */
	HD_PORT_UPLINK = 1 << 5,          /* the physical network is behind it */
	HD_PORT_HOST = 1 << 6,            /* a segment's host interface */
	HD_PORT_GATEWAY = 1 << 7,         /* a gateway (heddle/api/gateway.h) */
};

/* key: the port's name */
struct hd_port_object {
	struct hd_object head;
	char kind[HD_PORT_KIND_MAX];   /* "tap", ...; its object of the same key has the rest */
	char switch_name[HD_NAME_MAX]; /* empty with HD_VLAN_NONE */
	struct hd_vlan_set vlans;      /* trunk: allowed, without 0 and 4095 */
	struct hd_vlan_set cvlans;     /* tunnel, with HD_PORT_CVLANS */
	uint16_t pvid;                 /* access VLAN, native VLAN or service VLAN; 0: none */
	uint16_t tpid;                 /* HD_TPID_C or HD_TPID_S: what is a tag on this port */
	uint16_t mtu;                  /* L3 bytes: HD_PORT_MTU_MIN..HD_PORT_MTU_MAX */
	uint8_t mode;                  /* enum hd_vlan_mode */
	uint8_t priority_tags;         /* enum hd_priority_tags */
	uint8_t default_pcp;           /* 0..7, of untagged frames that come in */
	uint8_t zero[3];
	uint32_t flags; /* enum hd_port_flags */
};
HD_OBJECT(PORT, HD_MSG_ID(HD_MODULE_PORT, 1), struct hd_port_object);

/* Why a port is down. Names of reasons are hd_port_reason_name(). */
enum hd_port_reason {
	HD_PORT_UP,
	HD_PORT_DISABLED, /* by configuration */
	HD_PORT_OPENING,
	HD_PORT_NO_PEER,   /* vhost-user: nobody on the other side yet */
	HD_PORT_NO_DEVICE, /* the NIC or netdev does not exist */
	HD_PORT_NO_NAMESPACE,
	HD_PORT_NO_PERMISSION,
	HD_PORT_NAME_TAKEN,
	HD_PORT_LINK_DOWN,  /* the device is there, and down */
	HD_PORT_NOT_SHARED, /* vhost-user: the guest's memory is its own */
	HD_PORT_HELD_BACK,  /* heddle-dp died inside it */
	HD_PORT_ERROR,      /* see text */
	HD_PORT_REASON_COUNT,
};

struct hd_port_state {
	char name[HD_NAME_MAX];
	char kind[HD_PORT_KIND_MAX];
	char text[192];      /* down: what is wrong and what would mend it */
	char detail[192];    /* up: "2 queues, csum tso4 tso6 mrg", for people */
	uint64_t changed_ns; /* how long ago up or down came */
	uint64_t flaps;      /* times it went down since it was opened */
	uint32_t generation; /* of the id: another object had it before */
	uint16_t id;         /* of its counters */
	uint16_t mtu;
	uint16_t queues;
	uint8_t up;
	uint8_t reason; /* enum hd_port_reason */
	uint8_t mac[6]; /* of the kernel's interface; zero: not known, or none */
	uint8_t zero[2];
	uint32_t speed; /* of the link, Mbit/s; 0: not known, or none */
};
HD_REQ_STREAM(PORT_LIST, HD_MSG_ID(HD_MODULE_PORT, 2), struct hd_nothing, struct hd_port_state,
	      struct hd_nothing);

/* dp -> mgmt: a port went up or down, or its detail changed. */
HD_EVENT(PORT_STATE, HD_MSG_ID(HD_MODULE_PORT, 3), struct hd_port_state);

/* "up", "disabled", "no-peer", ...: as the YANG model spells them. "unknown" beyond the last. */
const char *hd_port_reason_name(unsigned int reason);

#endif
