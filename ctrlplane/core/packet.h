/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets for features: the frames that they want from heddle-dp, the frames that they send, and
 * the leases of the addresses that they hold (heddle/api/punt.h).
 *
 * All functions may be called while heddle-dp is not there. This file keeps the rules, and sends
 * them to each heddle-dp that connects. It does not keep leases: a feature renews its lease with
 * each advert, and a new heddle-dp makes a new lease of that. Call everything on the thread of the
 * event loop.
 */
#ifndef CTRLPLANE_CORE_PACKET_H
#define CTRLPLANE_CORE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/api/punt.h"
#include "heddle/base/err.h"

struct hd_chan;

/* A class of frames: one for each protocol, so that a flood of one does not delay the others. */
struct cp_class {
	const char *name;
	uint32_t rate;      /* frames/s of the class at most: 1..HD_PUNT_RATE_MAX */
	uint32_t port_rate; /* frames/s at most of one rule that come in by one port: 1..rate */
	uint32_t burst;     /* frames at once of one rule and port: 1..HD_PUNT_BURST_MAX */
	/*
	 * A frame came. Its length is checked (HD_ETH_HLEN..HD_PUNT_FRAME_MAX); every byte of the
	 * frame may be hostile. @packet is valid during the call.
	 */
	void (*packet)(const struct hd_punt_packet *packet);
	uint32_t id; /* set by cp_packet_start() */
	struct cp_class *next;
};

/* Registers @class, which must be static. Call from a constructor. */
void cp_class_register(struct cp_class *class);

#define CP_CLASS_REGISTER(var)                                               \
	static void __attribute__((constructor)) var##_class_register_(void) \
	{                                                                    \
		cp_class_register(&(var));                                   \
	}                                                                    \
	static void var##_class_register_(void)

/*
 * From now on frames that match @rule come to @class (this sets class_id). Replaces a rule of the
 * same key. 0; -ENOSPC: there are HD_PUNT_RULES_MAX rules; -ENOMEM. If heddle-dp refuses the rule,
 * the log says so.
 */
int cp_rule_set(const struct cp_class *class, const struct hd_punt_rule *rule);

/* Removes a rule. Does nothing if there is none. */
void cp_rule_remove(const char *key);

/*
 * Sends a frame of @len bytes into the segment of a gateway, or out of a port (struct hd_inject).
 * 0; -ENOTCONN: heddle-dp is not there; -EMSGSIZE: @len is above HD_PUNT_FRAME_MAX;
 * -EPIPE, -ENOMEM. If heddle-dp refuses the frame, the log says so.
 */
int cp_inject(const char *port, const void *frame, size_t len);

/*
 * Makes or renews a lease. 0 or -errno as cp_inject(). When the lease ends otherwise than by
 * cp_lease_end(), or heddle-dp refuses it, lease_over() of all features is called (feature.h).
 */
int cp_lease_set(const struct hd_lease *lease);

/* Ends a lease. @send: heddle-dp sends the lease's resign packet first. */
void cp_lease_end(const char *key, bool send);

/*
 * This function and those below are for main.c and peers.c. Gives the classes their ids. 0, or
 * -ENOSPC with @err: there are more than HD_PUNT_CLASSES_MAX.
 */
int cp_packet_start(struct hd_err *err);

/* Adds the handlers of heddle-dp's messages to its channel. */
void cp_packet_serve(struct hd_chan *chan);

/* A heddle-dp has connected and said hello; heddle-dp is gone. */
void cp_packet_up(struct hd_chan *chan);
void cp_packet_down(void);

/*
 * A configuration is in force, and features have renewed their leases. Ends the leases of an
 * earlier heddle-cp that no feature has renewed.
 */
void cp_packet_committed(void);

/* Frees everything; the program ends. */
void cp_packet_stop(void);

#endif
