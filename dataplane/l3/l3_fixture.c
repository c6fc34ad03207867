/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l3/l3_fixture.h"

#include "dataplane/core/deadline.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/core/handover.h"
#include "dataplane/core/hold.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/offload_core.h"
#include "dataplane/core/path.h"
#include "dataplane/core/tx.h"
#include "dataplane/l3/arp.h"
#include "dataplane/l3/nd.h"
#include "tests/unit/books.h"
#include "tests/unit/eal.h"
#include "tests/unit/unit.h"

#define POOL_SIZE 8191
#define START_NS  (100000 * HD_NS_PER_S) /* tests start at a multiple of this time */

struct seen seen[HOSTS][SEEN_MAX];
unsigned int n_seen[HOSTS];
struct dp_worker workers[WORKERS];
struct dp_port_config configs[PORTS];
struct rte_mempool *frame_pool;
uint64_t now_ns;
struct hd_gateway_object objects[2];

/* Sections whose parts the tree has. */
struct dp_section dp_owners_section = {.index = 0};
struct dp_section l3_section = {.index = 1};

static struct dp_port *ports[PORTS];
static const struct dp_port_config *config_list[PORTS];
static struct dp_switch sw = {.domain = {[1] = 1, [2] = 2}};
static const struct dp_switch *switches[] = {&sw};
static const struct dp_domain *domains[3];
static struct dp_config tree = {.n_ports = PORTS,
				.n_domains = 3,
				.ports = config_list,
				.domains = domains,
				.switches = switches};
static struct hd_stats_worker stats[WORKERS];
static struct hd_stats_port port_stats[WORKERS][PORTS];
static unsigned int n_workers = 1;

static unsigned int n_owning = 1; /* workers that own neighbours: the most that a test had so far */

unsigned int dp_workers_count(void)
{
	return n_owning;
}

const struct dp_config *dp_config_running(void)
{
	return &tree;
}

struct dp_worker *dp_worker_get(unsigned int index)
{
	return &workers[index];
}

static unsigned int domain_of(unsigned int port)
{
	return port < 2 || port == GW_A ? 1 : 2;
}

struct hd_mac mac_of(unsigned int port)
{
	return (struct hd_mac){{2, 0, 0, 0, 0, (uint8_t)(port + 1)}};
}

void ip4_of(unsigned int port, uint8_t out[4])
{
	const uint8_t ip[4] = {10, 0, (uint8_t)domain_of(port),
			       (uint8_t)(port >= GW_A ? 1 : 100 + port)};

	memcpy(out, ip, 4);
}

void ip6_of(unsigned int port, uint8_t out[16])
{
	const uint8_t ip[16] = {0x20,
				0x01,
				0x0d,
				0xb8,
				0,
				(uint8_t)domain_of(port),
				[15] = (uint8_t)(port >= GW_A ? 1 : 100 + port)};

	memcpy(out, ip, 16);
}

static uint16_t record(struct dp_worker *w, struct dp_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n)
{
	(void)w;
	(void)q;
	for (uint16_t i = 0; i < n; i++) {
		struct seen *s = &seen[port->id][n_seen[port->id] % SEEN_MAX];
		uint32_t len = RTE_MIN(m[i]->pkt_len, (uint32_t)sizeof(s->bytes));
		const void *p = rte_pktmbuf_read(m[i], 0, len, s->bytes);

		if (p != s->bytes)
			memcpy(s->bytes, p, len);
		s->len = m[i]->pkt_len;
		s->flags = dp_meta(m[i])->flags;
		n_seen[port->id]++;
	}
	rte_pktmbuf_free_bulk(m, n);
	return n;
}

static const struct dp_port_ops host_ops = {.name = "host", .tx_burst = record};
static const struct dp_port_ops *gateway_ops;

/* gateway_port.c tells of the kind before all else. */
void dp_port_kind_register(const struct dp_port_ops *ops)
{
	gateway_ops = ops;
}

void dp_port_set_up(struct dp_port *port, uint16_t rx_queues, uint16_t tx_queues, uint32_t caps)
{
	CU_FAIL("nobody opens a port");
}

static struct dp_domain *domain_new(uint32_t id)
{
	struct dp_domain *d = calloc(1, sizeof(*d) + PORTS * sizeof(d->member[0]));

	d->id = id;
	d->vlan = (uint16_t)id;
	d->ageing_units = 1000000;
	for (uint16_t i = 0; i < PORTS; i++)
		if (domain_of(i) == id)
			d->member[d->n_members++] = i;
	return d;
}

static void port_new(uint16_t i)
{
	uint32_t domain = domain_of(i);

	configs[i] = (struct dp_port_config){
		.id = i,
		.mode = HD_VLAN_ACCESS,
		.pvid = (uint16_t)domain,
		.pvid_domain = domain,
		.default_tci = (uint16_t)domain,
		.tpid = rte_cpu_to_be_16(HD_TPID_C),
		.mtu = 1500,
		.max_frame = 1522,
		.take = i >= GW_A ? l3_take : NULL,
		.name = i == GW_A   ? "gw-a"
			: i == GW_B ? "gw-b"
				    : "host",
	};
	configs[i].port = ports[i] = calloc(1, sizeof(struct dp_port));
	ports[i]->ops = i >= GW_A ? gateway_ops : &host_ops;
	ports[i]->id = i;
	ports[i]->generation = 1;
	ports[i]->caps = DP_CAP_CSUM | DP_CAP_TSO4 | DP_CAP_TSO6;
	ports[i]->tx_queues = 1;
	ports[i]->up = true;
	config_list[i] = &configs[i];
}

static void object_new(struct hd_gateway_object *o, unsigned int port)
{
	struct hd_mac mac = mac_of(port);

	*o = (struct hd_gateway_object){.n_addresses = port == GW_A ? 3 : 2};
	snprintf(o->head.key, sizeof(o->head.key), "%s", configs[port].name);
	snprintf(o->vrf, sizeof(o->vrf), HD_VRF_DEFAULT);
	memcpy(o->mac, &mac, sizeof(o->mac));
	o->addresses[0] = (struct hd_ip_prefix){.family = 4, .length = 24};
	ip4_of(port, o->addresses[0].addr);
	o->addresses[1] = (struct hd_ip_prefix){.family = 6, .length = 64};
	ip6_of(port, o->addresses[1].addr);
	if (port == GW_A)
		o->addresses[2] = (struct hd_ip_prefix){
			.family = 6, .length = 64, .addr = {0xfe, 0x80, [15] = 1}};
}

int l3_setup(void)
{
	if (unit_eal_init() < 0 || dp_drop_init() < 0)
		return -1;
	frame_pool = unit_pool("frames", POOL_SIZE, DP_FRAME_ROOM);
	domains[1] = domain_new(1);
	domains[2] = domain_new(2);
	for (uint16_t i = 0; i < PORTS; i++)
		port_new(i);
	for (unsigned int i = 0; i < WORKERS; i++) {
		workers[i] = (struct dp_worker){.index = i,
						.config = &tree,
						.stats = &stats[i],
						.port_stats = port_stats[i],
						.pool = frame_pool,
						.big_pool = frame_pool,
						.tx = dp_tx_new(),
						.hold = dp_hold_new(100),
						.deadlines = dp_deadlines_new(),
						.wake_fd = -1};
		if (dp_handover_init(&workers[i]) < 0)
			return -1;
	}
	return l3_owners_init();
}

void l3_gateways(void)
{
	const struct l3_wanted wanted[] = {{&objects[0], &configs[GW_A]},
					   {&objects[1], &configs[GW_B]}};
	const struct l3_tree *old = l3_tree(&tree);
	struct hd_err err = {0};
	struct l3_tree *t;

	CU_ASSERT_EQUAL_FATAL(l3_tree_build(wanted, 2, old, &t, &err), 0);
	tree.part[l3_section.index] = t;
	l3_owners_forget_outdated(&tree);
	l3_tree_free((struct l3_tree *)old);
}

void l3_no_gateways(void)
{
	struct l3_tree *old = (struct l3_tree *)l3_tree(&tree);

	tree.part[l3_section.index] = NULL;
	l3_owners_forget_outdated(&tree);
	l3_tree_free(old);
}

static void forget_neighbours(void)
{
	struct l3_neigh_view v;

	for (unsigned int i = 0; i < l3_owners_count(); i++) {
		struct l3_owner *o = l3_owner(i);

		for (uint32_t at = 0; at < l3_neigh_end(o->neighbours); at++)
			if (l3_neigh_view(o->neighbours, at, &v))
				l3_neigh_forget(o->neighbours, at, &v);
		memset(o->gateways, 0, HD_PORTS_MAX * sizeof(*o->gateways));
	}
	pass(100 * HD_NS_PER_S);
}

void l3_start(unsigned int of_workers)
{
	for (uint16_t i = 0; i < PORTS; i++)
		configs[i].mtu = 1500;
	object_new(&objects[0], GW_A);
	object_new(&objects[1], GW_B);
	l3_gateways();
	dp_fdb_free(workers[0].fdb);
	for (unsigned int i = 0; i < WORKERS; i++) {
		if (!i)
			workers[0].fdb = dp_fdb_new(256, 1);
		workers[i].fdb = workers[0].fdb;
		workers[i].send_left = INT32_MAX;
	}
	for (uint16_t i = GW_A; i < PORTS; i++) {
		struct hd_mac mac = mac_of(i);

		dp_fdb_set(workers[0].fdb, dp_fdb_mac(mac.b), configs[i].pvid_domain, i,
			   DP_FDB_V_LOCAL);
	}
	n_owning = RTE_MAX(n_owning, of_workers);
	CU_ASSERT_EQUAL_FATAL(l3_owners_init(), 0);
	forget_neighbours();
	for (unsigned int i = 0; i < l3_owners_count(); i++) {
		l3_owner(i)->random = 1;
		memset(l3_owner(i)->gateways, 0, HD_PORTS_MAX * sizeof(struct l3_gateway_state));
	}
	now_ns = (now_ns / START_NS + 1) * START_NS;
	n_workers = of_workers;
	memset(stats, 0, sizeof(stats));
	memset(port_stats, 0, sizeof(port_stats));
	memset(n_seen, 0, sizeof(n_seen));
}

static void ethernet(uint8_t *frame, unsigned int from, uint16_t type)
{
	struct hd_eth_hdr *eth = (struct hd_eth_hdr *)frame;

	eth->dst = mac_of(domain_of(from) == 1 ? GW_A : GW_B);
	eth->src = mac_of(from);
	eth->type = rte_cpu_to_be_16(type);
}

uint32_t packet4(uint8_t *frame, unsigned int from, const uint8_t *dst, uint8_t proto,
		 const void *upper, uint32_t len)
{
	uint8_t src[4];

	ethernet(frame, from, HD_ETYPE_IPV4);
	ip4_of(from, src);
	l3_ip4_write(frame + 14, src, dst, proto, len, 64);
	memcpy(frame + 34, upper, len);
	return 34 + len;
}

uint32_t packet6(uint8_t *frame, unsigned int from, const uint8_t *dst, uint8_t proto,
		 const void *upper, uint32_t len)
{
	uint8_t src[16];

	ethernet(frame, from, HD_ETYPE_IPV6);
	ip6_of(from, src);
	l3_ip6_write(frame + 14, src, dst, proto, len, 64);
	memcpy(frame + 54, upper, len);
	return 54 + len;
}

uint32_t echo(uint8_t *frame, unsigned int family, unsigned int from, const uint8_t *dst)
{
	uint8_t icmp[40] = {[0] = family == 4 ? 8 : 128, [5] = 7, [7] = 1, [20] = 0xa5};
	struct dp_csum sum = {0};
	uint16_t csum;
	uint32_t len;

	if (family == 4) {
		dp_csum_add(&sum, icmp, sizeof(icmp));
		csum = (uint16_t)~dp_csum_fold(sum.sum);
		memcpy(icmp + 2, &csum, 2);
		return packet4(frame, from, dst, 1, icmp, sizeof(icmp));
	}
	len = packet6(frame, from, dst, 58, icmp, sizeof(icmp));
	sum.sum = l3_ip6_pseudo(frame + 22, dst, 58, sizeof(icmp));
	dp_csum_add(&sum, icmp, sizeof(icmp));
	csum = (uint16_t)~dp_csum_fold(sum.sum);
	memcpy(frame + 56, &csum, 2);
	return len;
}

/* Every worker has a loop, until nothing is left to do. */
static void loops(void)
{
	unsigned int busy;

	do {
		busy = 0;
		for (unsigned int i = 0; i < WORKERS; i++) {
			workers[i].now_ns = now_ns;
			dp_deadlines_run(&workers[i]);
			busy += dp_handover_run(&workers[i]);
			dp_tx_flush(&workers[i]);
		}
	} while (busy);
}

void pass(uint64_t ns)
{
	uint64_t end = now_ns + ns;

	for (;;) {
		uint64_t next = UINT64_MAX;

		for (unsigned int i = 0; i < WORKERS; i++)
			next = RTE_MIN(next, dp_deadline_next(&workers[i]));
		if (next > end)
			break;
		now_ns = RTE_MAX(next, now_ns);
		loops();
	}
	now_ns = end;
}

void send_burst(unsigned int host, struct rte_mbuf **m, uint16_t n)
{
	struct dp_worker *w = &workers[host % n_workers];

	for (uint16_t i = 0; i < n; i++) {
		dp_meta(m[i])->port = (uint16_t)host;
		dp_meta(m[i])->time_ns = now_ns;
	}
	w->now_ns = now_ns;
	w->stats->rx += n;
	w->port_stats[host].rx_packets += n;
	dp_path->run(w, &configs[host], m, n);
	loops();
}

void send_mbuf(unsigned int host, struct rte_mbuf *m)
{
	send_burst(host, &m, 1);
}

void send_frame(unsigned int host, const uint8_t *frame, uint32_t len)
{
	send_mbuf(host, unit_packet(frame_pool, frame, len, 0));
}

void introduce(unsigned int host)
{
	struct hd_mac mac = mac_of(host);
	unsigned int gateway = domain_of(host) == 1 ? GW_A : GW_B;
	uint8_t frame[L3_ND_FRAME], ip[4], target[4];
	struct l3_addr ip6, target6;

	ip4_of(host, ip);
	ip4_of(gateway, target);
	l3_arp_request(frame, &mac, ip, target, NULL);
	send_frame(host, frame, L3_ARP_FRAME);
	ip6_of(host, ip6.b);
	ip6_of(gateway, target6.b);
	l3_nd_solicit(frame, &mac, &ip6, &target6, NULL);
	send_frame(host, frame, L3_ND_FRAME);
}

void check_books(unsigned int held)
{
	const struct unit_books books = {stats, port_stats[0], WORKERS, PORTS};

	CU_ASSERT_EQUAL(unit_books_check(&books, 0, 0), held);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(frame_pool), POOL_SIZE - held);
}

uint64_t drops_of(unsigned int port, const char *name)
{
	uint64_t n = 0;

	for (unsigned int w = 0; w < WORKERS; w++)
		n += unit_drops(&port_stats[w][port], name);
	return n;
}

const struct seen *last(unsigned int host)
{
	return n_seen[host] ? &seen[host][(n_seen[host] - 1) % SEEN_MAX] : NULL;
}

unsigned int count_type(unsigned int host, uint16_t type)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < RTE_MIN(n_seen[host], (unsigned int)SEEN_MAX); i++)
		n += l3_be16(seen[host][i].bytes + 12) == type;
	return n;
}
