/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decides which receive queues a worker polls. A queue in which nothing was found for a while
 * rests: its peer is asked to signal, and the queue is not polled until the peer does. So a loop
 * costs only what the busy queues cost, however many others there are. A worker whose queues all
 * rest sleeps.
 */
#ifndef DATAPLANE_CORE_IDLE_H
#define DATAPLANE_CORE_IDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/core/config.h"
#include "dataplane/core/worker.h"

/*
 * A queue rests when nothing was found in it for this time and in this many polls. These cost about
 * as much as to rest and to be woken. So a guest that wakes its queue whenever it rests makes the
 * worker do at most twice the work of constant polling.
 */
#define DP_IDLE_REST_NS    50000
#define DP_IDLE_REST_LOOKS 64

/*
 * A worker whose polls are system calls and find nothing sleeps this long, plus the kernel's timer
 * slack (50 us), before it polls again. The ends of a TCP connection between two TAPs need that
 * processor time, and packets that they send meanwhile are received together.
 */
#define DP_IDLE_NAP_NS 10000

#define DP_IDLE_LOOK_NS 100000 /* how often a busy worker checks for peers that signalled, */
#define DP_IDLE_CALM_NS 10000  /* and how often one that found nothing does */

/* Sets whether queues may rest and workers may sleep. Control thread, before the workers start. */
void dp_idle_enable(bool enable);

/* Makes the worker's descriptors. 0 or -errno. Control thread. */
int dp_idle_init(struct dp_worker *w);

/*
 * Finds out which queues the worker polls, and tells the sections (dp_section.seen()). Call it when
 * the worker has a new tree or ports changed. Worker.
 */
void dp_idle_tree(struct dp_worker *w);

/* Finds queues whose peer signalled, and ports that changed. At the start of a loop. Worker. */
void dp_idle_begin(struct dp_worker *w);

/* A poll of @q found nothing. True: the queue should rest. Worker. */
static inline bool dp_idle_is_quiet(const struct dp_worker *w, struct dp_rx_queue *q)
{
	return ++q->empty >= DP_IDLE_REST_LOOKS && w->now_ns - q->busy_ns >= DP_IDLE_REST_NS;
}

/* A poll of @q found packets. Worker. */
static inline void dp_idle_is_busy(const struct dp_worker *w, struct dp_rx_queue *q)
{
	q->busy_ns = w->now_ns;
	q->empty = 0;
	q->blind = false;
}

/*
 * Makes a quiet queue rest; dp_idle_next() then removes it from the active queues. If packets came
 * meanwhile, the queue goes on: they are in @m, at most @n. Returns how many. Worker, in the port.
 */
uint16_t dp_idle_rest(struct dp_worker *w, struct dp_rx_queue *q, struct rte_mbuf **m, uint16_t n);

/*
 * A poll of the active queue at @at found nothing: removes the queue from the active ones if it
 * rests. Returns the index at which to go on. Worker.
 */
static inline uint32_t dp_idle_next(struct dp_rx_list *list, uint32_t at)
{
	const struct dp_rx_queue *q = &list->q[list->active[at]];

	if (!q->port->rest[q->queue].rests)
		return at + 1;
	list->active[at] = list->active[--list->n_active];
	list->n_resting++;
	return at;
}

/*
 * A loop found nothing: pauses, or sleeps until a peer or another thread wakes the worker. Worker.
 */
void dp_idle(struct dp_worker *w);

/*
 * Call it before the descriptor that the worker waits for on queue @q of @port is closed or
 * replaced. No worker may be in the queue, nor enter it before dp_port_set_up(). Any thread but a
 * worker.
 */
void dp_idle_forget(struct dp_port *port, uint16_t q);

#endif
