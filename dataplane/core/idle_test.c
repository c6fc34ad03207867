/* SPDX-License-Identifier: BSD-3-Clause */
/* Queues rest and wake up. The ports' kind has a number in place of packets. */
#include <sys/eventfd.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "dataplane/core/deadline.h"
#include "dataplane/core/handover.h"
#include "dataplane/core/idle.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/rcu.h"
#include "tests/unit/unit.h"

#define PORTS 300

static struct {
	unsigned int packets; /* in the queue */
	unsigned int late;    /* that come while the peer is asked to signal */
	unsigned int looks;
	int fd;
	bool armed;
} kind[PORTS];

static struct dp_port *ports[PORTS];
static struct dp_port_config configs[PORTS];
static struct dp_worker worker;
static struct hd_stats_worker stats;
static struct dp_config tree;

/* The rest of the program. */
_Atomic uint32_t dp_port_calls;
const struct dp_config *_Atomic dp_config_published = &tree;

void dp_rcu_offline(struct dp_worker *w)
{
}

void dp_rcu_online(struct dp_worker *w)
{
}

struct dp_worker *dp_worker_get(unsigned int index)
{
	return &worker;
}

static bool handed;

bool dp_handover_waits(const struct dp_worker *w)
{
	return handed;
}

static uint16_t kind_rx(struct dp_worker *w, struct dp_port *port, uint16_t q, struct rte_mbuf **m,
			uint16_t n)
{
	uint16_t got = (uint16_t)kind[port->id].packets;

	kind[port->id].looks++;
	kind[port->id].packets = 0;
	return got;
}

static int kind_event_fd(struct dp_port *port, uint16_t q, bool arm)
{
	uint64_t count;

	if (kind[port->id].fd < 0)
		return -1;
	kind[port->id].armed = arm;
	if (arm) {
		kind[port->id].packets += kind[port->id].late;
		kind[port->id].late = 0;
	} else if (read(kind[port->id].fd, &count, sizeof(count)) < 0) {
		return kind[port->id].fd; /* nobody signalled */
	}
	return kind[port->id].fd;
}

static const struct dp_port_ops ops = {.rx_burst = kind_rx, .event_fd = kind_event_fd};
static const struct dp_port_ops call_ops = {
	.rx_burst = kind_rx, .event_fd = kind_event_fd, .looks_by_call = true};

static struct dp_rx_list *list_new(unsigned int n)
{
	struct dp_rx_list *list =
		calloc(1, sizeof(*list) + n * (sizeof(list->q[0]) + sizeof(*list->active)));

	list->active = (uint32_t *)&list->q[n];
	list->n = n;
	for (unsigned int i = 0; i < n; i++)
		list->q[i] = (struct dp_rx_queue){.config = &configs[i], .port = ports[i]};
	return list;
}

static void begin(void)
{
	CU_ASSERT_EQUAL_FATAL(dp_idle_init(&worker), 0);
	worker.stats = &stats;
	worker.deadlines = dp_deadlines_new();
	worker.now_ns = 1000 * DP_IDLE_REST_NS;
	worker.looked_ns = 0;
	for (unsigned int i = 0; i < PORTS; i++) {
		ports[i] = calloc(1, sizeof(*ports[i]));
		ports[i]->ops = &ops;
		ports[i]->id = (uint16_t)i;
		ports[i]->queues = 1;
		atomic_store(&ports[i]->up, true);
		atomic_store(&ports[i]->rx_queues, 1);
		kind[i].packets = kind[i].late = kind[i].looks = 0;
		kind[i].armed = false;
		kind[i].fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	}
	tree.rx[0] = list_new(PORTS);
	worker.config = &tree;
	dp_idle_tree(&worker);
}

static void end(void)
{
	for (unsigned int i = 0; i < PORTS; i++) {
		if (kind[i].fd >= 0)
			close(kind[i].fd);
		free(ports[i]);
	}
	free(tree.rx[0]);
	dp_deadlines_free(worker.deadlines);
	close(worker.epoll_fd);
	close(worker.wake_fd);
}

static void signal_port(unsigned int i)
{
	uint64_t one = 1;

	kind[i].packets++;
	CU_ASSERT_EQUAL(write(kind[i].fd, &one, sizeof(one)), sizeof(one));
}

/* What port_rx does, @ns later. Returns packets. */
static unsigned int turn(uint64_t ns)
{
	struct dp_rx_list *list = tree.rx[0];
	unsigned int total = 0;

	worker.now_ns += ns;
	dp_idle_begin(&worker);
	for (uint32_t at = 0; at < list->n_active;) {
		struct dp_rx_queue *q = &list->q[list->active[at]];
		uint16_t n = ops.rx_burst(&worker, q->port, 0, NULL, 1);

		if (!n && dp_idle_is_quiet(&worker, q))
			n = dp_idle_rest(&worker, q, NULL, 1);
		total += n;
		if (n)
			dp_idle_is_busy(&worker, q);
		at = n ? at + 1 : dp_idle_next(list, at);
	}
	return total;
}

/* As many turns as a queue needs to rest. Returns packets. */
static unsigned int turns(void)
{
	unsigned int total = 0;

	for (unsigned int i = 0; i < DP_IDLE_REST_LOOKS; i++)
		total += turn(DP_IDLE_REST_NS);
	return total;
}

static void all_rest(void)
{
	turns();
	CU_ASSERT_EQUAL(tree.rx[0]->n_active, 0);
	CU_ASSERT_EQUAL(tree.rx[0]->n_resting, PORTS);
}

/* Those that are quiet are not looked at, those that are busy are; a signal brings one back. */
static void test_rest(void)
{
	begin();
	for (unsigned int i = 0; i < 200; i++) {
		kind[7].packets = 3;
		CU_ASSERT_EQUAL(turn(DP_IDLE_REST_NS / 100), 3);
		CU_ASSERT_EQUAL(tree.rx[0]->n_active, i < 99 ? PORTS : 1); /* time, and looks */
	}
	CU_ASSERT_EQUAL(kind[7].looks, 200);
	CU_ASSERT_EQUAL(kind[8].looks, 101);
	CU_ASSERT_TRUE(kind[8].armed);
	CU_ASSERT_FALSE(kind[7].armed);
	for (unsigned int i = 0; i < PORTS; i++) {
		unsigned int port = i * 7 % PORTS;

		if (port == 7)
			continue;
		signal_port(port);
		CU_ASSERT_EQUAL(turn(DP_IDLE_LOOK_NS), 1);
		CU_ASSERT_FALSE(kind[port].armed);
	}
	all_rest();
	for (unsigned int i = 0; i < PORTS; i++) /* more than one call tells of */
		signal_port(i);
	for (unsigned int i = 0, got = 0; i < 20 && got < PORTS; i++) {
		got += turn(DP_IDLE_LOOK_NS);
		CU_ASSERT_TRUE(i < 19);
	}
	end();
}

/* What comes between the last look and the request to signal is not lost. */
static void test_late(void)
{
	begin();
	kind[5].late = 2;
	CU_ASSERT_EQUAL(turns(), 2);
	CU_ASSERT_EQUAL(tree.rx[0]->n_active, 1);
	CU_ASSERT_FALSE(kind[5].armed);
	CU_ASSERT_FALSE(tree.rx[0]->q[5].blind);
	all_rest();
	end();
}

/*
 * A worker sleeps when all rest, and wakes for one; it looks often where there is nothing to wait
 * for.
 */
static void test_sleep(void)
{
	uint64_t sleeps;

	begin();
	all_rest();
	signal_port(9);
	sleeps = stats.sleeps;
	dp_idle(&worker); /* for ever, when it misses it */
	CU_ASSERT_EQUAL(stats.sleeps, sleeps + 1);
	CU_ASSERT_EQUAL(tree.rx[0]->n_active, 1);
	CU_ASSERT_EQUAL(turn(0), 1);
	dp_idle(&worker); /* it was busy just now */
	CU_ASSERT_EQUAL(stats.sleeps, sleeps + 1);
	close(kind[9].fd);
	kind[9].fd = -1;
	turns();
	CU_ASSERT_EQUAL(tree.rx[0]->n_active, 1);
	CU_ASSERT_TRUE(tree.rx[0]->q[9].blind);
	dp_idle(&worker);
	CU_ASSERT_EQUAL(stats.sleeps, sleeps + 2);
	kind[9].packets = 1;
	CU_ASSERT_EQUAL(turn(0), 1);
	CU_ASSERT_FALSE(tree.rx[0]->q[9].blind);
	end();
}

/* A worker that has nothing to do looks sooner for those that signalled than a busy one. */
static void test_calm(void)
{
	begin();
	all_rest();
	signal_port(9);
	CU_ASSERT_EQUAL(turn(DP_IDLE_LOOK_NS), 1);
	signal_port(10);
	CU_ASSERT_EQUAL(turn(DP_IDLE_CALM_NS), 0);
	CU_ASSERT_EQUAL(tree.rx[0]->n_active, 1);
	dp_idle(&worker);
	CU_ASSERT_EQUAL(tree.rx[0]->n_active, 2);
	CU_ASSERT_EQUAL(turn(0), 1);
	signal_port(11);
	dp_idle(&worker); /* it has just looked */
	CU_ASSERT_EQUAL(tree.rx[0]->n_active, 2);
	end();
}

/* Where a look is a system call a worker sleeps between two that find nothing. */
static void test_calls_cost(void)
{
	uint64_t sleeps;

	begin();
	all_rest();
	ports[9]->ops = &call_ops;
	signal_port(9);
	CU_ASSERT_EQUAL(turn(DP_IDLE_LOOK_NS), 1);
	sleeps = stats.sleeps;
	dp_idle(&worker);
	CU_ASSERT_EQUAL(stats.sleeps, sleeps + 1);
	signal_port(10); /* its looks cost nothing: the worker sleeps no longer */
	dp_idle(&worker);
	CU_ASSERT_EQUAL(stats.sleeps, sleeps + 2);
	CU_ASSERT_EQUAL(turn(0), 1);
	dp_idle(&worker);
	CU_ASSERT_EQUAL(stats.sleeps, sleeps + 2);
	end();
}

/* Ports that go down are left, and come back when they are up; a port that calls is looked at. */
static void test_calls(void)
{
	begin();
	all_rest();
	atomic_store(&ports[3]->up, false);
	atomic_fetch_add(&ports[3]->calls, 1);
	atomic_fetch_add(&dp_port_calls, 1);
	turn(1);
	CU_ASSERT_EQUAL(tree.rx[0]->n_resting, PORTS - 1);
	signal_port(3); /* of before: nobody looks */
	CU_ASSERT_EQUAL(turn(DP_IDLE_LOOK_NS), 0);
	dp_idle_forget(ports[3], 0);
	CU_ASSERT_FALSE(ports[3]->rest[0].watched);
	atomic_store(&ports[3]->up, true);
	atomic_fetch_add(&ports[3]->calls, 1);
	atomic_fetch_add(&dp_port_calls, 1);
	CU_ASSERT_EQUAL(turn(1), 1);
	CU_ASSERT_EQUAL(tree.rx[0]->n_active, 1);
	all_rest();
	kind[4].packets = 1; /* and no signal */
	CU_ASSERT_EQUAL(turn(DP_IDLE_LOOK_NS), 0);
	atomic_fetch_add(&ports[4]->calls, 1);
	atomic_fetch_add(&dp_port_calls, 1);
	CU_ASSERT_EQUAL(turn(1), 1);
	end();
}

/* In another tree, those that rest go on resting, and signals find them at their new places. */
static void test_tree(void)
{
	struct dp_rx_list *list;
	unsigned int looks;

	begin();
	all_rest();
	looks = kind[200].looks;
	list = tree.rx[0];
	tree.rx[0] = list_new(PORTS - 100);
	for (unsigned int i = 0; i < PORTS - 100; i++)
		tree.rx[0]->q[i].port = ports[i + 100];
	free(list);
	dp_idle_tree(&worker);
	CU_ASSERT_EQUAL(tree.rx[0]->n_resting, PORTS - 100);
	CU_ASSERT_EQUAL(turn(DP_IDLE_LOOK_NS), 0);
	CU_ASSERT_EQUAL(kind[200].looks, looks);
	signal_port(200);
	signal_port(50); /* it is gone */
	CU_ASSERT_EQUAL(turn(DP_IDLE_LOOK_NS), 1);
	CU_ASSERT_EQUAL(kind[200].looks, looks + 1);
	CU_ASSERT_EQUAL(kind[50].packets, 1);
	end();
}

static void on_deadline(struct dp_worker *w, struct dp_deadline *d)
{
}

/* How long the worker slept, by the clock. */
static uint64_t slept(void)
{
	uint64_t began = hd_now_ns();

	worker.now_ns = began;
	dp_idle(&worker);
	return hd_now_ns() - began;
}

/*
 * A sleep is over at the next deadline, or when a port may be looked at again, and does not begin
 * when a packet was handed over.
 */
static void test_until(void)
{
	struct dp_deadline d = {.fn = on_deadline};
	uint64_t sleeps;

	begin();
	all_rest();
	sleeps = stats.sleeps;
	CU_ASSERT_TRUE(dp_deadline_set(&worker, &d, hd_now_ns() + 3000000));
	CU_ASSERT_TRUE(slept() >= 2900000);
	CU_ASSERT_EQUAL(stats.sleeps, sleeps + 1);
	CU_ASSERT_TRUE(worker.now_ns >= d.at_ns);
	slept(); /* it is due */
	CU_ASSERT_EQUAL(stats.sleeps, sleeps + 1);
	dp_deadline_cancel(&worker, &d);
	signal_port(9);
	turn(DP_IDLE_LOOK_NS);
	CU_ASSERT_EQUAL(tree.rx[0]->n_active, 1);
	ports[9]->rest[0].not_before_ns = hd_now_ns() + 3000000;
	CU_ASSERT_TRUE(slept() >= 2900000);
	CU_ASSERT_EQUAL(stats.sleeps, sleeps + 2);
	slept(); /* it may be looked at */
	CU_ASSERT_EQUAL(stats.sleeps, sleeps + 2);
	all_rest();
	handed = true;
	CU_ASSERT_TRUE(dp_deadline_set(&worker, &d, hd_now_ns() + 3600 * HD_NS_PER_S));
	slept();
	CU_ASSERT_TRUE(worker.now_ns < d.at_ns);
	handed = false;
	end();
}

/* --no-idle-sleep: all are looked at, always. */
static void test_off(void)
{
	dp_idle_enable(false);
	begin();
	for (unsigned int i = 1; i < 10; i++) {
		turn(DP_IDLE_REST_NS);
		dp_idle(&worker);
		CU_ASSERT_EQUAL(tree.rx[0]->n_active, PORTS);
		CU_ASSERT_EQUAL(kind[8].looks, i);
	}
	end();
	dp_idle_enable(true);
}

UNIT_MAIN("idle", {"rest", test_rest}, {"late", test_late}, {"sleep", test_sleep},
	  {"calm", test_calm}, {"calls_cost", test_calls_cost}, {"calls", test_calls},
	  {"until", test_until}, {"tree", test_tree}, {"off", test_off});
