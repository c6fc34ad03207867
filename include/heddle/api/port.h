/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports: the leaves that all kinds have, and their state.
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

/* How the tags of frames on this port map to VLANs of the switch (IEEE 802.1Q 6.9, 8.6). */
enum hd_vlan_mode {
	HD_VLAN_NONE,   /* in no switch: frames that it receives are dropped (reason no_switch) */
	HD_VLAN_ACCESS, /* untagged and priority-tagged frames belong to pvid */
	HD_VLAN_TRUNK,  /* tagged frames, if in vlans; untagged ones belong to pvid, if not 0 */
	HD_VLAN_TUNNEL, /* 802.1ad: all frames belong to pvid, their own tags are payload */
};

/* What a frame that leaves untagged, but came with a priority (PCP), gets. */
enum hd_priority_tags {
	HD_PRIORITY_TAGS_NEVER,
	HD_PRIORITY_TAGS_NONZERO, /* a VID 0 tag when the PCP is not 0 */
	HD_PRIORITY_TAGS_ALWAYS,
};

enum hd_port_flags {
	HD_PORT_ENABLED = 1 << 0,         /* admin up */
	HD_PORT_ACCEPT_PVID_TAG = 1 << 1, /* access: accepts frames whose tag has VID pvid */
	HD_PORT_NATIVE_TAGGED = 1 << 2,   /* trunk: the native VLAN leaves with its tag */
	HD_PORT_CVLANS = 1 << 3,          /* tunnel: accepts only frames with a VID in cvlans */
	HD_PORT_VM = 1 << 4,              /* a guest is behind it */
	HD_PORT_UPLINK = 1 << 5,          /* the physical network is behind it */
	HD_PORT_HOST = 1 << 6,            /* a segment's host interface */
	HD_PORT_GATEWAY = 1 << 7,         /* a gateway (heddle/api/gateway.h) */
};

/* key: the port's name */
struct hd_port_object {
	struct hd_object head;
	char kind[HD_PORT_KIND_MAX];   /* "tap", ...; see kinds.h for its own object */
	char switch_name[HD_NAME_MAX]; /* empty with HD_VLAN_NONE */
	struct hd_vlan_set vlans;      /* trunk: allowed, without 0 and 4095 */
	struct hd_vlan_set cvlans;     /* tunnel, with HD_PORT_CVLANS */
	uint16_t pvid;                 /* access VLAN, native VLAN or service VLAN; 0: none */
	uint16_t tpid;                 /* of tags on this port: HD_TPID_C or HD_TPID_S */
	uint16_t mtu;                  /* L3 bytes: HD_PORT_MTU_MIN..HD_PORT_MTU_MAX */
	uint8_t mode;                  /* enum hd_vlan_mode */
	uint8_t priority_tags;         /* enum hd_priority_tags */
	uint8_t default_pcp;           /* 0..7, of untagged frames that come in */
	uint8_t zero[3];
	uint32_t flags; /* enum hd_port_flags */
};
HD_OBJECT(PORT, HD_MSG_ID(HD_MODULE_PORT, 1), struct hd_port_object);

/* Why a port is down. hd_port_reason_name() has the names. */
enum hd_port_reason {
	HD_PORT_UP,
	HD_PORT_DISABLED, /* by configuration */
	HD_PORT_OPENING,
	HD_PORT_NO_PEER,   /* vhost-user: the other side has not connected */
	HD_PORT_NO_DEVICE, /* the NIC or netdev does not exist */
	HD_PORT_NO_NAMESPACE,
	HD_PORT_NO_PERMISSION,
	HD_PORT_NAME_TAKEN,
	HD_PORT_LINK_DOWN,  /* the device exists and is down */
	HD_PORT_NOT_SHARED, /* vhost-user: the guest's memory is not shared */
	HD_PORT_HELD_BACK,  /* not opened for a while, since heddle-dp died inside it (blame.h) */
	HD_PORT_ERROR,      /* see text */
	HD_PORT_REASON_COUNT,
};

struct hd_port_state {
	char name[HD_NAME_MAX];
	char kind[HD_PORT_KIND_MAX];
	char text[192];      /* down: what is wrong and what would mend it, for people */
	char detail[192];    /* up: "2 queues, csum tso4 tso6 mrg", for people */
	uint64_t changed_ns; /* nanoseconds since it last went up or down */
	uint64_t flaps;      /* how often it went down since it was opened */
	uint32_t generation; /* of the id: grows when another port gets the id */
	uint16_t id;         /* its slot in the counters */
	uint16_t mtu;
	uint16_t queues;
	uint8_t up;
	uint8_t reason; /* enum hd_port_reason */
	uint8_t mac[6]; /* of the kernel's interface; zero: unknown, or there is none */
	uint8_t zero[2];
	uint32_t speed; /* of the link, Mbit/s; 0: unknown, or there is none */
};
HD_REQ_STREAM(PORT_LIST, HD_MSG_ID(HD_MODULE_PORT, 2), struct hd_nothing, struct hd_port_state,
	      struct hd_nothing);

/* dp -> mgmt: a port went up or down, or its detail changed. */
HD_EVENT(PORT_STATE, HD_MSG_ID(HD_MODULE_PORT, 3), struct hd_port_state);

/* "up", "disabled", "no-peer", ...: as the YANG model spells them. "unknown" beyond the last. */
const char *hd_port_reason_name(unsigned int reason);

#endif
