/* SPDX-License-Identifier: BSD-3-Clause */
#include <stddef.h>

#include "dataplane/core/tick.h"

static struct dp_tick *ticks;

void dp_tick_register(struct dp_tick *tick)
{
	tick->next = ticks;
	ticks = tick;
}

static uint64_t next_multiple(uint64_t now_ns, uint64_t period_ns)
{
	uint64_t next;

	/* there is none after the last nanosecond */
	return __builtin_mul_overflow(now_ns / period_ns + 1, period_ns, &next) ? UINT64_MAX : next;
}

void dp_ticks_start(uint64_t now_ns)
{
	for (struct dp_tick *t = ticks; t; t = t->next)
		t->due_ns = next_multiple(now_ns, t->period_ns);
}

uint64_t dp_ticks_next(void)
{
	uint64_t next = UINT64_MAX;

	for (const struct dp_tick *t = ticks; t; t = t->next)
		if (t->due_ns < next)
			next = t->due_ns;
	return next;
}

void dp_ticks_run(uint64_t now_ns)
{
	for (struct dp_tick *t = ticks; t; t = t->next) {
		if (now_ns < t->due_ns || t->due_ns == UINT64_MAX)
			continue;
		t->fn(now_ns / t->period_ns * t->period_ns);
		t->due_ns = next_multiple(now_ns, t->period_ns);
	}
}
