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

#define HD_DEADLINES_MAX 65536 /* of a worker */

/*
 * Deadlines are multiples of this. So packets between two of them cannot set one that is before another of
 * them, and replay may give these to the path together.
 */
#define HD_DEADLINE_GRAIN_NS 100000ull

/* The next grain behind @at_ns; UINT64_MAX where time ends. */
static inline uint64_t hd_deadline_grain(uint64_t at_ns)
{
	return at_ns > UINT64_MAX - HD_DEADLINE_GRAIN_NS
		       ? UINT64_MAX
		       : (at_ns / HD_DEADLINE_GRAIN_NS + 1) * HD_DEADLINE_GRAIN_NS;
}

/* A part of whatever waits. Zeroed at first; it must not move while it is set. */
struct hd_deadline {
	void (*fn)(struct hd_worker *w,
		   struct hd_deadline *d); /* it is not set any more; may set it */
	uint64_t at_ns;
	uint32_t place; /* in the heap, plus 1; 0: it is not set */
};

struct hd_deadlines {
	uint32_t n;
	struct hd_deadline *heap[HD_DEADLINES_MAX]; /* the earliest first */
};

/* Memory is touched where used. NULL with errno. Control thread. */
struct hd_deadlines *hd_deadlines_new(void);
void hd_deadlines_free(struct hd_deadlines *deadlines);

/*
 * Sets @d to the next grain behind @at_ns, or moves it there if it is set. False: there are HD_DEADLINES_MAX already, and it is not set. Of equal
 * times, any may be first.
 */
bool hd_deadline_set(struct hd_worker *w, struct hd_deadline *d, uint64_t at_ns);

/* Not set: nothing happens. */
void hd_deadline_cancel(struct hd_worker *w, struct hd_deadline *d);

/* When the first one is; UINT64_MAX: there is none. */
static inline uint64_t hd_deadline_next(const struct hd_worker *w)
{
	return w->deadlines->n ? w->deadlines->heap[0]->at_ns : UINT64_MAX;
}

/* True if the first one is not after @now_ns. */
static inline bool hd_deadline_is_due(const struct hd_worker *w, uint64_t now_ns)
{
	return w->deadlines->n && w->deadlines->heap[0]->at_ns <= now_ns;
}

/* Calls those that are not after the worker's time. */
void hd_deadlines_run(struct hd_worker *w);

#endif
