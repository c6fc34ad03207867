/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets for features: what they want of heddle-dp, what they send, and the addresses that they hold.
 *
 * All of this may be called whether heddle-dp is there or not. Rules are kept, and sent again to each
 * heddle-dp that comes. Leases are not: who holds an address renews it with each advert, which a new
 * heddle-dp takes as a new lease. All on the thread of the event loop.
 */
#ifndef CTRLPLANE_CORE_PACKET_H
#define CTRLPLANE_CORE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/api/punt.h"
#include "heddle/base/err.h"

struct hd_chan;

/* A class of frames: one for each protocol, so that a flood of one leaves the others their place. */
struct cp_class {
	const char *name;
	uint32_t rate;      /* frames/s that come: 1..HD_PUNT_RATE_MAX */
	uint32_t port_rate; /* of those by one port of the switch, for one rule: 1..rate */
	uint32_t burst;     /* 1..HD_PUNT_BURST_MAX */
	/* A frame came. It is hostile, but for its length: HD_ETH_HLEN..HD_PUNT_FRAME_MAX bytes. */
	void (*packet)(const struct hd_punt_packet *packet);
	uint32_t id; /* set by cp_packet_start() */
	struct cp_class *next;
};

/* From a constructor. Keeps @class. */
void cp_class_register(struct cp_class *class);

#define CP_CLASS_REGISTER(var)                                               \
	static void __attribute__((constructor)) var##_class_register_(void) \
	{                                                                    \
		cp_class_register(&(var));                                   \
	}                                                                    \
	static void var##_class_register_(void)

/*
 * Frames that match @rule come to @class from now on (its class_id is set here). One of the same key is
 * replaced. 0; -ENOSPC: there are HD_PUNT_RULES_MAX; -ENOMEM. What heddle-dp refuses is logged.
 */
int cp_rule_set(const struct cp_class *class, const struct hd_punt_rule *rule);

/* Frames that the rule matched come no more. Nothing if there is none. */
void cp_rule_remove(const char *key);

/*
 * Sends a frame of @len bytes: into the segment of a gateway, or out of a port (struct hd_inject). 0, or
 * -ENOTCONN: heddle-dp is not there; -EMSGSIZE; -EPIPE, -ENOMEM. What heddle-dp refuses is logged.
 */
int cp_inject(const char *port, const void *frame, size_t len);

/*
 * Makes or renews a lease. 0 or -errno as cp_inject(). When it ends by itself, or heddle-dp refuses it,
 * ->lease_over() of all features is called (feature.h).
 */
int cp_lease_set(const struct hd_lease *lease);

/* Gives the address back; @send: after the frame was sent that was left with the lease. */
void cp_lease_end(const char *key, bool send);

/* For main and peers.c. Gives classes their ids. -ENOSPC with @err: more than HD_PUNT_CLASSES_MAX. */
int cp_packet_start(struct hd_err *err);

/* Adds the handlers of what heddle-dp says to a channel. */
void cp_packet_serve(struct hd_chan *chan);

/* A heddle-dp is there, and has said hello; it is gone. */
void cp_packet_up(struct hd_chan *chan);
void cp_packet_down(void);

/*
 * A configuration is in force, and features have taken up again what they want of it: leases of an earlier
 * heddle-cp that nobody has taken up are ended.
 */
void cp_packet_committed(void);

void cp_packet_stop(void);

#endif
