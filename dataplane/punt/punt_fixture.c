/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/punt/punt_fixture.h"

#include <sys/socket.h>

#include <rte_byteorder.h>

#include "heddle/base/clock.h"
#include "dataplane/core/api.h"
#include "dataplane/core/drop.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/core/handover.h"
#include "dataplane/core/hold.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/path.h"
#include "dataplane/core/punt.h"
#include "dataplane/core/rcu.h"
#include "dataplane/core/section.h"
#include "dataplane/core/tx.h"
#include "dataplane/punt/punt.h"
#include "tests/unit/books.h"
#include "tests/unit/eal.h"
#include "tests/unit/unit.h"

#define BURST_MAX 2048
#define TURNS_MAX 1000

struct dp_worker fixture_worker;
struct dp_config *fixture_tree;
unsigned int fixture_sent[FIXTURE_PORTS], fixture_routed[FIXTURE_PORTS];
uint8_t fixture_last[FIXTURE_PORTS][64];

static struct rte_mempool *pool;
static struct dp_port *ports[FIXTURE_PORTS];
static struct dp_port_config configs[FIXTURE_PORTS];
static struct dp_switch sw = {.domain = {[1] = 1, [2] = 2}};
static struct hd_stats_worker stats;
static struct hd_stats_port port_stats[FIXTURE_PORTS];
static struct rte_mbuf *burst[BURST_MAX];
static unsigned int n_burst;
static const struct dp_section *punt_section;
static uint64_t now_ns;

/* In the place of the rest of the program. */
const struct dp_config *_Atomic dp_config_published;
const struct dp_punt_hooks *_Atomic dp_punt_published;
struct dp_section dp_owners_section; /* no address belongs to a port */

struct dp_worker *dp_worker_get(unsigned int index)
{
	return index ? NULL : &fixture_worker;
}

unsigned int dp_workers_count(void)
{
	return 1;
}

void dp_section_register(struct dp_section *section)
{
	section->index = 1;
	punt_section = section;
}

/* The worker is between two loops whenever the punt thread has a turn. */
uint64_t dp_rcu_start(void)
{
	return 1;
}

bool dp_rcu_over(uint64_t token)
{
	return true;
}

void dp_rcu_reader_start(void)
{
}

void dp_rcu_reader_enter(void)
{
}

void dp_rcu_reader_leave(void)
{
}

void dp_rcu_reader_stop(void)
{
}

static void see(uint16_t port, struct rte_mbuf *m)
{
	memset(fixture_last[port], 0, sizeof(fixture_last[port]));
	memcpy(fixture_last[port], rte_pktmbuf_mtod(m, void *),
	       RTE_MIN((size_t)m->data_len, sizeof(fixture_last[port])));
}

static uint16_t host_send(struct dp_worker *w, struct dp_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		see(port->id, m[i]);
	fixture_sent[port->id] += n;
	rte_pktmbuf_free_bulk(m, n);
	return n;
}

static void router_take(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
			uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		see(port->id, m[i]);
		dp_tx_taken(w, port, m[i]);
	}
	fixture_routed[port->id] += n;
	w->stats->consumed += n;
	rte_pktmbuf_free_bulk(m, n);
}

static const struct dp_port_ops host_ops = {.name = "host", .tx_burst = host_send};
static const struct dp_port_ops router_ops = {.name = "router", .take = router_take};

uint64_t fixture_mac(unsigned int i)
{
	return 0x02ull | (uint64_t)(i + 1) << 40;
}

static uint32_t domain_of(unsigned int port)
{
	return port == 2 || port == FIXTURE_DMZ_GW ? 2 : 1;
}

static bool is_router(unsigned int port)
{
	return port >= FIXTURE_HOSTS;
}

static void make_port(uint16_t i)
{
	static const char *const names[] = {"host0", "host1", "host2", "lab-gw", "dmz-gw"};

	configs[i] = (struct dp_port_config){
		.id = i,
		.mode = HD_VLAN_ACCESS,
		.pvid = (uint16_t)domain_of(i),
		.pvid_domain = domain_of(i),
		.default_tci = (uint16_t)domain_of(i),
		.tpid = rte_cpu_to_be_16(HD_TPID_C),
		.mtu = is_router(i) ? 1500 : 9000,
		.max_frame = 9022,
		.flags = is_router(i) ? HD_PORT_GATEWAY : 0,
		.take = is_router(i) ? router_take : NULL,
	};
	ports[i] = calloc(1, sizeof(struct dp_port));
	ports[i]->ops = is_router(i) ? &router_ops : &host_ops;
	ports[i]->id = i;
	ports[i]->generation = 100u + i;
	ports[i]->tx_queues = 1;
	ports[i]->up = true;
	strcpy(ports[i]->name, names[i]);
	configs[i].port = ports[i];
	configs[i].name = ports[i]->name;
}

static struct dp_domain *make_domain(uint32_t id, const bool *has)
{
	struct dp_domain *d = calloc(1, sizeof(*d) + FIXTURE_PORTS * sizeof(d->member[0]));

	d->id = id;
	d->vlan = (uint16_t)id;
	d->ageing_units = 3000;
	for (uint16_t i = 0; i < FIXTURE_PORTS; i++)
		if (has[i] && domain_of(i) == id)
			d->member[d->n_members++] = i;
	return d;
}

static void free_tree(struct dp_config *tree, const struct dp_config *next)
{
	dp_section_free(punt_section, tree, next, false);
	for (uint32_t i = 1; i < tree->n_domains; i++)
		free((void *)tree->domains[i]);
	free(tree->domains);
	free(tree->ports);
	free(tree->switches);
	free(tree);
}

/* Neither the worker nor the punt thread is in a tree when this is called. */
void fixture_commit(const bool has[FIXTURE_PORTS])
{
	static const struct dp_config empty;
	struct dp_config *t = calloc(1, sizeof(*t));
	struct dp_build b = {.now = fixture_tree ? fixture_tree : &empty, .next = t};
	const struct dp_switch **switches = calloc(1, sizeof(*switches));

	t->generation = fixture_tree ? fixture_tree->generation + 1 : 1;
	t->n_ports = FIXTURE_PORTS;
	t->n_domains = 3;
	t->ports = calloc(FIXTURE_PORTS, sizeof(t->ports[0]));
	t->domains = calloc(3, sizeof(t->domains[0]));
	t->switches = switches;
	switches[0] = &sw;
	for (uint16_t i = 0; i < FIXTURE_PORTS; i++)
		t->ports[i] = has[i] ? &configs[i] : NULL;
	t->domains[1] = make_domain(1, has);
	t->domains[2] = make_domain(2, has);
	CU_ASSERT_EQUAL(punt_section->prepare(&b), 0);
	atomic_store(&dp_config_published, t);
	punt_section->commit(t, b.now, NULL);
	if (fixture_tree)
		free_tree(fixture_tree, t);
	fixture_tree = t;
}

int fixture_setup(void)
{
	struct hd_err err;

	hd_clock_set_virtual(now_ns = HD_NS_PER_S);
	if (unit_eal_init() < 0 || dp_drop_init() < 0)
		return -1;
	pool = unit_pool("frames", FIXTURE_POOL, DP_FRAME_ROOM);
	for (uint16_t i = 0; i < FIXTURE_PORTS; i++)
		make_port(i);
	fixture_worker = (struct dp_worker){.stats = &stats,
					    .port_stats = port_stats,
					    .pool = pool,
					    .fdb = dp_fdb_new(256, 1),
					    .tx = dp_tx_new(),
					    .hold = dp_hold_new(100),
					    .send_left = INT32_MAX,
					    .wake_fd = -1};
	fixture_worker.config = NULL;
	if (dp_handover_init(&fixture_worker) < 0)
		return -1;
	return dp_punt_init(fixture_worker.fdb, &err);
}

static bool any(const struct dp_fdb_view *view, void *arg)
{
	return true;
}

void fixture_start(void)
{
	static const bool all[FIXTURE_PORTS] = {true, true, true, true, true};

	memset(&stats, 0, sizeof(stats));
	memset(port_stats, 0, sizeof(port_stats));
	memset(fixture_sent, 0, sizeof(fixture_sent));
	memset(fixture_routed, 0, sizeof(fixture_routed));
	dp_fdb_flush(fixture_worker.fdb, 0, any, NULL);
	for (uint16_t i = FIXTURE_HOSTS; i < FIXTURE_PORTS; i++)
		dp_fdb_set(fixture_worker.fdb, fixture_mac(i), domain_of(i), i, DP_FDB_V_LOCAL);
	fixture_commit(all);
}

int fixture_connect(void)
{
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	dp_punt_connect(pair[0]);
	return pair[1];
}

void fixture_receive(uint16_t port, const uint8_t *frame, uint32_t len)
{
	struct rte_mbuf *m = unit_packet(pool, frame, len, 0);

	CU_ASSERT_FATAL(n_burst < BURST_MAX);
	dp_meta(m)->port = port;
	dp_meta(m)->time_ns = now_ns;
	burst[n_burst++] = m;
}

void fixture_loop(void)
{
	const struct unit_books books = {&stats, port_stats, 1, FIXTURE_PORTS};
	struct dp_worker *w = &fixture_worker;

	w->config = atomic_load(&dp_config_published);
	w->punt = atomic_load(&dp_punt_published);
	w->now_ns = now_ns;
	dp_handover_run(w);
	for (unsigned int i = 0; i < n_burst; i++) {
		uint16_t port = dp_meta(burst[i])->port;

		stats.rx++;
		port_stats[port].rx_packets++;
		dp_path->run(w, &configs[port], &burst[i], 1);
	}
	n_burst = 0;
	dp_tx_flush(w);
	unit_books_check(&books, 0, 0);
}

void fixture_turn(void)
{
	punt_turn(0);
}

void fixture_pass(uint64_t ns)
{
	hd_clock_set_virtual(now_ns += ns);
}

uint64_t fixture_drops(uint16_t port, const char *name)
{
	return unit_drops(&port_stats[port], name);
}

bool fixture_is_local(uint16_t port, const uint8_t mac[6])
{
	const struct dp_fdb *fdb = fixture_worker.fdb;
	uint64_t val, m = dp_fdb_mac(mac);
	uint32_t domain = domain_of(port);

	return dp_fdb_find(fdb, dp_fdb_hash(fdb, m, domain), m, domain, &val) &&
	       val & DP_FDB_V_LOCAL && dp_fdb_val_port(val) == port;
}

bool fixture_wait(struct hd_chan *chan, bool (*done)(void *arg), void *arg)
{
	for (int i = 0; i < TURNS_MAX && !done(arg); i++) {
		fixture_turn();
		hd_chan_process(chan);
	}
	return done(arg);
}
