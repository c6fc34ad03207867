/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration bracket, with messages in order, out of order, and hostile ones. */
#include <errno.h>
#include <string.h>

#include "heddle/config/bracket.h"
#include "lib/ipc/side_test.h"
#include "tests/unit/unit.h"

struct thing {
	struct hd_object head;
	uint64_t value; /* 13 is refused */
};
HD_OBJECT(APPLE, HD_MSG_ID(HD_MODULE_CONFIG, 200), struct thing);
HD_OBJECT(PEAR, HD_MSG_ID(HD_MODULE_CONFIG, 201), struct thing);

static int thing_validate(const void *object, struct hd_err *err)
{
	if (((const struct thing *)object)->value == 13)
		return hd_err_set(err, ERANGE, "value 13 brings bad luck; take 14");
	return 0;
}

static struct hd_object_class apple = {"apple", HD_APPLE, sizeof(struct thing), thing_validate,
				       NULL};
static struct hd_object_class pear = {"pear", HD_PEAR, sizeof(struct thing), thing_validate, NULL};
HD_OBJECT_CLASS_REGISTER(apple);
HD_OBJECT_CLASS_REGISTER(pear);

/* The plane: counts what it is told, refuses value 14, and may take its time with a commit. */
static unsigned int prepared, discarded, committed;
static bool slow;

static int plane_prepare(struct hd_store *store, struct hd_config_result *result)
{
	const struct thing *t = hd_store_next(store, HD_APPLE, "a");

	prepared++;
	result->ports_opened = 5;
	return t && t->value == 14 ? hd_store_refuse(store, EBUSY, "apple a: not today") : 0;
}

static void plane_discard(void)
{
	discarded++;
}

static void plane_commit(struct hd_store *store)
{
	committed++;
	hd_store_commit(store);
	if (!slow)
		hd_bracket_in_force();
}

static const struct hd_bracket_hooks hooks = {
	.prepare = plane_prepare,
	.discard = plane_discard,
	.commit = plane_commit,
};

static struct side plane, mgmt;
static struct hd_config_result result;

static void on_result(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		      void *arg)
{
	side_on_reply(chan, status, msg, final, arg);
	if (status == 0 && msg->hdr->len == sizeof(result))
		memcpy(&result, msg->body, sizeof(result));
}

static int ask_begin(uint32_t mode, uint64_t base, uint64_t generation)
{
	struct hd_config_begin b = {.mode = mode, .base = base, .generation = generation};

	hd_chan_request(mgmt.chan, CONFIG_BEGIN, &b, on_result, &mgmt);
	side_settle(&plane, &mgmt);
	return mgmt.status;
}

#define ask(NAME)                                                           \
	(hd_chan_request(mgmt.chan, CONFIG_##NAME, NULL, on_result, &mgmt), \
	 side_settle(&plane, &mgmt), mgmt.status)

static void say(uint32_t type, const char *key, uint32_t op, uint64_t value)
{
	struct thing t = {.head.op = op, .value = value};

	hd_str_copy(t.head.key, sizeof(t.head.key), key);
	hd_chan_event_raw(mgmt.chan, type, &t, sizeof(t), NULL, 0);
	side_settle(&plane, &mgmt);
}

static void set(uint32_t type, const char *key, uint64_t value)
{
	say(type, key, HD_OBJECT_SET, value);
}

static uint64_t value(uint32_t type, const char *key)
{
	const struct thing *t = hd_store_now(hd_bracket_store(), type, key);

	return t ? t->value : 0;
}

static void connect_mgmt(void)
{
	side_open_pair(&plane, &mgmt);
	hd_bracket_serve(plane.chan);
	side_settle(&plane, &mgmt);
}

/* Generation 7 with two apples and a pear. */
static void start(void)
{
	struct hd_err err;

	prepared = discarded = committed = 0;
	slow = false;
	CU_ASSERT_EQUAL_FATAL(hd_bracket_init(&hooks, &err), 0);
	connect_mgmt();
	CU_ASSERT_EQUAL(ask_begin(HD_CONFIG_FULL, 0, 7), 0);
	set(HD_PEAR, "a", 1);
	set(HD_APPLE, "b", 2);
	set(HD_APPLE, "a", 3);
	CU_ASSERT_EQUAL(ask(PREPARE), 0);
	CU_ASSERT_EQUAL(hd_bracket_generation(), 0);
	CU_ASSERT_EQUAL(ask(COMMIT), 0);
	CU_ASSERT_EQUAL(result.added, 3);
	CU_ASSERT_EQUAL(hd_bracket_generation(), 7);
}

static void stop(void)
{
	hd_bracket_lost();
	side_close_pair(&plane, &mgmt);
	hd_bracket_fini();
}

static void test_commit(void)
{
	start();
	CU_ASSERT_EQUAL(ask_begin(HD_CONFIG_DELTA, 6, 8), -ESTALE);
	CU_ASSERT_EQUAL(ask_begin(HD_CONFIG_DELTA, 7, 8), 0);
	set(HD_APPLE, "c", 5);
	set(HD_PEAR, "a", 4);
	say(HD_APPLE, "a", HD_OBJECT_DELETE, 0);
	say(HD_APPLE, "never there", HD_OBJECT_DELETE, 0);
	CU_ASSERT_EQUAL(ask(PREPARE), 0);
	CU_ASSERT_EQUAL(value(HD_PEAR, "a"), 1);
	CU_ASSERT_EQUAL(ask(COMMIT), 0);
	CU_ASSERT(result.added == 1 && result.changed == 1 && result.removed == 1);
	CU_ASSERT(result.unchanged == 1 && result.ports_opened == 5);
	CU_ASSERT(value(HD_APPLE, "c") == 5 && value(HD_APPLE, "a") == 0);
	CU_ASSERT_EQUAL(value(HD_PEAR, "a"), 4);
	CU_ASSERT(prepared == 2 && committed == 2);
	stop();
}

/*
 * A commit that is in force later is answered then; and not at all when nobody is there any more.
 */
static void test_slow_commit(void)
{
	unsigned int answers;

	start();
	slow = true;
	ask_begin(HD_CONFIG_DELTA, 7, 8);
	CU_ASSERT_EQUAL(ask(PREPARE), 0);
	answers = mgmt.finals;
	(void)ask(COMMIT);
	CU_ASSERT_EQUAL(mgmt.finals, answers);
	hd_bracket_in_force();
	side_settle(&plane, &mgmt);
	CU_ASSERT_EQUAL(mgmt.finals, answers + 1);
	CU_ASSERT_EQUAL(mgmt.status, 0);
	ask_begin(HD_CONFIG_DELTA, 8, 9);
	(void)ask(PREPARE);
	(void)ask(COMMIT);
	hd_bracket_lost();
	side_close_pair(&plane, &mgmt);
	hd_bracket_in_force();
	CU_ASSERT_EQUAL(hd_bracket_generation(), 9);
	connect_mgmt();
	CU_ASSERT_EQUAL(ask_begin(HD_CONFIG_DELTA, 9, 10), 0);
	stop();
}

static void test_refused(void)
{
	start();
	ask_begin(HD_CONFIG_DELTA, 7, 8);
	set(HD_APPLE, "good", 1);
	set(HD_PEAR, "first", 13);
	set(HD_PEAR, "second", 13);
	CU_ASSERT_EQUAL(ask(PREPARE), -ERANGE);
	CU_ASSERT_STRING_EQUAL(mgmt.text, "pear first: value 13 brings bad luck; take 14");
	CU_ASSERT_EQUAL(ask(COMMIT), -EPROTO);
	CU_ASSERT_EQUAL(value(HD_APPLE, "good"), 0);
	/* The plane itself refuses. */
	ask_begin(HD_CONFIG_DELTA, 7, 8);
	set(HD_APPLE, "a", 14);
	CU_ASSERT_EQUAL(ask(PREPARE), -EBUSY);
	CU_ASSERT_STRING_EQUAL(mgmt.text, "apple a: not today");
	CU_ASSERT_EQUAL(value(HD_APPLE, "a"), 3);
	/* A refusal does not stick. */
	ask_begin(HD_CONFIG_DELTA, 7, 8);
	CU_ASSERT_EQUAL(ask(PREPARE), 0);
	CU_ASSERT_EQUAL(ask(COMMIT), 0);
	stop();
}

static void test_hostile(void)
{
	struct thing t = {.head.op = HD_OBJECT_SET};

	start();
	CU_ASSERT_EQUAL(ask(PREPARE), -EPROTO);
	CU_ASSERT_EQUAL(ask(COMMIT), -EPROTO);
	CU_ASSERT_EQUAL(ask(ABORT), 0);
	CU_ASSERT_EQUAL(ask_begin(HD_CONFIG_FULL, 0, 0), -EINVAL);
	CU_ASSERT_EQUAL(ask_begin(3, 0, 8), -EINVAL);
	set(HD_APPLE, "outside", 1);
	ask_begin(HD_CONFIG_DELTA, 7, 8);
	set(HD_APPLE, "", 1);
	CU_ASSERT_EQUAL(ask(PREPARE), -EINVAL);
	ask_begin(HD_CONFIG_DELTA, 7, 8);
	memset(t.head.key, 'x', sizeof(t.head.key)); /* it does not end */
	hd_chan_event_raw(mgmt.chan, HD_APPLE, &t, sizeof(t), NULL, 0);
	CU_ASSERT_EQUAL(ask(PREPARE), -EINVAL);
	ask_begin(HD_CONFIG_DELTA, 7, 8);
	say(HD_APPLE, "op", 99, 1);
	CU_ASSERT_EQUAL(ask(PREPARE), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(mgmt.text, "apple op: operation 99 is unknown"));
	CU_ASSERT_EQUAL(hd_bracket_generation(), 7);
	CU_ASSERT_EQUAL(committed, 1);
	stop();
}

/* A begin aborts, abort forgets, and what comes after prepare takes the prepared state away. */
static void test_order(void)
{
	start();
	ask_begin(HD_CONFIG_FULL, 0, 8);
	set(HD_APPLE, "x", 1);
	CU_ASSERT_EQUAL(ask_begin(HD_CONFIG_DELTA, 7, 9), 0);
	CU_ASSERT_EQUAL(ask(COMMIT), -EPROTO);
	CU_ASSERT_EQUAL(ask(PREPARE), 0);
	CU_ASSERT_EQUAL(ask(PREPARE), -EPROTO);
	discarded = 0;
	CU_ASSERT_EQUAL(ask(ABORT), 0);
	CU_ASSERT_EQUAL(discarded, 1);
	CU_ASSERT_EQUAL(ask(COMMIT), -EPROTO);
	ask_begin(HD_CONFIG_DELTA, 7, 10);
	CU_ASSERT_EQUAL(ask(PREPARE), 0);
	discarded = 0;
	set(HD_APPLE, "x", 1);
	CU_ASSERT_EQUAL(discarded, 1);
	CU_ASSERT_EQUAL(ask(COMMIT), -EPROTO);
	CU_ASSERT_EQUAL(ask(PREPARE), -EPROTO);
	CU_ASSERT_STRING_EQUAL(mgmt.text, "apple: an object after prepare");
	CU_ASSERT_EQUAL(value(HD_APPLE, "x"), 0);
	/* heddle-mgmt goes in the middle. */
	ask_begin(HD_CONFIG_FULL, 0, 11);
	CU_ASSERT_EQUAL(ask(PREPARE), 0);
	discarded = 0;
	hd_bracket_lost();
	CU_ASSERT_EQUAL(discarded, 1);
	CU_ASSERT_EQUAL(value(HD_APPLE, "a"), 3);
	CU_ASSERT_EQUAL(hd_bracket_generation(), 7);
	stop();
}

UNIT_MAIN("bracket", {"a commit", test_commit}, {"a commit that takes a while", test_slow_commit},
	  {"objects that are refused", test_refused}, {"hostile messages", test_hostile},
	  {"the order of messages", test_order});
