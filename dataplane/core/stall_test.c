/* SPDX-License-Identifier: BSD-3-Clause */
/* When a worker counts as stuck, and which port is blamed. */
#include "heddle/base/clock.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/stall.h"
#include "tests/unit/unit.h"

#define MS HD_NS_PER_MS

/* What dp_stall_look() uses, which this test does not call. */
unsigned int dp_workers_count(void)
{
	return 0;
}

struct dp_worker *dp_worker_get(unsigned int index)
{
	return NULL;
}

uint16_t dp_port_id_end(void)
{
	return 0;
}

struct dp_port *dp_port_by_id(uint16_t id)
{
	return NULL;
}

void dp_port_reopen(struct dp_port *port, enum hd_port_reason reason, const char *text)
{
}

const char *dp_doing_text(enum hd_doing doing)
{
	return "";
}

void dp_blame_stall(const char *port, enum hd_doing doing, uint64_t now_ns)
{
}

/* A look at @ms; the worker had @ran ms of processor time by then. */
static enum dp_stall_kind look(struct dp_stall *stall, uint64_t ms, uint64_t loops, bool asleep,
			       bool runnable, uint64_t ran)
{
	const struct dp_stall_sample sample = {loops, asleep, runnable, ran * MS};

	return dp_stall_judge(stall, &sample, ms * MS);
}

static void test_runs(void)
{
	struct dp_stall stall = {0};

	/* busy, asleep for long, and with pauses that are shorter than what is told */
	for (unsigned int i = 1; i < 20; i++)
		CU_ASSERT_EQUAL(look(&stall, 50 * i, i, false, true, 50 * i), DP_STALL_NOT);
	for (unsigned int i = 20; i < 40; i++)
		CU_ASSERT_EQUAL(look(&stall, 50 * i, 20, true, false, 950), DP_STALL_NOT);
	for (unsigned int i = 40; i < 60; i++)
		CU_ASSERT_EQUAL(look(&stall, 50 * i, i / 4, false, false, 950), DP_STALL_NOT);
}

/* In a call that does not return, and in a loop without an end. */
static void test_stands(void)
{
	for (int spins = 0; spins < 2; spins++) {
		struct dp_stall stall = {0};
		unsigned int ms;

		CU_ASSERT_EQUAL(look(&stall, 1000, 7, false, true, 900), DP_STALL_NOT);
		for (ms = 1050; ms < 1200; ms += 50)
			CU_ASSERT_EQUAL(look(&stall, ms, 7, false, spins, spins ? ms - 100 : 900),
					DP_STALL_NOT);
		for (; ms < 2000; ms += 50)
			CU_ASSERT_EQUAL(look(&stall, ms, 7, false, spins, spins ? ms - 100 : 900),
					DP_STALL_INSIDE);
		/* it goes on */
		CU_ASSERT_EQUAL(look(&stall, 2000, 8, false, true, 900), DP_STALL_NOT);
		CU_ASSERT_EQUAL(look(&stall, 2050, 8, false, true, 900), DP_STALL_NOT);
	}
}

/* Others have its processor. */
static void test_starved(void)
{
	struct dp_stall stall = {0};

	CU_ASSERT_EQUAL(look(&stall, 1000, 7, false, true, 900), DP_STALL_NOT);
	CU_ASSERT_EQUAL(look(&stall, 1050, 7, false, true, 900), DP_STALL_NOT);
	CU_ASSERT_EQUAL(look(&stall, 1200, 7, false, true, 920), DP_STALL_STARVED);
	CU_ASSERT_EQUAL(look(&stall, 1400, 7, false, true, 950), DP_STALL_STARVED);
	/* it has one again, and still does not get further */
	CU_ASSERT_EQUAL(look(&stall, 2000, 7, false, true, 1500), DP_STALL_INSIDE);
	/* it never has more than a third of one, and had enough for any loop by now */
	stall = (struct dp_stall){0};
	CU_ASSERT_EQUAL(look(&stall, 1000, 7, false, true, 900), DP_STALL_NOT);
	CU_ASSERT_EQUAL(look(&stall, 1050, 7, false, true, 900), DP_STALL_NOT);
	CU_ASSERT_EQUAL(look(&stall, 1350, 7, false, true, 1000), DP_STALL_STARVED);
	CU_ASSERT_EQUAL(look(&stall, 1650, 7, false, true, 1100), DP_STALL_INSIDE);
}

UNIT_MAIN("stall", {"runs", test_runs}, {"stands", test_stands}, {"starved", test_starved});
