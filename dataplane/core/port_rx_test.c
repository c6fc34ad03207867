/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports with features that are called before a poll (dp_feature.poll_after): no port is polled
 * before its time, packets that wait there are not lost, and other ports do not wait. The kind has
 * numbers in place of packets, and the test sets the time, except while a worker sleeps.
 */
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "dataplane/core/deadline.h"
#include "dataplane/core/handover.h"
#include "dataplane/core/hold.h"
#include "dataplane/core/idle.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/path.h"
#include "dataplane/core/rcu.h"
#include "dataplane/core/rx.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

#define PORTS    3
#define FEATURES 3 /* on each port; the last one has no question */
#define STEPS    20000

/* What a feature of a port answers, and how often it was asked. */
struct answer {
	uint64_t until;
	unsigned int asked;
};

static struct {
	uint64_t sent, got; /* numbers of the last packets that were put there, and came out */
	unsigned int looks;
	bool armed;
} kind[PORTS];

static struct answer answers[PORTS][FEATURES];
static struct dp_port ports[PORTS];
static struct dp_port_config configs[PORTS];
static struct dp_worker worker;
static struct hd_stats_worker stats;
static struct hd_stats_port port_stats[PORTS];
static struct dp_config tree;
static int event;

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

bool dp_handover_waits(const struct dp_worker *w)
{
	return false;
}

static uint64_t until_of(unsigned int port)
{
	uint64_t until = 0;

	for (unsigned int f = 0; f < FEATURES; f++)
		until = RTE_MAX(until, answers[port][f].until);
	return until;
}

static uint64_t ask(struct dp_worker *w, const struct dp_port_config *port, const void *conf)
{
	struct answer *a = (struct answer *)(uintptr_t)conf;

	a->asked++;
	return a->until;
}

static uint16_t pass(struct dp_worker *w, const struct dp_port_config *port, const void *conf,
		     struct rte_mbuf **m, uint16_t n)
{
	return n;
}

static const struct dp_feature asks = {.name = "asks", .run = pass, .poll_after = ask};
static const struct dp_feature silent = {.name = "silent", .run = pass};

static uint16_t kind_rx(struct dp_worker *w, struct dp_port *port, uint16_t q, struct rte_mbuf **m,
			uint16_t n)
{
	static struct rte_mbuf packets[DP_BURST];
	uint16_t got = 0;

	CU_ASSERT(until_of(port->id) <= w->now_ns);
	kind[port->id].looks++;
	for (uint64_t next = kind[port->id].got; next < kind[port->id].sent && got < n; got++) {
		packets[got] = (struct rte_mbuf){.pkt_len = (uint32_t)++next};
		m[got] = &packets[got];
	}
	return got;
}

static int kind_event_fd(struct dp_port *port, uint16_t q, bool arm)
{
	kind[port->id].armed = arm;
	return event;
}

/* The path's end: each port's packets come in their order, and none is missing. */
static void path_run(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		     uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		CU_ASSERT_EQUAL(m[i]->pkt_len, ++kind[port->id].got);
		CU_ASSERT_EQUAL(dp_meta(m[i])->port, port->id);
	}
}

static const struct dp_path path = {.run = path_run};
const struct dp_path *dp_path = &path;

static const struct dp_port_ops ops = {.rx_burst = kind_rx, .event_fd = kind_event_fd};

static void port_new(uint16_t id)
{
	struct dp_feature_list *list = &configs[id].features[DP_POINT_INPUT];

	kind[id].sent = kind[id].got = kind[id].looks = 0;
	kind[id].armed = false;
	ports[id] =
		(struct dp_port){.id = id, .ops = &ops, .queues = 1, .rx_queues = 1, .up = true};
	configs[id] = (struct dp_port_config){.id = id, .port = &ports[id], .n_input = FEATURES};
	configs[id].is_asked = true;
	list->n = FEATURES;
	for (unsigned int f = 0; f < FEATURES; f++) {
		answers[id][f] = (struct answer){0};
		list->call[f] = (struct dp_feature_call){
			.run = pass,
			.conf = &answers[id][f],
			.feature = f < FEATURES - 1 ? &asks : &silent,
		};
	}
}

static void begin(void)
{
	struct dp_rx_list *list =
		calloc(1, sizeof(*list) + PORTS * (sizeof(list->q[0]) + sizeof(*list->active)));

	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	list->active = (uint32_t *)&list->q[PORTS];
	list->n = PORTS;
	for (uint16_t i = 0; i < PORTS; i++) {
		port_new(i);
		list->q[i] = (struct dp_rx_queue){.config = &configs[i], .port = &ports[i]};
	}
	event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	tree.rx[0] = list;
	worker = (struct dp_worker){
		.stats = &stats,
		.port_stats = port_stats,
		.config = &tree,
		.now_ns = HD_NS_PER_S,
		.deadlines = dp_deadlines_new(),
		.hold = calloc(1, sizeof(struct dp_hold)),
	};
	CU_ASSERT_EQUAL_FATAL(dp_idle_init(&worker), 0);
	dp_idle_tree(&worker);
}

static void end(void)
{
	dp_deadlines_free(worker.deadlines);
	free(worker.hold);
	free(tree.rx[0]);
	close(worker.epoll_fd);
	close(worker.wake_fd);
	close(event);
}

static void poll_at(uint64_t ns)
{
	worker.now_ns = ns;
	dp_rx_poll(&worker);
}

/*
 * A port waits until the time that its feature named, is asked again then and not before, and goes
 * on.
 */
static void test_one(void)
{
	uint64_t t;

	begin();
	t = worker.now_ns;
	answers[1][0].until = t + 1000;
	kind[0].sent = kind[1].sent = kind[2].sent = 5;
	for (uint64_t ns = 0; ns < 1000; ns += 100)
		poll_at(t + ns);
	CU_ASSERT_EQUAL(kind[1].looks, 0);
	CU_ASSERT_EQUAL(answers[1][0].asked, 1);
	CU_ASSERT_EQUAL(kind[0].got, 5);
	CU_ASSERT_EQUAL(kind[2].got, 5);
	CU_ASSERT_EQUAL(kind[0].looks, 10);
	answers[1][0].until = t + 3000; /* it has changed its mind */
	poll_at(t + 1000);
	CU_ASSERT_EQUAL(kind[1].looks, 0);
	CU_ASSERT_EQUAL(answers[1][0].asked, 2);
	kind[1].sent = 8;
	poll_at(t + 2999);
	CU_ASSERT_EQUAL(kind[1].looks, 0);
	answers[1][0].until = 0;
	poll_at(t + 3000);
	CU_ASSERT_EQUAL(kind[1].got, 8);
	poll_at(t + 3000); /* it is asked before each look */
	CU_ASSERT_EQUAL(answers[1][0].asked, 4);
	CU_ASSERT_EQUAL(kind[1].looks, 2);
	end();
}

/* Of several features the latest time holds, whatever their order; a time that is over is none. */
static void test_latest(void)
{
	begin();
	for (unsigned int first = 0; first < 2; first++) {
		uint64_t t = worker.now_ns;
		unsigned int looks = kind[0].looks;

		answers[0][first].until = t + 1000;
		answers[0][!first].until = t + 2000;
		for (uint64_t ns = 0; ns < 2000; ns += 500)
			poll_at(t + ns);
		CU_ASSERT_EQUAL(kind[0].looks, looks);
		poll_at(t + 2000);
		CU_ASSERT_EQUAL(kind[0].looks, looks + 1);
		answers[0][first].until = t + 2500;
		poll_at(t + 2400);
		CU_ASSERT_EQUAL(kind[0].looks, looks + 1);
		poll_at(t + 2500);
		CU_ASSERT_EQUAL(kind[0].looks, looks + 2);
	}
	end();
}

/* A port that is not asked is looked at, whatever its features would answer. */
static void test_not_asked(void)
{
	begin();
	configs[0].is_asked = false;
	configs[0].features[DP_POINT_INPUT].call[0].feature = &silent;
	kind[0].sent = 3;
	poll_at(worker.now_ns);
	CU_ASSERT_EQUAL(kind[0].got, 3);
	CU_ASSERT_EQUAL(answers[0][0].asked + answers[0][1].asked, 0);
	end();
}

/*
 * A worker whose other queues rest sleeps until the port may be looked at, and does not ask its
 * peer to signal meanwhile; one with a port that may be looked at does not sleep.
 */
static void test_sleep(void)
{
	uint64_t sleeps, now;

	begin();
	for (unsigned int i = 0; i < DP_IDLE_REST_LOOKS; i++) {
		answers[1][0].until = worker.now_ns + HD_NS_PER_S;
		poll_at(worker.now_ns + DP_IDLE_REST_NS);
	}
	CU_ASSERT_EQUAL(tree.rx[0]->n_active, 1);
	CU_ASSERT_TRUE(kind[0].armed && kind[2].armed && !kind[1].armed);
	sleeps = stats.sleeps;
	ports[1].rest[0].not_before_ns = 0;
	now = hd_now_ns();
	answers[1][0].until = now + 3 * HD_NS_PER_MS;
	poll_at(now);
	dp_idle(&worker);
	CU_ASSERT_EQUAL(stats.sleeps, sleeps + 1);
	CU_ASSERT_TRUE(worker.now_ns >= answers[1][0].until);
	CU_ASSERT_FALSE(kind[1].armed);
	kind[1].sent = 4;
	dp_rx_poll(&worker);
	CU_ASSERT_EQUAL(kind[1].got, 4);
	dp_idle(&worker);
	CU_ASSERT_EQUAL(stats.sleeps, sleeps + 1);
	end();
}

/*
 * Random answers, packets and steps of time: none is looked at too early (kind_rx() checks that),
 * each whose time has come is, and all packets come out.
 */
static void test_random(void)
{
	uint64_t all = 0;

	begin();
	memset(port_stats, 0, sizeof(port_stats));
	stats.rx = 0;
	for (unsigned int i = 0; i < STEPS; i++) {
		unsigned int p = dice(PORTS), looks[PORTS];
		bool may[PORTS];

		answers[p][dice(2)].until = dice(3) ? worker.now_ns + dice(2000) : 0;
		kind[dice(PORTS)].sent += dice(20);
		worker.now_ns += dice(300);
		/* What a feature answers first holds: it is asked again when that is over. */
		for (unsigned int k = 0; k < PORTS; k++) {
			may[k] = ports[k].rest[0].not_before_ns <= worker.now_ns &&
				 until_of(k) <= worker.now_ns;
			looks[k] = kind[k].looks;
		}
		dp_rx_poll(&worker);
		for (unsigned int k = 0; k < PORTS; k++)
			CU_ASSERT_EQUAL(kind[k].looks - looks[k], may[k]);
	}
	for (unsigned int k = 0; k < PORTS; k++)
		answers[k][0].until = answers[k][1].until = 0;
	worker.now_ns += 2000;
	for (unsigned int i = 0; i < STEPS; i++)
		dp_rx_poll(&worker);
	for (unsigned int k = 0; k < PORTS; k++) {
		CU_ASSERT_EQUAL(kind[k].got, kind[k].sent);
		CU_ASSERT(kind[k].sent > STEPS);
		CU_ASSERT_EQUAL(port_stats[k].rx_packets, kind[k].sent);
		all += kind[k].sent;
	}
	CU_ASSERT_EQUAL(stats.rx, all);
	end();
}

UNIT_MAIN("port_rx", {"one asks", test_one}, {"the latest", test_latest},
	  {"not asked", test_not_asked}, {"sleep", test_sleep}, {"random", test_random});
