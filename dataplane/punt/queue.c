/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/punt/queue.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_common.h>

#define CLAIM_TRIES 8 /* when so many others were faster, there is no place */

/*
 * A place, and whose turn it is: 2 * n: to be written for the n-th time, 2 * n + 1: to be read for
 * the n-th time, from 0. The memory is zero at first, and touched where it is used.
 */
struct slot {
	_Atomic uint64_t turn;
	struct punt_frame frame;
};

struct queue {
	_Atomic uint64_t tail; /* places that were claimed since the start */
	_Atomic uint64_t head; /* that were read; written by the punt thread alone */
	struct slot *slot;     /* [PUNT_QUEUE] */
};

static struct queue queues[HD_PUNT_CLASSES_MAX];
static _Atomic bool asleep;
static int wake_fd = -1;

/* Each has one writer: a worker, or, the last one, the punt thread. */
static struct {
	_Atomic uint64_t n[HD_PUNT_CLASSES_MAX][PUNT_COUNTS];
} __rte_cache_aligned counts[DP_WORKERS_MAX + 1];

int punt_queues_init(void)
{
	wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (wake_fd < 0)
		return -errno;
	for (uint32_t i = 0; i < HD_PUNT_CLASSES_MAX; i++) {
		queues[i].slot = calloc(PUNT_QUEUE, sizeof(queues[i].slot[0]));
		if (!queues[i].slot)
			return -ENOMEM;
	}
	return 0;
}

void punt_count(unsigned int who, uint32_t class, enum punt_count what)
{
	_Atomic uint64_t *n = &counts[who].n[class][what];

	atomic_store_explicit(n, atomic_load_explicit(n, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

uint64_t punt_counted(uint32_t class, enum punt_count what)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i <= DP_WORKERS_MAX; i++)
		sum += atomic_load_explicit(&counts[i].n[class][what], memory_order_relaxed);
	return sum;
}

int punt_wake_fd(void)
{
	return wake_fd;
}

void punt_wake(void)
{
	uint64_t one = 1;

	if (write(wake_fd, &one, sizeof(one)) < 0)
		return; /* full: it will wake anyway */
}

static struct slot *slot_at(const struct queue *q, uint64_t at)
{
	return &q->slot[at % PUNT_QUEUE];
}

static uint64_t turn_to_write(uint64_t at)
{
	return 2 * (at / PUNT_QUEUE);
}

struct punt_frame *punt_queue_claim(uint32_t class)
{
	struct queue *q = &queues[class];
	uint64_t at = atomic_load_explicit(&q->tail, memory_order_relaxed);

	for (int i = 0; i < CLAIM_TRIES; i++) {
		struct slot *s = slot_at(q, at);
		uint64_t turn = atomic_load_explicit(&s->turn, memory_order_acquire);

		if (turn < turn_to_write(at))
			return NULL; /* it is still to be read */
		if (turn > turn_to_write(at))
			at = atomic_load_explicit(&q->tail, memory_order_relaxed);
		else if (atomic_compare_exchange_weak_explicit(
				 &q->tail, &at, at + 1, memory_order_relaxed, memory_order_relaxed))
			return &s->frame;
	}
	return NULL;
}

static struct slot *slot_of(struct punt_frame *frame)
{
	return (struct slot *)((char *)frame - offsetof(struct slot, frame));
}

void punt_queue_put(struct punt_frame *frame)
{
	atomic_fetch_add_explicit(&slot_of(frame)->turn, 1, memory_order_release);
	/* The other side looks at the queues after it said that it sleeps. */
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load_explicit(&asleep, memory_order_relaxed) &&
	    atomic_exchange_explicit(&asleep, false, memory_order_relaxed))
		punt_wake();
}

struct punt_frame *punt_queue_get(uint32_t class)
{
	const struct queue *q = &queues[class];
	uint64_t head = atomic_load_explicit(&q->head, memory_order_relaxed);
	struct slot *s = slot_at(q, head);

	return atomic_load_explicit(&s->turn, memory_order_acquire) == turn_to_write(head) + 1
		       ? &s->frame
		       : NULL;
}

void punt_queue_done(uint32_t class, struct punt_frame *frame)
{
	_Atomic uint64_t *head = &queues[class].head;

	atomic_store_explicit(head, atomic_load_explicit(head, memory_order_relaxed) + 1,
			      memory_order_relaxed);
	atomic_fetch_add_explicit(&slot_of(frame)->turn, 1, memory_order_release);
}

uint32_t punt_queue_waiting(uint32_t class)
{
	const struct queue *q = &queues[class];
	/* the head first: so it is never beyond the tail */
	uint64_t head = atomic_load_explicit(&q->head, memory_order_acquire);
	uint64_t n = atomic_load_explicit(&q->tail, memory_order_relaxed) - head;

	return n < PUNT_QUEUE ? (uint32_t)n : PUNT_QUEUE;
}

bool punt_queues_sleep(void)
{
	atomic_store_explicit(&asleep, true, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
	for (uint32_t i = 0; i < HD_PUNT_CLASSES_MAX; i++)
		if (punt_queue_get(i))
			return false;
	return true;
}

void punt_awake(void)
{
	atomic_store_explicit(&asleep, false, memory_order_relaxed);
}
