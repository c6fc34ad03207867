/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The copies of rules and leases that other threads read.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "dataplane/punt/shown.h"
#include "tests/unit/unit.h"

#define ROUNDS 200000

static void test_places(void)
{
	struct punt_shown_lease lease = {.state = {.key = "vrrp-10", .family = 4}, .until_ns = 7};
	struct hd_punt_rule rule = {.key = "vrrp", .gateway = "lab-gw", .class_id = 3};
	struct punt_shown_lease l;
	struct hd_punt_rule r;

	CU_ASSERT_FALSE(punt_shown_rule(0, &r));
	CU_ASSERT_FALSE(punt_shown_lease(0, &l));
	punt_show_rule(HD_PUNT_RULES_MAX - 1, &rule);
	punt_show_lease(HD_LEASES_MAX - 1, &lease);
	CU_ASSERT_TRUE(punt_shown_rule(HD_PUNT_RULES_MAX - 1, &r));
	CU_ASSERT_EQUAL(memcmp(&r, &rule, sizeof(r)), 0);
	CU_ASSERT_TRUE(punt_shown_lease(HD_LEASES_MAX - 1, &l));
	CU_ASSERT_EQUAL(memcmp(&l, &lease, sizeof(l)), 0);
	CU_ASSERT_FALSE(punt_shown_rule(HD_PUNT_RULES_MAX - 2, &r));
	punt_show_rule(HD_PUNT_RULES_MAX - 1, NULL);
	punt_show_lease(HD_LEASES_MAX - 1, NULL);
	CU_ASSERT_FALSE(punt_shown_rule(HD_PUNT_RULES_MAX - 1, &r));
	CU_ASSERT_FALSE(punt_shown_lease(HD_LEASES_MAX - 1, &l));
}

static _Atomic bool done;

static void *writer(void *arg)
{
	struct hd_punt_rule rule;

	(void)arg;
	for (int i = 1; i <= ROUNDS; i++) {
		memset(&rule, i % 255 + 1, sizeof(rule));
		punt_show_rule(0, &rule);
	}
	done = true;
	return NULL;
}

/* A reader gets a whole copy, or none. */
static void test_whole(void)
{
	unsigned int torn = 0;
	pthread_t thread;

	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, writer, NULL), 0);
	while (!done) {
		struct hd_punt_rule r, whole;

		if (!punt_shown_rule(0, &r))
			continue;
		memset(&whole, r.key[0], sizeof(whole));
		torn += memcmp(&r, &whole, sizeof(r)) != 0;
	}
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(torn, 0);
	punt_show_rule(0, NULL);
}

UNIT_MAIN("punt_shown", {"places", test_places}, {"whole", test_whole});
