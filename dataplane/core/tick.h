/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Periodic work of the control thread, by real or virtual time. In replay, a batch ends at the next
 * tick, so that the result does not depend on the size of batches.
 */
#ifndef DATAPLANE_CORE_TICK_H
#define DATAPLANE_CORE_TICK_H

#include <stdint.h>

struct dp_tick {
	uint64_t period_ns;
	void (*fn)(uint64_t now_ns);
	uint64_t due_ns;
	struct dp_tick *next;
};

/* Registers a tick. From a constructor or at the start. */
void dp_tick_register(struct dp_tick *tick);

/* Sets the first deadline of each tick: the first multiple of its period after @now_ns. */
void dp_ticks_start(uint64_t now_ns);

/* Returns the earliest deadline; UINT64_MAX: there are no ticks. */
uint64_t dp_ticks_next(void);

/*
 * Runs the ticks that are due at @now_ns. A tick that missed several deadlines runs once, for the
 * last of them.
 */
void dp_ticks_run(uint64_t now_ns);

#endif
