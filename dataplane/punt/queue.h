/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Classes of punted frames: the queue of each, from all workers to the punt thread, and its counters. A
 * flood of one class fills its own queue and takes nothing from the others.
 *
 * A queue holds copies, in memory of its own: the frames' pool is not held up by a slow reader. And no
 * worker waits for anybody: each writes into a place that it claimed, while a worker, or the punt
 * thread, that lost its processor in the middle of one delays only the reader. (The rings of DPDK make
 * one producer wait for another.)
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
	uint16_t gateway;    /* ids of ports: the gateway's, */
	uint16_t port;       /* and the one that it came in by */
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

/* One more of @class. @who: a worker's index, or HD_WORKERS_MAX for the punt thread. */
void punt_count(unsigned int who, uint32_t class, enum punt_count what);

/* Sums. Any thread. */
uint64_t punt_counted(uint32_t class, enum punt_count what);

/*
 * A place in the queue of @class to write a frame to; NULL: it is full. Then punt_queue_put(), which wakes
 * the punt thread if it sleeps. Worker.
 */
struct punt_frame *punt_queue_claim(uint32_t class);
void punt_queue_put(struct punt_frame *frame);

/* The next frame of the class, or NULL; then punt_queue_done() with it. Punt thread. */
struct punt_frame *punt_queue_get(uint32_t class);
void punt_queue_done(uint32_t class, struct punt_frame *frame);

/*
 * The punt thread is about to sleep: from now on punt_queue_put() writes to its event. False: there are
 * frames in a queue, it must not sleep. punt_awake() ends that.
 */
bool punt_queues_sleep(void);
void punt_awake(void);

/* The descriptor of that event, -1 before punt_queues_init(). Any thread. */
int punt_wake_fd(void);

/* Wakes the punt thread. Any thread. */
void punt_wake(void);

#endif
