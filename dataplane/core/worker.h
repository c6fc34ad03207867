/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker: one thread that polls ports, decides about packets, and transmits them.
 *
 * Everything in struct dp_worker belongs to its thread, unless a comment says otherwise. A worker
 * never blocks, logs, allocates or takes a lock, but to sleep when nothing happens (idle.h).
 */
#ifndef DATAPLANE_CORE_WORKER_H
#define DATAPLANE_CORE_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#include "heddle/api/stats.h"
#include "dataplane/core/blame.h"

#define DP_WORKERS_MAX 16
#define DP_BURST       64 /* packets of one receive or transmit call */

struct dp_capture_hooks;
struct dp_deadlines;
struct dp_config;
struct dp_hold;
struct dp_punt_hooks;
struct dp_tx;
struct dp_fdb;
struct rte_mempool;
struct rte_ring;
struct dp_worker;

/* Receives packets and gives them to the path (path.h); one loop's worth. Worker. */
typedef void (*dp_source_fn)(struct dp_worker *w);

struct dp_worker {
	const struct dp_config *config; /* the tree of this loop */
	uint64_t now_ns;                /* of this loop */
	struct hd_stats_worker *stats;
	struct hd_stats_port *port_stats;       /* [max_ports], by port id */
	dp_inside inside;                       /* which port */
	const struct dp_capture_hooks *capture; /* of this loop; NULL: nobody captures */
	const struct dp_punt_hooks *punt;       /* of this loop; NULL: there are no punt rules */
	/*
	 * What a stage is about to do to a packet, in words, for who traces one (dataplane/replay);
	 * NULL: nobody does. A stage that has something to say looks at it once a burst.
	 */
	void (*say)(struct dp_worker *w, const char *stage, const char *format, ...)
		__attribute__((format(printf, 3, 4)));
	struct dp_fdb *fdb;
	struct dp_tx *tx;     /* transmit batches by port */
	struct dp_hold *hold; /* frames that wait for another loop */
	uint32_t depth;       /* of dp_path_input() */
	int32_t send_left;    /* sends of flooding and cutting that this loop may still do */
	bool held;            /* in this loop a frame was found to have to wait */
	dp_source_fn receive;
	uint32_t rx_next;             /* of the active queues: the one that is polled first */
	struct rte_mempool *pool;     /* frames: DP_FRAME_ROOM bytes of data room */
	struct rte_mempool *big_pool; /* segments of super-frames: DP_BIG_ROOM bytes */
	unsigned int index;           /* 0..workers-1 */
	bool replay;                  /* now_ns is the capture's */
	int wake_fd;                  /* eventfd: written by others to end a sleep */
	int epoll_fd;                 /* of descriptors whose queues rest (idle.h) */
	uint64_t looked_ns;           /* when it was looked at */
	uint32_t port_calls;          /* dp_port_calls, then */
	int32_t send_budget;          /* of a loop, from what sends cost: */
	int64_t send_cost;            /* in 1/16 cycles, lately */
	struct dp_deadlines *deadlines;
	struct rte_ring *handed; /* packets that others handed over (handover.h) */
	_Atomic bool stop;       /* set by the control thread */
	_Atomic bool asleep;     /* for the control thread: it waits for packets, */
	_Atomic int tid;         /* and which thread it is; 0: not yet */
} __rte_cache_aligned;

#define DP_FRAME_ROOM 2048 /* and RTE_PKTMBUF_HEADROOM before it */
#define DP_BIG_ROOM   32768

#endif
