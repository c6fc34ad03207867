/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The object store: brackets, how they change objects, and hostile objects.
 */
#include <errno.h>
#include <string.h>

#include "heddle/api/switch.h"
#include "heddle/config/store.h"
#include "tests/unit/unit.h"

#define LIMIT 2000 /* objects */

static int sw_validate(const void *object, struct hd_err *err)
{
	const struct hd_switch_object *o = object;

	return o->ageing_s < 10
		       ? hd_err_set(err, EINVAL, "ageing time %u s is below 10", o->ageing_s)
		       : 0;
}

static struct hd_object_class sw_class = {
	.name = "switch",
	.type = HD_SWITCH,
	.size = sizeof(struct hd_switch_object),
	.validate = sw_validate,
};
HD_OBJECT_CLASS_REGISTER(sw_class);

static struct hd_switch_object sw(const char *name, uint32_t ageing)
{
	struct hd_switch_object o = {.ageing_s = ageing};

	hd_str_copy(o.head.key, sizeof(o.head.key), name);
	o.head.op = HD_OBJECT_SET;
	return o;
}

static int put(struct hd_store *s, struct hd_switch_object o)
{
	return hd_store_put(s, HD_SWITCH, &o, sizeof(o));
}

static int begin(struct hd_store *s, uint32_t mode, uint64_t base, uint64_t generation)
{
	struct hd_config_begin b = {.base = base, .generation = generation, .mode = mode};

	return hd_store_begin(s, &b, NULL);
}

/* A store with switches a (300), b (400) in generation 1. */
static struct hd_store *two(void)
{
	struct hd_store *s = hd_store_new(LIMIT);

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_FULL, 0, 1), 0);
	CU_ASSERT_EQUAL(put(s, sw("a", 300)), 0);
	CU_ASSERT_EQUAL(put(s, sw("b", 400)), 0);
	hd_store_commit(s);
	CU_ASSERT_EQUAL(hd_store_generation(s), 1);
	return s;
}

static uint32_t ageing(const struct hd_store *s, const char *name)
{
	const struct hd_switch_object *o = hd_store_next(s, HD_SWITCH, name);

	return o ? o->ageing_s : 0;
}

static uint32_t in_force(const struct hd_store *s, const char *name)
{
	const struct hd_switch_object *o = hd_store_now(s, HD_SWITCH, name);

	return o ? o->ageing_s : 0;
}

static void test_full(void)
{
	struct hd_store *s = two();
	struct hd_config_result r = {0};

	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_FULL, 0, 2), 0);
	put(s, sw("b", 400));
	put(s, sw("c", 500));
	hd_store_count(s, &r);
	CU_ASSERT_EQUAL(r.added, 1);
	CU_ASSERT_EQUAL(r.removed, 1);
	CU_ASSERT_EQUAL(r.unchanged, 1);
	CU_ASSERT_EQUAL(r.changed, 0);
	CU_ASSERT_EQUAL(ageing(s, "a"), 0);
	hd_store_commit(s);
	CU_ASSERT_EQUAL(ageing(s, "a"), 0);
	CU_ASSERT_EQUAL(ageing(s, "b"), 400);
	CU_ASSERT_EQUAL(ageing(s, "c"), 500);
	hd_store_free(s);
}

static void test_delta(void)
{
	struct hd_store *s = two();
	struct hd_switch_object gone = sw("a", 0), never = sw("never there", 0);
	struct hd_config_result r = {0};

	gone.head.op = never.head.op = HD_OBJECT_DELETE;
	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_DELTA, 7, 8), -ESTALE);
	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_DELTA, 1, 2), 0);
	put(s, gone);
	CU_ASSERT_EQUAL(hd_store_put(s, HD_SWITCH, &never, sizeof(never)), 0);
	put(s, sw("b", 401));
	put(s, sw("b", 402)); /* the last word counts */
	CU_ASSERT_EQUAL(ageing(s, "b"), 402);
	CU_ASSERT_EQUAL(in_force(s, "b"), 400);
	CU_ASSERT_EQUAL(in_force(s, "a"), 300);
	hd_store_count(s, &r);
	CU_ASSERT_EQUAL(r.removed, 1);
	CU_ASSERT_EQUAL(r.changed, 1);
	hd_store_commit(s);
	CU_ASSERT_EQUAL(ageing(s, "a"), 0);
	CU_ASSERT_EQUAL(ageing(s, "b"), 402);
	CU_ASSERT_EQUAL(hd_store_generation(s), 2);
	/* Changed and changed back is not a change. */
	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_DELTA, 2, 3), 0);
	put(s, sw("b", 500));
	put(s, sw("b", 402));
	memset(&r, 0, sizeof(r));
	hd_store_count(s, &r);
	CU_ASSERT_EQUAL(r.changed, 0);
	CU_ASSERT_EQUAL(r.unchanged, 1);
	hd_store_free(s);
}

static void test_abort(void)
{
	struct hd_store *s = two();

	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_FULL, 0, 2), 0);
	put(s, sw("z", 300));
	hd_store_abort(s);
	CU_ASSERT_EQUAL(ageing(s, "a"), 300);
	CU_ASSERT_EQUAL(ageing(s, "z"), 0);
	CU_ASSERT_EQUAL(hd_store_generation(s), 1);
	/* A new bracket aborts one that is open. */
	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_DELTA, 1, 2), 0);
	put(s, sw("z", 300));
	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_DELTA, 1, 3), 0);
	hd_store_commit(s);
	CU_ASSERT_EQUAL(ageing(s, "z"), 0);
	CU_ASSERT_EQUAL(ageing(s, "b"), 400);
	hd_store_free(s);
}

static void test_refused(void)
{
	struct hd_store *s = two();
	struct hd_switch_object bad = sw("x", 5);
	struct hd_err err = {0};

	CU_ASSERT_EQUAL(put(s, sw("x", 300)), -EPROTO);
	CU_ASSERT_EQUAL(begin(s, 9, 0, 2), -EINVAL);
	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_FULL, 0, 0), -EINVAL);
	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_DELTA, 1, 2), 0);
	CU_ASSERT_EQUAL(put(s, bad), -EINVAL);
	CU_ASSERT_EQUAL(hd_store_failed(s, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "switch x: ageing time 5 s is below 10"));
	/* The first reason stays, and nothing can be committed. */
	CU_ASSERT_EQUAL(put(s, sw("y", 300)), -EINVAL);
	hd_store_commit(s);
	CU_ASSERT_EQUAL(hd_store_generation(s), 1);
	hd_store_abort(s);
	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_DELTA, 1, 2), 0);
	memset(bad.head.key, 'k', sizeof(bad.head.key));
	CU_ASSERT_EQUAL(put(s, bad), -EINVAL);
	hd_store_abort(s);
	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_DELTA, 1, 2), 0);
	CU_ASSERT_EQUAL(hd_store_put(s, HD_SWITCH, &bad, sizeof(bad) - 1), -EBADMSG);
	hd_store_free(s);
}

static int order(const char *key, enum hd_change change, const void *now, const void *next,
		 void *arg)
{
	char *last = arg;

	(void)change;
	CU_ASSERT(strcmp(last, key) < 0);
	CU_ASSERT_PTR_NOT_NULL(next);
	CU_ASSERT_PTR_NULL(now);
	hd_str_copy(last, HD_KEY_MAX, key);
	return 0;
}

static void test_walk(void)
{
	struct hd_store *s = hd_store_new(LIMIT);
	char last[HD_KEY_MAX] = "", name[16];

	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_FULL, 0, 1), 0);
	for (int i = 999; i >= 0; i--) {
		snprintf(name, sizeof(name), "s%03d", (i * 7) % 1000);
		put(s, sw(name, 300));
	}
	CU_ASSERT_EQUAL(hd_store_walk(s, HD_SWITCH, order, last), 0);
	CU_ASSERT_STRING_EQUAL(last, "s999");
	hd_store_free(s);
}

/*
 * More objects than a plane takes are refused; what was there stays, and others come in their
 * place.
 */
static void test_limit(void)
{
	struct hd_store *s = two();
	struct hd_err err = {0};
	char name[16];
	int rc = 0;

	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_DELTA, 1, 2), 0);
	for (unsigned int i = 0; i < LIMIT - 2; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		rc |= put(s, sw(name, 300));
	}
	CU_ASSERT_EQUAL(rc, 0);
	CU_ASSERT_EQUAL(put(s, sw("a", 301)), 0);
	CU_ASSERT_EQUAL(put(s, sw("one more", 300)), -ENOSPC);
	CU_ASSERT_EQUAL(hd_store_failed(s, &err), -ENOSPC);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "switch one more: more than 2000 objects"));
	hd_store_abort(s);
	CU_ASSERT_EQUAL(ageing(s, "a"), 300);
	CU_ASSERT_EQUAL(begin(s, HD_CONFIG_DELTA, 1, 2), 0);
	CU_ASSERT_EQUAL(put(s, sw("one more", 300)), 0);
	hd_store_free(s);
}

UNIT_MAIN("store", {"a full bracket replaces all", test_full}, {"a delta", test_delta},
	  {"abort leaves everything", test_abort}, {"bad objects and brackets", test_refused},
	  {"objects come in order", test_walk}, {"too many objects", test_limit});
