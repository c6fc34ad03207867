/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thousands of ports are added and removed while workers are in long loops: when each is closed,
 * and in which slices. Workers, heddled, counters and the clock are simulated.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/clock.h"
#include "dataplane/core/opener.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/rcu.h"
#include "heddle/config/store.h"
#include "tests/unit/unit.h"

#define PORTS 30

static uint64_t tokens, tokens_over; /* given, and over */
static unsigned int opened, closed, released;
static uint64_t takes_ns; /* an open or a close */
static bool refuse;       /* to open */

/* The rest of the program. */
uint64_t dp_rcu_start(void)
{
	return ++tokens;
}

bool dp_rcu_over(uint64_t token)
{
	return token <= tokens_over;
}

void dp_rcu_synchronize(void)
{
	tokens_over = ++tokens;
}

static char forgiven[HD_NAME_MAX];

void dp_blame_forgive(const char *port)
{
	hd_str_copy(forgiven, sizeof(forgiven), port);
}

void dp_opener_release(const char *port)
{
	released++;
}

void hd_object_class_register(struct hd_object_class *cls)
{
}

static int kind_open(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	hd_clock_set_virtual(hd_now_ns() + takes_ns);
	if (refuse)
		return hd_err_set(err, ENODEV, "there is no device");
	opened++;
	dp_port_set_up(port, 1, 1, 0);
	return 0;
}

static void kind_close(struct dp_port *port)
{
	hd_clock_set_virtual(hd_now_ns() + takes_ns);
	closed++;
}

static const struct dp_port_ops kind = {.name = "test", .open = kind_open, .close = kind_close};

static const struct dp_port_ops other_kind = {
	.name = "other", .open = kind_open, .close = kind_close};

static uint64_t service(void)
{
	return dp_port_service(hd_now_ns());
}

static struct dp_port *start_kind(const struct dp_port_ops *ops, const char *name,
				  struct dp_port *replaces)
{
	struct dp_port *port = dp_port_new(ops, name, NULL, 1, replaces, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(port);
	if (replaces)
		dp_port_stop(replaces, port);
	dp_port_start(port, true, 1500);
	return port;
}

static struct dp_port *start(const char *name, struct dp_port *replaces)
{
	return start_kind(&kind, name, replaces);
}

static void start_all(void)
{
	char name[16];

	for (int i = 0; i < PORTS; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		start(name, NULL);
	}
}

static void stop_all(void)
{
	char name[16];

	for (int i = 0; i < PORTS; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		dp_port_stop(dp_port_by_name(name), NULL);
	}
}

static void begin(uint64_t ns)
{
	takes_ns = ns;
	opened = closed = released = 0;
	tokens_over = UINT64_MAX;
	refuse = false;
	hd_clock_set_virtual(hd_now_ns() + HD_NS_PER_S);
}

/*
 * While a worker may be in a port it is not closed, its id is nobody else's, and nobody waits for
 * it.
 */
static void test_slow_workers(void)
{
	struct dp_port *a, *b;
	uint16_t id;

	begin(0);
	a = start("a", NULL);
	id = a->id;
	CU_ASSERT_EQUAL(service(), UINT64_MAX);
	CU_ASSERT_TRUE(a->is_open);
	tokens_over = tokens;
	forgiven[0] = '\0';
	dp_port_stop(a, NULL);
	CU_ASSERT_STRING_EQUAL(forgiven, "a"); /* who has its name next did nothing */
	CU_ASSERT_PTR_NULL(dp_port_by_name("a"));
	CU_ASSERT_PTR_NULL(dp_port_by_id(id));
	CU_ASSERT(service() <= HD_NS_PER_MS);
	CU_ASSERT_EQUAL(closed, 0);
	CU_ASSERT_FALSE(dp_port_settled());
	/* One of the same name comes: another id, and it is opened when the first one is closed. */
	b = start("a", NULL);
	CU_ASSERT_NOT_EQUAL(b->id, id);
	service();
	CU_ASSERT_EQUAL(opened, 1);
	CU_ASSERT_FALSE(b->is_open);
	tokens_over = tokens;
	CU_ASSERT_EQUAL(service(), UINT64_MAX);
	CU_ASSERT_EQUAL(closed, 1);
	CU_ASSERT_EQUAL(released, 1);
	CU_ASSERT_TRUE(b->is_open);
	CU_ASSERT_TRUE(dp_port_settled());
	/* Now the id is free. One that is replaced keeps its id, and what heddled keeps for it. */
	a = start("c", NULL);
	CU_ASSERT_EQUAL(a->id, id);
	service();
	a = start("c", a);
	CU_ASSERT_EQUAL(a->id, id);
	service();
	CU_ASSERT_FALSE(a->is_open);
	tokens_over = tokens;
	service();
	CU_ASSERT_TRUE(a->is_open);
	CU_ASSERT_EQUAL(released, 1);
	/* Of another kind it needs something else, and is opened when that is let go. */
	a = start_kind(&other_kind, "c", a);
	CU_ASSERT_EQUAL(a->id, id);
	tokens_over = tokens;
	service();
	CU_ASSERT_TRUE(a->is_open);
	CU_ASSERT_EQUAL(released, 2);
	dp_port_stop(a, NULL);
	dp_port_stop(b, NULL);
	tokens_over = tokens;
	service();
	CU_ASSERT_EQUAL(dp_port_id_end(), 0);
}

/* Disabled and enabled again before a worker was out of it: it is closed once, and opened again. */
static void test_disabled(void)
{
	struct dp_port *a;

	begin(0);
	a = start("a", NULL);
	service();
	tokens_over = tokens;
	dp_port_adjust(a, false, 1500);
	CU_ASSERT_FALSE(a->up);
	dp_port_adjust(a, true, 1500);
	service();
	CU_ASSERT_EQUAL(closed, 0);
	CU_ASSERT_FALSE(a->up);
	tokens_over = tokens;
	service();
	CU_ASSERT_EQUAL(closed, 1);
	CU_ASSERT_EQUAL(opened, 2);
	CU_ASSERT_TRUE(a->up);
	/* gone while it waits to be closed */
	dp_port_adjust(a, false, 1500);
	dp_port_stop(a, NULL);
	tokens_over = tokens;
	CU_ASSERT_EQUAL(service(), UINT64_MAX);
	CU_ASSERT_EQUAL(closed, 2);
	CU_ASSERT_TRUE(dp_port_settled());
}

/* Many at once: some in each turn. */
static void test_slices(void)
{
	struct dp_port_work work;
	unsigned int turns = 0;

	begin(HD_NS_PER_MS);
	start_all();
	for (; !dp_port_settled() && turns < 1000; turns++) {
		unsigned int before = opened;

		dp_port_work(&work);
		CU_ASSERT_EQUAL(work.openings, PORTS);
		CU_ASSERT_EQUAL(work.opening, PORTS - opened);
		service();
		CU_ASSERT(opened > before && opened - before <= 3);
	}
	CU_ASSERT_EQUAL(opened, PORTS);
	stop_all();
	for (turns = 0; !dp_port_settled() && turns < 1000; turns++) {
		unsigned int before = closed;

		dp_port_work(&work);
		CU_ASSERT_EQUAL(work.closings, PORTS);
		CU_ASSERT_EQUAL(work.closing, PORTS - closed);
		CU_ASSERT_EQUAL(service() == UINT64_MAX, closed == PORTS);
		CU_ASSERT(closed > before && closed - before <= 3);
	}
	CU_ASSERT_EQUAL(closed, PORTS);
	CU_ASSERT_EQUAL(dp_port_id_end(), 0);
}

/* A new port does not wait behind others that cannot be opened, nor these behind many new ones. */
static void test_fair(void)
{
	struct dp_port *last;

	begin(HD_NS_PER_MS);
	refuse = true;
	start_all();
	while (!dp_port_settled())
		service();
	hd_clock_set_virtual(hd_now_ns() + HD_NS_PER_S); /* all are due again */
	refuse = false;
	last = start("last", NULL);
	service();
	CU_ASSERT_TRUE(last->is_open);
	CU_ASSERT(opened > 1 && opened < PORTS);
	for (int i = 0; opened <= PORTS && i < 1000; i++)
		service();
	CU_ASSERT_EQUAL(opened, PORTS + 1);
	stop_all();
	dp_port_stop(last, NULL);
	dp_port_stop_all();
	CU_ASSERT_EQUAL(closed, PORTS + 1);
}

UNIT_MAIN("port_life", {"slow workers", test_slow_workers}, {"disabled", test_disabled},
	  {"slices", test_slices}, {"fair", test_fair});
