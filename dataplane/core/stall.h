/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Detects stuck workers. A loop takes microseconds; one that takes more than 200 ms waits for
 * something that it must not wait for, or never ends. The log and `show workers` report it, and the
 * port that the worker is inside of is held back, as if heddle-dp had crashed there.
 *
 * A worker that gets no processor time makes no progress either: that is reported, and no port is
 * blamed.
 */
#ifndef DATAPLANE_CORE_STALL_H
#define DATAPLANE_CORE_STALL_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/core/worker.h"

#define DP_STALL_NS 200000000ull

enum dp_stall_kind {
	DP_STALL_NOT, /* it runs, sleeps, or has made no progress for less than DP_STALL_NS */
	DP_STALL_INSIDE,
	/*
	 * it was ready to run, but got a processor for less than half of the time, and less than
	 * DP_STALL_NS
	 */
	DP_STALL_STARVED,
};

/* The state of a worker between two checks. */
struct dp_stall {
	uint64_t loops;      /* loops at the last check that found progress, */
	uint64_t since_ns;   /* and the time of that check */
	uint64_t suspect_ns; /* time of the first check without progress; 0: none */
	uint64_t ran_ns;     /* processor time that it had got at suspect_ns */
	enum dp_stall_kind told;
};

/* A worker's values at a check. */
struct dp_stall_sample {
	uint64_t loops;
	bool asleep;     /* it sleeps */
	bool runnable;   /* it is ready to run (state R in /proc) */
	uint64_t ran_ns; /* processor time so far; it and runnable are only set without progress */
};

/* Evaluates a check and updates @stall. Pure. */
enum dp_stall_kind dp_stall_judge(struct dp_stall *stall, const struct dp_stall_sample *sample,
				  uint64_t now_ns);

/* Checks all workers. Control thread, several times in DP_STALL_NS. */
void dp_stall_look(uint64_t now_ns);

#endif
