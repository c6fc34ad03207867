/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The workers' threads: making them, running them, stopping them.
 */
#ifndef DATAPLANE_CORE_LOOP_H
#define DATAPLANE_CORE_LOOP_H

#include <stdbool.h>

#include "heddle/base/err.h"
#include "dataplane/core/worker.h"

/*
 * Makes @n workers, with counters and transmit batches. @replay: there is one, and it gets its packets
 * from this function; NULL: workers poll their ports. Control thread, once, after hd_stats_init() and
 * the pools. 0 or -errno with @err.
 */
int hd_workers_init(unsigned int n, hd_source_fn replay, struct rte_mempool *pool,
		    struct rte_mempool *big_pool, struct hd_fdb *fdb, struct hd_err *err);
unsigned int hd_workers_count(void);
struct hd_worker *hd_worker_get(unsigned int index);

/*
 * Chooses the worker for a new receive queue: the one with the fewest. Control thread.
 * hd_worker_queue_gone() gives it back.
 */
unsigned int hd_worker_for_queue(void);
void hd_worker_queue_gone(unsigned int worker);

/* What an EAL lcore runs. @arg is the struct hd_worker. Returns 0 when told to stop. */
int hd_worker_main(void *arg);

/* One loop: receive, decide, transmit. True if packets were received. Worker (in replay: the main thread). */
bool hd_worker_loop(struct hd_worker *w);

/* Ends a worker's sleep, so that it sees a new tree at once. Any thread. */
void hd_workers_wake(void);

/* Asks all workers to stop; does not wait (EAL joins them). Control thread. */
void hd_workers_stop(void);

#endif
