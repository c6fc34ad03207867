/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sections of the tree: their order, and random commits, of which some fail half way, against a model.
 * What is around the tree (workers, counters) is played.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dataplane/core/config_build.h"
#include "dataplane/core/config_int.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/rcu.h"
#include "dataplane/core/stats.h"
#include "tests/unit/unit.h"

#define COMMITS  2000
#define SECTIONS 3

struct knob {
	struct hd_object head;
	uint64_t value;
};
HD_OBJECT(KNOB, 0x7fff0002u, struct knob);

static struct hd_object_class knob_class = {
	.name = "knob", .type = HD_KNOB, .size = sizeof(struct knob)};

/* The rest of the program. */
static bool workers_are_slow;
static uint64_t tokens;

void hd_workers_wake(void)
{
}

uint64_t hd_rcu_start(void)
{
	return ++tokens;
}

bool hd_rcu_over(uint64_t token)
{
	return token < tokens || !workers_are_slow;
}

void hd_stats_generation(uint64_t of)
{
}

int hd_build_queues(struct hd_config *tree)
{
	return 0;
}

static uint32_t seed = 5;

static unsigned int dice(unsigned int n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* A section holds the value of one knob; it is shared while that does not change. */
static struct hd_section sections[SECTIONS];
static int living, fails_at = -1;
static char order[64];

static int prepare(struct hd_build *b, unsigned int s)
{
	static const char *const name[SECTIONS] = {"one", "two", "three"};
	const struct knob *k = hd_store_next(b->store, HD_KNOB, name[s]);
	const uint64_t *now = b->now->part[sections[s].index];
	uint64_t *mine;

	for (unsigned int before = 0; before < s; before++)
		CU_ASSERT_PTR_NOT_NULL(b->next->part[sections[before].index]);
	if (fails_at == (int)s && dice(2))
		return hd_store_refuse(b->store, EBUSY, "knob %s: not today", name[s]);
	if (now && k && *now == k->value) {
		b->next->part[sections[s].index] = now;
	} else {
		mine = malloc(sizeof(*mine));
		CU_ASSERT_PTR_NOT_NULL_FATAL(mine);
		living++;
		*mine = k ? k->value : 0;
		b->next->part[sections[s].index] = mine;
	}
	return fails_at == (int)s ? -ENOMEM : 0;
}

static void release(struct hd_config *tree, const struct hd_config *other, unsigned int s)
{
	const void *part = tree->part[sections[s].index];

	/* The last one goes first. */
	if (!part || part == other->part[sections[s].index])
		return;
	free((void *)part);
	living--;
}

static void note(unsigned int s)
{
	size_t n = strlen(order);

	if (n + 1 < sizeof(order)) {
		order[n] = (char)('0' + s);
		order[n + 1] = '\0';
	}
}

#define SECTION(s)                                                                             \
	static int prepare_##s(struct hd_build *b)                                             \
	{                                                                                      \
		return prepare(b, s);                                                          \
	}                                                                                      \
	static void commit_##s(struct hd_config *tree, const struct hd_config *old,            \
			       const struct hd_store *store)                                   \
	{                                                                                      \
		note(s);                                                                       \
	}                                                                                      \
	static void free_##s(struct hd_config *tree, const struct hd_config *other, bool half) \
	{                                                                                      \
		release(tree, other, s);                                                       \
	}
SECTION(0)
SECTION(1)
SECTION(2)

/* Their names would put them into another order. */
static struct hd_section sections[SECTIONS] = {
	{"zz", NULL, prepare_0, commit_0, free_0, 0, NULL},
	{"mm", "zz", prepare_1, commit_1, free_1, 0, NULL},
	{"aa", "mm", prepare_2, commit_2, free_2, 0, NULL},
};

static void test_order(void)
{
	static struct hd_section lost = {.name = "lost", .after = "nothing"};
	static struct hd_section self = {.name = "self", .after = "self"};
	static struct hd_section twin = {.name = "zz"};
	const struct hd_section *s;
	struct hd_err err;

	for (int i = 0; i < SECTIONS; i++)
		hd_section_register(&sections[i]);
	hd_section_register(&twin);
	CU_ASSERT_EQUAL(hd_section_init(&err), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "two sections are named zz");
	twin.name = "yy";
	hd_section_register(&lost);
	CU_ASSERT_EQUAL(hd_section_init(&err), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "section lost is built after nothing, which is unknown");
	lost.after = NULL;
	CU_ASSERT_EQUAL(hd_section_init(&err), 0);
	for (s = hd_section_first(); s && s != &sections[0]; s = s->next)
		CU_ASSERT(s != &sections[1] && s != &sections[2]);
	for (; s && s != &sections[1]; s = s->next)
		CU_ASSERT(s != &sections[2]);
	CU_ASSERT_PTR_NOT_NULL(s);
	hd_section_register(&self);
	CU_ASSERT_EQUAL(hd_section_init(&err), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "the order of sections is a circle at self");
	self.after = NULL;
	CU_ASSERT_EQUAL(hd_section_init(&err), 0);
}

static void set(struct hd_store *store, const char *name, uint64_t value)
{
	struct knob k = {.head.op = HD_OBJECT_SET, .value = value};

	hd_str_copy(k.head.key, sizeof(k.head.key), name);
	hd_store_put(store, HD_KNOB, &k, sizeof(k));
}

static void check(const uint64_t want[SECTIONS])
{
	for (int s = 0; s < SECTIONS; s++) {
		const uint64_t *part = hd_config_running()->part[sections[s].index];

		CU_ASSERT_EQUAL(part ? *part : 0, want[s]);
	}
}

static void test_commits(void)
{
	static const char *const name[SECTIONS] = {"one", "two", "three"};
	struct hd_config_result result = {0};
	uint64_t want[SECTIONS] = {0}, generation = 0;
	struct hd_store *store;

	hd_object_class_register(&knob_class);
	store = hd_store_new(100);
	CU_ASSERT_EQUAL_FATAL(hd_config_init(), 0);
	for (int i = 0; i < COMMITS; i++) {
		struct hd_config_begin begin = {
			.mode = HD_CONFIG_DELTA, .base = generation, .generation = generation + 1};
		uint64_t next[SECTIONS];
		int was = living, rc;

		memcpy(next, want, sizeof(next));
		CU_ASSERT_EQUAL_FATAL(hd_store_begin(store, &begin, NULL), 0);
		for (unsigned int s = 0; s < SECTIONS; s++)
			if (dice(2))
				set(store, name[s], next[s] = 1 + dice(5));
		fails_at = (int)dice(2 * SECTIONS); /* half of them do not fail */
		rc = hd_config_prepare(store, &result);
		CU_ASSERT_EQUAL(rc < 0, fails_at < SECTIONS);
		check(want);
		if (rc < 0 || dice(4) == 0) {
			hd_config_discard();
			hd_store_abort(store);
			CU_ASSERT_EQUAL(living, was);
			continue;
		}
		workers_are_slow = dice(2);
		order[0] = '\0';
		hd_config_commit(store);
		CU_ASSERT_EQUAL(hd_config_settle(false), !workers_are_slow);
		workers_are_slow = false;
		CU_ASSERT_TRUE(hd_config_settle(true));
		CU_ASSERT_STRING_EQUAL(order, "012");
		memcpy(want, next, sizeof(want));
		generation++;
		check(want);
		CU_ASSERT_TRUE(hd_config_settle(true));
		CU_ASSERT_EQUAL(living, SECTIONS);
	}
	CU_ASSERT(generation > COMMITS / 4);
	hd_store_free(store);
}

UNIT_MAIN("section", {"the order", test_order}, {"commits, of which some fail", test_commits});
