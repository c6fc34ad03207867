/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which receive queues a worker looks at. A queue in which nothing was found for a while rests: its peer
 * is asked to signal, and the queue is not looked at until the peer does. So a loop costs what the busy
 * queues cost, however many others there are, and a worker whose queues all rest sleeps.
 */
#ifndef DATAPLANE_CORE_IDLE_H
#define DATAPLANE_CORE_IDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/core/config.h"
#include "dataplane/core/worker.h"

/*
 * A queue rests when nothing was found in it for so long, and in so many looks: these cost about what it
 * costs to rest and to be woken. So a guest that wakes its queue whenever it rests makes the worker do
 * at most twice what polling it all the time would.
 */
#define DP_IDLE_REST_NS    50000
#define DP_IDLE_REST_LOOKS 64

/*
 * A worker that finds nothing sleeps so long, and the kernel's timer slack (50 us) longer, before it looks
 * again by a system call. The ends of a TCP connection between two TAPs want that processor time, and
 * what they send meanwhile comes together.
 */
#define DP_IDLE_NAP_NS 10000

#define DP_IDLE_LOOK_NS 100000 /* a busy worker looks so often for peers that signalled, */
#define DP_IDLE_CALM_NS 10000  /* and one that found nothing so often */

/* Allows queues to rest, and workers to sleep. Before the workers start. */
void dp_idle_enable(bool enable);

/* Makes the worker's descriptors. 0 or -errno. Control thread. */
int dp_idle_init(struct dp_worker *w);

/*
 * The worker has another tree, or ports changed: which of its queues are looked at? Tells the sections, too
 * (section.h). Worker.
 */
void dp_idle_tree(struct dp_worker *w);

/* At the start of a loop: finds queues whose peer signalled, and ports that changed. Worker. */
void dp_idle_begin(struct dp_worker *w);

/* A look at @q found nothing. True: it is to rest. Worker. */
static inline bool dp_idle_is_quiet(const struct dp_worker *w, struct dp_rx_queue *q)
{
	return ++q->empty >= DP_IDLE_REST_LOOKS && w->now_ns - q->busy_ns >= DP_IDLE_REST_NS;
}

/* A look at @q found something. Worker. */
static inline void dp_idle_is_busy(const struct dp_worker *w, struct dp_rx_queue *q)
{
	q->busy_ns = w->now_ns;
	q->empty = 0;
	q->blind = false;
}

/*
 * Has a quiet queue rest; dp_idle_next() takes it from the active ones. What came meanwhile, at most @n
 * packets, is in @m instead; returns how many. Worker, in the port.
 */
uint16_t dp_idle_rest(struct dp_worker *w, struct dp_rx_queue *q, struct rte_mbuf **m, uint16_t n);

/* The active queue at @at found nothing. Returns where to go on: a queue that rests is taken out. Worker. */
static inline uint32_t dp_idle_next(struct dp_rx_list *list, uint32_t at)
{
	const struct dp_rx_queue *q = &list->q[list->active[at]];

	if (!q->port->rest[q->queue].rests)
		return at + 1;
	list->active[at] = list->active[--list->n_active];
	list->n_resting++;
	return at;
}

/* A loop found nothing: pauses, or sleeps until a peer or the control thread has something. Worker. */
void dp_idle(struct dp_worker *w);

/*
 * The descriptor that queue @q of @port is waited for with is to be closed, or replaced. No worker is in
 * the queue, or comes into it before dp_port_set_up(). Any thread but a worker.
 */
void dp_idle_forget(struct dp_port *port, uint16_t q);

#endif
