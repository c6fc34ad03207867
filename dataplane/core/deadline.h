/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Deadlines: a worker calls a function at a given time, whether packets come or not. The next
 * deadline ends a worker's sleep and, in replay, a batch. Each worker has deadlines of its own, and
 * all functions here are for its thread, except where a comment says otherwise.
 */
#ifndef DATAPLANE_CORE_DEADLINE_H
#define DATAPLANE_CORE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/core/worker.h"

#define DP_DEADLINES_MAX 65536 /* for each worker */

/*
 * All deadlines are multiples of this. So a packet between two multiples cannot set a deadline
 * before the second one, and replay may give all packets between them to the path together.
 */
#define DP_DEADLINE_GRAIN_NS 100000ull

/* The first multiple of the grain after @at_ns; UINT64_MAX if there is none. */
static inline uint64_t dp_deadline_grain(uint64_t at_ns)
{
	return at_ns > UINT64_MAX - DP_DEADLINE_GRAIN_NS
		       ? UINT64_MAX
		       : (at_ns / DP_DEADLINE_GRAIN_NS + 1) * DP_DEADLINE_GRAIN_NS;
}

/* Part of the struct that waits. Zero it before the first use; it must not move while it is set. */
struct dp_deadline {
	void (*fn)(struct dp_worker *w, struct dp_deadline *d); /* @d is not set; it may set @d */
	uint64_t at_ns;
	uint32_t place; /* index in the heap, plus 1; 0: it is not set */
};

struct dp_deadlines {
	uint32_t n;
	struct dp_deadline *heap[DP_DEADLINES_MAX]; /* the earliest first */
};

/*
 * Makes a worker's deadlines; memory is used only where it is touched. NULL with errno. Control
 * thread.
 */
struct dp_deadlines *dp_deadlines_new(void);
void dp_deadlines_free(struct dp_deadlines *deadlines);

/*
 * Sets @d to the first multiple of the grain after @at_ns, also when it is set already. False: the
 * worker has DP_DEADLINES_MAX deadlines already, so @d is not set. Deadlines of the same time run
 * in any order.
 */
bool dp_deadline_set(struct dp_worker *w, struct dp_deadline *d, uint64_t at_ns);

/* Cancels @d; does nothing if it is not set. */
void dp_deadline_cancel(struct dp_worker *w, struct dp_deadline *d);

/* Returns the time of the earliest deadline; UINT64_MAX: there is none. */
static inline uint64_t dp_deadline_next(const struct dp_worker *w)
{
	return w->deadlines->n ? w->deadlines->heap[0]->at_ns : UINT64_MAX;
}

/* True if the earliest deadline is at @now_ns or before. */
static inline bool dp_deadline_is_due(const struct dp_worker *w, uint64_t now_ns)
{
	return w->deadlines->n && w->deadlines->heap[0]->at_ns <= now_ns;
}

/* Runs all deadlines up to the worker's time, w->now_ns. */
void dp_deadlines_run(struct dp_worker *w);

#endif
