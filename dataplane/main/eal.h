/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Starts DPDK's environment (EAL). Checks first what EAL needs, so that people get a clear message.
 */
#ifndef DATAPLANE_MAIN_EAL_H
#define DATAPLANE_MAIN_EAL_H

#include "heddle/base/err.h"

struct rte_mempool;

/*
 * Checks hugepages and CPUs, starts EAL with an lcore for the control thread (0) and one for each
 * worker (1..workers), and makes the mbuf pools. 0, or -errno with @err: one message, with the
 * command that mends it.
 */
int dp_eal_start(struct hd_err *err);

/* The pool of small mbufs, for frames, and the pool of big ones, for super-frames. */
struct rte_mempool *dp_eal_pool(void);
struct rte_mempool *dp_eal_big_pool(void);

/* Removes the files that EAL left in the run directory. */
void dp_eal_stop(void);

#endif
