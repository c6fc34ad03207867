/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The writers' side of the counters in shared memory (heddle/api/stats.h).
 */
#ifndef DATAPLANE_CORE_STATS_H
#define DATAPLANE_CORE_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/stats.h"
#include "heddle/base/err.h"

/*
 * Takes the memory from heddled, or anonymous memory without one (@shared false), and writes its
 * header. Counters of an earlier heddle-dp go on. Control thread, once. 0 or -errno.
 */
int dp_stats_init(bool shared, uint32_t workers, uint32_t max_ports, struct hd_err *err);

/*
 * Counts what an earlier heddle-dp had in hand when it ended as lost with it, so that the equations of
 * heddle/api/stats.h hold again. Before workers run; dp_stats_init() does it.
 */
void dp_stats_settle(void);

struct hd_stats_worker *hd_stats_worker(unsigned int worker);
struct hd_stats_port *dp_stats_ports(unsigned int worker);

/* Port @id now belongs to @name: zeroes its counters unless it was @name's already. */
void dp_stats_port_assign(uint16_t id, const char *name);
void dp_stats_port_release(uint16_t id);

/* The id that @name's counters have, also from an earlier heddle-dp; -ENOENT. */
int dp_stats_port_find(const char *name);

void dp_stats_generation(uint64_t generation);

/* Sums over the workers. Any thread. */
void dp_stats_port_sum(uint16_t id, struct hd_stats_port *sum);
void dp_stats_worker_sum(struct hd_stats_worker *sum);

#endif
