/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What heddle-cp and heddle-dp say to each other about packets.
 *
 * Punt: heddle-cp names the frames that it wants of a gateway's segment (rules), and to which class each
 * belongs, one for each protocol; heddle-dp sends them. Rules and classes last as long as the channel.
 * Inject: heddle-cp gives heddle-dp a frame, into a gateway's segment or out of a port.
 * Lease: an address and its MAC belong to a gateway for some time; heddle-cp renews it. When it is not
 * renewed, heddle-dp sends the frame that heddle-cp left for this, and withdraws the address. A lost
 * channel ends no lease before its time.
 */
#ifndef HEDDLE_API_PUNT_H
#define HEDDLE_API_PUNT_H

#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

#define HD_PUNT_CLASSES_MAX       16
#define HD_PUNT_RULES_MAX         4096
#define HD_PUNT_GATEWAY_RULES_MAX 32 /* of one gateway */
#define HD_PUNT_RATE_MAX          20000
#define HD_PUNT_BURST_MAX         128
#define HD_PUNT_FRAME_MAX         1600 /* bytes of a frame, without the frame check sequence */
#define HD_LEASES_MAX             1024
#define HD_LEASE_FRAME_MAX        512
#define HD_LEASE_MS_MIN           10
#define HD_LEASE_MS_MAX           600000

/* A class of punted frames: a queue and a policer of its own. Known by its id. */
struct hd_punt_class {
	char name[HD_NAME_MAX]; /* for people */
	uint32_t id;            /* below HD_PUNT_CLASSES_MAX */
	uint32_t rate;          /* frames/s that heddle-cp gets: 1..HD_PUNT_RATE_MAX */
	uint32_t port_rate; /* of those by one port that they came in by, for one rule: 1..rate */
	uint32_t burst;     /* of such a port, at once: 1..HD_PUNT_BURST_MAX */
};
HD_REQ(PUNT_CLASS_SET, HD_MSG_ID(HD_MODULE_PUNT, 1), struct hd_punt_class, struct hd_nothing);

enum hd_punt_flags {
	HD_PUNT_DST = 1 << 0,      /* dst counts */
	HD_PUNT_PROTOCOL = 1 << 1, /* protocol counts */
	HD_PUNT_L4 = 1 << 2,       /* l4 counts; with HD_PUNT_PROTOCOL */
	HD_PUNT_COPY = 1 << 3,     /* heddle-cp gets a copy; the frame goes on to the router */
};
#define HD_PUNT_FLAGS_ALL 0xfu

/*
 * Frames that a gateway gets from its segment: group frames, and those for an address of its own. All
 * that counts has to be so. The first rule of a gateway that matches decides, in the order of keys.
 */
struct hd_punt_rule {
	char key[HD_NAME_MAX];
	char gateway[HD_NAME_MAX]; /* one that does not exist yet is waited for */
	uint8_t dst[6];
	uint16_t ethertype; /* host order, 0x0600 and above; behind the VLAN tag */
	uint16_t l4;        /* host order: destination port of UDP or TCP, or type of ICMP(v6) */
	uint8_t protocol;   /* of IPv4, or of IPv6 behind its extension headers */
	uint8_t class_id;
	uint32_t flags; /* enum hd_punt_flags */
};
HD_REQ(PUNT_RULE_SET, HD_MSG_ID(HD_MODULE_PUNT, 2), struct hd_punt_rule, struct hd_nothing);

/* One that is not there is not an error. */
struct hd_punt_rule_key {
	char key[HD_NAME_MAX];
};
HD_REQ(PUNT_RULE_REMOVE, HD_MSG_ID(HD_MODULE_PUNT, 3), struct hd_punt_rule_key, struct hd_nothing);

enum hd_punt_packet_flags {
	HD_PUNT_CSUM_PARTIAL =
		1, /* the sender left the L4 checksum to its network card: not to be checked */
};

/* dp -> cp: a frame, as it came in. In the order of arrival within a class. */
struct hd_punt_packet {
	char gateway[HD_NAME_MAX];
	char port[HD_NAME_MAX]; /* that it came in by; empty: that port is gone */
	uint64_t time_ns;       /* when it came in, CLOCK_MONOTONIC */
	uint32_t class_id;
	uint16_t flags; /* enum hd_punt_packet_flags */
	uint16_t len;   /* HD_PUNT_FRAME_MAX at most; the rest of @frame is zero */
	uint8_t frame[HD_PUNT_FRAME_MAX];
};
HD_EVENT(PUNT_PACKET, HD_MSG_ID(HD_MODULE_PUNT, 4), struct hd_punt_packet);

/*
 * cp -> dp: sends a frame. @port is a gateway: it comes into the gateway's segment, as if the router had
 * sent it. Any other: it leaves by the port, untagged, in the port's own or native VLAN. Its source is
 * an address of the switch itself in that segment: a gateway's own, or one of a lease.
 */
struct hd_inject {
	char port[HD_NAME_MAX];
	uint32_t len; /* HD_ETH_HLEN..HD_PUNT_FRAME_MAX, and the port's MTU */
	uint32_t zero;
	uint8_t frame[HD_PUNT_FRAME_MAX];
};
HD_REQ(INJECT, HD_MSG_ID(HD_MODULE_PUNT, 5), struct hd_inject, struct hd_nothing);

/* cp -> dp: makes a lease, or renews it, with all that is in here. Known by its key. */
struct hd_lease {
	char key[HD_NAME_MAX];
	char gateway[HD_NAME_MAX]; /* must exist, and be in a segment */
	uint8_t addr[16];          /* with family */
	uint8_t family;            /* 4 or 6; 0: the MAC alone */
	uint8_t zero;
	uint8_t mac[6];
	uint32_t lifetime_ms;              /* from its arrival: HD_LEASE_MS_MIN..HD_LEASE_MS_MAX */
	uint32_t len;                      /* of what is sent when it runs out; 0: nothing is */
	uint8_t frame[HD_LEASE_FRAME_MAX]; /* its source: @mac, or an address of the gateway */
};
HD_REQ(LEASE_SET, HD_MSG_ID(HD_MODULE_PUNT, 6), struct hd_lease, struct hd_nothing);

/* cp -> dp: the address is withdrawn. One that is not there is not an error. */
struct hd_lease_end {
	char key[HD_NAME_MAX];
	uint32_t
		send; /* 1: after the frame was sent that is sent when it runs out; 0: nothing is sent */
	uint32_t zero;
};
HD_REQ(LEASE_END, HD_MSG_ID(HD_MODULE_PUNT, 7), struct hd_lease_end, struct hd_nothing);

/* What a starting heddle-cp asks: leases that an earlier one made. */
struct hd_lease_state {
	char key[HD_NAME_MAX];
	char gateway[HD_NAME_MAX];
	uint8_t addr[16];
	uint8_t family;
	uint8_t zero;
	uint8_t mac[6];
	uint64_t left_ms;
};
HD_REQ_STREAM(LEASE_LIST, HD_MSG_ID(HD_MODULE_PUNT, 8), struct hd_nothing, struct hd_lease_state,
	      struct hd_nothing);

enum hd_lease_why {
	HD_LEASE_EXPIRED,    /* it was not renewed */
	HD_LEASE_NO_GATEWAY, /* its gateway, or its segment, is gone; nothing was sent */
	HD_LEASE_REFUSED,    /* within heddle-cp: LEASE_SET was answered with an error */
	HD_LEASE_WHY_COUNT,
};

/* dp -> cp: a lease ended, and not by LEASE_END. */
struct hd_lease_over {
	char key[HD_NAME_MAX];
	uint32_t why; /* enum hd_lease_why */
	uint32_t zero;
};
HD_EVENT(LEASE_OVER, HD_MSG_ID(HD_MODULE_PUNT, 9), struct hd_lease_over);

/* mgmt -> dp: what became of the frames of each class, since heddle-dp started. */
struct hd_punt_class_state {
	struct hd_punt_class config;
	uint64_t matched;  /* frames that a rule of the class matched: */
	uint64_t policed;  /* beyond a port's rate, or the class's */
	uint64_t full;     /* the queue was full: heddle-cp does not keep up */
	uint64_t unusable; /* longer than HD_PUNT_FRAME_MAX, or its gateway had gone */
	uint64_t sent;     /* to heddle-cp */
};
struct hd_punt_totals {
	uint64_t injected, inject_refused;
	uint64_t leases, leases_expired;
};
HD_REQ_STREAM(PUNT_CLASS_LIST, HD_MSG_ID(HD_MODULE_PUNT, 10), struct hd_nothing,
	      struct hd_punt_class_state, struct hd_punt_totals);

#endif
