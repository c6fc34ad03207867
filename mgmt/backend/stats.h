/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The counters of heddle-dp, mapped read-only from heddled, and the names of its drop reasons.
 */
#ifndef MGMT_BACKEND_STATS_H
#define MGMT_BACKEND_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <event2/event.h>

#include "heddle/api/stats.h"
#include "heddle/ipc/chan.h"
#include "mgmt/backend/baseline.h"

struct bk_stats {
	struct event_base *base;
	struct hd_chan *supervisor;
	struct event *retry;
	const uint8_t *map; /* NULL: not there yet */
	size_t size;
	struct hd_stats_header header; /* checked copy */
	struct hd_drop_info drops[HD_DROP_REASONS_MAX];
	bool drop_known[HD_DROP_REASONS_MAX];
	struct bk_baselines cleared;
};

void bk_stats_init(struct bk_stats *stats, struct event_base *base, struct hd_chan *supervisor);
void bk_stats_free(struct bk_stats *stats);

/* heddle-dp is there (again): maps its memory, tries until it exists, and asks for the reasons. */
void bk_stats_refresh(struct bk_stats *stats, struct hd_chan *data);

/*
 * Takes over a descriptor of the memory. Every number in it is checked against its size. Returns 0
 * or -errno.
 */
int bk_stats_map(struct bk_stats *stats, int fd);

/*
 * Sums the counters of a port over the workers, since they were cleared. False when there are none by
 * this name and id.
 */
bool bk_stats_port(const struct bk_stats *stats, uint16_t id, const char *name,
		   struct hd_stats_port *sum);

/*
 * From now on the port's counters count from 0; see baseline.h. False when there are none. What was
 * cleared is kept over restarts by bk_baselines_save().
 */
bool bk_stats_clear(struct bk_stats *stats, uint16_t id, const char *name);

/* Since when the port counts, as hd_now_ns(). */
uint64_t bk_stats_since(const struct bk_stats *stats, uint16_t id);

/* Number of workers; 0 without memory. */
unsigned int bk_stats_workers(const struct bk_stats *stats);

/* A copy of a worker's counters. */
void bk_stats_worker(const struct bk_stats *stats, unsigned int index, struct hd_stats_worker *out);

#endif
