/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a worker could not finish in its loop. A frame that goes to a thousand ports, or a super-frame
 * that is cut into a thousand, costs a thousand sends: a loop has a budget for these (loop.c), and
 * what is beyond it waits here for the next loops.
 *
 * Frames wait by the port that they came in by. Behind one that waits, those that came after it by the
 * same port wait as well, so that they stay in order, and the port is not polled meanwhile: what comes
 * next stays in the guest's own ring. The ports take turns, so that one that floods costs no other
 * its turn.
 *
 * Held frames know ports and domains by id, from a tree that may be gone: when a worker sees another
 * tree, it first drops what is not valid any more. An id is given to another port or domain only
 * after each worker has done that (config.c).
 */
#ifndef DATAPLANE_CORE_HOLD_H
#define DATAPLANE_CORE_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/core/port.h"
#include "dataplane/core/worker.h"

#define DP_HOLD_BATCH 320 /* of a port: more than one loop receives */

struct dp_hold_batch {
	uint16_t n, at;  /* m[at..n-1] wait; n is 0 when none does */
	bool again;      /* m[at] is still not done after a turn */
	bool begun;      /* it is being flooded: */
	uint16_t next;   /* members below this port id are done, */
	uint16_t target; /* but for this one, which gets the frame itself if there are no more */
	struct rte_mbuf *m[DP_HOLD_BATCH];
};

struct dp_hold {
	uint32_t n_frames, max_frames;
	uint32_t n_ports, first;     /* port[first] has the next turn */
	uint16_t port[HD_PORTS_MAX]; /* a ring */
	struct dp_hold_batch batch[HD_PORTS_MAX];
};

/* @max_frames: when so many wait, no other port's frames may. Memory is touched where used. NULL with errno. */
struct dp_hold *dp_hold_new(uint32_t max_frames);
void dp_hold_free(struct dp_hold *hold);

/* True if frames of the port wait. */
static inline bool dp_hold_has(const struct dp_hold *hold, uint16_t port)
{
	return hold->batch[port].n != 0;
}

/* At most so many frames are received from a port at once: few, when many wait already. */
static inline uint16_t dp_hold_burst(const struct dp_hold *hold)
{
	return hold->n_frames > hold->max_frames / 2 ? 4 : DP_BURST;
}

/*
 * A frame that has to wait, or to wait behind one of its port that does. The first one of a port gets
 * the state of a frame that was not begun. NULL: there is no room, and the frame was dropped. Worker.
 */
struct dp_hold_batch *dp_hold_put(struct dp_worker *w, struct rte_mbuf *m);

/* Takes the port whose turn it is, for dp_hold_turn_over(). There must be one. Worker. */
static inline struct dp_hold_batch *dp_hold_turn(struct dp_hold *hold)
{
	return &hold->batch[hold->port[hold->first]];
}

/* The turn is over: the port goes to the end, or out when nothing of it waits. Worker. */
void dp_hold_turn_over(struct dp_worker *w);

/* The worker has another tree: drops frames whose domain is gone, or whose port has left it. Worker. */
void dp_hold_check(struct dp_worker *w);

#endif
