/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Periodic work of the control thread, by real or virtual time. In replay a batch ends at the next
 * deadline, so that the result does not depend on the batch.
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

/* From a constructor or at the start. */
void dp_tick_register(struct dp_tick *tick);

/* Sets the first deadlines: multiples of the period after @now_ns. */
void dp_ticks_start(uint64_t now_ns);

/* The next deadline, UINT64_MAX without any. */
uint64_t dp_ticks_next(void);

/*
 * Runs what is due at @now_ns. After a long gap a tick runs once, for the last of its deadlines that
 * passed, not once for each.
 */
void dp_ticks_run(uint64_t now_ns);

#endif
