/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets between segments: which are refused, and what their senders are told; sizes, tags and
 * super-frames; three workers.
 */
#include <stdlib.h>

#include "dataplane/core/offload_core.h"
#include "dataplane/l3/arp.h"
#include "dataplane/l3/l3_fixture.h"
#include "dataplane/l3/nd.h"
#include "tests/unit/eal.h"
#include "tests/unit/unit.h"

static uint8_t frame[1600];
static const char payload[1400] = "12345678";

static void start(unsigned int n_workers)
{
	l3_start(n_workers);
	for (unsigned int i = 0; i < HOSTS; i++)
		introduce(i);
	memset(n_seen, 0, sizeof(n_seen));
}

/* Is the last frame of host 0 this ICMP error, from its gateway and about what it sent? */
static bool told(unsigned int family, uint8_t type, uint8_t code, uint32_t mtu)
{
	uint32_t at = family == 4 ? 34 : 54, addr = family == 4 ? 26 : 22;
	const struct seen *s = last(0);
	uint8_t ours[16], mac[6];
	struct l3_ip h;

	(family == 4 ? ip4_of : ip6_of)(GW_A, ours);
	memcpy(mac, mac_of(0).b, 6);
	return s && !memcmp(s->bytes, mac, 6) &&
	       (family == 4 ? l3_ip4_check : l3_ip6_check)(s->bytes + 14, 200, s->len - 14, &h) ==
		       L3_IP_OK &&
	       !memcmp(s->bytes + addr, ours, family == 4 ? 4 : 16) && s->bytes[at] == type &&
	       s->bytes[at + 1] == code && l3_be32(s->bytes + at + 4) == mtu &&
	       !memcmp(s->bytes + at + 8 + (family == 4 ? 12 : 8), frame + addr,
		       family == 4 ? 8 : 32);
}

static void ip_of(unsigned int family, unsigned int port, uint8_t *out)
{
	(family == 4 ? ip4_of : ip6_of)(port, out);
}

static uint32_t packet(unsigned int family, unsigned int from, const uint8_t *dst, uint32_t len)
{
	return (family == 4 ? packet4 : packet6)(frame, from, dst, 17, payload, len);
}

static void set_ttl(unsigned int family, uint8_t ttl)
{
	if (family == 4)
		l3_ip4_ttl(frame + 14, ttl);
	else
		frame[21] = ttl;
}

static void test_ttl(void)
{
	for (unsigned int family = 4; family <= 6; family += 2) {
		uint8_t dst[16];
		uint32_t len;

		start(1);
		ip_of(family, 2, dst);
		len = packet(family, 0, dst, 20);
		for (uint8_t ttl = 0; ttl < 2; ttl++) {
			set_ttl(family, ttl);
			send_frame(0, frame, len);
			CU_ASSERT_TRUE(told(family, family == 4 ? 11 : 3, 0, 0));
		}
		set_ttl(family, 2);
		send_frame(0, frame, len);
		CU_ASSERT_EQUAL(drops_of(GW_A, "ip_ttl"), 2);
		CU_ASSERT_EQUAL_FATAL(n_seen[2], 1);
		CU_ASSERT_EQUAL(last(2)->bytes[family == 4 ? 22 : 21], 1);
		check_books(0);
	}
}

static void test_no_route(void)
{
	for (unsigned int family = 4; family <= 6; family += 2) {
		uint8_t dst[16];

		start(1);
		ip_of(family, 2, dst);
		dst[1] = 77;
		send_frame(0, frame, packet(family, 0, dst, 20));
		CU_ASSERT_TRUE(told(family, family == 4 ? 3 : 1, 0, 0));
		CU_ASSERT_EQUAL(drops_of(GW_A, "no_route"), 1);
		check_books(0);
	}
}

static void test_mtu(void)
{
	for (unsigned int family = 4; family <= 6; family += 2) {
		uint8_t dst[16];
		uint32_t head = family == 4 ? 20 : 40;

		start(1);
		configs[GW_B].mtu = 1300;
		ip_of(family, 2, dst);
		send_frame(0, frame, packet(family, 0, dst, 1300 - head));
		CU_ASSERT_EQUAL(n_seen[2], 1);
		send_frame(0, frame, packet(family, 0, dst, 1301 - head));
		CU_ASSERT_EQUAL(n_seen[2], 1);
		CU_ASSERT_TRUE(told(family, family == 4 ? 3 : 2, family == 4 ? 4 : 0, 1300));
		CU_ASSERT_EQUAL(last(0)->len, family == 4 ? 590 : 1294);
		CU_ASSERT_EQUAL(drops_of(GW_B, "ip_too_big"), 1);
		check_books(0);
	}
}

/* A super-frame goes through whole, if its pieces fit. */
static void test_super_frame(void)
{
	uint8_t tcp[1400] = {[12] = 0x50}, dst[4];
	struct rte_mbuf *m;
	uint32_t len;

	start(1);
	configs[GW_B].mtu = 1000;
	ip4_of(2, dst);
	len = packet4(frame, 0, dst, 6, tcp, sizeof(tcp));
	for (uint16_t gso = 960; gso <= 961; gso++) {
		m = unit_packet(frame_pool, frame, len, 0);
		dp_meta(m)->flags = DP_META_CSUM | DP_META_TSO4;
		dp_meta(m)->l2_len = 14;
		dp_meta(m)->l3_len = 20;
		dp_meta(m)->l4_len = 20;
		dp_meta(m)->gso_size = gso;
		send_mbuf(0, m);
		CU_ASSERT_EQUAL_FATAL(n_seen[2], 1);
	}
	CU_ASSERT(last(2)->len == len && last(2)->flags == (DP_META_CSUM | DP_META_TSO4));
	CU_ASSERT_TRUE(told(4, 3, 4, 1000));
	check_books(0);
}

static uint32_t to_host2(void)
{
	uint8_t dst[4];

	ip4_of(2, dst);
	return packet4(frame, 0, dst, 17, payload, 100);
}

static uint32_t sum4(uint32_t len)
{
	struct dp_csum sum = {0};
	uint16_t csum;

	frame[24] = frame[25] = 0;
	dp_csum_add(&sum, frame + 14, (frame[14] & 15) * 4u);
	csum = (uint16_t)~dp_csum_fold(sum.sum);
	memcpy(frame + 24, &csum, 2);
	return len;
}

/* What is never routed, by name; nobody is told. */
static void test_refused(void)
{
	uint8_t dst[16];
	uint32_t len;

	start(1);
	len = to_host2();
	frame[24] ^= 1;
	send_frame(0, frame, len);
	CU_ASSERT_EQUAL(drops_of(GW_A, "ip_header"), 1);
	len = to_host2();
	frame[26] = 127;
	send_frame(0, frame, sum4(len));
	to_host2();
	frame[33] = 255; /* the subnet's broadcast address */
	send_frame(0, frame, sum4(len));
	to_host2();
	frame[30] = 224; /* multicast in a frame for one */
	send_frame(0, frame, sum4(len));
	to_host2();
	memset(frame, 0xff, 6); /* for one in a frame for all */
	send_frame(0, frame, len);
	ip6_of(2, dst);
	len = packet6(frame, 0, dst, 17, payload, 20);
	frame[22] = 0xfe;
	frame[23] = 0x80;
	send_frame(0, frame, len);
	CU_ASSERT_EQUAL(drops_of(GW_A, "ip_martian"), 5);
	to_host2();
	frame[14] = 0x46;
	memcpy(frame + 34, "\x83\x04\x04\0", 4);
	send_frame(0, frame, sum4(134));
	CU_ASSERT_EQUAL(drops_of(GW_A, "ip_options"), 1);
	ip4_of(GW_A, dst);
	send_frame(0, frame, packet4(frame, 0, dst, 17, payload, 20));
	to_host2();
	frame[12] = 0x88;
	send_frame(0, frame, 134); /* another protocol */
	CU_ASSERT_EQUAL(drops_of(GW_A, "gateway_unserved"), 2);
	len = echo(frame, 4, 0, dst);
	frame[26] = 77; /* of whom there is no route to */
	send_frame(0, frame, sum4(len));
	CU_ASSERT_EQUAL(drops_of(GW_A, "gateway_no_way"), 1);
	CU_ASSERT_EQUAL(n_seen[0] + n_seen[2] + n_seen[3], 0);
	check_books(0);
}

/* So many errors a second, and no more. */
static void test_rate(void)
{
	uint8_t dst[4] = {77, 0, 0, 1};

	start(1);
	for (int i = 0; i < 300; i++)
		send_frame(0, frame, packet4(frame, 0, dst, 17, payload, 20));
	CU_ASSERT_EQUAL(n_seen[0], L3_ICMP_BURST);
	CU_ASSERT_EQUAL(drops_of(GW_A, "no_route"), 300);
	pass(HD_NS_PER_S / 10);
	for (int i = 0; i < 300; i++)
		send_frame(0, frame, packet4(frame, 0, dst, 17, payload, 20));
	CU_ASSERT_EQUAL(n_seen[0], L3_ICMP_BURST + L3_ICMP_RATE / 10);
	check_books(0);
}

/*
 * A frame with a tag, in pieces, shared and with more behind the packet leaves as the packet
 * alone.
 */
static void test_form(void)
{
	static uint8_t tagged[1700];
	uint32_t len, refs;
	struct rte_mbuf *m;

	start(1);
	len = to_host2();
	memcpy(tagged, frame, 12);
	memcpy(tagged + 12, "\x81\0\0\x01", 4);
	memcpy(tagged + 16, frame + 12, len - 12);
	configs[0].mode = HD_VLAN_TRUNK;
	configs[0].vlans.w[0] = 2;
	m = unit_packet(frame_pool, tagged, 1500, 300);
	rte_pktmbuf_refcnt_update(m, 1);
	send_mbuf(0, m);
	refs = rte_mbuf_refcnt_read(m);
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod(m, void *), tagged, 256), 0);
	while (refs--)
		rte_pktmbuf_free(m);
	configs[0].mode = HD_VLAN_ACCESS;
	CU_ASSERT_EQUAL_FATAL(n_seen[2], 1);
	CU_ASSERT_EQUAL(last(2)->len, len);
	CU_ASSERT_EQUAL(memcmp(last(2)->bytes + 34, frame + 34, len - 34), 0);
	CU_ASSERT_EQUAL(l3_be16(last(2)->bytes + 12), HD_ETYPE_IPV4);
	send_frame(0, frame, to_host2());
	CU_ASSERT_EQUAL(n_seen[2], 2);
	/* A short frame keeps what fills it. */
	memset(frame + 14 + 28, 0, 18);
	l3_put16(frame + 16, 28);
	send_frame(0, frame, sum4(60));
	CU_ASSERT_EQUAL(last(2)->len, 60);
	check_books(0);
}

static void test_no_buffers(void)
{
	struct rte_mbuf *m = unit_packet(frame_pool, frame, to_host2(), 0), *all[8192];
	unsigned int n = 0;

	start(1);
	rte_mbuf_refcnt_update(m, 1);
	while ((all[n] = rte_pktmbuf_alloc(frame_pool)) != NULL)
		n++;
	send_mbuf(0, m);
	CU_ASSERT_EQUAL(drops_of(GW_B, "gateway_no_buffers"), 1);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free_bulk(all, n);
	check_books(0);
}

/* A gateway that is disabled sends nothing. */
static void test_disabled(void)
{
	start(1);
	atomic_store(&configs[GW_B].port->up, false);
	send_frame(0, frame, to_host2());
	CU_ASSERT_EQUAL(drops_of(GW_B, "port_disabled"), 1);
	atomic_store(&configs[GW_B].port->up, true);
	check_books(0);
}

/*
 * Hosts on all three workers talk to each other, known or not: nothing is lost, and of two hosts
 * what went after both were known is in order.
 */
static void test_workers(void)
{
	uint32_t next[HOSTS][HOSTS] = {{0}}, got[HOSTS][HOSTS] = {{0}};
	unsigned int sent = 0;

	l3_start(WORKERS);
	srand(3);
	for (unsigned int i = 0; i < 2000; i++) {
		unsigned int from = (unsigned int)rand() % HOSTS, to = (unsigned int)rand() % HOSTS;
		uint8_t dst[4], data[12] = {0};

		if (i == 5)
			for (unsigned int h = 0; h < HOSTS; h++)
				introduce(h);
		if (from / 2 == to / 2)
			continue;
		ip4_of(to, dst);
		data[4] = (uint8_t)from;
		l3_put32(data + 8, next[from][to]++);
		send_frame(from, frame, packet4(frame, from, dst, 17, data, sizeof(data)));
		sent++;
	}
	for (unsigned int h = 0; h < HOSTS; h++)
		for (unsigned int i = 0; i < n_seen[h]; i++) {
			const uint8_t *p = seen[h][i].bytes;

			CU_ASSERT_TRUE_FATAL(n_seen[h] <= SEEN_MAX);
			if (l3_be16(p + 12) != HD_ETYPE_IPV4)
				continue;
			CU_ASSERT_EQUAL(l3_be32(p + 42), got[p[38]][h]++);
			sent--;
		}
	CU_ASSERT_EQUAL(sent, 0);
	check_books(0);
}

/* A frame of any sort from a host, of which some bytes are others. */
static uint32_t any_frame(unsigned int from)
{
	struct hd_mac mac = mac_of(from);
	unsigned int family = rand() % 2 ? 4 : 6, to = (unsigned int)rand() % PORTS;
	struct l3_addr src, dst;
	uint32_t len = 60;

	ip_of(family, from, src.b);
	ip_of(family, to, dst.b);
	switch (rand() % 4) {
	case 0: len = echo(frame, family, from, dst.b); break;
	case 1: len = packet(family, from, dst.b, (uint32_t)rand() % 1400); break;
	case 2:
		if (family == 4)
			l3_arp_request(frame, &mac, src.b, dst.b, NULL);
		else
			l3_nd_solicit(frame, &mac, &src, &dst, NULL);
		len = family == 4 ? L3_ARP_FRAME : L3_ND_FRAME;
		break;
	default:
		if (family == 4)
			l3_arp_announce(frame, &mac, src.b);
		else
			l3_nd_announce(frame, &mac, &src);
		len = family == 4 ? L3_ARP_FRAME : L3_ND_FRAME;
		break;
	}
	for (int i = rand() % 4; i > 0; i--)
		frame[14 + (uint32_t)rand() % RTE_MIN(len - 14, 60u)] ^= (uint8_t)(1 << rand() % 8);
	return rand() % 8 ? len : 14 + (uint32_t)rand() % (len - 14);
}

/* Whatever comes: nothing is lost uncounted, and all comes to an end. */
static void test_anything(void)
{
	for (unsigned int n = 1; n <= WORKERS; n += 2) {
		l3_start(n);
		srand(n);
		for (unsigned int i = 0; i < 30000; i++) {
			unsigned int from = (unsigned int)rand() % HOSTS;
			uint32_t len = any_frame(from);

			send_frame(from, frame, len);
			if (rand() % 50 == 0)
				pass((uint64_t)rand() % (20 * HD_NS_PER_S));
			if (rand() % 2000 == 0) {
				objects[0].addresses[0].addr[3] ^= 64;
				l3_gateways();
			}
		}
		pass(20 * HD_NS_PER_S);
		check_books(0);
		CU_ASSERT_TRUE(n_seen[0] > 1000 && n_seen[2] > 1000);
	}
}

static uint64_t hash_seen(uint64_t hash)
{
	for (unsigned int i = 0; i < HOSTS; i++) {
		CU_ASSERT_TRUE_FATAL(n_seen[i] <= SEEN_MAX);
		for (unsigned int k = 0; k < n_seen[i]; k++)
			for (uint32_t at = 0; at < seen[i][k].len; at++)
				hash = (hash ^ seen[i][k].bytes[at] ^ i) * 0x100000001b3ull;
		n_seen[i] = 0;
	}
	return hash;
}

/* What hosts get of the same frames, when so many of them come at once: one worker has all. */
static uint64_t in_batches_of(unsigned int size)
{
	uint64_t hash = 0;

	start(1);
	srand(5);
	memset(frame, 0, sizeof(frame));
	for (unsigned int round = 0; round < 500; round++) {
		unsigned int from = (unsigned int)rand() % HOSTS;
		struct rte_mbuf *m[DP_BURST];

		for (unsigned int i = 0; i < DP_BURST; i++) {
			uint32_t len = any_frame(from);

			m[i] = unit_packet(frame_pool, frame, len, 0);
		}
		for (unsigned int at = 0; at < DP_BURST; at += size)
			send_burst(from, m + at, (uint16_t)RTE_MIN(size, DP_BURST - at));
		hash = hash_seen(hash);
		if (rand() % 4 == 0)
			pass((uint64_t)rand() % (5 * HD_NS_PER_S));
	}
	pass(20 * HD_NS_PER_S);
	check_books(0);
	return hash_seen(hash);
}

static void test_batches(void)
{
	static const unsigned int sizes[] = {1, 2, 7, 16, DP_BURST};
	uint64_t one = in_batches_of(1);

	for (size_t i = 0; i < RTE_DIM(sizes); i++)
		CU_ASSERT_EQUAL(in_batches_of(sizes[i]), one);
}

/* A neighbour changes its MAC between two packets for it that come together. */
static void test_change_in_batch(void)
{
	const struct hd_mac other = {{2, 0, 0, 0, 9, 9}};
	struct l3_addr dst;
	struct rte_mbuf *m[3];
	uint32_t len;

	start(1);
	ip6_of(1, dst.b);
	len = packet(6, 0, dst.b, 20);
	m[0] = unit_packet(frame_pool, frame, len, 0);
	m[2] = unit_packet(frame_pool, frame, len, 0);
	l3_nd_announce(frame, &other, &dst);
	*(struct hd_eth_hdr *)frame =
		(struct hd_eth_hdr){mac_of(GW_A), mac_of(0), rte_cpu_to_be_16(HD_ETYPE_IPV6)};
	m[1] = unit_packet(frame_pool, frame, L3_ND_FRAME, 0);
	send_burst(0, m, 3);
	CU_ASSERT_EQUAL_FATAL(n_seen[1], 2);
	CU_ASSERT_EQUAL(memcmp(seen[1][0].bytes, mac_of(1).b, HD_ETH_ALEN), 0);
	CU_ASSERT_EQUAL(memcmp(seen[1][1].bytes, other.b, HD_ETH_ALEN), 0);
	check_books(0);
}

/* The batches come first: later tests share the gateways among three workers. */
UNIT_MAIN_SETUP("l3_route", l3_setup, {"batches", test_batches},
		{"change in a batch", test_change_in_batch}, {"ttl", test_ttl},
		{"no route", test_no_route}, {"mtu", test_mtu}, {"super-frame", test_super_frame},
		{"refused", test_refused}, {"rate", test_rate}, {"form", test_form},
		{"no buffers", test_no_buffers}, {"disabled", test_disabled},
		{"workers", test_workers}, {"anything", test_anything});
