/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gateways announce their addresses, so that hosts and switches that know an old MAC or place learn
 * the new one at once: ARP announcements (RFC 5227 2.3, 3) and unsolicited neighbour advertisements
 * (RFC 4861 7.2.6). A gateway announces when it has come up, and when its MAC, its segment, its VRF
 * or one of its addresses has changed: L3_ANNOUNCE_NUM rounds of all its addresses.
 *
 * The owner of a gateway's neighbours sends them, a few addresses at a time, so that thousands of
 * gateways that come up together cause no burst.
 */
#ifndef DATAPLANE_L3_ANNOUNCE_H
#define DATAPLANE_L3_ANNOUNCE_H

#include "dataplane/core/deadline.h"

/* A worker's progress through its gateways. */
struct l3_announcer {
	struct dp_deadline deadline;
	uint32_t at; /* the port id that is checked next; 0: a pass begins */
	bool news;   /* gateways may have changed since the pass began: another one must follow */
	uint64_t due_ns; /* the earliest next round of the gateways that this pass has checked */
};

/* The state of a gateway's announcements; all 0: it has announced nothing. */
struct l3_announced {
	uint64_t due_ns; /* when the next round begins */
	uint32_t epoch;  /* the gateway's epoch (gateway.h), and */
	uint32_t downs;  /* its port's down_events: if either changed, it announces again */
	uint8_t rounds;  /* rounds that are left */
	uint8_t address; /* index of the next address of this round */
};

/* Initializes a worker's state, once. Control thread. */
void l3_announce_init(struct l3_announcer *a);

/*
 * Checks the gateways of the worker's tree soon, since they may have come up or changed. Serves as
 * dp_section.seen(). Worker.
 */
void l3_announce_look(struct dp_worker *w);

#endif
