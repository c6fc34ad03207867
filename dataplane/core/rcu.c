/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Quiescence (RCU), with DPDK's rte_rcu_qsbr.
 */
#include "dataplane/core/rcu.h"

#include <errno.h>
#include <sched.h>

#include <rte_malloc.h>
#include <rte_pause.h>
#include <rte_rcu_qsbr.h>

#include "dataplane/core/worker.h"

#define SPIN_LOOKS 1000

#define READER  DP_WORKERS_MAX /* behind the workers, by their index */
#define THREADS (DP_WORKERS_MAX + 1)

static struct rte_rcu_qsbr *qsbr; /* NULL: nobody is waited for */

int dp_rcu_init(void)
{
	size_t size = rte_rcu_qsbr_get_memsize(THREADS);

	qsbr = rte_zmalloc("qsbr", size, RTE_CACHE_LINE_SIZE);
	return qsbr && rte_rcu_qsbr_init(qsbr, THREADS) == 0 ? 0 : -ENOMEM;
}

uint64_t dp_rcu_start(void)
{
	return qsbr ? rte_rcu_qsbr_start(qsbr) : 0;
}

bool dp_rcu_over(uint64_t token)
{
	return !token || rte_rcu_qsbr_check(qsbr, token, false) != 0;
}

void dp_rcu_synchronize(void)
{
	uint64_t token = dp_rcu_start();
	unsigned int looks = 0;

	while (!dp_rcu_over(token)) {
		/* A worker without a processor cannot go on while this thread spins on it. */
		if (++looks < SPIN_LOOKS)
			rte_pause();
		else
			sched_yield();
	}
}

void dp_rcu_register(const struct dp_worker *w)
{
	rte_rcu_qsbr_thread_register(qsbr, w->index);
	rte_rcu_qsbr_thread_online(qsbr, w->index);
}

void dp_rcu_unregister(const struct dp_worker *w)
{
	rte_rcu_qsbr_thread_offline(qsbr, w->index);
	rte_rcu_qsbr_thread_unregister(qsbr, w->index);
}

void dp_rcu_quiescent(const struct dp_worker *w)
{
	rte_rcu_qsbr_quiescent(qsbr, w->index);
}

void dp_rcu_offline(struct dp_worker *w)
{
	rte_rcu_qsbr_thread_offline(qsbr, w->index);
}

void dp_rcu_online(struct dp_worker *w)
{
	rte_rcu_qsbr_thread_online(qsbr, w->index);
}

void dp_rcu_reader_start(void)
{
	rte_rcu_qsbr_thread_register(qsbr, READER);
}

void dp_rcu_reader_enter(void)
{
	rte_rcu_qsbr_thread_online(qsbr, READER);
}

void dp_rcu_reader_leave(void)
{
	rte_rcu_qsbr_thread_offline(qsbr, READER);
}

void dp_rcu_reader_stop(void)
{
	rte_rcu_qsbr_thread_unregister(qsbr, READER);
}
