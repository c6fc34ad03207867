/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/punt/punt_peer_fixture.h"

#include <string.h>

#include "heddle/net/ether.h"
#include "tests/unit/unit.h"

struct hd_chan *peer;
unsigned int peer_packets[HD_PUNT_CLASSES_MAX], peer_by[FIXTURE_PORTS], peer_overs, peer_leases;
struct hd_punt_packet peer_last;
struct hd_lease_over peer_over;
struct hd_lease_state peer_lease;

const uint8_t peer_vrrp[60] = {1,  0, 0x5e, 0, 0, 18,  2,   0, 0, 0,  0, 1, 8, 0,   0x45, 0, 0,
			       40, 0, 0,    0, 0, 255, 112, 0, 0, 10, 0, 0, 1, 224, 0,    0, 18};
const uint8_t peer_dhcp[60] = {255,  255, 255, 255, 255, 255, 2, 0,  0,  0,  0, 1,  8, 0,
			       0x45, 0,   0,   40,  0,   0,   0, 0,  64, 17, 0, 0,  0, 0,
			       0,    0,   255, 255, 255, 255, 0, 68, 0,  67, 0, 20, 0, 0};

static void on_packet(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	peer_last = *(const struct hd_punt_packet *)msg->body;
	peer_packets[peer_last.class_id]++;
	if (!strncmp(peer_last.port, "host", 4))
		peer_by[peer_last.port[4] - '0']++;
}

static void on_over(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	peer_over = *(const struct hd_lease_over *)msg->body;
	peer_overs++;
}

static const struct hd_handler handlers[] = {
	HD_EVENT_HANDLER(PUNT_PACKET, on_packet),
	HD_EVENT_HANDLER(LEASE_OVER, on_over),
};

void peer_on_reply(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		   void *arg)
{
	struct peer_reply *r = arg;

	if (!final) {
		peer_lease = *(const struct hd_lease_state *)msg->body;
		peer_leases++;
		return;
	}
	r->done = true;
	r->status = status;
	r->text[0] = '\0';
	if (status < 0)
		strcpy(r->text, ((const struct hd_msg_error *)msg->body)->text);
}

static bool is_done(void *arg)
{
	return ((struct peer_reply *)arg)->done;
}

struct peer_reply peer_reply;

int peer_await(int sent)
{
	CU_ASSERT_EQUAL_FATAL(sent, 0);
	CU_ASSERT_TRUE_FATAL(fixture_wait(peer, is_done, &peer_reply));
	return peer_reply.status;
}

static bool is_ready(void *arg)
{
	return hd_chan_ready(peer);
}

void peer_connect(void)
{
	struct hd_chan_config config = {.self = HD_PLANE_CONTROL};

	memset(peer_packets, 0, sizeof(peer_packets));
	memset(peer_by, 0, sizeof(peer_by));
	peer_overs = 0;
	hd_chan_free(peer);
	peer = hd_chan_new(fixture_connect(), &config);
	hd_chan_handlers(peer, handlers, 2, NULL);
	CU_ASSERT_TRUE_FATAL(fixture_wait(peer, is_ready, NULL));
}

static void set_class(uint32_t id, uint32_t rate, uint32_t port_rate, uint32_t burst)
{
	struct hd_punt_class c = {.id = id, .rate = rate, .port_rate = port_rate, .burst = burst};

	snprintf(c.name, sizeof(c.name), "class%u", id);
	CU_ASSERT_EQUAL(PEER_CALL(PUNT_CLASS_SET, &c), 0);
}

struct hd_punt_rule peer_rule_vrrp(const char *key, const char *gateway)
{
	struct hd_punt_rule r = {.ethertype = HD_ETYPE_IPV4,
				 .protocol = 112,
				 .class_id = VRRP,
				 .flags = HD_PUNT_DST | HD_PUNT_PROTOCOL};

	strcpy(r.key, key);
	strcpy(r.gateway, gateway);
	memcpy(r.dst, peer_vrrp, 6);
	return r;
}

struct hd_punt_rule peer_rule_dhcp(const char *key, const char *gateway)
{
	struct hd_punt_rule r = {.ethertype = HD_ETYPE_IPV4,
				 .protocol = 17,
				 .l4 = 67,
				 .class_id = DHCP,
				 .flags = HD_PUNT_PROTOCOL | HD_PUNT_L4};

	strcpy(r.key, key);
	strcpy(r.gateway, gateway);
	return r;
}

/* A heddle-peer with both rules at lab-gw. */
void peer_start(uint32_t rate, uint32_t port_rate, uint32_t burst)
{
	struct hd_punt_rule v = peer_rule_vrrp("v", "lab-gw"), d = peer_rule_dhcp("d", "lab-gw");

	fixture_start();
	peer_connect();
	fixture_pass(1000 * MS); /* policers are full */
	set_class(VRRP, rate, port_rate, burst);
	set_class(DHCP, rate, port_rate, burst);
	CU_ASSERT_EQUAL(PEER_CALL(PUNT_RULE_SET, &v), 0);
	CU_ASSERT_EQUAL(PEER_CALL(PUNT_RULE_SET, &d), 0);
	fixture_turn();
}

/* What came to heddle-peer after some turns. */
void peer_collect(void)
{
	for (int i = 0; i < 40; i++) {
		fixture_turn();
		hd_chan_process(peer);
	}
}
