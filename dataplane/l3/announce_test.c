/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Announcements of gateways: when, how often, with which bytes, and how many at a time.
 */
#include "dataplane/core/deadline.h"
#include "dataplane/l3/arp.h"
#include "dataplane/l3/l3_fixture.h"
#include "dataplane/l3/nd.h"
#include "tests/unit/unit.h"

#define MS    HD_NS_PER_MS
#define SOON  (3 * MS)                                             /* a step, and its grain */
#define LATER (L3_ANNOUNCE_NUM * (L3_ANNOUNCE_INTERVAL_NS + SOON)) /* all rounds are over */

static struct dp_port *port_a, *port_b;

static void start(void)
{
	l3_start(WORKERS);
	port_a = configs[GW_A].port;
	port_b = configs[GW_B].port;
}

/* The workers see the tree, or that ports went up or down. */
static void look(void)
{
	for (unsigned int i = 0; i < WORKERS; i++) {
		workers[i].now_ns = now_ns;
		l3_announce_look(&workers[i]);
	}
}

/* How often the host was told, since @from, that @gateway has the address. */
static unsigned int told(unsigned int host, unsigned int from, const struct hd_mac *mac,
			 const struct hd_ip_prefix *address)
{
	static const struct hd_mac all = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
	static const struct hd_mac all_nodes = {{0x33, 0x33, 0, 0, 0, 1}};
	unsigned int n = 0;
	struct l3_arp arp;
	struct l3_nd nd;

	for (unsigned int i = from; i < n_seen[host]; i++) {
		const uint8_t *frame = seen[host][i].bytes, *ip = frame + 14;

		if (memcmp(frame + 6, mac, 6) != 0)
			continue;
		if (address->family == 4)
			n += !memcmp(frame, &all, 6) && l3_arp_parse(ip, L3_ARP_LEN, &arp) &&
			     arp.op == L3_ARP_REQUEST && !memcmp(&arp.sender, mac, 6) &&
			     !memcmp(arp.sender_ip, address->addr, 4) &&
			     !memcmp(arp.target_ip, address->addr, 4);
		else
			n += !memcmp(frame, &all_nodes, 6) && l3_nd_parse(ip, 72, 72, &nd) &&
			     nd.type == L3_ND_ADVERTISE && nd.override && !nd.solicited &&
			     !memcmp(&nd.mac, mac, 6) && !memcmp(nd.target.b, address->addr, 16) &&
			     !memcmp(nd.src.b, address->addr, 16);
	}
	return n;
}

/*
 * All of a gateway's addresses were announced so often since @from, and the host got nothing else.
 */
static void check_told(unsigned int host, unsigned int from, unsigned int gateway,
		       unsigned int rounds)
{
	const struct hd_gateway_object *o = &objects[gateway - GW_A];

	for (uint32_t i = 0; i < o->n_addresses; i++)
		CU_ASSERT_EQUAL(told(host, from, (const struct hd_mac *)o->mac, &o->addresses[i]),
				rounds);
	CU_ASSERT_EQUAL(n_seen[host], from + rounds * o->n_addresses);
}

/* It has come up: all its addresses, twice, two seconds apart; in its segment only. */
static void test_up(void)
{
	uint64_t generated = 0;

	start();
	pass(L3_ANNOUNCE_INTERVAL_NS);
	CU_ASSERT_EQUAL(n_seen[0], 0); /* nobody looked */
	look();
	pass(SOON);
	for (unsigned int host = 0; host < HOSTS; host++)
		check_told(host, 0, host < 2 ? GW_A : GW_B, 1);
	pass(L3_ANNOUNCE_INTERVAL_NS - 2 * SOON);
	check_told(0, 0, GW_A, 1);
	pass(2 * SOON);
	check_told(0, 0, GW_A, 2);
	check_told(2, 0, GW_B, 2);
	look();
	pass(LATER);
	check_told(1, 0, GW_A, L3_ANNOUNCE_NUM);
	check_told(3, 0, GW_B, L3_ANNOUNCE_NUM);
	for (unsigned int i = 0; i < WORKERS; i++) {
		generated += workers[i].stats->generated;
		CU_ASSERT_EQUAL(dp_deadline_next(&workers[i]), UINT64_MAX);
	}
	CU_ASSERT_EQUAL(generated,
			L3_ANNOUNCE_NUM * (objects[0].n_addresses + objects[1].n_addresses));
	check_books(0);
}

/* Each of what makes it announce anew; the other gateway is silent. */
static void test_change(void)
{
	unsigned int from;

	start();
	look();
	pass(LATER);
	for (int i = 0; i < 4; i++) {
		from = n_seen[2];
		if (i == 0)
			objects[1].mac[5] = 0x77;
		else if (i == 1)
			objects[1].addresses[0].addr[3] = 9;
		else if (i == 2)
			objects[1].addresses[objects[1].n_addresses++] = (struct hd_ip_prefix){
				.family = 4, .length = 24, .addr = {10, 0, 9, 1}};
		else
			port_b->generation++; /* another port, as when its segment has changed */
		l3_gateways();
		look();
		pass(LATER);
		check_told(2, from, GW_B, L3_ANNOUNCE_NUM);
	}
	check_told(0, 0, GW_A, L3_ANNOUNCE_NUM);
	from = n_seen[2];
	l3_gateways(); /* the same ones in another tree */
	look();
	pass(LATER);
	CU_ASSERT_EQUAL(n_seen[2], from);
	check_books(0);
}

/* One that is down says nothing; it does when it comes up again, were it down ever so shortly. */
static void test_down(void)
{
	start();
	atomic_store(&port_a->up, false);
	look();
	pass(LATER);
	CU_ASSERT_EQUAL(n_seen[0], 0);
	check_told(2, 0, GW_B, L3_ANNOUNCE_NUM);
	atomic_store(&port_a->up, true);
	look();
	pass(SOON);
	check_told(0, 0, GW_A, 1);
	atomic_store(&port_a->up, false); /* the second round does not come, */
	atomic_fetch_add(&port_a->down_events, 1);
	pass(LATER);
	check_told(0, 0, GW_A, 1);
	atomic_store(&port_a->up, true); /* but two new ones */
	look();
	pass(LATER);
	check_told(0, 0, GW_A, 1 + L3_ANNOUNCE_NUM);
	atomic_fetch_add(&port_a->down_events, 1); /* nobody looked between */
	look();
	pass(LATER);
	check_told(0, 0, GW_A, 1 + 2 * L3_ANNOUNCE_NUM);
	CU_ASSERT_EQUAL(drops_of(GW_A, "port_disabled"), 0);
	check_books(0);
}

/* A change in the middle of the rounds: what was announced before is not announced any more. */
static void test_again(void)
{
	struct hd_mac old = mac_of(GW_A);

	start();
	look();
	pass(SOON);
	objects[0].mac[5] = 0x66;
	l3_gateways();
	look();
	pass(LATER);
	CU_ASSERT_EQUAL(told(0, 0, &old, &objects[0].addresses[0]), 1);
	check_told(0, objects[0].n_addresses, GW_A, L3_ANNOUNCE_NUM);
	/* It goes away meanwhile. */
	objects[0].mac[5] = 0x55;
	l3_gateways();
	look();
	l3_no_gateways();
	pass(LATER);
	look();
	pass(LATER);
	check_told(0, objects[0].n_addresses * (1 + L3_ANNOUNCE_NUM), GW_A, 0);
	l3_gateways();
	look();
	pass(LATER);
	check_told(0, objects[0].n_addresses * (1 + L3_ANNOUNCE_NUM), GW_A, L3_ANNOUNCE_NUM);
	check_books(0);
}

static void many_addresses(void)
{
	struct hd_gateway_object *o = &objects[0];

	for (; o->n_addresses < HD_GATEWAY_ADDRESSES_MAX; o->n_addresses++)
		o->addresses[o->n_addresses] = (struct hd_ip_prefix){
			.family = 4, .length = 24, .addr = {10, 1, (uint8_t)o->n_addresses, 1}};
}

/* A few at a time, and none when the loop's budget is spent; none is left out. */
static void test_paced(void)
{
	struct dp_worker *owner = &workers[l3_owner_of(GW_A)];
	unsigned int before = 0, steps = 0;

	start();
	many_addresses();
	l3_gateways();
	look();
	owner->send_left = 0;
	pass(10 * SOON);
	CU_ASSERT_EQUAL(n_seen[0], 0);
	owner->send_left = INT32_MAX;
	for (int i = 0; i < 100; i++) {
		pass(DP_DEADLINE_GRAIN_NS);
		CU_ASSERT(n_seen[0] - before <= L3_ANNOUNCE_BURST);
		steps += n_seen[0] != before;
		before = n_seen[0];
	}
	CU_ASSERT_EQUAL(steps, HD_GATEWAY_ADDRESSES_MAX / L3_ANNOUNCE_BURST);
	check_told(0, 0, GW_A, 1);
	pass(LATER);
	check_told(0, 0, GW_A, L3_ANNOUNCE_NUM);
	check_books(0);
}

/* A change of one that the pass has left behind, while it is at another one of the same owner. */
static void test_behind(void)
{
	struct l3_gateway twin;
	struct l3_tree *t;

	start();
	many_addresses();
	l3_gateways();
	t = (struct l3_tree *)(uintptr_t)l3_tree(workers[0].config);
	twin = *t->by_id[GW_A];
	twin.id = GW_A - WORKERS;
	twin.mac.b[5] = 0x44;
	twin.n_addresses = 1;
	twin.address[0].addr[3] = 50;
	t->by_id[twin.id] = &twin;
	look();
	pass(L3_ANNOUNCE_STEP_NS + DP_DEADLINE_GRAIN_NS);
	CU_ASSERT_EQUAL(n_seen[0], L3_ANNOUNCE_BURST);
	CU_ASSERT_EQUAL(told(0, 0, &twin.mac, &twin.address[0]), 1);
	twin.epoch--;
	look();
	pass(2 * SOON);
	CU_ASSERT_EQUAL(told(0, 0, &twin.mac, &twin.address[0]), 2);
	t->by_id[twin.id] = NULL;
	pass(LATER);
	check_books(0);
}

/* There is no buffer: it is counted, and what comes later comes. */
static void test_no_buffers(void)
{
	static struct rte_mbuf *all[16384]; /* more than the pool has */
	unsigned int n = 0;

	start();
	while (n < RTE_DIM(all) && (all[n] = rte_pktmbuf_alloc(frame_pool)) != NULL)
		n++;
	CU_ASSERT_FATAL(n < RTE_DIM(all));
	look();
	pass(SOON);
	rte_pktmbuf_free_bulk(all, n);
	CU_ASSERT_EQUAL(n_seen[0], 0);
	CU_ASSERT_EQUAL(drops_of(GW_A, "gateway_no_buffers"), objects[0].n_addresses);
	pass(LATER);
	check_told(0, 0, GW_A, L3_ANNOUNCE_NUM - 1);
	check_books(0);
}

UNIT_MAIN_SETUP("l3_announce", l3_setup, {"up", test_up}, {"change", test_change},
		{"down", test_down}, {"again", test_again}, {"paced", test_paced},
		{"behind", test_behind}, {"no buffers", test_no_buffers});
