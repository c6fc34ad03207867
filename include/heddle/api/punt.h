/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets between heddle-cp and heddle-dp.
 *
 * Punt: a rule of heddle-cp names frames that it wants from a gateway's segment, and their class;
 * there is one class for each protocol. heddle-dp sends these frames to heddle-cp. Rules and
 * classes last as long as the channel. Inject: heddle-cp sends a frame into a gateway's segment or
 * out of a port. Lease: a MAC, and an address, belong to a gateway for some time. heddle-cp renews
 * the lease. When the lease expires, heddle-dp sends the resign packet that heddle-cp deposited
 * with it, and withdraws the MAC. A lost channel does not end a lease before its time.
 */
#ifndef HEDDLE_API_PUNT_H
#define HEDDLE_API_PUNT_H

#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

#define HD_PUNT_CLASSES_MAX       16
#define HD_PUNT_RULES_MAX         4096
#define HD_PUNT_GATEWAY_RULES_MAX 32 /* rules of one gateway */
#define HD_PUNT_RATE_MAX          20000
#define HD_PUNT_BURST_MAX         128
#define HD_PUNT_FRAME_MAX         1600 /* bytes of a frame, without the frame check sequence */
#define HD_LEASES_MAX             1024
#define HD_LEASE_FRAME_MAX        512
#define HD_LEASE_MS_MIN           10
#define HD_LEASE_MS_MAX           600000

/*
 * cp -> dp: sets a class of punted frames: it has a queue and a policer of its own. Known by its
 * id.
 */
struct hd_punt_class {
	char name[HD_NAME_MAX]; /* for people */
	uint32_t id;            /* below HD_PUNT_CLASSES_MAX */
	uint32_t rate;          /* frames/s that heddle-cp gets: 1..HD_PUNT_RATE_MAX */
	uint32_t port_rate;     /* frames/s of one rule that came in by one port: 1..rate */
	uint32_t burst;         /* frames of one rule and port at once: 1..HD_PUNT_BURST_MAX */
};
HD_REQ(PUNT_CLASS_SET, HD_MSG_ID(HD_MODULE_PUNT, 1), struct hd_punt_class, struct hd_nothing);

enum hd_punt_flags {
	HD_PUNT_DST = 1 << 0,      /* dst is compared */
	HD_PUNT_PROTOCOL = 1 << 1, /* protocol is compared */
	HD_PUNT_L4 = 1 << 2,       /* l4 is compared; needs HD_PUNT_PROTOCOL */
	HD_PUNT_COPY = 1 << 3,     /* heddle-cp gets a copy, and the router gets the frame, too */
};
#define HD_PUNT_FLAGS_ALL 0xfu

/*
 * cp -> dp: sets a rule. It is about frames that a gateway gets from its segment: group frames, and
 * frames to a MAC of the gateway. A frame matches if the EtherType, and each field that a flag
 * names, is equal. The first matching rule of a gateway decides, in the order of keys.
 */
struct hd_punt_rule {
	char key[HD_NAME_MAX];
	char gateway[HD_NAME_MAX]; /* it may be configured later */
	uint8_t dst[6];
	uint16_t ethertype; /* host order, 0x0600 and above; behind the VLAN tag */
	uint16_t l4;        /* host order: destination port of UDP or TCP, or type of ICMP(v6) */
	uint8_t protocol;   /* of IPv4, or of IPv6 behind its extension headers */
	uint8_t class_id;
	uint32_t flags; /* enum hd_punt_flags */
};
HD_REQ(PUNT_RULE_SET, HD_MSG_ID(HD_MODULE_PUNT, 2), struct hd_punt_rule, struct hd_nothing);

/* cp -> dp: removes a rule. It is no error if there is none. */
struct hd_punt_rule_key {
	char key[HD_NAME_MAX];
};
HD_REQ(PUNT_RULE_REMOVE, HD_MSG_ID(HD_MODULE_PUNT, 3), struct hd_punt_rule_key, struct hd_nothing);

enum hd_punt_packet_flags {
	HD_PUNT_CSUM_PARTIAL =
		1, /* the sender left the L4 checksum to its network card: do not check it */
};

/* dp -> cp: a frame, as it came in. Frames of one class come in the order of their arrival. */
struct hd_punt_packet {
	char gateway[HD_NAME_MAX];
	char port[HD_NAME_MAX]; /* the port that it came in by; empty: that port was removed */
	uint64_t time_ns;       /* when it came in, CLOCK_MONOTONIC */
	uint32_t class_id;
	uint16_t flags; /* enum hd_punt_packet_flags */
	uint16_t len;   /* HD_PUNT_FRAME_MAX at most; the rest of @frame is zero */
	uint8_t frame[HD_PUNT_FRAME_MAX];
};
HD_EVENT(PUNT_PACKET, HD_MSG_ID(HD_MODULE_PUNT, 4), struct hd_punt_packet);

/*
 * cp -> dp: sends a frame. If @port is a gateway, the frame comes into the gateway's segment, as if
 * the router had sent it. If @port is any other port, the frame leaves by that port, untagged, in
 * its access or native VLAN. The source MAC must be one of the switch itself in that segment: of a
 * gateway, or of a lease.
 */
struct hd_inject {
	char port[HD_NAME_MAX];
	uint32_t len; /* HD_ETH_HLEN..HD_PUNT_FRAME_MAX, and not above the port's MTU */
	uint32_t zero;
	uint8_t frame[HD_PUNT_FRAME_MAX];
};
HD_REQ(INJECT, HD_MSG_ID(HD_MODULE_PUNT, 5), struct hd_inject, struct hd_nothing);

/* cp -> dp: makes a lease, or renews it with the values given here. Known by its key. */
struct hd_lease {
	char key[HD_NAME_MAX];
	char gateway[HD_NAME_MAX]; /* must exist, and be in a segment */
	uint8_t addr[16];          /* if family is not 0 */
	uint8_t family;            /* 4 or 6; 0: the lease is of the MAC alone */
	uint8_t zero;
	uint8_t mac[6];
	uint32_t lifetime_ms;              /* from its arrival: HD_LEASE_MS_MIN..HD_LEASE_MS_MAX */
	uint32_t len;                      /* bytes of the resign packet; 0: there is none */
	uint8_t frame[HD_LEASE_FRAME_MAX]; /* the resign packet, from @mac or from the gateway */
};
HD_REQ(LEASE_SET, HD_MSG_ID(HD_MODULE_PUNT, 6), struct hd_lease, struct hd_nothing);

/* cp -> dp: ends a lease: withdraws its MAC. It is no error if there is no such lease. */
struct hd_lease_end {
	char key[HD_NAME_MAX];
	uint32_t send; /* 1: sends the resign packet first; 0: sends nothing */
	uint32_t zero;
};
HD_REQ(LEASE_END, HD_MSG_ID(HD_MODULE_PUNT, 7), struct hd_lease_end, struct hd_nothing);

/* cp -> dp: lists leases; a starting heddle-cp asks for those that an earlier one made. */
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
	HD_LEASE_NO_GATEWAY, /* its gateway was removed or is in no segment; nothing was sent */
	HD_LEASE_REFUSED,    /* used only inside heddle-cp: heddle-dp refused LEASE_SET */
	HD_LEASE_WHY_COUNT,
};

/* dp -> cp: a lease ended otherwise than by LEASE_END. */
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
	uint32_t waiting;  /* frames in the queue now */
	uint32_t rules;    /* of the class */
};
struct hd_punt_totals {
	uint64_t injected, inject_refused;
	uint64_t leases, leases_expired;
	uint64_t resigned; /* resign packets that were sent */
};
HD_REQ_STREAM(PUNT_CLASS_LIST, HD_MSG_ID(HD_MODULE_PUNT, 10), struct hd_nothing,
	      struct hd_punt_class_state, struct hd_punt_totals);

/* mgmt -> dp: lists the rules. One that changes meanwhile may be missing. */
HD_REQ_STREAM(PUNT_RULE_LIST, HD_MSG_ID(HD_MODULE_PUNT, 11), struct hd_nothing, struct hd_punt_rule,
	      struct hd_nothing);

/* mgmt -> dp: lists the leases. One that changes meanwhile may be missing. */
struct hd_punt_lease_state {
	char key[HD_NAME_MAX];
	char gateway[HD_NAME_MAX];
	char segment[HD_NAME_MAX]; /* empty: a VLAN without a name */
	uint8_t addr[16];          /* if family is not 0 */
	uint8_t family;            /* 4 or 6; 0: the lease is of the MAC alone */
	uint8_t resigning;         /* 1: the lease ended, its resign packet is being sent */
	uint8_t mac[6];
	uint64_t left_ms;
	uint32_t resign; /* 1: it has a resign packet */
	uint32_t zero;
};
HD_REQ_STREAM(PUNT_LEASE_LIST, HD_MSG_ID(HD_MODULE_PUNT, 12), struct hd_nothing,
	      struct hd_punt_lease_state, struct hd_nothing);

#endif
