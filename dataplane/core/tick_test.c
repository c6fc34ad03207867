/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ticks run at multiples of their period of virtual time, and once after a gap.
 */
#include "dataplane/core/tick.h"
#include "tests/unit/unit.h"

static uint64_t fast_at, slow_at;
static int fast_runs, slow_runs;

static void fast(uint64_t now)
{
	fast_at = now;
	fast_runs++;
}

static void slow(uint64_t now)
{
	slow_at = now;
	slow_runs++;
}

static struct dp_tick fast_tick = {.period_ns = 10, .fn = fast};
static struct dp_tick slow_tick = {.period_ns = 35, .fn = slow};

static void test_ticks(void)
{
	CU_ASSERT_EQUAL(dp_ticks_next(), UINT64_MAX);
	dp_tick_register(&fast_tick);
	dp_tick_register(&slow_tick);
	dp_ticks_start(23);
	CU_ASSERT_EQUAL(dp_ticks_next(), 30);
	dp_ticks_run(29);
	CU_ASSERT_EQUAL(fast_runs, 0);
	dp_ticks_run(30);
	CU_ASSERT_EQUAL(fast_runs, 1);
	CU_ASSERT_EQUAL(fast_at, 30);
	CU_ASSERT_EQUAL(slow_runs, 0);
	CU_ASSERT_EQUAL(dp_ticks_next(), 35);
	dp_ticks_run(1004); /* a long gap: each once, as of its last deadline */
	CU_ASSERT_EQUAL(fast_runs, 2);
	CU_ASSERT_EQUAL(fast_at, 1000);
	CU_ASSERT_EQUAL(slow_runs, 1);
	CU_ASSERT_EQUAL(slow_at, 980);
	CU_ASSERT_EQUAL(dp_ticks_next(), 1010);
}

/* At the end of time no deadline is left: none comes round again at its beginning. */
static void test_end(void)
{
	dp_ticks_start(UINT64_MAX - 40);
	CU_ASSERT_EQUAL(dp_ticks_next(), UINT64_MAX / 10 * 10 - 30);
	dp_ticks_run(UINT64_MAX - 1);
	CU_ASSERT_EQUAL(fast_at, UINT64_MAX / 10 * 10);
	CU_ASSERT_EQUAL(slow_at, UINT64_MAX / 35 * 35);
	CU_ASSERT_EQUAL(dp_ticks_next(), UINT64_MAX);
	fast_runs = slow_runs = 0;
	dp_ticks_run(UINT64_MAX);
	CU_ASSERT_EQUAL(fast_runs + slow_runs, 0);
}

UNIT_MAIN("tick", {"deadlines", test_ticks}, {"the end", test_end});
