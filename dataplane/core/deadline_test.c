/* SPDX-License-Identifier: BSD-3-Clause */
/* Compares deadlines with a model: a list that is searched from end to end. */
#include "dataplane/core/deadline.h"
#include "tests/unit/unit.h"

#define MANY  500
#define STEPS 20000

static struct dp_worker w;
static struct dp_deadline d[MANY];
static uint64_t want[MANY]; /* 0: not set */
static unsigned int called;
static uint64_t last_ns;

static void on_deadline(struct dp_worker *worker, struct dp_deadline *one)
{
	size_t i = (size_t)(one - d);

	CU_ASSERT_PTR_EQUAL(worker, &w);
	CU_ASSERT_EQUAL(one->place, 0);
	CU_ASSERT_EQUAL(one->at_ns, want[i]);
	CU_ASSERT_TRUE(one->at_ns <= w.now_ns && one->at_ns >= last_ns);
	last_ns = one->at_ns;
	want[i] = 0;
	called++;
}

static uint64_t model_next(void)
{
	uint64_t next = UINT64_MAX;

	for (int i = 0; i < MANY; i++)
		if (want[i] && want[i] < next)
			next = want[i];
	return next;
}

static void begin(void)
{
	w = (struct dp_worker){.deadlines = dp_deadlines_new()};
	CU_ASSERT_PTR_NOT_NULL_FATAL(w.deadlines);
	for (int i = 0; i < MANY; i++) {
		d[i] = (struct dp_deadline){.fn = on_deadline};
		want[i] = 0;
	}
	called = 0;
	last_ns = 0;
}

static void test_model(void)
{
	begin();
	srand(1);
	for (int step = 0; step < STEPS; step++) {
		int i = rand() % MANY, what = rand() % 10;

		if (what < 6) {
			uint64_t at = w.now_ns + (uint64_t)rand() % 50000000;

			CU_ASSERT_TRUE(dp_deadline_set(&w, &d[i], at));
			want[i] = dp_deadline_grain(at);
		} else if (what < 8) {
			dp_deadline_cancel(&w, &d[i]);
			want[i] = 0;
		} else {
			w.now_ns += (uint64_t)rand() % 2000000;
			last_ns = 0;
			dp_deadlines_run(&w);
			CU_ASSERT_TRUE(model_next() > w.now_ns);
		}
		CU_ASSERT_EQUAL(dp_deadline_next(&w), model_next());
	}
	CU_ASSERT_TRUE(called > STEPS / 20);
	dp_deadlines_free(w.deadlines);
}

/* One that sets itself again is called again, once for each time. */
static void again(struct dp_worker *worker, struct dp_deadline *one)
{
	called++;
	CU_ASSERT_TRUE(dp_deadline_set(worker, one, one->at_ns + 999999));
}

static void test_again(void)
{
	struct dp_deadline one = {.fn = again};

	begin();
	CU_ASSERT_EQUAL(dp_deadline_next(&w), UINT64_MAX);
	dp_deadline_cancel(&w, &one);
	CU_ASSERT_TRUE(dp_deadline_set(&w, &one, 0));
	CU_ASSERT_EQUAL(dp_deadline_next(&w), DP_DEADLINE_GRAIN_NS);
	w.now_ns = DP_DEADLINE_GRAIN_NS - 1;
	dp_deadlines_run(&w);
	CU_ASSERT_EQUAL(called, 0);
	w.now_ns = 5000000;
	dp_deadlines_run(&w);
	CU_ASSERT_EQUAL(called, 5);
	dp_deadlines_free(w.deadlines);
}

/* Where time ends. */
static void test_end(void)
{
	begin();
	w.now_ns = UINT64_MAX;
	dp_deadlines_run(&w);
	CU_ASSERT_FALSE(dp_deadline_is_due(&w, UINT64_MAX));
	want[0] = UINT64_MAX;
	CU_ASSERT_TRUE(dp_deadline_set(&w, &d[0], UINT64_MAX - 5));
	CU_ASSERT_FALSE(dp_deadline_is_due(&w, UINT64_MAX - 1));
	dp_deadlines_run(&w);
	CU_ASSERT_EQUAL(called, 1);
	dp_deadlines_free(w.deadlines);
}

static void test_full(void)
{
	struct dp_deadline *many = calloc(DP_DEADLINES_MAX + 1, sizeof(*many));

	begin();
	for (uint32_t i = 0; i < DP_DEADLINES_MAX; i++)
		CU_ASSERT_TRUE(dp_deadline_set(&w, &many[i], i));
	CU_ASSERT_FALSE(dp_deadline_set(&w, &many[DP_DEADLINES_MAX], 1));
	CU_ASSERT_EQUAL(many[DP_DEADLINES_MAX].place, 0);
	CU_ASSERT_TRUE(dp_deadline_set(&w, &many[7], 1000000));
	dp_deadline_cancel(&w, &many[9]);
	CU_ASSERT_TRUE(dp_deadline_set(&w, &many[DP_DEADLINES_MAX], 1));
	free(many);
	dp_deadlines_free(w.deadlines);
}

UNIT_MAIN("deadline", {"model", test_model}, {"again", test_again}, {"end", test_end},
	  {"full", test_full});
