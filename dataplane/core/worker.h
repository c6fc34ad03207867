/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker: one thread that polls ports, decides about packets and transmits them.
 *
 * Only its own thread uses struct dp_worker, unless a comment says otherwise. A worker never
 * blocks, logs, allocates or takes a lock, except to sleep when there is no traffic (idle.h).
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

/* Receives the packets of one loop and gives them to the path (path.h). Worker. */
typedef void (*dp_source_fn)(struct dp_worker *w);

struct dp_worker {
	const struct dp_config *config; /* the tree of this loop */
	uint64_t now_ns;                /* time of this loop */
	struct hd_stats_worker *stats;
	struct hd_stats_port *port_stats;       /* [max_ports], by port id */
	dp_inside inside;                       /* the port that it works on (blame.h) */
	const struct dp_capture_hooks *capture; /* of this loop; NULL: nobody captures */
	const struct dp_punt_hooks *punt;       /* of this loop; NULL: there are no punt rules */
	/*
	 * Traces a packet in words (dataplane/replay): a stage calls it with what it is about to
	 * do; NULL: nobody traces. A stage that can describe its work checks it once a burst.
	 */
	void (*say)(struct dp_worker *w, const char *stage, const char *format, ...)
		__attribute__((format(printf, 3, 4)));
	struct dp_fdb *fdb;
	struct dp_tx *tx;     /* transmit batches by port */
	struct dp_hold *hold; /* frames that are held for another loop */
	uint32_t depth;       /* nested calls of dp_path_input() */
	int32_t send_left;    /* sends for flooding and segmentation that are left in this loop */
	bool held;            /* a frame had to be held in this loop */
	dp_source_fn receive;
	uint32_t rx_next;             /* index of the active queue that is polled first */
	struct rte_mempool *pool;     /* frames: DP_FRAME_ROOM bytes of data room */
	struct rte_mempool *big_pool; /* segments of super-frames: DP_BIG_ROOM bytes */
	unsigned int index;           /* 0..workers-1 */
	bool replay;                  /* replay: now_ns is the capture's time */
	int wake_fd;                  /* eventfd that other threads write to end a sleep */
	int epoll_fd;                 /* waits for the descriptors of resting queues (idle.h) */
	uint64_t looked_ns;           /* when epoll_fd was last checked */
	uint32_t port_calls;          /* value of dp_port_calls at that time */
	int32_t send_budget;          /* sends for a loop, computed from send_cost */
	int64_t send_cost;            /* recent average for one send, in 1/16 cycles */
	struct dp_deadlines *deadlines;
	struct rte_ring *handed; /* packets that other workers handed over (handover.h) */
	_Atomic bool stop;       /* set by the control thread */
	_Atomic bool asleep;     /* read by other threads: it sleeps */
	_Atomic int tid;         /* read by the control thread: its thread id; 0: not started */
} __rte_cache_aligned;

#define DP_FRAME_ROOM 2048 /* and RTE_PKTMBUF_HEADROOM before it */
#define DP_BIG_ROOM   32768

#endif
