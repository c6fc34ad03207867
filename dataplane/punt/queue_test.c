/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The queues of punted frames, with several workers at the same time.
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "dataplane/punt/queue.h"
#include "tests/unit/unit.h"

#define PRODUCERS 3
#define FRAMES    20000
#define CLASS     5

static int setup(void)
{
	return punt_queues_init();
}

static bool put(uint32_t class, uint16_t port, uint64_t number)
{
	struct punt_frame *f = punt_queue_claim(class);

	if (!f)
		return false;
	f->port = port;
	f->time_ns = number;
	f->len = HD_PUNT_FRAME_MAX;
	memset(f->bytes, (int)number & 0xff, sizeof(f->bytes));
	punt_queue_put(f);
	return true;
}

static void test_bounds(void)
{
	struct punt_frame *f;

	for (int round = 0; round < 3; round++) {
		CU_ASSERT_PTR_NULL(punt_queue_get(0));
		for (unsigned int i = 0; i < PUNT_QUEUE; i++)
			CU_ASSERT_TRUE(put(0, 0, i));
		CU_ASSERT_FALSE(put(0, 0, 0));
		CU_ASSERT_EQUAL(punt_queue_waiting(0), PUNT_QUEUE);
		CU_ASSERT_TRUE(put(1, 0, 7)); /* another class has its place */
		CU_ASSERT_EQUAL(punt_queue_waiting(1), 1);
		f = punt_queue_get(1);
		CU_ASSERT_EQUAL(f->time_ns, 7);
		punt_queue_done(1, f);
		CU_ASSERT_EQUAL(punt_queue_waiting(1), 0);
		for (unsigned int i = 0; i < PUNT_QUEUE; i++) {
			f = punt_queue_get(0);
			CU_ASSERT_EQUAL_FATAL(f->time_ns, i);
			punt_queue_done(0, f);
			if (i == 0)
				CU_ASSERT_TRUE(put(0, 0, PUNT_QUEUE));
		}
		f = punt_queue_get(0);
		CU_ASSERT_EQUAL(f->time_ns, PUNT_QUEUE);
		punt_queue_done(0, f);
	}
}

/* A worker that lost its processor holds the reader up, and nobody else. */
static void test_unfinished(void)
{
	struct punt_frame *slow = punt_queue_claim(2), *f;

	CU_ASSERT_PTR_NOT_NULL_FATAL(slow);
	for (unsigned int i = 1; i < PUNT_QUEUE; i++)
		CU_ASSERT_TRUE(put(2, 0, i));
	CU_ASSERT_FALSE(put(2, 0, 0));
	CU_ASSERT_PTR_NULL(punt_queue_get(2));
	slow->time_ns = 0;
	punt_queue_put(slow);
	for (unsigned int i = 0; i < PUNT_QUEUE; i++) {
		f = punt_queue_get(2);
		CU_ASSERT_EQUAL_FATAL(f->time_ns, i);
		punt_queue_done(2, f);
	}
}

static bool is_signalled(void)
{
	struct pollfd p = {.fd = punt_wake_fd(), .events = POLLIN};
	uint64_t n;

	return poll(&p, 1, 0) == 1 && read(p.fd, &n, sizeof(n)) == sizeof(n);
}

static void test_wake(void)
{
	struct punt_frame *f;

	CU_ASSERT_TRUE(put(3, 0, 1));
	CU_ASSERT_FALSE(is_signalled()); /* it is awake: that costs no call */
	CU_ASSERT_FALSE(punt_queues_sleep());
	punt_awake();
	f = punt_queue_get(3);
	punt_queue_done(3, f);
	CU_ASSERT_TRUE(punt_queues_sleep());
	CU_ASSERT_TRUE(put(3, 0, 1));
	CU_ASSERT_TRUE(is_signalled());
	CU_ASSERT_TRUE(put(3, 0, 2));
	CU_ASSERT_FALSE(is_signalled()); /* once is enough */
	punt_awake();
	for (int i = 0; i < 2; i++)
		punt_queue_done(3, punt_queue_get(3));
}

static void *produce(void *arg)
{
	uint16_t self = (uint16_t)(uintptr_t)arg;

	for (uint64_t i = 0; i < FRAMES;) {
		if (put(CLASS, self, i))
			i++;
		else
			sched_yield();
	}
	return NULL;
}

/* Nothing is lost, torn or doubled, and what one worker puts stays in order. */
static void test_threads(void)
{
	pthread_t thread[PRODUCERS];
	uint64_t next[PRODUCERS] = {0};
	struct punt_frame *f;

	for (uintptr_t i = 0; i < PRODUCERS; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&thread[i], NULL, produce, (void *)i), 0);
	for (unsigned int n = 0; n < PRODUCERS * FRAMES;) {
		f = punt_queue_get(CLASS);
		if (!f) {
			sched_yield();
			continue;
		}
		CU_ASSERT_FATAL(f->port < PRODUCERS);
		CU_ASSERT_EQUAL_FATAL(f->time_ns, next[f->port]);
		CU_ASSERT_EQUAL_FATAL(f->bytes[0], (uint8_t)f->time_ns);
		CU_ASSERT_EQUAL_FATAL(f->bytes[HD_PUNT_FRAME_MAX - 1], (uint8_t)f->time_ns);
		next[f->port]++;
		punt_queue_done(CLASS, f);
		n++;
	}
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(thread[i], NULL);
	CU_ASSERT_PTR_NULL(punt_queue_get(CLASS));
}

UNIT_MAIN_SETUP("punt_queue", setup, {"bounds", test_bounds}, {"unfinished", test_unfinished},
		{"wake", test_wake}, {"threads", test_threads});
