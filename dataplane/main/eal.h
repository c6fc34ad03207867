/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Starting DPDK's environment, or saying what is missing before it does.
 */
#ifndef DATAPLANE_MAIN_EAL_H
#define DATAPLANE_MAIN_EAL_H

#include "heddle/base/err.h"

struct rte_mempool;

/*
 * Checks hugepages and CPUs, starts EAL with a lcore for the control thread and one for each worker
 * (1..workers), and makes the pools. One message in @err with the command that mends it. 0 or -errno.
 */
int hd_eal_start(struct hd_err *err);

struct rte_mempool *hd_eal_pool(void);
struct rte_mempool *hd_eal_big_pool(void);

/* Removes the files that EAL left in the run directory. */
void hd_eal_stop(void);

#endif
