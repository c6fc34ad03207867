/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-cp's side of packets against heddle-dp's: a feature of the test gets frames by a rule, answers
 * them, and holds an address; heddle-cp and heddle-dp come and go.
 */
#include <errno.h>
#include <string.h>

#include "heddle/api/punt.h"
#include "heddle/base/clock.h"
#include "heddle/net/ether.h"
#include "ctrlplane/core/feature.h"
#include "ctrlplane/core/packet.h"
#include "dataplane/core/api.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/core/punt.h"
#include "dataplane/punt/punt_fixture.h"
#include "tests/unit/unit.h"

#define MS HD_NS_PER_MS

static struct hd_chan *chan; /* heddle-cp's end */
static unsigned int n_asked, n_there, n_gone, n_over;
static enum hd_lease_why why_over;
static const uint8_t vmac[6] = {0, 0, 0x5e, 0, 1, 10};

/* In the place of the control thread's. */
void dp_api_register(struct dp_api *api)
{
}

/* Who asks "ping" is answered "pong" by the gateway. */
static void on_ask(const struct hd_punt_packet *p)
{
	uint8_t answer[60] = {[12] = 0x88, [13] = 0xb5, [14] = 'p', 'o', 'n', 'g'};

	n_asked++;
	CU_ASSERT_STRING_EQUAL(p->gateway, "lab-gw");
	memcpy(answer, p->frame + 6, 6);
	dp_fdb_mac_bytes(fixture_mac(FIXTURE_LAB_GW), answer + 6);
	CU_ASSERT_EQUAL(cp_inject(p->gateway, answer, sizeof(answer)), 0);
}

static struct cp_class asks = {
	.name = "asks", .rate = 1000, .port_rate = 500, .burst = 10, .packet = on_ask};
CP_CLASS_REGISTER(asks);
static struct cp_class others = {
	.name = "others", .rate = 1000, .port_rate = 500, .burst = 10, .packet = on_ask};
CP_CLASS_REGISTER(others);

static void on_dataplane(bool there)
{
	*(there ? &n_there : &n_gone) += 1;
}

static void on_over(const char *key, enum hd_lease_why why)
{
	n_over++;
	why_over = why;
	CU_ASSERT_STRING_EQUAL(key, "group-10");
}

static struct cp_feature pinger = {
	.name = "pinger", .dataplane = on_dataplane, .lease_over = on_over};
CP_FEATURE_REGISTER(pinger);

static const struct hd_punt_rule rule = {
	.key = "asks-lab", .gateway = "lab-gw", .ethertype = 0x88b5};

static bool up;

static void on_hello(struct hd_chan *c, const struct hd_hello *hello, void *arg)
{
	up = true;
	cp_packet_up(c);
}

static void on_closed(struct hd_chan *c, void *arg)
{
	cp_packet_down();
	hd_chan_free(c);
	chan = NULL;
}

static bool is_up(void *arg)
{
	return up;
}

static void settle(void)
{
	for (int i = 0; i < 20; i++) {
		fixture_turn();
		if (chan)
			hd_chan_process(chan);
	}
}

static void connect(void)
{
	struct hd_chan_config config = {
		.self = HD_PLANE_CONTROL, .hello = on_hello, .closed = on_closed};

	up = false;
	chan = hd_chan_new(fixture_connect(), &config);
	cp_packet_serve(chan);
	CU_ASSERT_TRUE_FATAL(fixture_wait(chan, is_up, NULL));
	settle();
}

/* heddle-cp ends, or the channel does. */
static void disconnect(bool ends)
{
	if (ends)
		cp_packet_stop();
	cp_packet_down();
	hd_chan_free(chan);
	chan = NULL;
	settle();
}

static void start(void)
{
	struct hd_err err;

	if (chan)
		disconnect(true);
	n_asked = n_there = n_gone = n_over = 0;
	fixture_start();
	fixture_pass(1000 * MS);
	CU_ASSERT_EQUAL(cp_packet_start(&err), 0);
	CU_ASSERT_EQUAL(asks.id, 0);
	CU_ASSERT_EQUAL(others.id, 1);
}

static void ask(void)
{
	uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, [12] = 0x88, [13] = 0xb5};

	dp_fdb_mac_bytes(fixture_mac(0), frame + 6);
	fixture_receive(0, frame, sizeof(frame));
	fixture_loop();
	settle();
	fixture_loop();
}

static void test_question_and_answer(void)
{
	struct hd_punt_rule bad = rule;

	start();
	CU_ASSERT_EQUAL(cp_rule_set(&asks, &rule), 0);
	ask(); /* heddle-dp is not there yet */
	CU_ASSERT_EQUAL(n_asked, 0);
	CU_ASSERT_EQUAL(cp_inject("lab-gw", vmac, 6), -ENOTCONN);
	connect();
	CU_ASSERT_EQUAL(n_there, 1);
	ask();
	CU_ASSERT_EQUAL(n_asked, 1);
	CU_ASSERT_EQUAL(fixture_sent[0], 1);
	CU_ASSERT_EQUAL(memcmp(fixture_last[0] + 14, "pong", 4), 0);
	CU_ASSERT_EQUAL(cp_inject("lab-gw", vmac, HD_PUNT_FRAME_MAX + 1), -EMSGSIZE);
	/* another heddle-dp comes: it is told the rules again */
	disconnect(false);
	CU_ASSERT_EQUAL(n_gone, 1);
	CU_ASSERT_PTR_NULL(atomic_load(&dp_punt_published));
	connect();
	CU_ASSERT_EQUAL(n_there, 2);
	ask();
	CU_ASSERT_EQUAL(n_asked, 2);
	/* one that heddle-dp refuses changes nothing */
	bad.ethertype = 1;
	strcpy(bad.key, "bad");
	CU_ASSERT_EQUAL(cp_rule_set(&asks, &bad), 0);
	settle();
	ask();
	CU_ASSERT_EQUAL(n_asked, 3);
	cp_rule_remove("bad");
	cp_rule_remove("asks-lab");
	cp_rule_remove("asks-lab");
	settle();
	ask();
	CU_ASSERT_EQUAL(n_asked, 3);
}

static int hold(uint32_t ms)
{
	struct hd_lease l = {
		.key = "group-10", .gateway = "lab-gw", .lifetime_ms = ms, .family = 4, .len = 60};

	memcpy(l.mac, vmac, 6);
	memset(l.frame, 0xff, 6);
	memcpy(l.frame + 6, vmac, 6);
	l.frame[12] = 0x88;
	l.frame[13] = 0xb5;
	memcpy(l.frame + 14, "bye", 3);
	return cp_lease_set(&l);
}

/* The address is taken up again by the next heddle-cp, or withdrawn by it. */
static void test_restart(void)
{
	start();
	CU_ASSERT_EQUAL(hold(300), -ENOTCONN);
	connect();
	CU_ASSERT_EQUAL(hold(60000), 0);
	settle();
	CU_ASSERT_TRUE(fixture_is_local(FIXTURE_LAB_GW, vmac));
	/* killed; the next one takes it up before its first commit is over */
	disconnect(true);
	CU_ASSERT_TRUE(fixture_is_local(FIXTURE_LAB_GW, vmac));
	connect();
	CU_ASSERT_EQUAL(hold(60000), 0);
	cp_packet_committed();
	settle();
	fixture_loop();
	settle();
	CU_ASSERT_TRUE(fixture_is_local(FIXTURE_LAB_GW, vmac));
	/* the channel alone is new: who holds it goes on */
	disconnect(false);
	connect();
	settle();
	CU_ASSERT_TRUE(fixture_is_local(FIXTURE_LAB_GW, vmac));
	/* one that does not want it lets it go, and says so to the neighbours */
	disconnect(true);
	connect();
	CU_ASSERT_TRUE(fixture_is_local(FIXTURE_LAB_GW, vmac));
	CU_ASSERT_EQUAL(fixture_sent[0], 0);
	cp_packet_committed();
	settle();
	fixture_loop();
	fixture_pass(1 * MS);
	settle();
	CU_ASSERT_FALSE(fixture_is_local(FIXTURE_LAB_GW, vmac));
	CU_ASSERT_EQUAL(fixture_sent[0], 1);
	CU_ASSERT_EQUAL(memcmp(fixture_last[0] + 14, "bye", 3), 0);
	CU_ASSERT_EQUAL(n_over, 0);
}

static void test_lease_over(void)
{
	struct hd_lease refused = {.key = "group-10", .gateway = "nobody", .lifetime_ms = 100};

	start();
	connect();
	CU_ASSERT_EQUAL(hold(100), 0);
	settle();
	fixture_pass(100 * MS);
	settle();
	CU_ASSERT_EQUAL(n_over, 1);
	CU_ASSERT_EQUAL(why_over, HD_LEASE_EXPIRED);
	memcpy(refused.mac, vmac, 6);
	CU_ASSERT_EQUAL(cp_lease_set(&refused), 0);
	settle();
	CU_ASSERT_EQUAL(n_over, 2);
	CU_ASSERT_EQUAL(why_over, HD_LEASE_REFUSED);
	/* given back: nobody is told */
	CU_ASSERT_EQUAL(hold(100), 0);
	cp_lease_end("group-10", false);
	fixture_pass(200 * MS);
	settle();
	CU_ASSERT_EQUAL(n_over, 2);
	fixture_loop();
	disconnect(true);
}

UNIT_MAIN_SETUP("punt_cp", fixture_setup, {"question and answer", test_question_and_answer},
		{"restart", test_restart}, {"lease over", test_lease_over});
