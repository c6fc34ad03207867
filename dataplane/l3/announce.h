/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gateways say who has their addresses, so that hosts and switches that knew another MAC, or another
 * place, need not find out by themselves: announcements of ARP (RFC 5227 2.3, 3) and unsolicited
 * neighbour advertisements (RFC 4861 7.2.6). A gateway does so when it has come up, and when its
 * MAC, its segment, its VRF or one of its addresses has changed: L3_ANNOUNCE_NUM rounds of all its
 * addresses.
 *
 * The owner of a gateway's neighbours does it, a few addresses at a time: thousands of gateways that
 * come up together are no burst.
 */
#ifndef DATAPLANE_L3_ANNOUNCE_H
#define DATAPLANE_L3_ANNOUNCE_H

#include "dataplane/core/deadline.h"

/* Of a worker: where it is among its gateways. */
struct l3_announcer {
	struct dp_deadline deadline;
	uint32_t at;     /* the port id that is looked at next; 0: a pass begins */
	bool news;       /* since the pass began: there has to be another one */
	uint64_t due_ns; /* the earliest round of those that the pass has left behind */
};

/* What a gateway announces; all 0: nothing yet. */
struct l3_announced {
	uint64_t due_ns; /* when the next round begins */
	uint32_t epoch;  /* of the gateway (gateway.h), and */
	uint32_t downs;  /* down_events of its port: another one, and it announces anew */
	uint8_t rounds;  /* that are left */
	uint8_t address; /* of the round, is the next */
};

/* A worker's, once. Control thread. */
void l3_announce_init(struct l3_announcer *a);

/*
 * Gateways of the worker's tree may have come up or changed: looks for them soon. What dp_section.seen() is.
 * Worker.
 */
void l3_announce_look(struct dp_worker *w);

#endif
