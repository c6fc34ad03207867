/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctrlplane/core/config_core.h"
#include "tests/unit/unit.h"

struct thing {
	struct hd_object head;
	uint64_t value; /* 13 is refused */
};

static int thing_validate(const void *object, struct hd_err *err)
{
	if (((const struct thing *)object)->value == 13)
		return hd_err_set(err, ERANGE, "value 13 brings bad luck; take 14");
	return 0;
}

static const struct cp_class apples = {1, "apple", sizeof(struct thing), thing_validate};
static const struct cp_class pears = {2, "pear", sizeof(struct thing), thing_validate};
static struct cp_config config;

static int begin(uint32_t mode, uint64_t base, uint64_t generation)
{
	struct hd_config_begin b = {.mode = mode, .base = base, .generation = generation};
	struct hd_err err;

	return cp_config_begin(&config, &b, &err);
}

static int set(const struct cp_class *class, const char *key, uint64_t value)
{
	struct thing t = {.head.op = HD_OBJECT_SET, .value = value};

	snprintf(t.head.key, sizeof(t.head.key), "%s", key);
	return cp_config_object(&config, class, &t);
}

static int unset(const struct cp_class *class, const char *key)
{
	struct thing t = {.head.op = HD_OBJECT_DELETE};

	snprintf(t.head.key, sizeof(t.head.key), "%s", key);
	return cp_config_object(&config, class, &t);
}

static uint64_t value(const struct cp_class *class, const char *key)
{
	const struct thing *t = cp_config_find(&config, class, key);

	return t ? t->value : 0;
}

/* Prepares and commits; the counts must be these. */
static void finish(uint32_t added, uint32_t changed, uint32_t removed, uint32_t unchanged)
{
	struct hd_config_result result;
	struct hd_err err;

	CU_ASSERT_EQUAL_FATAL(cp_config_prepare(&config, &result, &err), 0);
	CU_ASSERT_EQUAL(cp_config_commit(&config, &result, &err), 0);
	CU_ASSERT_EQUAL(result.added, added);
	CU_ASSERT_EQUAL(result.changed, changed);
	CU_ASSERT_EQUAL(result.removed, removed);
	CU_ASSERT_EQUAL(result.unchanged, unchanged);
}

static void fill(void)
{
	cp_config_clear(&config);
	CU_ASSERT_EQUAL(begin(HD_CONFIG_FULL, 0, 7), 0);
	set(&pears, "a", 1);
	set(&apples, "b", 2);
	set(&apples, "a", 3);
	finish(3, 0, 0, 0);
}

static void test_full(void)
{
	size_t iter = 0;

	fill();
	CU_ASSERT_EQUAL(config.generation, 7);
	CU_ASSERT_EQUAL(value(&pears, "a"), 1);
	CU_ASSERT_EQUAL(value(&apples, "a"), 3);
	CU_ASSERT_EQUAL(value(&pears, "b"), 0);
	CU_ASSERT_EQUAL(((const struct thing *)cp_config_next(&config, &apples, &iter))->value, 3);
	CU_ASSERT_EQUAL(((const struct thing *)cp_config_next(&config, &apples, &iter))->value, 2);
	CU_ASSERT_PTR_NULL(cp_config_next(&config, &apples, &iter));

	/* what a full bracket does not name goes */
	CU_ASSERT_EQUAL(begin(HD_CONFIG_FULL, 0, 8), 0);
	set(&apples, "a", 3);
	set(&apples, "b", 5);
	finish(0, 1, 1, 1);
	CU_ASSERT_EQUAL(value(&pears, "a"), 0);
	CU_ASSERT_EQUAL(value(&apples, "b"), 5);
	cp_config_clear(&config);
}

static void test_delta(void)
{
	fill();
	CU_ASSERT_EQUAL(begin(HD_CONFIG_DELTA, 6, 8), -ESTALE);
	CU_ASSERT_EQUAL(set(&apples, "c", 1), -EPROTO);
	CU_ASSERT_EQUAL(begin(HD_CONFIG_DELTA, 7, 8), 0);
	set(&apples, "c", 4);
	set(&apples, "c", 5); /* the last word counts */
	unset(&apples, "a");
	unset(&apples, "never there");
	finish(1, 0, 1, 2);
	CU_ASSERT_EQUAL(value(&apples, "c"), 5);
	CU_ASSERT_EQUAL(value(&apples, "a"), 0);
	CU_ASSERT_EQUAL(config.generation, 8);
	cp_config_clear(&config);
}

static void test_refused(void)
{
	struct hd_config_result result;
	struct hd_err err;

	fill();
	CU_ASSERT_EQUAL(begin(HD_CONFIG_DELTA, 7, 8), 0);
	set(&apples, "good", 1);
	set(&pears, "first", 13);
	set(&pears, "second", 13);
	CU_ASSERT_EQUAL(cp_config_prepare(&config, &result, &err), -ERANGE);
	CU_ASSERT_STRING_EQUAL(err.text, "pear first: value 13 brings bad luck; take 14");
	CU_ASSERT_EQUAL(cp_config_commit(&config, &result, &err), -EPROTO);
	CU_ASSERT_EQUAL(config.generation, 7);
	CU_ASSERT_EQUAL(value(&apples, "good"), 0);

	/* the refusal does not stick */
	CU_ASSERT_EQUAL(begin(HD_CONFIG_DELTA, 7, 8), 0);
	set(&apples, "good", 1);
	finish(1, 0, 0, 3);
	cp_config_clear(&config);
}

static void test_hostile(void)
{
	struct hd_config_result result;
	struct thing t = {.head.op = HD_OBJECT_SET};
	struct hd_err err;

	cp_config_clear(&config);
	CU_ASSERT_EQUAL(begin(HD_CONFIG_FULL, 0, 0), -EINVAL);
	CU_ASSERT_EQUAL(begin(3, 0, 1), -EINVAL);
	CU_ASSERT_EQUAL(cp_config_prepare(&config, &result, &err), -EPROTO);

	begin(HD_CONFIG_FULL, 0, 1); /* no key */
	cp_config_object(&config, &apples, &t);
	CU_ASSERT_EQUAL(cp_config_prepare(&config, &result, &err), -EINVAL);

	begin(HD_CONFIG_FULL, 0, 1); /* a key without an end */
	memset(t.head.key, 'x', sizeof(t.head.key));
	cp_config_object(&config, &apples, &t);
	CU_ASSERT_EQUAL(cp_config_prepare(&config, &result, &err), -EINVAL);

	begin(HD_CONFIG_FULL, 0, 1);
	strcpy(t.head.key, "op");
	t.head.op = 99;
	cp_config_object(&config, &apples, &t);
	CU_ASSERT_EQUAL(cp_config_prepare(&config, &result, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "apple op: unknown operation 99"));
	cp_config_clear(&config);
}

static void test_order_of_calls(void)
{
	struct hd_config_result result;
	struct hd_err err;

	fill();
	/* a new begin aborts, abort forgets, commit needs prepare */
	begin(HD_CONFIG_FULL, 0, 8);
	set(&apples, "x", 1);
	CU_ASSERT_EQUAL(begin(HD_CONFIG_DELTA, 7, 9), 0);
	CU_ASSERT_EQUAL(cp_config_commit(&config, &result, &err), -EPROTO);
	finish(0, 0, 0, 3);
	CU_ASSERT_EQUAL(config.generation, 9);

	begin(HD_CONFIG_DELTA, 9, 10);
	set(&apples, "x", 1);
	CU_ASSERT_EQUAL(cp_config_prepare(&config, &result, &err), 0);
	cp_config_abort(&config);
	CU_ASSERT_EQUAL(cp_config_commit(&config, &result, &err), -EPROTO);
	CU_ASSERT_EQUAL(value(&apples, "x"), 0);

	/* an object after prepare takes the prepared state away */
	begin(HD_CONFIG_DELTA, 9, 10);
	CU_ASSERT_EQUAL(cp_config_prepare(&config, &result, &err), 0);
	set(&apples, "x", 1);
	CU_ASSERT_EQUAL(cp_config_commit(&config, &result, &err), -EPROTO);
	CU_ASSERT_EQUAL(cp_config_prepare(&config, &result, &err), -EPROTO);
	CU_ASSERT_EQUAL(config.generation, 9);
	cp_config_clear(&config);
}

static void test_limit(void)
{
	struct hd_config_result result;
	struct hd_err err;
	char key[32];

	cp_config_clear(&config);
	begin(HD_CONFIG_FULL, 0, 1);
	for (int i = 0; i <= CP_OBJECTS_MAX; i++) {
		snprintf(key, sizeof(key), "%08d", i);
		set(&apples, key, 1);
	}
	CU_ASSERT_EQUAL(cp_config_prepare(&config, &result, &err), -ENOSPC);
	cp_config_clear(&config);
}

UNIT_MAIN("config_core", {"full", test_full}, {"delta", test_delta}, {"refused", test_refused},
	  {"hostile objects", test_hostile}, {"order of calls", test_order_of_calls},
	  {"limit", test_limit});
