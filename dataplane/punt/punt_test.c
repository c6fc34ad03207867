/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Punt, from the port of a host to the channel of heddle-cp. The test plays heddle-cp.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "dataplane/core/api.h"
#include "dataplane/core/punt.h"
#include "dataplane/punt/punt.h"
#include "dataplane/punt/punt_peer_fixture.h"
#include "tests/unit/unit.h"

static struct dp_api *api;

/* In the place of the control thread's. */
void dp_api_register(struct dp_api *a)
{
	api = a;
}

static void test_punt(void)
{
	struct hd_punt_rule_key key = {.key = "v"};
	struct hd_punt_rule r = peer_rule_vrrp("v", "lab-gw");

	peer_start(1000, 100, 10);
	fixture_receive(0, peer_vrrp, sizeof(peer_vrrp));
	fixture_loop();
	peer_collect();
	CU_ASSERT_EQUAL(peer_packets[VRRP], 1);
	CU_ASSERT_STRING_EQUAL(peer_last.gateway, "lab-gw");
	CU_ASSERT_STRING_EQUAL(peer_last.port, "host0");
	CU_ASSERT_EQUAL(peer_last.len, sizeof(peer_vrrp));
	CU_ASSERT_EQUAL(memcmp(peer_last.frame, peer_vrrp, sizeof(peer_vrrp)), 0);
	CU_ASSERT_EQUAL(peer_last.time_ns, hd_now_ns());
	CU_ASSERT_EQUAL(fixture_routed[FIXTURE_LAB_GW], 0);
	CU_ASSERT_EQUAL(fixture_sent[1], 1); /* the segment's other members got it, too */
	/* another segment's gateway has no rule */
	fixture_receive(2, peer_vrrp, sizeof(peer_vrrp));
	fixture_loop();
	peer_collect();
	CU_ASSERT_EQUAL(peer_packets[VRRP], 1);
	CU_ASSERT_EQUAL(fixture_routed[FIXTURE_DMZ_GW], 1);
	/* a copy: the router gets the frame */
	r.flags |= HD_PUNT_COPY;
	CU_ASSERT_EQUAL(PEER_CALL(PUNT_RULE_SET, &r), 0);
	fixture_turn();
	fixture_receive(0, peer_vrrp, sizeof(peer_vrrp));
	fixture_loop();
	peer_collect();
	CU_ASSERT_EQUAL(peer_packets[VRRP], 2);
	CU_ASSERT_EQUAL(fixture_routed[FIXTURE_LAB_GW], 1);
	CU_ASSERT_EQUAL(PEER_CALL(PUNT_RULE_REMOVE, &key), 0);
	CU_ASSERT_EQUAL(PEER_CALL(PUNT_RULE_REMOVE, &key), 0);
	fixture_turn();
	fixture_receive(0, peer_vrrp, sizeof(peer_vrrp));
	fixture_loop();
	peer_collect();
	CU_ASSERT_EQUAL(peer_packets[VRRP], 2);
	CU_ASSERT_EQUAL(fixture_routed[FIXTURE_LAB_GW], 2);
}

/* One protocol floods by the port by which another comes: the other loses none. */
static void test_flood_of_a_class(void)
{
	peer_start(1000, 1000, 10);
	for (int ms = 0; ms < 500; ms++, fixture_pass(1 * MS)) {
		for (int i = 0; i < 500; i++)
			fixture_receive(0, peer_dhcp, sizeof(peer_dhcp));
		fixture_receive(0, peer_vrrp, sizeof(peer_vrrp));
		fixture_loop();
		fixture_turn();
		hd_chan_process(peer);
	}
	peer_collect();
	CU_ASSERT_EQUAL(peer_packets[VRRP], 500);
	CU_ASSERT(peer_packets[DHCP] >= 490 && peer_packets[DHCP] <= 510);
	CU_ASSERT_EQUAL(peer_packets[DHCP] + fixture_drops(FIXTURE_LAB_GW, "punt_policed"), 250000);
}

/* A guest floods the protocol itself: what comes by the other port loses none. */
static void test_flood_by_a_port(void)
{
	peer_start(1000, 300, 10);
	for (int ms = 0; ms < 1000; ms += 4, fixture_pass(4 * MS)) {
		for (int i = 0; i < 500; i++)
			fixture_receive(0, peer_vrrp, sizeof(peer_vrrp));
		fixture_receive(1, peer_vrrp, sizeof(peer_vrrp));
		fixture_loop();
		fixture_turn();
		hd_chan_process(peer);
	}
	peer_collect();
	CU_ASSERT_EQUAL(peer_by[1], 250);
	CU_ASSERT(peer_by[0] >= 300 && peer_by[0] <= 311);
}

/*
 * heddle-peer does not read: frames are dropped by name, no class has another's place, nothing
 * grows.
 */
static void test_slow_reader(void)
{
	uint64_t full;

	peer_start(HD_PUNT_RATE_MAX, HD_PUNT_RATE_MAX, HD_PUNT_BURST_MAX);
	for (int ms = 0; ms < 1000; ms++, fixture_pass(1 * MS)) {
		for (int i = 0; i < 20; i++)
			fixture_receive(0, peer_dhcp, sizeof(peer_dhcp));
		fixture_loop();
		fixture_turn();
	}
	full = fixture_drops(FIXTURE_LAB_GW, "punt_queue_full");
	CU_ASSERT(full > 10000);
	for (int i = 0; i < 100; i++)
		fixture_receive(1, peer_vrrp, sizeof(peer_vrrp));
	fixture_loop();
	CU_ASSERT_EQUAL(fixture_drops(FIXTURE_LAB_GW, "punt_queue_full"), full);
	fixture_pass(1000 * MS);
	peer_collect();
	CU_ASSERT_EQUAL(peer_packets[VRRP], 100);
	CU_ASSERT_EQUAL(peer_packets[DHCP] + full, 20000);
}

static void test_too_long(void)
{
	static uint8_t frame[HD_PUNT_FRAME_MAX + 1];

	peer_start(1000, 100, 10);
	memcpy(frame, peer_dhcp, sizeof(peer_dhcp));
	fixture_receive(0, frame, sizeof(frame));
	fixture_receive(0, frame, sizeof(frame) - 1);
	fixture_loop();
	peer_collect();
	CU_ASSERT_EQUAL(peer_packets[DHCP], 1);
	CU_ASSERT_EQUAL(peer_last.len, HD_PUNT_FRAME_MAX);
	CU_ASSERT_EQUAL(fixture_drops(FIXTURE_LAB_GW, "punt_too_long"), 1);
}

/* Gateways come and go by commits; rules wait for theirs. The channel takes rules along. */
static void test_commits(void)
{
	static const bool without[FIXTURE_PORTS] = {true, true, true, false, true};
	struct hd_punt_rule r = peer_rule_vrrp("w", "not-yet");

	peer_start(1000, 100, 10);
	CU_ASSERT_EQUAL(PEER_CALL(PUNT_RULE_SET, &r), 0);
	fixture_commit(without);
	fixture_turn();
	CU_ASSERT_PTR_NULL(atomic_load(&dp_punt_published));
	fixture_start();
	fixture_turn();
	fixture_receive(0, peer_vrrp, sizeof(peer_vrrp));
	fixture_loop();
	fixture_commit(without); /* the frame is still in its queue */
	peer_collect();
	CU_ASSERT_EQUAL(peer_packets[VRRP], 0);
	fixture_start();
	fixture_turn();
	CU_ASSERT_PTR_NOT_NULL(atomic_load(&dp_punt_published));
	hd_chan_free(peer);
	peer = NULL;
	fixture_turn();
	CU_ASSERT_PTR_NULL(atomic_load(&dp_punt_published));
	fixture_receive(0, peer_vrrp, sizeof(peer_vrrp));
	fixture_loop();
	CU_ASSERT_EQUAL(fixture_routed[FIXTURE_LAB_GW], 1);
}

/* The thread itself: it wakes for the channel, for frames, and ends when it is told to. */
static void test_thread(void)
{
	struct hd_err err;

	peer_start(1000, 100, 10);
	CU_ASSERT_EQUAL_FATAL(dp_punt_start(&err), 0);
	for (int i = 0; i < 5; i++) {
		struct pollfd p = {.fd = hd_chan_fd(peer), .events = POLLIN};

		fixture_receive(0, peer_vrrp, sizeof(peer_vrrp));
		fixture_loop();
		CU_ASSERT_EQUAL_FATAL(poll(&p, 1, 10000), 1);
		hd_chan_process(peer);
		CU_ASSERT_EQUAL(peer_packets[VRRP], i + 1u);
	}
	dp_punt_stop();
}

static struct hd_punt_totals totals;
static unsigned int n_classes;
static struct hd_punt_class_state last_class;

static void on_class(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	CU_ASSERT_EQUAL(status, 0);
	if (final) {
		totals = *(const struct hd_punt_totals *)msg->body;
		peer_reply.done = true;
		return;
	}
	last_class = *(const struct hd_punt_class_state *)msg->body;
	n_classes++;
}

static unsigned int n_rules, n_leases;
static struct hd_punt_rule last_rule;
static struct hd_punt_lease_state last_lease;

static void on_rule(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		    void *arg)
{
	CU_ASSERT_EQUAL(status, 0);
	peer_reply.done = final;
	if (final)
		return;
	last_rule = *(const struct hd_punt_rule *)msg->body;
	n_rules++;
}

static void on_lease(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	CU_ASSERT_EQUAL(status, 0);
	peer_reply.done = final;
	if (final)
		return;
	last_lease = *(const struct hd_punt_lease_state *)msg->body;
	n_leases++;
}

static void await_both(struct hd_chan *dp, struct hd_chan *mgmt)
{
	for (int i = 0; i < 10 && !peer_reply.done; i++) {
		hd_chan_process(dp);
		hd_chan_process(mgmt);
	}
	CU_ASSERT_TRUE(peer_reply.done);
	peer_reply.done = false;
}

/* heddle-mgmt asks what became of all that. */
static void test_class_list(void)
{
	struct hd_chan_config a = {.self = HD_PLANE_DATA}, b = {.self = HD_PLANE_MGMT};
	const struct hd_punt_class_state *c = &last_class;
	struct hd_lease lease = {.key = "vrrp-10",
				 .gateway = "lab-gw",
				 .mac = {0, 0, 0x5e, 0, 1, 10},
				 .lifetime_ms = 300};
	struct hd_lease_end end = {.key = "vrrp-10"};
	struct hd_chan *dp, *mgmt;
	struct hd_nothing none;
	int pair[2];

	peer_start(1000, 100, 10);
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	dp = hd_chan_new(pair[0], &a);
	mgmt = hd_chan_new(pair[1], &b);
	hd_chan_handlers(dp, api->table, api->n, NULL);
	peer_reply.done = false;
	hd_chan_request_stream(mgmt, PUNT_CLASS_LIST, &none, on_class, NULL);
	await_both(dp, mgmt);
	CU_ASSERT_EQUAL(n_classes, 2);
	CU_ASSERT_EQUAL(c->rules, 1);
	CU_ASSERT_EQUAL(c->waiting, 0);
	CU_ASSERT_STRING_EQUAL(c->config.name, "class1");
	CU_ASSERT(c->policed > 100000 && c->full > 10000);
	CU_ASSERT_EQUAL(c->matched, c->sent + c->policed + c->full + c->unusable);
	CU_ASSERT_EQUAL(totals.injected + totals.inject_refused + totals.leases, 0);
	hd_chan_request_stream(mgmt, PUNT_RULE_LIST, &none, on_rule, NULL);
	await_both(dp, mgmt);
	CU_ASSERT_EQUAL(n_rules, 2);
	CU_ASSERT_STRING_EQUAL(last_rule.gateway, "lab-gw");
	hd_chan_request_stream(mgmt, PUNT_LEASE_LIST, &none, on_lease, NULL);
	await_both(dp, mgmt);
	CU_ASSERT_EQUAL(n_leases, 0);
	CU_ASSERT_EQUAL(PEER_CALL(LEASE_SET, &lease), 0);
	fixture_pass(100 * MS);
	peer_reply.done = false;
	hd_chan_request_stream(mgmt, PUNT_LEASE_LIST, &none, on_lease, NULL);
	await_both(dp, mgmt);
	CU_ASSERT_EQUAL(n_leases, 1);
	CU_ASSERT_STRING_EQUAL(last_lease.key, "vrrp-10");
	CU_ASSERT_STRING_EQUAL(last_lease.gateway, "lab-gw");
	CU_ASSERT_EQUAL(memcmp(last_lease.mac, lease.mac, 6), 0);
	CU_ASSERT_EQUAL(last_lease.left_ms, 200);
	CU_ASSERT(!last_lease.resign && !last_lease.resigning);
	CU_ASSERT_EQUAL(PEER_CALL(LEASE_END, &end), 0);
	hd_chan_free(dp);
	hd_chan_free(mgmt);
}

UNIT_MAIN_SETUP("punt", fixture_setup, {"punt", test_punt},
		{"flood of a class", test_flood_of_a_class},
		{"flood by a port", test_flood_by_a_port}, {"slow reader", test_slow_reader},
		{"too long", test_too_long}, {"commits", test_commits},
		{"class list", test_class_list}, {"thread", test_thread});
