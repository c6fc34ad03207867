/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes the counters in shared memory (heddle/api/stats.h).
 */
#ifndef DATAPLANE_CORE_STATS_H
#define DATAPLANE_CORE_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/stats.h"
#include "heddle/base/err.h"

/*
 * Gets the memory from heddled or, with @shared false, anonymous memory, and writes its header.
 * Counters of an earlier heddle-dp continue. Control thread, once. 0 or -errno with @err.
 */
int dp_stats_init(bool shared, uint32_t workers, uint32_t max_ports, struct hd_err *err);

/*
 * Counts the packets that an earlier heddle-dp held when it ended as lost, so that the equations of
 * heddle/api/stats.h hold again. Before workers run; called by dp_stats_init().
 */
void dp_stats_settle(void);

struct hd_stats_worker *hd_stats_worker(unsigned int worker);
struct hd_stats_port *dp_stats_ports(unsigned int worker);

/*
 * Gives the counters of port @id to @name: zeroes them unless they had that name already. Control
 * thread.
 */
void dp_stats_port_assign(uint16_t id, const char *name);
void dp_stats_port_release(uint16_t id);

/*
 * Returns the id of the counters that have this name, also from an earlier heddle-dp, or -ENOENT.
 */
int dp_stats_port_find(const char *name);

void dp_stats_generation(uint64_t generation);

/* These fill @sum with the sums over all workers. Any thread. */
void dp_stats_port_sum(uint16_t id, struct hd_stats_port *sum);
void dp_stats_worker_sum(struct hd_stats_worker *sum);

#endif
