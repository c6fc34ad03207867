/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path of a switched frame, with ports that count frames. Tests what a replay cannot cause:
 * addresses of the switch itself (local_address), a full table, effects of how frames fall into
 * bursts, and frames that a loop's budget leaves for the next loop.
 */
#include <rte_byteorder.h>

#include "heddle/api/fdb.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/hold.h"
#include "dataplane/core/path.h"
#include "dataplane/core/section.h"
#include "dataplane/core/tx.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/l2/mac_ring.h"
#include "tests/unit/books.h"
#include "tests/unit/eal.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

#define POOL_SIZE 2047
#define PORTS     3 /* members at first */
#define PORTS_MAX 10
#define SEEN_MAX  64
#define DOMAIN    1
#define VLAN      10
#define BURST     256

static struct rte_mempool *pool;
static struct dp_port *ports[PORTS_MAX];
static struct dp_port_config configs[PORTS_MAX];
static const struct dp_port_config *config_list[PORTS_MAX];
static struct dp_switch sw = {.domain = {[VLAN] = DOMAIN}};
static const struct dp_switch *switches[] = {&sw};
static struct dp_domain *domain;
static const struct dp_domain *domains[DOMAIN + 1];
static struct dp_config tree = {.n_ports = PORTS_MAX,
				.n_domains = DOMAIN + 1,
				.ports = config_list,
				.domains = domains,
				.switches = switches};
static struct hd_stats_worker stats;
static struct hd_stats_port port_stats[PORTS_MAX];
/* No address belongs to a port. */
struct dp_section dp_owners_section;

static struct dp_worker w = {
	.config = &tree, .stats = &stats, .port_stats = port_stats, .replay = true};
static struct rte_mbuf *next_burst[BURST];
static uint16_t n_next;
static unsigned int sent[PORTS_MAX];
static uint8_t seen[PORTS_MAX][SEEN_MAX]; /* the frames' numbers, in the order of their sending */
static uint8_t next_number;

static uint16_t count(struct dp_worker *worker, struct dp_port *port, uint16_t q,
		      struct rte_mbuf **m, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++, sent[port->id]++)
		if (sent[port->id] < SEEN_MAX)
			seen[port->id][sent[port->id]] =
				*rte_pktmbuf_mtod_offset(m[i], uint8_t *, 14);
	rte_pktmbuf_free_bulk(m, n);
	return n;
}

static const struct dp_port_ops ops = {.name = "count", .tx_burst = count};

static int setup(void)
{
	if (unit_eal_init() < 0 || dp_drop_init() < 0)
		return -1;
	pool = unit_pool("frames", POOL_SIZE, DP_FRAME_ROOM);
	w.pool = pool;
	w.tx = dp_tx_new();
	w.hold = dp_hold_new(100);
	w.send_left = INT32_MAX;
	w.fdb = dp_fdb_new(256, 1);
	domain = calloc(1, sizeof(*domain) + PORTS_MAX * sizeof(domain->member[0]));
	domain->id = DOMAIN;
	domain->vlan = VLAN;
	domain->ageing_units = 3000;
	domain->n_members = PORTS;
	domains[DOMAIN] = domain;
	for (uint16_t i = 0; i < PORTS_MAX; i++) {
		domain->member[i] = i;
		configs[i] = (struct dp_port_config){
			.id = i,
			.mode = HD_VLAN_ACCESS,
			.pvid = VLAN,
			.pvid_domain = DOMAIN,
			.default_tci = VLAN,
			.tpid = rte_cpu_to_be_16(HD_TPID_C),
			.mtu = 1500,
			.max_frame = 1522,
		};
		configs[i].port = ports[i] = calloc(1, sizeof(struct dp_port));
		ports[i]->ops = &ops;
		ports[i]->id = i;
		ports[i]->tx_queues = 1;
		ports[i]->up = true;
		config_list[i] = &configs[i];
	}
	return 0;
}

static void start(void)
{
	memset(&stats, 0, sizeof(stats));
	memset(port_stats, 0, sizeof(port_stats));
	memset(sent, 0, sizeof(sent));
	next_number = 0;
}

static void send(uint16_t port, uint64_t dst, uint64_t src, uint64_t time_ns)
{
	uint8_t p[60] = {[12] = 0x88, [13] = 0xb5};
	struct rte_mbuf *m;

	dp_fdb_mac_bytes(dst, p);
	dp_fdb_mac_bytes(src, p + 6);
	p[14] = next_number++;
	m = unit_packet(pool, p, sizeof(p), 0);
	dp_meta(m)->port = port;
	dp_meta(m)->time_ns = time_ns;
	next_burst[n_next++] = m;
}

/* Gives the burst to the path, packets of one port together, and balances the books. */
static void walk(void)
{
	for (uint16_t at = 0, n; at < n_next; at += n) {
		uint16_t port = dp_meta(next_burst[at])->port;

		for (n = 1; n < DP_BURST && at + n < n_next; n++)
			if (dp_meta(next_burst[at + n])->port != port)
				break;
		dp_path->run(&w, &configs[port], &next_burst[at], n);
	}
	dp_tx_flush(&w);
	stats.rx += n_next;
	n_next = 0;
	CU_ASSERT_EQUAL(stats.rx + stats.copies, stats.tx + stats.drops + stats.held);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(pool), POOL_SIZE - stats.held);
}

static uint64_t drops(uint16_t port, const char *name)
{
	return unit_drops(&port_stats[port], name);
}

#define MAC(n)    (0x02ull | (uint64_t)(n) << 24)
#define EVERYBODY 0xffffffffffffull

/* A burst that teaches and asks: each frame sees what those before it taught. */
static void test_within_a_burst(void)
{
	struct dp_mac_note note;

	start();
	send(0, EVERYBODY, MAC(1), 0);
	send(1, MAC(1), MAC(2), 0);
	send(0, MAC(2), MAC(1), 0);
	send(2, EVERYBODY, MAC(1), 0); /* it moves */
	send(1, MAC(1), MAC(2), 0);
	walk();
	CU_ASSERT_EQUAL(sent[0], 2); /* 1 asks for it while it is there, 2 tells everybody */
	CU_ASSERT_EQUAL(sent[1], 3);
	CU_ASSERT_EQUAL(sent[2], 2);
	CU_ASSERT_EQUAL(stats.learned, 2);
	CU_ASSERT_EQUAL(stats.moved, 1);
	/* The control thread is told of it, with both ports. */
	CU_ASSERT_TRUE(dp_mac_ring_get(dp_mac_ring_of(w.index), &note));
	CU_ASSERT_EQUAL(note.mac, MAC(1));
	CU_ASSERT_EQUAL(note.from, 0);
	CU_ASSERT_EQUAL(note.to, 2);
	CU_ASSERT_EQUAL(note.domain, DOMAIN);
	CU_ASSERT_EQUAL(note.kind, HD_MAC_MOVED);
	CU_ASSERT_FALSE(dp_mac_ring_get(dp_mac_ring_of(w.index), &note));
}

/*
 * An address of ours, of no port: nothing answers it here, it does not move, and is never flooded.
 */
static void test_local_address(void)
{
	start();
	CU_ASSERT_EQUAL(dp_fdb_set(w.fdb, MAC(50), DOMAIN, DP_PORT_ID_NONE, DP_FDB_V_LOCAL), 0);
	send(1, MAC(50), MAC(2), 0);
	send(2, EVERYBODY, MAC(50), 0); /* somebody claims it */
	send(1, MAC(50), MAC(2), 0);
	walk();
	CU_ASSERT_EQUAL(drops(1, "local_address"), 2);
	CU_ASSERT_EQUAL(drops(2, "own_address"), 1);
	CU_ASSERT_EQUAL(stats.tx, 0);
	CU_ASSERT_EQUAL(stats.moved + stats.learned, 0);
	CU_ASSERT_EQUAL(dp_fdb_remove(w.fdb, MAC(50), DOMAIN), 0);
}

/*
 * An address of a host interface: it alone sends from it, others send to it, and nobody takes it.
 */
static void test_own_address(void)
{
	start();
	send(2, EVERYBODY, MAC(51), 0); /* the thief is first */
	walk();
	CU_ASSERT_EQUAL(dp_fdb_set(w.fdb, MAC(51), DOMAIN, 0, DP_FDB_V_LOCAL), 0);
	start();
	send(2, EVERYBODY, MAC(51), 0);
	send(2, MAC(2), MAC(51), 0);
	send(1, MAC(51), MAC(2), 0);
	send(0, MAC(2), MAC(51), 0);
	walk();
	CU_ASSERT_EQUAL(drops(2, "own_address"), 2);
	CU_ASSERT_EQUAL(sent[0], 1);
	CU_ASSERT_EQUAL(sent[1], 1);
	CU_ASSERT_EQUAL(sent[2], 0);
	CU_ASSERT_EQUAL(stats.moved + stats.learned, 0);
	CU_ASSERT_EQUAL(dp_fdb_remove(w.fdb, MAC(51), DOMAIN), 0);
}

/*
 * An address that a gateway holds by election: adverts of another who holds it pass, nothing else.
 */
static void test_leased_address(void)
{
	start();
	CU_ASSERT_EQUAL(dp_fdb_set(w.fdb, MAC(52), DOMAIN, 0, DP_FDB_V_LOCAL | DP_FDB_V_LEASED), 0);
	send(2, EVERYBODY, MAC(52), 0);
	send(1, MAC(52), MAC(2), 0);
	walk();
	CU_ASSERT_EQUAL(sent[0], 2);
	CU_ASSERT_EQUAL(sent[1], 1);
	send(2, MAC(2), MAC(52), 0);
	walk();
	CU_ASSERT_EQUAL(drops(2, "own_address"), 1);
	CU_ASSERT_EQUAL(stats.moved, 0);
	CU_ASSERT_EQUAL(dp_fdb_remove(w.fdb, MAC(52), DOMAIN), 0);
}

/* More addresses than the table holds: frames still pass, those that are known keep their place. */
static void test_full_table(void)
{
	struct dp_mac_note note;

	start();
	for (unsigned int i = 0; i < 4000; i++) {
		send(0, EVERYBODY, MAC(1000 + i), 0);
		if (n_next == BURST || i == 3999)
			walk();
	}
	CU_ASSERT_EQUAL(stats.drops, 0);
	CU_ASSERT_EQUAL(stats.learned + stats.learn_skipped, 4000);
	CU_ASSERT(stats.learn_refused > 3000 && stats.learn_refused <= stats.learn_skipped);
	CU_ASSERT_EQUAL(port_stats[0].learn_refused, stats.learn_refused);
	/* The control thread is told which port it is. */
	CU_ASSERT_TRUE(dp_mac_ring_get(dp_mac_ring_of(w.index), &note));
	while (dp_mac_ring_get(dp_mac_ring_of(w.index), &note))
		;
	CU_ASSERT(note.kind == HD_MAC_LIMIT_TABLE && note.to == 0);
	CU_ASSERT(stats.learned >= 200 && stats.learned <= 512);
	CU_ASSERT_EQUAL(sent[1], 4000);
	CU_ASSERT_EQUAL(dp_fdb_port_count(w.fdb, 0), stats.learned);
	start();
	send(1, MAC(2), MAC(3), 0); /* of the first test: still behind 1 */
	walk();
	CU_ASSERT_EQUAL(drops(1, "same_port"), 1);
}

/* The same frames in bursts of any size give the same. */
static void test_any_burst(void)
{
	uint64_t tx[2], dropped[2];

	for (int run = 0; run < 2; run++) {
		uint64_t state = 9;

		dp_fdb_free(w.fdb);
		w.fdb = dp_fdb_new(256, 1);
		start();
		for (unsigned int i = 0; i < 3000; i++) {
			uint32_t any = (uint32_t)random_next(&state);

			send(any & 1, MAC(any >> 1 & 15), MAC(any >> 5 & 15), i * 1000000ull);
			if (run == 0 || n_next == BURST || i == 2999)
				walk();
		}
		tx[run] = stats.tx;
		dropped[run] = drops(0, "same_port") + drops(1, "same_port");
		CU_ASSERT_EQUAL(dropped[run], stats.drops);
	}
	CU_ASSERT_EQUAL(tx[0], tx[1]);
	CU_ASSERT_EQUAL(dropped[0], dropped[1]);
	CU_ASSERT(dropped[0] > 100 && tx[0] > 1000);
}

/* A loop as loop.c has it, with a budget of @sends. */
static void loop(int32_t sends)
{
	w.send_left = sends;
	w.held = false;
	dp_path->resume(&w);
	walk();
}

static void members(uint16_t n)
{
	domain->n_members = n;
	dp_fdb_free(w.fdb);
	w.fdb = dp_fdb_new(256, 1);
	start();
}

/* What a loop cannot do it does in the next ones, in order; others are not kept waiting. */
static void test_budget(void)
{
	static const uint8_t in_order[] = {0, 1, 2, 3};

	members(PORTS_MAX);
	CU_ASSERT_EQUAL(dp_fdb_set(w.fdb, MAC(9), DOMAIN, 9, 0), 0);
	for (int i = 0; i < 3; i++)
		send(0, EVERYBODY, MAC(1), 0); /* nine sends each */
	send(0, MAC(9), MAC(1), 0);
	send(5, MAC(9), MAC(5), 0);
	loop(5);
	/* The stranger's frame is out; port 0 has reached five of the first frame's ports. */
	CU_ASSERT_EQUAL(stats.tx, 6);
	CU_ASSERT_EQUAL(sent[9], 1);
	CU_ASSERT_EQUAL(seen[9][0], 4);
	CU_ASSERT_EQUAL(stats.held, 4);
	CU_ASSERT_EQUAL(port_stats[0].admitted, 0);
	CU_ASSERT_TRUE(dp_hold_has(w.hold, 0));
	CU_ASSERT_FALSE(dp_hold_has(w.hold, 5));
	for (int loops = 0; stats.held && loops < 20; loops++) {
		uint64_t before = stats.tx;

		send(5, MAC(9), MAC(5), 0);
		loop(5);
		CU_ASSERT(stats.tx - before <= 7);
	}
	CU_ASSERT_EQUAL(stats.held, 0);
	CU_ASSERT_EQUAL(port_stats[0].admitted, 4);
	for (uint16_t i = 1; i < 9; i++) {
		CU_ASSERT_EQUAL(sent[i], 3);
		CU_ASSERT_EQUAL(memcmp(seen[i], in_order, 3), 0);
	}
	CU_ASSERT_FALSE(dp_hold_has(w.hold, 0));
}

/* Two ports flood: they take turns, and a third one's single frame does not wait for their end. */
static void test_turns(void)
{
	unsigned int loops = 0;

	members(PORTS_MAX);
	for (int i = 0; i < 20; i++) {
		send(0, EVERYBODY, MAC(1), 0);
		send(1, EVERYBODY, MAC(2), 0);
	}
	loop(20);
	send(2, EVERYBODY, MAC(3), 0); /* number 40 */
	loop(0);
	for (; port_stats[2].admitted == 0 && loops < 100; loops++)
		loop(20);
	CU_ASSERT(loops <= 5);
	CU_ASSERT(port_stats[0].admitted > 0 && port_stats[1].admitted > 0);
	CU_ASSERT(port_stats[0].admitted < 20 && port_stats[1].admitted < 20);
	while (stats.held)
		loop(20);
	CU_ASSERT_EQUAL(port_stats[0].admitted + port_stats[1].admitted, 40);
	for (uint16_t i = 3; i < PORTS_MAX; i++)
		CU_ASSERT_EQUAL(sent[i], 41);
}

/* What a commit takes away while frames wait. */
static void test_outdated(void)
{
	members(PORTS_MAX);
	send(0, EVERYBODY, MAC(1), 0);
	send(0, EVERYBODY, MAC(1), 0);
	send(1, EVERYBODY, MAC(2), 0);
	send(1, EVERYBODY, MAC(2), 0);
	loop(3);
	CU_ASSERT_EQUAL(stats.held, 4);
	/* port 1 leaves the segment, and so do the ports from 5 on, in the middle of a flood */
	configs[1].pvid_domain = DP_DOMAIN_NONE;
	domain->n_members = 5;
	dp_hold_check(&w);
	CU_ASSERT_EQUAL(drops(1, "outdated"), 2);
	CU_ASSERT_EQUAL(stats.held, 2);
	while (stats.held)
		loop(3);
	CU_ASSERT_EQUAL(port_stats[0].admitted, 2);
	CU_ASSERT_EQUAL(sent[4], 2);
	CU_ASSERT_EQUAL(sent[9], 0);
	configs[1].pvid_domain = DOMAIN;
	/* the whole segment goes */
	send(0, EVERYBODY, MAC(1), 0);
	loop(0);
	CU_ASSERT_EQUAL(stats.held, 1);
	domains[DOMAIN] = NULL;
	dp_hold_check(&w);
	domains[DOMAIN] = domain;
	CU_ASSERT_EQUAL(drops(0, "outdated"), 1);
	CU_ASSERT_FALSE(dp_hold_has(w.hold, 0));
	walk();
}

/*
 * When very many wait, a port's first frame may not; frames that go to one port never wait for
 * that.
 */
static void test_full_hold(void)
{
	members(PORTS_MAX);
	CU_ASSERT_EQUAL(dp_fdb_set(w.fdb, MAC(9), DOMAIN, 9, 0), 0);
	for (int i = 0; i < 100; i++)
		send(0, EVERYBODY, MAC(1), 0);
	send(1, EVERYBODY, MAC(2), 0);
	send(1, MAC(9), MAC(2), 0);
	loop(0);
	CU_ASSERT_EQUAL(stats.held, 100);
	CU_ASSERT_EQUAL(drops(1, "flood_full"), 1);
	CU_ASSERT_EQUAL(sent[9], 1);
	CU_ASSERT(dp_hold_burst(w.hold) < DP_BURST);
	while (stats.held)
		loop(100);
	CU_ASSERT_EQUAL(dp_hold_burst(w.hold), DP_BURST);
	CU_ASSERT_EQUAL(port_stats[0].admitted, 100);
	w.send_left = INT32_MAX;
}

UNIT_MAIN_SETUP("l2_forward", setup, {"within a burst", test_within_a_burst},
		{"local address", test_local_address}, {"own address", test_own_address},
		{"leased address", test_leased_address}, {"full table", test_full_table},
		{"any burst", test_any_burst}, {"budget", test_budget}, {"turns", test_turns},
		{"outdated", test_outdated}, {"full hold", test_full_hold});
