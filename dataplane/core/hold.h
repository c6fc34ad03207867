/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames that a worker could not finish in its loop. A frame that is flooded to a thousand ports,
 * or a super-frame that is cut into a thousand frames, costs a thousand sends. A loop has a budget
 * of sends (loop.c); frames beyond it are held here for the next loops.
 *
 * Frames are held by the port that they came in by. While a frame is held, later frames of its port
 * are held behind it, so that their order is kept, and the port is not polled: further frames stay
 * in the guest's own ring. Ports take turns, so that a port that floods does not delay the others.
 *
 * Held frames refer to ports and domains by id, in a tree that may be gone. So when a worker sees a
 * new tree, it first drops the frames whose ids are not valid any more. An id is given to another
 * port or domain only after each worker has done that (config.c).
 */
#ifndef DATAPLANE_CORE_HOLD_H
#define DATAPLANE_CORE_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/core/port.h"
#include "dataplane/core/worker.h"

#define DP_HOLD_BATCH 320 /* for each port: more than it can receive in one loop */

struct dp_hold_batch {
	uint16_t n, at;  /* m[at..n-1] are held; n is 0 if none is */
	bool again;      /* m[at] is not finished after a turn */
	bool begun;      /* m[at] is being flooded: */
	uint16_t next;   /* members below this port id have got it, */
	uint16_t target; /* except this one, which gets the frame itself if no more follow */
	struct rte_mbuf *m[DP_HOLD_BATCH];
};

struct dp_hold {
	uint32_t n_frames, max_frames;
	uint32_t n_ports, first;     /* the port at port[first] has the next turn */
	uint16_t port[HD_PORTS_MAX]; /* a ring */
	struct dp_hold_batch batch[HD_PORTS_MAX];
};

/*
 * @max_frames: when this many frames are held, frames of further ports are not. Memory is used only
 * where it is touched. NULL with errno. Control thread.
 */
struct dp_hold *dp_hold_new(uint32_t max_frames);
void dp_hold_free(struct dp_hold *hold);

/* True if frames of the port are held. */
static inline bool dp_hold_has(const struct dp_hold *hold, uint16_t port)
{
	return hold->batch[port].n != 0;
}

/* The maximum of frames to receive from a port at once: less while many are held. */
static inline uint16_t dp_hold_burst(const struct dp_hold *hold)
{
	return hold->n_frames > hold->max_frames / 2 ? 4 : DP_BURST;
}

/*
 * Holds a frame, which has to wait itself or comes behind one of its port that waits. The state of
 * a port's first held frame is set to "not begun". NULL: there is no room, and the frame was
 * dropped. Worker.
 */
struct dp_hold_batch *dp_hold_put(struct dp_worker *w, struct rte_mbuf *m);

/*
 * Returns the frames of the port that has the turn; dp_hold_turn_over() ends it. At least one port
 * must have held frames. Worker.
 */
static inline struct dp_hold_batch *dp_hold_turn(struct dp_hold *hold)
{
	return &hold->batch[hold->port[hold->first]];
}

/*
 * Ends the turn: the port goes to the end of the ring, or leaves it if none of its frames is held.
 * Worker.
 */
void dp_hold_turn_over(struct dp_worker *w);

/*
 * Drops frames whose domain is gone, or whose port has left it. Call it when the worker has a new
 * tree. Worker.
 */
void dp_hold_check(struct dp_worker *w);

#endif
