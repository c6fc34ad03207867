/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Workers that stand. A loop is over in microseconds; one that is not after 200 ms waits for something
 * that it must not wait for, or works without end. That is said in the log and in `show workers`, and the
 * port that the worker is inside of is taken away from it, as if heddle-dp had died there.
 *
 * A worker that is not given a processor stands as well: that is said, and no port is blamed for it.
 */
#ifndef DATAPLANE_CORE_STALL_H
#define DATAPLANE_CORE_STALL_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/core/worker.h"

#define DP_STALL_NS 200000000ull

enum dp_stall_kind {
	DP_STALL_NOT, /* it runs, it sleeps, or it stands for less than DP_STALL_NS */
	DP_STALL_INSIDE,
	/* it could run, and was given a processor for less than half of the time, and than DP_STALL_NS */
	DP_STALL_STARVED,
};

/* What is remembered of a worker between two looks. */
struct dp_stall {
	uint64_t loops;      /* at the last look that found it further, */
	uint64_t since_ns;   /* and when that was */
	uint64_t suspect_ns; /* the first look that did not; 0: there was none */
	uint64_t ran_ns;     /* processor time that it had had by then */
	enum dp_stall_kind told;
};

/* A worker at a look. */
struct dp_stall_sample {
	uint64_t loops;
	bool asleep;     /* it waits for packets */
	bool runnable;   /* it could run (state R in /proc) */
	uint64_t ran_ns; /* processor time so far; these two only if it is awake, and no further */
};

/* Takes a look into account. Pure. */
enum dp_stall_kind dp_stall_judge(struct dp_stall *stall, const struct dp_stall_sample *sample,
				  uint64_t now_ns);

/* Looks at all workers. Control thread, several times in DP_STALL_NS. */
void dp_stall_look(uint64_t now_ns);

#endif
