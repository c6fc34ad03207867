/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What gateways tell the hosts of their segment about themselves, and packets that wait for a
 * neighbour.
 */
#include "dataplane/l2/fdb.h"
#include "dataplane/l3/arp.h"
#include "dataplane/l3/l3_fixture.h"
#include "dataplane/l3/nd.h"
#include "tests/unit/unit.h"

#define S HD_NS_PER_S

static uint8_t frame[1600];

static void arp(unsigned int host, uint16_t op, const uint8_t *from, const uint8_t *target)
{
	struct hd_mac mac = mac_of(host), gateway = mac_of(GW_A);

	l3_arp_request(frame, &mac, from, target, op == L3_ARP_REPLY ? &gateway : NULL);
	frame[21] = (uint8_t)op;
}

/* What the last frame says that the host got. */
static bool last_arp(unsigned int host, struct l3_arp *out)
{
	const struct seen *s = last(host);

	return s && l3_be16(s->bytes + 12) == HD_ETYPE_ARP &&
	       l3_arp_parse(s->bytes + 14, s->len - 14, out);
}

static bool last_nd(unsigned int host, struct l3_nd *out)
{
	const struct seen *s = last(host);

	return s && l3_be16(s->bytes + 12) == HD_ETYPE_IPV6 &&
	       l3_nd_parse(s->bytes + 14, s->len - 14, 40u + l3_be16(s->bytes + 18), out);
}

static void test_arp(void)
{
	struct hd_mac gateway = mac_of(GW_A), host = mac_of(0);
	uint8_t ours[4], ip[4], zero[4] = {0};
	struct l3_arp reply;

	l3_start(1);
	ip4_of(GW_A, ours);
	ip4_of(0, ip);
	arp(0, L3_ARP_REQUEST, ip, ours);
	send_frame(0, frame, L3_ARP_FRAME);
	CU_ASSERT_TRUE_FATAL(last_arp(0, &reply));
	CU_ASSERT(reply.op == L3_ARP_REPLY && !memcmp(&reply.sender, &gateway, 6));
	CU_ASSERT(!memcmp(reply.sender_ip, ours, 4) && !memcmp(&reply.target, &host, 6));
	CU_ASSERT_EQUAL(memcmp(last(0)->bytes, &host, 6), 0);
	CU_ASSERT_EQUAL(n_seen[1], 1); /* the request; the answer is for one */
	arp(0, L3_ARP_REQUEST, zero, ours);
	send_frame(0, frame, L3_ARP_FRAME);
	CU_ASSERT_EQUAL(n_seen[0], 2); /* a probe is answered */
	ip[3]++;
	arp(0, L3_ARP_REQUEST, ip, ip);
	send_frame(0, frame, L3_ARP_FRAME);
	CU_ASSERT_EQUAL(n_seen[0], 2);
	arp(0, L3_ARP_REQUEST, ip, ours);
	frame[14] = 9;
	send_frame(0, frame, L3_ARP_FRAME);
	CU_ASSERT_EQUAL(drops_of(GW_A, "arp_invalid"), 1);
	check_books(0);
}

/* Somebody says that he has our address: it is defended, once in ten seconds. */
static void test_conflict(void)
{
	struct hd_mac gateway = mac_of(GW_A);
	uint8_t ours[4];
	struct l3_arp defence;
	struct l3_addr ip6;
	struct l3_nd nd;

	l3_start(1);
	ip4_of(GW_A, ours);
	arp(0, L3_ARP_REQUEST, ours, ours);
	for (int i = 0; i < 5; i++)
		send_frame(0, frame, L3_ARP_FRAME);
	CU_ASSERT_EQUAL(drops_of(GW_A, "address_conflict"), 5);
	CU_ASSERT_EQUAL_FATAL(n_seen[0], 1);
	CU_ASSERT_TRUE_FATAL(last_arp(0, &defence));
	CU_ASSERT(!memcmp(&defence.sender, &gateway, 6) && !memcmp(defence.sender_ip, ours, 4));
	pass(L3_DEFEND_NS);
	send_frame(0, frame, L3_ARP_FRAME);
	CU_ASSERT_EQUAL(n_seen[0], 2);
	pass(L3_DEFEND_NS);
	ip6_of(GW_A, ip6.b);
	l3_nd_announce(frame, &(struct hd_mac){{2, 0, 0, 0, 0, 1}}, &ip6);
	send_frame(0, frame, L3_ND_FRAME);
	CU_ASSERT_EQUAL(drops_of(GW_A, "address_conflict"), 7);
	CU_ASSERT_TRUE(last_nd(0, &nd));
	CU_ASSERT(!memcmp(&nd.mac, &gateway, 6) && l3_addr_same(&nd.target, &ip6));
	check_books(0);
}

static void test_nd(void)
{
	struct hd_mac gateway = mac_of(GW_A), host = mac_of(0);
	struct l3_addr ours, ip, none = {{0}};
	struct l3_nd nd;

	l3_start(1);
	ip6_of(GW_A, ours.b);
	ip6_of(0, ip.b);
	l3_nd_solicit(frame, &host, &ip, &ours, NULL);
	send_frame(0, frame, L3_ND_FRAME);
	CU_ASSERT_TRUE_FATAL(last_nd(0, &nd));
	CU_ASSERT(nd.type == L3_ND_ADVERTISE && nd.solicited && nd.override);
	CU_ASSERT(!memcmp(&nd.mac, &gateway, 6) && l3_addr_same(&nd.target, &ours));
	CU_ASSERT_EQUAL(memcmp(last(0)->bytes, &host, 6), 0);
	l3_nd_solicit(frame, &host, &ip, &(struct l3_addr){{0xfe, 0x80, [15] = 1}}, &gateway);
	send_frame(0, frame, L3_ND_FRAME);
	CU_ASSERT_EQUAL(n_seen[0], 2); /* its link-local address, by unicast */
	frame[60] ^= 1;
	send_frame(0, frame, L3_ND_FRAME);
	CU_ASSERT_EQUAL(drops_of(GW_A, "nd_invalid"), 1);
	l3_nd_solicit(frame, &host, &ip, &none, NULL);
	send_frame(0, frame, L3_ND_FRAME);
	CU_ASSERT_EQUAL(drops_of(GW_A, "nd_invalid"), 2);
	l3_nd_solicit(frame, &host, &ip, &ip, NULL); /* of somebody else */
	send_frame(0, frame, L3_ND_FRAME);
	CU_ASSERT_EQUAL(n_seen[0], 2);
	check_books(0);
}

/* An echo request of a host that is known, and of one that has to be asked for first. */
static void test_echo(void)
{
	static const uint8_t reply_type[] = {[4] = 0, [6] = 129};

	for (unsigned int family = 4; family <= 6; family += 2) {
		uint8_t ours[16], far[16];
		uint32_t at = family == 4 ? 34 : 54, len;
		struct l3_ip h;

		l3_start(1);
		(family == 4 ? ip4_of : ip6_of)(GW_A, ours);
		(family == 4 ? ip4_of : ip6_of)(GW_B, far);
		introduce(0);
		len = echo(frame, family, 0, ours);
		send_frame(0, frame, len);
		CU_ASSERT_EQUAL_FATAL(n_seen[0], 3);
		CU_ASSERT_EQUAL(last(0)->bytes[at], reply_type[family]);
		CU_ASSERT_EQUAL(last(0)->len, len);
		CU_ASSERT_EQUAL((family == 4 ? l3_ip4_check : l3_ip6_check)(
					last(0)->bytes + 14, 200, last(0)->len - 14, &h),
				L3_IP_OK);
		CU_ASSERT_EQUAL(h.ttl, L3_TTL);
		len = echo(frame, family, 0, far); /* the other gateway of the VRF */
		send_frame(0, frame, len);
		CU_ASSERT_EQUAL_FATAL(n_seen[0], 4);
		CU_ASSERT_EQUAL(last(0)->bytes[at], reply_type[family]);
		check_books(0);
		len = echo(frame, family, 1, ours);
		send_frame(1, frame, len);
		check_books(1);
		introduce(1);
		check_books(0);
		CU_ASSERT_EQUAL(last(1)->bytes[at] == reply_type[family] ||
					seen[1][n_seen[1] - 2].bytes[at] == reply_type[family],
				1);
	}
}

/* A routed packet waits until its neighbour has answered, then goes; the next one goes at once. */
static void test_hold(void)
{
	struct hd_mac host = mac_of(2), gateway = mac_of(GW_B);
	uint8_t dst[4], ours[4];
	struct l3_arp asked;

	l3_start(1);
	ip4_of(2, dst);
	ip4_of(GW_B, ours);
	send_frame(0, frame, packet4(frame, 0, dst, 17, "12345678abc", 11));
	check_books(1);
	CU_ASSERT_TRUE_FATAL(last_arp(2, &asked));
	CU_ASSERT(asked.op == L3_ARP_REQUEST && !memcmp(asked.target_ip, dst, 4));
	CU_ASSERT(!memcmp(asked.sender_ip, ours, 4) && !memcmp(&asked.sender, &gateway, 6));
	CU_ASSERT_EQUAL(n_seen[3], 1); /* all are asked */
	l3_arp_reply(frame, &host, &asked);
	send_frame(2, frame, L3_ARP_FRAME);
	check_books(0);
	CU_ASSERT_EQUAL_FATAL(n_seen[2], 2);
	CU_ASSERT(!memcmp(last(2)->bytes, &host, 6) && !memcmp(last(2)->bytes + 6, &gateway, 6));
	CU_ASSERT_EQUAL(memcmp(last(2)->bytes + 34, "12345678abc", 11), 0);
	CU_ASSERT_EQUAL(last(2)->bytes[22], 63); /* TTL */
	send_frame(0, frame, packet4(frame, 0, dst, 17, "12345678xyz", 11));
	CU_ASSERT_EQUAL(n_seen[2], 3);
	CU_ASSERT_EQUAL(n_seen[3], 1);
	check_books(0);
}

/* Nobody answers: after three seconds the senders are told, and later ones at once. */
static void test_unreachable(void)
{
	static const uint8_t type[] = {[4] = 3, [6] = 1}, code[] = {[4] = 1, [6] = 3};

	for (unsigned int family = 4; family <= 6; family += 2) {
		uint32_t at = family == 4 ? 34 : 54, len;
		uint8_t dst[16];

		l3_start(1);
		introduce(0);
		(family == 4 ? ip4_of : ip6_of)(2, dst);
		len = echo(frame, family, 0, dst);
		send_frame(0, frame, len);
		send_frame(0, frame, len);
		pass(2 * S);
		check_books(2);
		CU_ASSERT_EQUAL(n_seen[0], 2);
		CU_ASSERT_EQUAL(n_seen[3], 2); /* so often it was asked for */
		pass(2 * S);
		CU_ASSERT_EQUAL(n_seen[3], 3);
		CU_ASSERT_EQUAL_FATAL(n_seen[0], 4);
		CU_ASSERT(last(0)->bytes[at] == type[family] &&
			  last(0)->bytes[at + 1] == code[family]);
		CU_ASSERT_EQUAL(drops_of(GW_B, "neighbour_failed"), 2);
		send_frame(0, frame, len);
		CU_ASSERT_EQUAL(n_seen[0], 5);
		CU_ASSERT_EQUAL(drops_of(GW_B, "neighbour_failed"), 3);
		pass(L3_FAILED_NS);
		send_frame(0, frame, len); /* it is asked for again */
		CU_ASSERT_EQUAL(n_seen[3], 4);
		check_books(1);
	}
}

/* Bounds: packets for one neighbour, and neighbours of one gateway. */
static void test_bounds(void)
{
	uint8_t dst[4];
	uint32_t len;

	l3_start(1);
	ip4_of(2, dst);
	len = packet4(frame, 0, dst, 17, "12345678", 8);
	for (int i = 0; i < 20; i++)
		send_frame(0, frame, len);
	CU_ASSERT_EQUAL(drops_of(GW_B, "neighbour_queue"), 20 - L3_HELD_NEIGHBOUR);
	check_books(L3_HELD_NEIGHBOUR);
	for (unsigned int i = 0; i < 1000; i++) { /* a scan */
		dst[3] = (uint8_t)(1 + i % 254);
		dst[2] = 2;
		send_frame(0, frame, packet4(frame, 0, dst, 17, "12345678", 8));
	}
	CU_ASSERT_TRUE(drops_of(GW_B, "neighbour_full") > 0);
	check_books(L3_HELD_GATEWAY);
	pass(10 * S);
	check_books(0);
}

/* A gateway that changed forgets its neighbours, and what waited for them. */
static void test_change(void)
{
	struct hd_mac host = mac_of(2);
	struct l3_arp asked;
	uint8_t dst[4];

	l3_start(1);
	ip4_of(2, dst);
	send_frame(0, frame, packet4(frame, 0, dst, 17, "12345678", 8));
	CU_ASSERT_TRUE_FATAL(last_arp(2, &asked));
	objects[1].addresses[0].addr[3] = 77;
	l3_gateways();
	l3_arp_reply(frame, &host, &asked);
	send_frame(2, frame, L3_ARP_FRAME);
	CU_ASSERT_EQUAL(n_seen[2], 1);
	pass(S);
	check_books(0);
	CU_ASSERT_EQUAL(drops_of(GW_B, "neighbour_full"), 1);
	send_frame(0, frame, packet4(frame, 0, dst, 17, "12345678", 8));
	CU_ASSERT_TRUE(last_arp(2, &asked));
	CU_ASSERT_EQUAL(asked.sender_ip[3], 77);
	/* One that did not change keeps them. */
	l3_arp_reply(frame, &host, &asked);
	send_frame(2, frame, L3_ARP_FRAME);
	objects[0].addresses[0].addr[3] = 78;
	l3_gateways();
	send_frame(0, frame, packet4(frame, 0, dst, 17, "12345678", 8));
	CU_ASSERT_EQUAL(last(2)->bytes[23], 17);
	check_books(0);
}

/*
 * The forwarding database has an address at the gateway's port that is not entered as the
 * gateway's, as one of a port that had the id before: frames for it are dropped, until it is.
 */
static void test_not_entered(void)
{
	struct hd_mac mac = mac_of(GW_A);
	uint8_t ours[4];

	l3_start(1);
	ip4_of(GW_A, ours);
	dp_fdb_remove(workers[0].fdb, dp_fdb_mac(mac.b), 1);
	introduce(0);
	dp_fdb_learn(workers[0].fdb, dp_fdb_mac(mac.b), 1, GW_A,
		     (uint32_t)(now_ns / DP_FDB_UNIT_NS));
	send_frame(0, frame, echo(frame, 4, 0, ours));
	CU_ASSERT_EQUAL(drops_of(GW_A, "tx_full"), 1);
	CU_ASSERT_EQUAL(n_seen[0], 2); /* what introduce() got */
	dp_fdb_set(workers[0].fdb, dp_fdb_mac(mac.b), 1, GW_A, DP_FDB_V_LOCAL);
	send_frame(0, frame, echo(frame, 4, 0, ours));
	CU_ASSERT_EQUAL(n_seen[0], 3);
	CU_ASSERT_EQUAL(drops_of(GW_A, "tx_full"), 1);
	check_books(0);
}

UNIT_MAIN_SETUP("l3_neighbour", l3_setup, {"arp", test_arp}, {"conflict", test_conflict},
		{"nd", test_nd}, {"echo", test_echo}, {"hold", test_hold},
		{"unreachable", test_unreachable}, {"bounds", test_bounds}, {"change", test_change},
		{"not entered", test_not_entered});
