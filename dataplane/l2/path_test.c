/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The whole path, with random frames: bridged, flooded, routed and answered by two simple gateways,
 * kept by a feature and resumed, dropped. The frames that leave each port do not depend on the
 * batch. With three workers instead of one, frames between two ports stay in order.
 */
#include <rte_byteorder.h>

#include "heddle/api/fdb.h"
#include "dataplane/core/config.h"
#include "dataplane/core/deadline.h"
#include "dataplane/core/drop.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/core/handover.h"
#include "dataplane/core/hold.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/mbuf.h"
#include "dataplane/core/path.h"
#include "dataplane/core/section.h"
#include "dataplane/core/tx.h"
#include "tests/unit/books.h"
#include "tests/unit/eal.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

#define POOL_SIZE 8191
#define HOSTS     5 /* ports 0, 1, 2 are in domain 1; 3, 4 in domain 2 */
#define GATEWAY   5 /* and 6: of the domains 1 and 2 */
#define SECOND    7 /* gateway of domain 1 */
#define PORTS     8
#define KEEPER    2 /* the port whose frames a feature may keep */
#define WORKERS   3
#define FRAMES    4000
#define SEEN_MAX  (FRAMES * 4)
#define BATCH_MAX 256

enum what { BRIDGE, UNKNOWN, EVERYBODY, ASK, ROUTE, LOOP, KEEP, RELEASE, BAD, WHATS };

/* A frame of the test, behind its Ethernet header. */
struct payload {
	uint32_t number;
	uint8_t what;
	uint8_t from; /* port */
	uint8_t to;   /* port: of ROUTE */
	uint8_t zero;
} __attribute__((packed));

struct frame {
	uint16_t port;
	uint64_t dst;
	struct payload payload;
};

static struct rte_mempool *pool;
static struct dp_port *ports[PORTS];
static struct dp_port_config configs[PORTS];
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
struct dp_section dp_owners_section; /* no address belongs to a port */
static struct dp_worker workers[WORKERS];
static unsigned int n_workers = 1;
static uint8_t handed;

static struct frame frames[FRAMES];

/* What left each port: the frames' payloads, in order. */
static struct payload seen[PORTS][SEEN_MAX], wanted[PORTS][SEEN_MAX];
static unsigned int n_seen[PORTS], n_wanted[PORTS];
static struct rte_mbuf *kept[64];
static uint16_t n_kept;

struct dp_worker *dp_worker_get(unsigned int index)
{
	return &workers[index];
}

static uint64_t mac_of(unsigned int port)
{
	return 0x02ull | (uint64_t)(port + 1) << 40;
}

static const struct payload *payload_of(struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod_offset(m, const struct payload *, HD_ETH_HLEN);
}

static uint16_t record(struct dp_worker *w, struct dp_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		if (n_seen[port->id] < SEEN_MAX)
			seen[port->id][n_seen[port->id]++] = *payload_of(m[i]);
	rte_pktmbuf_free_bulk(m, n);
	return n;
}

static void address(struct rte_mbuf *m, uint64_t dst, uint64_t src)
{
	dp_fdb_mac_bytes(dst, rte_pktmbuf_mtod(m, uint8_t *));
	dp_fdb_mac_bytes(src, rte_pktmbuf_mtod(m, uint8_t *) + 6);
}

/* A frame leaves the toy by @gateway, for @dst. */
static void toy_send(struct dp_worker *w, unsigned int gateway, uint64_t dst, struct rte_mbuf *m)
{
	struct rte_mbuf *own = dp_mbuf_writable(pool, m, HD_ETH_HLEN);

	CU_ASSERT_PTR_NOT_NULL_FATAL(own);
	address(own, dst, mac_of(gateway));
	dp_path_input(w, &configs[gateway], &own, 1, true);
}

/* On the worker that owns the gateway that the frame leaves by. */
static void toy_leave(struct dp_worker *w, struct rte_mbuf *m)
{
	const struct payload *p = payload_of(m);

	toy_send(w, dp_meta(m)->port, mac_of(p->to), m);
}

static void toy_take_one(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m)
{
	const struct payload *p = payload_of(m);
	unsigned int other = port->id == GATEWAY ? GATEWAY + 1 : GATEWAY;

	dp_tx_taken(w, port, m);
	switch (p->what) {
	case ROUTE: dp_hand_over(w, other % n_workers, handed, ports[other], m); break;
	case ASK: toy_send(w, port->id, mac_of(p->from), m); break;
	/* to the other gateway of the domain, which sends it back */
	case LOOP: toy_send(w, port->id, mac_of(port->id == GATEWAY ? SECOND : GATEWAY), m); break;
	default:
		w->stats->consumed++;
		rte_pktmbuf_free(m);
		break;
	}
}

static void toy_take(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		     uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		toy_take_one(w, port, m[i]);
}

/* Keeps frames until one says that all go on. */
static uint16_t keep(struct dp_worker *w, const struct dp_port_config *port, const void *conf,
		     struct rte_mbuf **m, uint16_t n);

static struct dp_feature keeper = {
	.name = "keep", .point = DP_POINT_INPUT, .run = keep, .order = 1};

static uint16_t keep(struct dp_worker *w, const struct dp_port_config *port, const void *conf,
		     struct rte_mbuf **m, uint16_t n)
{
	uint16_t on = 0;

	for (uint16_t i = 0; i < n; i++) {
		uint8_t what = payload_of(m[i])->what;

		if (what == RELEASE || n_kept == 64) {
			/* What was let pass is before them. */
			if (on)
				dp_path->run(w, port, m, on);
			on = 0;
			dp_feature_resume(w, &keeper, port->id, kept, n_kept);
			n_kept = 0;
		}
		if (what == KEEP) {
			kept[n_kept++] = m[i];
			w->stats->held++;
		} else {
			m[on++] = m[i];
		}
	}
	return on;
}

static const struct dp_port_ops host_ops = {.name = "host", .tx_burst = record};
static const struct dp_port_ops toy_ops = {.name = "toy", .take = toy_take};

static struct dp_domain *domain_new(uint32_t id, unsigned int from, unsigned int to,
				    unsigned int gateway)
{
	struct dp_domain *d = calloc(1, sizeof(*d) + PORTS * sizeof(d->member[0]));

	d->id = id;
	d->vlan = (uint16_t)id;
	d->ageing_units = 3000;
	for (unsigned int i = from; i <= to; i++)
		d->member[d->n_members++] = (uint16_t)i;
	d->member[d->n_members++] = (uint16_t)gateway;
	if (gateway == GATEWAY)
		d->member[d->n_members++] = SECOND;
	return d;
}

static int setup(void)
{
	if (unit_eal_init() < 0 || dp_drop_init() < 0)
		return -1;
	handed = dp_handover_register(toy_leave);
	pool = unit_pool("frames", POOL_SIZE, DP_FRAME_ROOM);
	domains[1] = domain_new(1, 0, 2, GATEWAY);
	domains[2] = domain_new(2, 3, 4, GATEWAY + 1);
	for (uint16_t i = 0; i < PORTS; i++) {
		uint32_t domain = i < 3 || i == GATEWAY || i == SECOND ? 1 : 2;

		configs[i] = (struct dp_port_config){
			.id = i,
			.mode = HD_VLAN_ACCESS,
			.pvid = (uint16_t)domain,
			.pvid_domain = domain,
			.default_tci = (uint16_t)domain,
			.tpid = rte_cpu_to_be_16(HD_TPID_C),
			.mtu = 1500,
			.max_frame = 1522,
			.take = i >= GATEWAY ? toy_take : NULL,
		};
		configs[i].port = ports[i] = calloc(1, sizeof(struct dp_port));
		ports[i]->ops = i >= GATEWAY ? &toy_ops : &host_ops;
		ports[i]->id = i;
		ports[i]->generation = 100u + i;
		ports[i]->tx_queues = 1;
		ports[i]->up = true;
		config_list[i] = &configs[i];
	}
	configs[KEEPER].n_input = 1;
	configs[KEEPER].features[DP_POINT_INPUT] =
		(struct dp_feature_list){.n = 1, .call = {{.run = keep, .feature = &keeper}}};
	for (unsigned int i = 0; i < WORKERS; i++) {
		workers[i] = (struct dp_worker){.index = i,
						.config = &tree,
						.stats = &stats[i],
						.port_stats = port_stats[i],
						.pool = pool,
						.tx = dp_tx_new(),
						.hold = dp_hold_new(100),
						.deadlines = dp_deadlines_new(),
						.wake_fd = -1};
		if (dp_handover_init(&workers[i]) < 0)
			return -1;
	}
	return 0;
}

static void start(unsigned int of_workers)
{
	n_workers = of_workers;
	memset(stats, 0, sizeof(stats));
	memset(port_stats, 0, sizeof(port_stats));
	memset(n_seen, 0, sizeof(n_seen));
	for (unsigned int i = 0; i < WORKERS; i++) {
		if (!i)
			workers[i].fdb = dp_fdb_new(256, 1);
		workers[i].fdb = workers[0].fdb;
		workers[i].send_left = INT32_MAX;
	}
	for (unsigned int i = GATEWAY; i < PORTS; i++)
		dp_fdb_set(workers[0].fdb, mac_of(i), configs[i].pvid_domain, (uint16_t)i,
			   DP_FDB_V_LOCAL);
}

static uint64_t dst_of(enum what what, unsigned int from, unsigned int to)
{
	switch (what) {
	case UNKNOWN: return mac_of(200);
	case EVERYBODY:
	case ASK: return 0xffffffffffffull;
	case ROUTE:
	case LOOP: return mac_of(configs[from].pvid_domain == 1 ? GATEWAY : GATEWAY + 1);
	case BAD: return 0x0000010000c28001ull & 0xffffffffffffull; /* 01:80:c2:00:00:01 */
	default: return mac_of(to);
	}
}

static void make_frames(unsigned int seed)
{
	dice_state = seed;
	for (uint32_t i = 0; i < FRAMES; i++) {
		unsigned int from = dice(HOSTS), to = dice(HOSTS);
		enum what what = dice(WHATS);

		if ((what == KEEP || what == RELEASE) && dice(2))
			from = KEEPER;
		frames[i].port = (uint16_t)from;
		frames[i].dst = dst_of(what, from, to);
		frames[i].payload = (struct payload){
			.number = i, .what = what, .from = (uint8_t)from, .to = (uint8_t)to};
	}
}

static struct rte_mbuf *make(const struct frame *f)
{
	uint8_t p[60] = {[12] = 0x88, [13] = 0xb5};
	struct rte_mbuf *m;

	dp_fdb_mac_bytes(f->dst, p);
	dp_fdb_mac_bytes(mac_of(f->port), p + 6);
	memcpy(p + HD_ETH_HLEN, &f->payload, sizeof(f->payload));
	m = unit_packet(pool, p, sizeof(p), 0);
	dp_meta(m)->port = f->port;
	dp_meta(m)->time_ns = f->payload.number;
	return m;
}

static void give(struct dp_worker *w, uint16_t port, struct rte_mbuf **m, uint16_t n)
{
	w->stats->rx += n;
	port_stats[w->index][port].rx_packets += n;
	n = configs[port].n_input ? dp_port_run(w, &configs[port], DP_POINT_INPUT, 0, m, n) : n;
	if (n)
		dp_path->run(w, &configs[port], m, n);
}

static void check_books(void)
{
	const struct unit_books books = {stats, port_stats[0], WORKERS, PORTS};

	CU_ASSERT_EQUAL(unit_books_check(&books, KEEPER, n_kept), n_kept);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(pool), POOL_SIZE - n_kept);
}

/* One worker gets all frames, @batch of them in a loop. */
static void run_batch(unsigned int batch)
{
	struct dp_worker *w = &workers[0];

	start(1);
	for (unsigned int at = 0, n; at < FRAMES; at += n) {
		struct rte_mbuf *m[DP_BURST];
		uint16_t run = 0;

		for (n = 0; n < batch && at + n < FRAMES; n++) {
			const struct frame *f = &frames[at + n];

			if (run && (run == DP_BURST || f[-1].port != f->port)) {
				give(w, f[-1].port, m, run);
				run = 0;
			}
			m[run++] = make(f);
		}
		give(w, frames[at + n - 1].port, m, run);
		dp_tx_flush(w);
	}
	check_books();
}

static void forget_kept(void)
{
	rte_pktmbuf_free_bulk(kept, n_kept);
	n_kept = 0;
	dp_fdb_free(workers[0].fdb);
}

static uint64_t drops_of(uint16_t port, const char *name)
{
	return unit_drops(&port_stats[0][port], name);
}

static void test_batches(void)
{
	static const unsigned int batches[] = {1, 7, 64, BATCH_MAX};

	for (unsigned int seed = 1; seed <= 5; seed++) {
		make_frames(seed);
		for (unsigned int b = 0; b < 4; b++) {
			run_batch(batches[b]);
			for (unsigned int p = 0; p < HOSTS && b; p++) {
				CU_ASSERT_EQUAL(n_seen[p], n_wanted[p]);
				CU_ASSERT_EQUAL(
					memcmp(seen[p], wanted[p], n_seen[p] * sizeof(seen[p][0])),
					0);
			}
			forget_kept();
			if (b)
				continue;
			memcpy(wanted, seen, sizeof(seen));
			memcpy(n_wanted, n_seen, sizeof(n_seen));
			/* Frames of each sort did what they are for. */
			for (unsigned int p = 0; p < HOSTS; p++)
				CU_ASSERT_TRUE(n_seen[p] > FRAMES / 10);
			CU_ASSERT_TRUE(drops_of(GATEWAY, "routing_loop") > FRAMES / 40);
			CU_ASSERT_TRUE(port_stats[0][GATEWAY].tx_packets > FRAMES / 10);
			CU_ASSERT_TRUE(port_stats[0][GATEWAY + 1].rx_packets > FRAMES / 20);
		}
	}
}

/* Frames that came in by one port and leave by another do so in their order. */
static void check_order(void)
{
	int64_t last[PORTS][PORTS][2];

	memset(last, 0xff, sizeof(last));
	for (unsigned int p = 0; p < HOSTS; p++) {
		for (unsigned int i = 0; i < n_seen[p]; i++) {
			const struct payload *s = &seen[p][i];
			int64_t *at = &last[p][s->from][s->what == ROUTE];

			/* Frames that were kept are later than those that passed by. */
			if (s->what == KEEP && s->from == KEEPER)
				continue;
			CU_ASSERT_TRUE(s->number >= *at); /* two gateways answer the same */
			*at = s->number;
		}
	}
}

/* The ports' frames go to three workers, which have random turns. */
static void test_workers(void)
{
	unsigned int at[WORKERS], busy;

	for (unsigned int seed = 1; seed <= 5; seed++) {
		make_frames(seed);
		start(WORKERS);
		memset(at, 0, sizeof(at));
		do {
			unsigned int i = dice(WORKERS), n = dice(16);
			struct dp_worker *w = &workers[i];

			dp_handover_run(w);
			for (; at[i] < FRAMES && n; at[i]++) {
				struct rte_mbuf *m;

				if (frames[at[i]].port % WORKERS != i)
					continue;
				m = make(&frames[at[i]]);
				give(w, frames[at[i]].port, &m, 1);
				n--;
			}
			dp_tx_flush(w);
			busy = 0;
			for (unsigned int k = 0; k < WORKERS; k++)
				busy += at[k] < FRAMES || dp_handover_waits(&workers[k]);
		} while (busy);
		check_order();
		check_books();
		for (unsigned int p = 0; p < HOSTS; p++)
			CU_ASSERT_TRUE(n_seen[p] > FRAMES / 10);
		forget_kept();
	}
}

/* A port that is not the one any more gets nothing; a full ring is a drop by name. */
static void test_handover(void)
{
	struct frame f = {.port = 3, .payload = {.what = ROUTE, .from = 3, .to = 1}};

	start(2);
	CU_ASSERT_TRUE(dp_hand_over(&workers[0], 1, handed, ports[GATEWAY], make(&f)));
	CU_ASSERT_TRUE(dp_hand_over(NULL, 1, handed, ports[GATEWAY], make(&f)));
	ports[GATEWAY]->generation++;
	CU_ASSERT_EQUAL(dp_handover_run(&workers[1]), 2);
	CU_ASSERT_EQUAL(stats[1].drops, 2);
	for (unsigned int i = 0; i < DP_HANDOVER_RING - 1; i++)
		CU_ASSERT_TRUE(dp_hand_over(&workers[0], 1, handed, ports[GATEWAY], make(&f)));
	CU_ASSERT_EQUAL(stats[0].drops, 0);
	CU_ASSERT_FALSE(dp_hand_over(&workers[0], 1, handed, ports[GATEWAY], make(&f)));
	CU_ASSERT_FALSE(dp_hand_over(NULL, 1, handed, ports[GATEWAY], make(&f)));
	CU_ASSERT_EQUAL(drops_of(GATEWAY, "handover_full"), 1);
	CU_ASSERT_EQUAL(dp_handover_run(&workers[1]), DP_HANDOVER_RING - 1);
	CU_ASSERT_FALSE(dp_handover_waits(&workers[1]));
	dp_tx_flush(&workers[1]);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(pool), POOL_SIZE);
	CU_ASSERT_EQUAL(stats[1].tx, (DP_HANDOVER_RING - 1) * 3); /* it is flooded */
	dp_fdb_free(workers[0].fdb);
}

UNIT_MAIN_SETUP("path", setup, {"any batch", test_batches}, {"three workers", test_workers},
		{"handed over", test_handover});
