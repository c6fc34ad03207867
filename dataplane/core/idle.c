/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a worker does when nothing happens: it polls on for a while, then pauses between polls, then
 * sleeps until a port or the control thread wakes it. Idle costs nothing, and a packet that comes
 * meanwhile waits for one wake-up.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <rte_pause.h>

#include "dataplane/core/config.h"
#include "dataplane/core/loop.h"

#define IDLE_PAUSE_LOOPS 64  /* empty loops before pausing in between */
#define IDLE_SLEEP_LOOPS 512 /* and before sleeping */
#define IDLE_SLEEP_LONG  8   /* or so many, when they took IDLE_LONG_NS: there are many ports */
#define IDLE_LONG_NS     200000
#define IDLE_FDS_MAX     1024 /* more queues than that are looked at every IDLE_MICRO_NS */
#define IDLE_MICRO_NS    50000
#define IDLE_SLEEP_NS    100000000 /* a look around even if nobody called */

static bool idle_sleep = true;

void hd_idle_enable(bool enable)
{
	idle_sleep = enable;
}

static bool is_live(const struct hd_rx_queue *q)
{
	return atomic_load_explicit(&q->port->up, memory_order_acquire) &&
	       q->queue < atomic_load_explicit(&q->port->rx_queues, memory_order_relaxed);
}

/* Asks all peers to signal, or no longer to. Returns the descriptors, or -1: one has none. */
static int idle_arm(struct hd_worker *w, const struct hd_rx_list *list, struct pollfd *fds,
		    bool arm)
{
	int n = 0;
	bool blind = false;

	for (uint32_t i = 0; i < list->n; i++) {
		const struct hd_rx_queue *q = &list->q[i];
		int fd = -1;

		if (!is_live(q))
			continue;
		hd_inside_enter(&w->inside, q->port, HD_DOING_WAIT);
		if (q->port->ops->event_fd)
			fd = q->port->ops->event_fd(q->port, q->queue, arm);
		if (fd < 0 || n == IDLE_FDS_MAX)
			blind = true;
		else
			fds[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
	}
	hd_inside_leave(&w->inside);
	return blind ? -1 : n;
}

static bool idle_long(const struct hd_worker *w)
{
	return w->idle_loops >= IDLE_SLEEP_LONG && w->now_ns - w->idle_ns >= IDLE_LONG_NS;
}

void hd_idle(struct hd_worker *w)
{
	struct pollfd fds[IDLE_FDS_MAX + 1];
	const struct hd_rx_list *list = w->config->rx[w->index];
	struct timespec timeout = {.tv_nsec = IDLE_SLEEP_NS};
	uint64_t drained;
	int n;

	if (++w->idle_loops == 1)
		w->idle_ns = w->now_ns;
	if (!idle_long(w)) {
		if (w->idle_loops < IDLE_PAUSE_LOOPS)
			return;
		rte_pause();
		if (w->idle_loops < IDLE_SLEEP_LOOPS)
			return;
	}
	if (!idle_sleep)
		return;
	n = idle_arm(w, list, fds, true);
	/* What came before the peer was asked to signal would not be signalled: look once more. */
	if (hd_worker_loop(w)) {
		w->idle_loops = 0;
	} else {
		if (n < 0) {
			n = 0;
			timeout.tv_nsec = IDLE_MICRO_NS;
		}
		fds[n] = (struct pollfd){.fd = w->wake_fd, .events = POLLIN};
		w->stats->sleeps++;
		atomic_store_explicit(&w->asleep, true, memory_order_relaxed);
		hd_rcu_offline(w);
		if (ppoll(fds, n + 1, &timeout, NULL) > 0) {
			w->stats->wakeups++;
			w->idle_loops = 0;
		}
		hd_rcu_online(w);
		atomic_store_explicit(&w->asleep, false, memory_order_relaxed);
		if (read(w->wake_fd, &drained, sizeof(drained)) > 0)
			w->idle_loops = 0;
		/* The tree may have gone during the sleep. Nothing was held. */
		w->config = atomic_load_explicit(&hd_config_published, memory_order_acquire);
	}
	idle_arm(w, w->config->rx[w->index], fds, false);
}
