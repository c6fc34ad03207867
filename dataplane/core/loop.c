/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Makes the workers, and runs their loop.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "heddle/base/clock.h"
#include "dataplane/core/capture.h"
#include "dataplane/core/config.h"
#include "dataplane/core/deadline.h"
#include "dataplane/core/handover.h"
#include "dataplane/core/hold.h"
#include "dataplane/core/idle.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/path.h"
#include "dataplane/core/punt.h"
#include "dataplane/core/rcu.h"
#include "dataplane/core/rx.h"
#include "dataplane/core/stats.h"
#include "dataplane/core/tx.h"

/*
 * The time of a loop that flooding and cutting may take, and the sends that this may come to: a
 * write to a TAP costs a hundred times what a guest's ring does.
 */
#define SEND_US         500
#define SEND_BUDGET_MIN 16
#define SEND_BUDGET_MAX 4096
#define SEND_FRACTION   16 /* cost is in fractions of a cycle */

#define HELD_SHARE 4 /* all workers together hold one part in so many of the frames' pool */

const struct dp_capture_hooks *_Atomic dp_capture_published;
const struct dp_punt_hooks *_Atomic dp_punt_published;

static struct dp_worker *workers[DP_WORKERS_MAX];
static uint32_t queues_of[DP_WORKERS_MAX];
static unsigned int n_workers;

unsigned int dp_workers_count(void)
{
	return n_workers;
}

struct dp_worker *dp_worker_get(unsigned int index)
{
	return index < n_workers ? workers[index] : NULL;
}

unsigned int dp_worker_for_queue(void)
{
	unsigned int best = 0;

	for (unsigned int i = 1; i < n_workers; i++)
		if (queues_of[i] < queues_of[best])
			best = i;
	queues_of[best]++;
	return best;
}

void dp_worker_queue_gone(unsigned int worker)
{
	queues_of[worker]--;
}

static int worker_init(struct dp_worker *w, unsigned int n, struct hd_err *err)
{
	int rc;

	w->stats = hd_stats_worker(w->index);
	w->port_stats = dp_stats_ports(w->index);
	w->config = dp_config_running();
	rc = dp_idle_init(w);
	if (!rc)
		rc = dp_handover_init(w);
	w->deadlines = dp_deadlines_new();
	w->tx = dp_tx_new();
	w->hold = dp_hold_new(w->pool->size / HELD_SHARE / n);
	w->send_budget = SEND_BUDGET_MIN;
	w->send_cost =
		(int64_t)rte_get_tsc_hz() / 1000000 * SEND_US * SEND_FRACTION / SEND_BUDGET_MIN;
	if (rc < 0 || !w->tx || !w->hold || !w->deadlines)
		return hd_err_set(err, rc < 0 ? -rc : ENOMEM, "worker %u: %s", w->index,
				  "no memory or descriptors");
	return 0;
}

int dp_workers_init(unsigned int n, dp_source_fn replay, struct rte_mempool *pool,
		    struct rte_mempool *big_pool, struct dp_fdb *fdb, struct hd_err *err)
{
	if (!replay && dp_rcu_init() < 0)
		return hd_err_set(err, ENOMEM, "out of memory");
	for (unsigned int i = 0; i < n; i++) {
		struct dp_worker *w = rte_zmalloc("worker", sizeof(*w), RTE_CACHE_LINE_SIZE);
		int rc;

		if (!w)
			return hd_err_set(err, ENOMEM, "out of memory");
		w->index = i;
		w->pool = pool;
		w->big_pool = big_pool;
		w->fdb = fdb;
		w->replay = replay != NULL;
		w->receive = replay ? replay : dp_rx_poll;
		rc = worker_init(w, n, err);
		if (rc < 0)
			return rc;
		workers[i] = w;
		n_workers = i + 1;
	}
	return 0;
}

void dp_workers_wake(void)
{
	uint64_t one = 1;

	for (unsigned int i = 0; i < n_workers; i++)
		if (write(workers[i]->wake_fd, &one, sizeof(one)) < 0)
			continue; /* full: it will wake anyway */
}

void dp_workers_stop(void)
{
	for (unsigned int i = 0; i < n_workers; i++)
		atomic_store(&workers[i]->stop, true);
	dp_workers_wake();
}

/* Sets the budget of the next loops from what sends cost lately. */
static void learn_cost(struct dp_worker *w, uint64_t cycles, uint64_t sends)
{
	int64_t cost = (int64_t)(cycles * SEND_FRACTION / sends), budget;

	/*
	 * If the worker lost its processor meanwhile, the time says nothing about the cost of a
	 * send.
	 */
	w->send_cost += (RTE_MIN(cost, 4 * w->send_cost) - w->send_cost) / 8;
	w->send_cost = RTE_MAX(w->send_cost, 1);
	budget = (int64_t)rte_get_tsc_hz() / 1000000 * SEND_US * SEND_FRACTION / w->send_cost;
	budget = RTE_MIN(budget, SEND_BUDGET_MAX);
	w->send_budget = (int32_t)RTE_MAX(budget, SEND_BUDGET_MIN);
}

static void transmit(struct dp_worker *w)
{
	uint64_t sends = w->stats->tx + w->stats->drops;
	uint64_t started = rte_rdtsc();

	dp_tx_flush(w);
	if (likely(w->send_left == w->send_budget) || w->replay)
		return; /* nothing was flooded */
	sends = w->stats->tx + w->stats->drops - sends;
	if (sends)
		learn_cost(w, rte_rdtsc() - started, sends);
}

/* The debt of the last loop is paid first: one super-frame can cost more than a loop's budget. */
static void begin(struct dp_worker *w)
{
	const struct dp_config *tree =
		atomic_load_explicit(&dp_config_published, memory_order_acquire);

	w->capture = atomic_load_explicit(&dp_capture_published, memory_order_acquire);
	w->punt = atomic_load_explicit(&dp_punt_published, memory_order_acquire);
	w->now_ns = hd_now_ns();
	if (unlikely(tree != w->config)) {
		w->config = tree;
		dp_hold_check(w);
		dp_idle_tree(w);
	}
	if (!w->replay)
		dp_idle_begin(w);
	w->send_left = w->replay ? INT32_MAX : w->send_budget + RTE_MIN(w->send_left, 0);
	w->held = false;
}

bool dp_worker_loop(struct dp_worker *w)
{
	uint64_t rx = w->stats->rx;
	unsigned int handed;

	begin(w);
	/*
	 * This comes first, since heddle-cp's packets are among them: they leave before the data of
	 * this loop.
	 */
	handed = dp_handover_run(w);
	if (unlikely(w->hold->n_ports))
		dp_path->resume(w);
	if (unlikely(dp_deadline_is_due(w, w->now_ns)))
		dp_deadlines_run(w);
	w->receive(w);
	if (w->tx->n_pending)
		transmit(w);
	w->stats->loops++;
	return w->stats->rx != rx || handed || w->hold->n_ports;
}

int dp_worker_main(void *arg)
{
	struct dp_worker *w = arg;

	dp_blame_thread(&w->inside);
	atomic_store(&w->tid, gettid());
	dp_rcu_register(w);
	while (!atomic_load_explicit(&w->stop, memory_order_relaxed)) {
		bool busy = dp_worker_loop(w);

		dp_rcu_quiescent(w);
		if (busy) {
			w->stats->busy_loops++;
		} else {
			dp_idle(w);
		}
	}
	atomic_store(&w->tid, 0);
	dp_rcu_unregister(w);
	return 0;
}
