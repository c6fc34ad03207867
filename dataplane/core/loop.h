/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Makes, runs and stops the workers' threads.
 */
#ifndef DATAPLANE_CORE_LOOP_H
#define DATAPLANE_CORE_LOOP_H

#include <stdbool.h>

#include "heddle/base/err.h"
#include "dataplane/core/worker.h"

/*
 * Makes @n workers with their counters and transmit batches. @replay is the function from which the
 * only worker of a replay gets its packets; NULL: workers poll their ports. Control thread, once,
 * after dp_stats_init() and when the pools exist. 0 or -errno with @err.
 */
int dp_workers_init(unsigned int n, dp_source_fn replay, struct rte_mempool *pool,
		    struct rte_mempool *big_pool, struct dp_fdb *fdb, struct hd_err *err);
unsigned int dp_workers_count(void);
struct dp_worker *dp_worker_get(unsigned int index);

/*
 * Chooses the worker for a new receive queue: the one with the fewest queues.
 * dp_worker_queue_gone() says that the queue is gone. Control thread.
 */
unsigned int dp_worker_for_queue(void);
void dp_worker_queue_gone(unsigned int worker);

/*
 * The function that an EAL lcore runs; @arg is the struct dp_worker. Returns 0 after
 * dp_workers_stop().
 */
int dp_worker_main(void *arg);

/*
 * Runs one loop: receives, decides, transmits. True if packets were received. Worker (in replay:
 * the main thread).
 */
bool dp_worker_loop(struct dp_worker *w);

/* Wakes all workers that sleep, so that they see a new tree at once. Any thread. */
void dp_workers_wake(void);

/* Asks all workers to stop; does not wait (EAL joins them). Control thread. */
void dp_workers_stop(void);

#endif
