/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For tests of the configuration and of the life of ports: empty functions in place of the rest of
 * the program (workers, heddled, counters). A test that needs one of these functions defines its
 * own.
 */
#include <errno.h>

#include "dataplane/core/blame.h"
#include "dataplane/core/idle.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/opener.h"
#include "dataplane/core/options.h"
#include "dataplane/core/rcu.h"
#include "dataplane/core/stats.h"

#define MAY_HAVE_ITS_OWN __attribute__((weak))

void dp_workers_wake(void)
{
}

MAY_HAVE_ITS_OWN unsigned int dp_worker_for_queue(void)
{
	return 0;
}

MAY_HAVE_ITS_OWN void dp_worker_queue_gone(unsigned int worker)
{
}

void dp_idle_forget(struct dp_port *port, uint16_t q)
{
}

MAY_HAVE_ITS_OWN uint64_t dp_rcu_start(void)
{
	return 1;
}

MAY_HAVE_ITS_OWN bool dp_rcu_over(uint64_t token)
{
	return true;
}

MAY_HAVE_ITS_OWN void dp_rcu_synchronize(void)
{
}

int dp_stats_port_find(const char *name)
{
	return -ENOENT;
}

void dp_stats_port_assign(uint16_t id, const char *name)
{
}

void dp_stats_port_release(uint16_t id)
{
}

void dp_stats_generation(uint64_t of)
{
}

uint64_t dp_blame_holds(const char *port, uint64_t now_ns, char *text, size_t size)
{
	return 0;
}

MAY_HAVE_ITS_OWN void dp_blame_forgive(const char *port)
{
}

void dp_blame_enter(const struct dp_port *port, enum hd_doing doing)
{
}

void dp_blame_leave(void)
{
}

void dp_opener_down(const char *port)
{
}

MAY_HAVE_ITS_OWN void dp_opener_release(const char *port)
{
}

const struct dp_options *dp_options(void)
{
	static const struct dp_options options;

	return &options;
}
