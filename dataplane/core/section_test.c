/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The order of the tree's sections. Random commits, of which many fail or are aborted at a random
 * place, are compared with a model: what each tree has, what two trees share, and when what is
 * freed. Workers and counters are simulated.
 */
#include <errno.h>
#include <string.h>

#include "dataplane/core/config_build.h"
#include "dataplane/core/config_int.h"
#include "dataplane/core/rcu.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

#define COMMITS  3000
#define SECTIONS 3
#define ITEMS    4 /* that a section has at most */
#define WORKERS  3
#define NOWHERE  UINT32_MAX

/* Of a section, by its name: its items. 0: there is none. */
struct knob {
	struct hd_object head;
	uint64_t value[ITEMS];
};
HD_OBJECT(KNOB, 0x7fff0002u, struct knob);

static struct hd_object_class knob_class = {
	.name = "knob", .type = HD_KNOB, .size = sizeof(struct knob)};

static const char *const name[SECTIONS] = {"one", "two", "three"};

/*
 * What sections allocate. It is never given back, so that what is freed twice or used after it is
 * seen.
 */
struct item {
	uint64_t value;
	unsigned int freed;
};
struct part {
	const struct item *item[ITEMS];
	unsigned int freed;
};
static struct item items[COMMITS * SECTIONS * ITEMS];
static struct part parts[COMMITS * SECTIONS];
static unsigned int n_items, n_parts, n_freed;

static struct dp_section sections[SECTIONS];

/* The model: what the tree of each generation has. */
static uint64_t want[COMMITS + 1][SECTIONS][ITEMS];

/* A worker, in a loop with the tree that it took when that began. */
static struct {
	const struct dp_config *tree;
	uint64_t seen; /* tokens that were given before */
} worker[WORKERS];
static bool workers_are_stuck; /* in their loops */
static uint64_t tokens;

static const struct part *part_of(const struct dp_config *tree, unsigned int s)
{
	return tree->part[sections[s].index];
}

/* The tree has what its generation is to have, and nothing of it is freed. */
static void check_tree(const struct dp_config *tree)
{
	for (unsigned int s = 0; s < SECTIONS; s++) {
		const struct part *part = part_of(tree, s);

		CU_ASSERT(!part || !part->freed);
		for (unsigned int i = 0; i < ITEMS; i++) {
			const struct item *item = part ? part->item[i] : NULL;

			CU_ASSERT(!item || !item->freed);
			CU_ASSERT_EQUAL(item ? item->value : 0, want[tree->generation][s][i]);
		}
	}
}

/* A worker ends its loop and begins the next one. */
static void worker_loop(unsigned int i)
{
	check_tree(worker[i].tree);
	worker[i].seen = tokens;
	worker[i].tree = atomic_load(&dp_config_published);
	check_tree(worker[i].tree);
}

/* The rest of the program. */
uint64_t dp_rcu_start(void)
{
	return ++tokens;
}

bool dp_rcu_over(uint64_t token)
{
	if (!workers_are_stuck && dice(4) == 0)
		worker_loop(dice(WORKERS));
	for (unsigned int i = 0; i < WORKERS; i++)
		if (worker[i].seen < token)
			return false;
	return true;
}

int dp_build_queues(struct dp_config *tree)
{
	return 0;
}

static bool holds(const struct part *part, const struct item *item)
{
	for (unsigned int i = 0; part && i < ITEMS; i++)
		if (part->item[i] == item)
			return true;
	return false;
}

static void item_free(const struct item *item, unsigned int s)
{
	for (unsigned int i = 0; i < WORKERS; i++)
		CU_ASSERT_FALSE(holds(part_of(worker[i].tree, s), item));
	CU_ASSERT_EQUAL(items[item - items].freed++, 0);
	n_freed++;
}

static void part_free(const struct part *part, unsigned int s)
{
	for (unsigned int i = 0; i < WORKERS; i++)
		CU_ASSERT_PTR_NOT_EQUAL(part_of(worker[i].tree, s), part);
	CU_ASSERT_EQUAL(parts[part - parts].freed++, 0);
	n_freed++;
}

static const struct item *item_new(uint64_t value)
{
	CU_ASSERT_FATAL(n_items < sizeof(items) / sizeof(items[0]));
	items[n_items].value = value;
	return &items[n_items++];
}

/* Where each section's prepare fails: before its first item, behind one, or behind all. */
static uint32_t fails_at[SECTIONS];

static int fail(struct dp_build *b, unsigned int s)
{
	return fails_at[s] % 2 ? hd_store_refuse(b->store, EBUSY, "knob %s: not today", name[s])
			       : -ENOMEM;
}

static bool is_same(const struct part *part, const struct knob *k)
{
	for (unsigned int i = 0; i < ITEMS; i++)
		if ((part->item[i] ? part->item[i]->value : 0) != k->value[i])
			return false;
	return true;
}

/* What did not change is shared: the part, or the items. */
static int prepare(struct dp_build *b, unsigned int s)
{
	static const struct knob none;
	const struct knob *k = hd_store_next(b->store, HD_KNOB, name[s]);
	const struct part *now = part_of(b->now, s);
	struct part *mine;

	for (unsigned int before = 0; before < s; before++)
		CU_ASSERT_PTR_NOT_NULL(part_of(b->next, before));
	k = k ? k : &none;
	if (now && is_same(now, k)) {
		b->next->part[sections[s].index] = now;
		return fails_at[s] == NOWHERE ? 0 : fail(b, s);
	}
	if (fails_at[s] == 0)
		return fail(b, s);
	CU_ASSERT_FATAL(n_parts < sizeof(parts) / sizeof(parts[0]));
	mine = &parts[n_parts++];
	b->next->part[sections[s].index] = mine;
	for (unsigned int i = 0; i < ITEMS; i++) {
		const struct item *item = now ? now->item[i] : NULL;

		if (item && item->value == k->value[i])
			mine->item[i] = item;
		else if (k->value[i])
			mine->item[i] = item_new(k->value[i]);
		if (fails_at[s] == i + 1)
			return fail(b, s);
	}
	return 0;
}

static char order[64];

static void note(unsigned int s)
{
	size_t n = strlen(order);

	if (n + 1 < sizeof(order)) {
		order[n] = (char)('0' + s);
		order[n + 1] = '\0';
	}
}

static void commit(const struct dp_config *tree, const struct dp_config *old, unsigned int s)
{
	note(s);
	CU_ASSERT_PTR_EQUAL(tree, dp_config_running());
	CU_ASSERT_EQUAL(tree->generation, old->generation + 1);
	for (unsigned int i = 0; i < WORKERS; i++)
		CU_ASSERT_PTR_NOT_EQUAL(worker[i].tree, old);
}

static void release(const struct dp_config *tree, const struct dp_config *other, unsigned int s)
{
	const struct part *part = part_of(tree, s), *stays = part_of(other, s);

	for (unsigned int i = 0; i < WORKERS; i++)
		CU_ASSERT_PTR_NOT_EQUAL(worker[i].tree, tree);
	/* The last one goes first. */
	for (unsigned int before = 0; before < s; before++)
		CU_ASSERT(!part_of(tree, before) || !part_of(tree, before)->freed);
	if (!part || part == stays)
		return;
	for (unsigned int i = 0; i < ITEMS; i++)
		if (part->item[i] && !holds(stays, part->item[i]))
			item_free(part->item[i], s);
	part_free(part, s);
}

#define SECTION(s)                                                                             \
	static int prepare_##s(struct dp_build *b)                                             \
	{                                                                                      \
		return prepare(b, s);                                                          \
	}                                                                                      \
	static void commit_##s(struct dp_config *tree, const struct dp_config *old,            \
			       const struct hd_store *store)                                   \
	{                                                                                      \
		commit(tree, old, s);                                                          \
	}                                                                                      \
	static void free_##s(struct dp_config *tree, const struct dp_config *other, bool half) \
	{                                                                                      \
		release(tree, other, s);                                                       \
	}
SECTION(0)
SECTION(1)
SECTION(2)

/* Their names would put them into another order. */
static struct dp_section sections[SECTIONS] = {
	{.name = "zz", .prepare = prepare_0, .commit = commit_0, .free = free_0},
	{.name = "mm", .after = "zz", .prepare = prepare_1, .commit = commit_1, .free = free_1},
	{.name = "aa", .after = "mm", .prepare = prepare_2, .commit = commit_2, .free = free_2},
};

static void test_order(void)
{
	static struct dp_section lost = {.name = "lost", .after = "nothing"};
	static struct dp_section self = {.name = "self", .after = "self"};
	static struct dp_section twin = {.name = "zz"};
	const struct dp_section *s;
	struct hd_err err;

	for (int i = 0; i < SECTIONS; i++)
		dp_section_register(&sections[i]);
	dp_section_register(&twin);
	CU_ASSERT_EQUAL(dp_section_init(&err), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "two sections are named zz");
	twin.name = "yy";
	dp_section_register(&lost);
	CU_ASSERT_EQUAL(dp_section_init(&err), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "section lost is built after nothing, which is unknown");
	lost.after = NULL;
	CU_ASSERT_EQUAL(dp_section_init(&err), 0);
	for (s = dp_section_first(); s && s != &sections[0]; s = s->next)
		CU_ASSERT(s != &sections[1] && s != &sections[2]);
	for (; s && s != &sections[1]; s = s->next)
		CU_ASSERT(s != &sections[2]);
	CU_ASSERT_PTR_NOT_NULL(s);
	dp_section_register(&self);
	CU_ASSERT_EQUAL(dp_section_init(&err), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "the order of sections is a circle at self");
	self.after = NULL;
	CU_ASSERT_EQUAL(dp_section_init(&err), 0);
}

/* A bracket that changes some items; what it leads to is in @next. */
static void begin(struct hd_store *store, uint64_t generation, uint64_t next[SECTIONS][ITEMS])
{
	struct hd_config_begin begin = {
		.mode = HD_CONFIG_DELTA, .base = generation, .generation = generation + 1};

	memcpy(next, want[generation], sizeof(want[0]));
	CU_ASSERT_EQUAL_FATAL(hd_store_begin(store, &begin, NULL), 0);
	for (unsigned int s = 0; s < SECTIONS; s++) {
		struct knob k = {.head.op = HD_OBJECT_SET};

		fails_at[s] = dice(3) ? NOWHERE : dice(ITEMS + 1);
		if (dice(2))
			continue;
		next[s][dice(ITEMS)] = dice(4);
		hd_str_copy(k.head.key, sizeof(k.head.key), name[s]);
		memcpy(k.value, next[s], sizeof(k.value));
		hd_store_put(store, HD_KNOB, &k, sizeof(k));
	}
}

/* Prepare did what it was to: the first section that fails is the one that is named. */
static void check_prepared(const struct hd_store *store, int rc)
{
	unsigned int s = 0;
	struct hd_err err;

	while (s < SECTIONS && fails_at[s] == NOWHERE)
		s++;
	CU_ASSERT_EQUAL(rc < 0, s < SECTIONS);
	if (s == SECTIONS)
		return;
	CU_ASSERT_EQUAL(hd_store_failed(store, &err), rc);
	CU_ASSERT_EQUAL(rc, fails_at[s] % 2 ? -EBUSY : -ENOMEM);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, fails_at[s] % 2 ? name[s] : "out of memory"));
}

/* What did not change is the same as in the tree before, and nothing else is. */
static void check_shared(const struct part *const before[SECTIONS], uint64_t generation)
{
	for (unsigned int s = 0; s < SECTIONS; s++) {
		const struct part *part = part_of(dp_config_running(), s);
		const uint64_t *value = want[generation][s], *was = want[generation - 1][s];

		CU_ASSERT_EQUAL(part == before[s],
				before[s] && !memcmp(value, was, sizeof(want[0][0])));
		for (unsigned int i = 0; i < ITEMS && before[s]; i++)
			CU_ASSERT_EQUAL(part->item[i] == before[s]->item[i], value[i] == was[i]);
	}
}

static void commit_one(struct hd_store *store, uint64_t generation)
{
	const struct part *before[SECTIONS];

	for (unsigned int s = 0; s < SECTIONS; s++)
		before[s] = part_of(dp_config_running(), s);
	order[0] = '\0';
	dp_config_commit(store);
	CU_ASSERT_EQUAL(dp_config_running()->generation, generation);
	CU_ASSERT_STRING_EQUAL(order, ""); /* workers may be in the old tree */
	check_tree(dp_config_running());
	check_shared(before, generation);
}

/* All is freed but what the running tree has. */
static void check_end(void)
{
	unsigned int left = 0;

	while (!dp_config_all_freed())
		dp_config_settle(true);
	for (unsigned int s = 0; s < SECTIONS; s++) {
		const struct part *part = part_of(dp_config_running(), s);

		left++;
		for (unsigned int i = 0; i < ITEMS; i++)
			left += part->item[i] != NULL;
	}
	check_tree(dp_config_running());
	CU_ASSERT_EQUAL(n_items + n_parts - n_freed, left);
}

static void test_commits(void)
{
	unsigned int failed = 0, aborted = 0, old = 0;
	struct hd_config_result result = {0};
	uint64_t generation = 0;
	struct hd_store *store;

	hd_object_class_register(&knob_class);
	store = hd_store_new(100);
	CU_ASSERT_EQUAL_FATAL(dp_config_init(), 0);
	for (unsigned int i = 0; i < WORKERS; i++)
		worker[i].tree = dp_config_running();
	for (unsigned int i = 0; i < COMMITS; i++) {
		const struct dp_config *running = dp_config_running();
		unsigned int living;
		int rc;

		dp_config_settle(true); /* as a bracket's begin does */
		if (generation)
			CU_ASSERT_STRING_EQUAL(order, "012");
		old += !dp_config_all_freed();
		living = n_items + n_parts - n_freed;
		begin(store, generation, want[generation + 1]);
		rc = dp_config_prepare(store, &result);
		check_prepared(store, rc);
		CU_ASSERT_PTR_EQUAL(dp_config_running(), running);
		check_tree(running);
		if (rc < 0 || dice(4) == 0) {
			failed += rc < 0;
			aborted += rc == 0;
			dp_config_discard();
			hd_store_abort(store);
			CU_ASSERT_EQUAL(n_items + n_parts - n_freed, living);
			check_tree(running);
		} else {
			commit_one(store, ++generation);
		}
		workers_are_stuck = dice(2);
		for (unsigned int turns = dice(3); turns; turns--)
			dp_config_settle(false);
		workers_are_stuck = false;
	}
	/* Enough of each sort. */
	CU_ASSERT(generation > COMMITS / 8 && failed > COMMITS / 4 && aborted > COMMITS / 40);
	CU_ASSERT(old > COMMITS / 20);
	check_end();
	hd_store_free(store);
}

UNIT_MAIN("section", {"the order", test_order}, {"commits, of which some fail", test_commits});
