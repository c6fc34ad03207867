/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "dataplane/core/idle.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <rte_pause.h>

#include "heddle/base/clock.h"
#include "dataplane/core/deadline.h"
#include "dataplane/core/handover.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/rcu.h"
#include "dataplane/core/section.h"

#define BLIND_NS 50000     /* of a sleep while a queue has no descriptor to wait for */
#define SLEEP_NS 100000000 /* of any other sleep: then it looks at all queues */
#define EVENTS   64
#define WAKE     UINT64_MAX /* what the event of wake_fd says */

static bool may_rest = true;

void dp_idle_enable(bool enable)
{
	may_rest = enable;
}

int dp_idle_init(struct dp_worker *w)
{
	struct epoll_event e = {.events = EPOLLIN, .data.u64 = WAKE};

	w->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->wake_fd < 0 || w->epoll_fd < 0 ||
	    epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->wake_fd, &e) != 0)
		return -errno;
	return 0;
}

static struct dp_rest *rest_of(const struct dp_rx_queue *q)
{
	return &q->port->rest[q->queue];
}

static int event_fd(struct dp_worker *w, const struct dp_rx_queue *q, bool arm)
{
	int fd = -1;

	dp_inside_enter(&w->inside, q->port, HD_DOING_WAIT);
	if (q->port->ops->event_fd)
		fd = q->port->ops->event_fd(q->port, q->queue, arm);
	return fd;
}

static void activate(struct dp_worker *w, struct dp_rx_list *list, uint32_t i)
{
	dp_idle_is_busy(w, &list->q[i]);
	list->active[list->n_active++] = i;
}

/* A queue that rested is looked at again, and its peer need not signal. */
static void end_rest(struct dp_worker *w, const struct dp_rx_queue *q)
{
	rest_of(q)->rests = false;
	event_fd(w, q, false);
	dp_inside_leave(&w->inside);
}

void dp_idle_tree(struct dp_worker *w)
{
	struct dp_rx_list *list = w->config->rx[w->index];

	/*
	 * before the ports are looked at: a change that comes meanwhile is then seen the next time
	 */
	w->port_calls = atomic_load_explicit(&dp_port_calls, memory_order_acquire);
	list->n_active = list->n_resting = 0;
	for (uint32_t i = 0; i < list->n; i++) {
		const struct dp_rx_queue *q = &list->q[i];
		struct dp_rest *rest = rest_of(q);
		uint32_t calls = atomic_load_explicit(&q->port->calls, memory_order_acquire);

		if (!atomic_load_explicit(&q->port->up, memory_order_acquire) ||
		    q->queue >= atomic_load_explicit(&q->port->rx_queues, memory_order_relaxed)) {
			rest->rests = false;
			continue;
		}
		if (rest->rests && rest->calls != calls)
			end_rest(w, q);
		rest->calls = calls;
		if (rest->rests)
			list->n_resting++;
		else
			activate(w, list, i);
	}
	for (const struct dp_section *s = dp_section_first(); s; s = s->next)
		if (s->seen)
			s->seen(w);
}

/* Where queue @queue of port @id is in the list, or -1. */
static int64_t find(const struct dp_rx_list *list, uint16_t id, uint16_t queue)
{
	for (uint32_t i = dp_rx_first(list, id); i < list->n && list->q[i].port->id == id; i++)
		if (list->q[i].queue == queue)
			return i;
	return -1;
}

static void on_events(struct dp_worker *w, const struct epoll_event *events, int n)
{
	struct dp_rx_list *list = w->config->rx[w->index];
	uint64_t count;

	for (int k = 0; k < n; k++) {
		uint64_t data = events[k].data.u64;
		int64_t i;

		if (data == WAKE) {
			if (read(w->wake_fd, &count, sizeof(count)) < 0)
				continue; /* another worker was faster */
		} else {
			i = find(list, (uint16_t)(data >> 16), (uint16_t)data);
			if (i < 0 || !rest_of(&list->q[i])->rests)
				continue; /* of a port that is gone, or was */
			end_rest(w, &list->q[i]);
			list->n_resting--;
			activate(w, list, (uint32_t)i);
		}
	}
}

/* Looks for queues whose peer signalled, if the last look was at least @ns ago. */
static void look(struct dp_worker *w, uint64_t ns)
{
	struct epoll_event events[EVENTS];

	if (!w->config->rx[w->index]->n_resting || w->now_ns - w->looked_ns < ns)
		return;
	w->looked_ns = w->now_ns;
	on_events(w, events, epoll_wait(w->epoll_fd, events, EVENTS, 0));
}

void dp_idle_begin(struct dp_worker *w)
{
	if (unlikely(w->port_calls != atomic_load_explicit(&dp_port_calls, memory_order_acquire)))
		dp_idle_tree(w);
	look(w, DP_IDLE_LOOK_NS);
}

/* The worker hears of @fd once. */
static bool watch(const struct dp_worker *w, const struct dp_rx_queue *q, int fd)
{
	struct epoll_event e = {.events = EPOLLIN | EPOLLONESHOT,
				.data.u64 = (uint64_t)q->port->id << 16 | q->queue};

	return epoll_ctl(w->epoll_fd, EPOLL_CTL_MOD, fd, &e) == 0 ||
	       (errno == ENOENT && epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &e) == 0);
}

uint16_t dp_idle_rest(struct dp_worker *w, struct dp_rx_queue *q, struct rte_mbuf **m, uint16_t n)
{
	struct dp_rest *rest = rest_of(q);
	uint16_t got;
	int fd;

	if (!may_rest)
		return 0;
	dp_idle_is_busy(w, q); /* when it cannot rest, it is asked again after a while */
	fd = event_fd(w, q, true);
	if (fd < 0) {
		q->blind = true;
		return 0;
	}
	/*
	 * The peer does not signal what came before it was asked to: so looks at the queue once
	 * more.
	 */
	dp_inside_enter(&w->inside, q->port, HD_DOING_RECEIVE);
	got = q->port->ops->rx_burst(w, q->port, q->queue, m, n);
	if (!got && watch(w, q, fd)) {
		rest->fd = fd;
		rest->watched = rest->rests = true;
		return 0;
	}
	q->blind = !got;
	event_fd(w, q, false);
	return got;
}

void dp_idle_forget(struct dp_port *port, uint16_t q)
{
	const struct dp_worker *w = dp_worker_get(port->worker[q]);
	struct dp_rest *rest = &port->rest[q];

	if (rest->watched)
		epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, rest->fd, NULL);
	rest->watched = false;
}

static void sleep_for(struct dp_worker *w, uint64_t ns)
{
	struct timespec timeout = {.tv_nsec = ns < SLEEP_NS ? (long)ns : SLEEP_NS};
	struct epoll_event events[EVENTS];
	const struct dp_config *tree;
	int n;

	w->stats->sleeps++;
	atomic_store_explicit(&w->asleep, true, memory_order_relaxed);
	dp_rcu_offline(w);
	/*
	 * A worker that hands a packet over looks at asleep after that: so one of the two sees the
	 * other.
	 */
	atomic_thread_fence(memory_order_seq_cst);
	if (dp_handover_waits(w))
		timeout.tv_nsec = 0;
	n = epoll_pwait2(w->epoll_fd, events, EVENTS, &timeout, NULL);
	dp_rcu_online(w);
	atomic_store_explicit(&w->asleep, false, memory_order_relaxed);
	if (n > 0)
		w->stats->wakeups++;
	w->now_ns = w->looked_ns = hd_now_ns();
	/* The tree may have been replaced during the sleep; no reference to it was kept. */
	tree = atomic_load_explicit(&dp_config_published, memory_order_acquire);
	if (tree != w->config) {
		w->config = tree;
		dp_idle_tree(w);
	}
	on_events(w, events, n);
}

void dp_idle(struct dp_worker *w)
{
	const struct dp_rx_list *list = w->config->rx[w->index];
	uint64_t until = RTE_MIN(dp_deadline_next(w), w->now_ns + SLEEP_NS);

	for (uint32_t i = 0; i < list->n_active; i++) {
		const struct dp_rx_queue *q = &list->q[list->active[i]];

		if (rest_of(q)->not_before_ns > w->now_ns) {
			until = RTE_MIN(until, rest_of(q)->not_before_ns);
		} else if (q->blind) {
			until = RTE_MIN(until, w->now_ns + BLIND_NS);
		} else if (q->port->ops->looks_by_call) {
			until = RTE_MIN(until, w->now_ns + DP_IDLE_NAP_NS);
		} else {
			until = 0;
			break;
		}
	}
	if (may_rest && until > w->now_ns) {
		sleep_for(w, until - w->now_ns);
	} else {
		look(w, DP_IDLE_CALM_NS);
		rte_pause();
	}
}
