/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Deadlines: what a worker has to do at a time, whether packets come or not. The next one bounds its sleep,
 * and in replay the batch. Each worker has its own; all here is for its thread.
 */
#ifndef DATAPLANE_CORE_DEADLINE_H
#define DATAPLANE_CORE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/core/worker.h"

#define DP_DEADLINES_MAX 65536 /* of a worker */

/*
 * Deadlines are multiples of this. So packets between two of them cannot set one that is before another of
 * them, and replay may give these to the path together.
 */
#define DP_DEADLINE_GRAIN_NS 100000ull

/* The next grain behind @at_ns; UINT64_MAX where time ends. */
static inline uint64_t dp_deadline_grain(uint64_t at_ns)
{
	return at_ns > UINT64_MAX - DP_DEADLINE_GRAIN_NS
		       ? UINT64_MAX
		       : (at_ns / DP_DEADLINE_GRAIN_NS + 1) * DP_DEADLINE_GRAIN_NS;
}

/* A part of whatever waits. Zeroed at first; it must not move while it is set. */
struct dp_deadline {
	void (*fn)(struct dp_worker *w,
		   struct dp_deadline *d); /* it is not set any more; may set it */
	uint64_t at_ns;
	uint32_t place; /* in the heap, plus 1; 0: it is not set */
};

struct dp_deadlines {
	uint32_t n;
	struct dp_deadline *heap[DP_DEADLINES_MAX]; /* the earliest first */
};

/* Memory is touched where used. NULL with errno. Control thread. */
struct dp_deadlines *dp_deadlines_new(void);
void dp_deadlines_free(struct dp_deadlines *deadlines);

/*
 * Sets @d to the next grain behind @at_ns, or moves it there if it is set. False: there are DP_DEADLINES_MAX already, and it is not set. Of equal
 * times, any may be first.
 */
bool dp_deadline_set(struct dp_worker *w, struct dp_deadline *d, uint64_t at_ns);

/* Not set: nothing happens. */
void dp_deadline_cancel(struct dp_worker *w, struct dp_deadline *d);

/* When the first one is; UINT64_MAX: there is none. */
static inline uint64_t dp_deadline_next(const struct dp_worker *w)
{
	return w->deadlines->n ? w->deadlines->heap[0]->at_ns : UINT64_MAX;
}

/* True if the first one is not after @now_ns. */
static inline bool dp_deadline_is_due(const struct dp_worker *w, uint64_t now_ns)
{
	return w->deadlines->n && w->deadlines->heap[0]->at_ns <= now_ns;
}

/* Calls those that are not after the worker's time. */
void dp_deadlines_run(struct dp_worker *w);

#endif
