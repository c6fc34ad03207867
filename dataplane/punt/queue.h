/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The queue and the counters of each class of punted frames. A queue leads from all workers to the
 * punt thread. A flood of one class fills only its own queue.
 *
 * A queue holds copies, in memory of its own, so that a slow reader does not keep mbufs. No worker
 * waits: it claims a place and writes into it. A worker that loses its processor while it writes
 * delays only the punt thread. (With DPDK's rings one producer waits for another.)
 */
#ifndef DATAPLANE_PUNT_QUEUE_H
#define DATAPLANE_PUNT_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/punt.h"
#include "dataplane/core/worker.h"

#define PUNT_QUEUE 256 /* frames of a class that wait for the punt thread */

/* A frame that waits. */
struct punt_frame {
	uint64_t time_ns;    /* when it came in */
	uint32_t generation; /* of the gateway's port */
	uint16_t gateway;    /* port id of the gateway */
	uint16_t port;       /* port id of the port by which it came in */
	uint16_t flags;      /* enum hd_punt_packet_flags */
	uint16_t len;
	uint8_t bytes[HD_PUNT_FRAME_MAX];
};

enum punt_count {
	PUNT_MATCHED,
	PUNT_POLICED,
	PUNT_FULL,
	PUNT_UNUSABLE,
	PUNT_SENT,
	PUNT_COUNTS,
};

/* Makes the queues. Control thread, once, before workers run. 0 or -errno. */
int punt_queues_init(void);

/* Counts a frame of @class. @who: the worker's index, or DP_WORKERS_MAX for the punt thread. */
void punt_count(unsigned int who, uint32_t class, enum punt_count what);

/* The frames of @class that were counted as @what, by all threads. Any thread. */
uint64_t punt_counted(uint32_t class, enum punt_count what);

/* How many frames are in the queue of @class. Any thread. */
uint32_t punt_queue_waiting(uint32_t class);

/*
 * Claims a place in the queue of @class; NULL: the queue is full. The worker writes the frame there
 * and calls punt_queue_put(), which wakes the punt thread if it sleeps. Worker.
 */
struct punt_frame *punt_queue_claim(uint32_t class);
void punt_queue_put(struct punt_frame *frame);

/* Returns the next frame of the class, or NULL. punt_queue_done() frees its place. Punt thread. */
struct punt_frame *punt_queue_get(uint32_t class);
void punt_queue_done(uint32_t class, struct punt_frame *frame);

/*
 * The punt thread wants to sleep: until punt_awake(), punt_queue_put() writes to its eventfd.
 * False: a queue has frames, and the thread must not sleep. Punt thread.
 */
bool punt_queues_sleep(void);
void punt_awake(void);

/* The eventfd; -1 before punt_queues_init(). Any thread. */
int punt_wake_fd(void);

/* Wakes the punt thread. Any thread. */
void punt_wake(void);

#endif
