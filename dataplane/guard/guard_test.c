/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guards as features, on the path.
 */
#include <errno.h>

#include "heddle/api/fdb.h"
#include "heddle/api/guard.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/feature.h"
#include "heddle/config/store.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/l2/mac_ring.h"
#include "tests/unit/books.h"
#include "tests/unit/eal.h"
#include "tests/unit/unit.h"

#define POOL_SIZE 255
#define PORT      3
#define BURST     64

static struct rte_mempool *pool;
static struct hd_stats_worker worker_stats;
static struct hd_stats_port port_stats[PORT + 1];
static struct dp_port_config port = {.id = PORT};
static struct dp_worker w = {.stats = &worker_stats, .port_stats = port_stats};
static struct rte_mbuf *burst[BURST];

/* In place of the store: what features register there. */
static unsigned int classes;
static struct hd_object_class *first_class;

void hd_object_class_register(struct hd_object_class *cls)
{
	cls->next = first_class;
	first_class = cls;
	if (cls->validate && cls->size >= sizeof(struct hd_object))
		classes++;
}

static int setup(void)
{
	struct hd_err err;

	if (unit_eal_init() < 0 || dp_drop_init() < 0)
		return -1;
	if (dp_feature_init(&err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	pool = unit_pool("frames", POOL_SIZE, 2048);
	return 0;
}

static const struct dp_feature *feature(const char *name)
{
	for (const struct dp_feature *f = dp_feature_first(); f; f = f->next)
		if (!strcmp(f->name, name))
			return f;
	CU_FAIL_FATAL("no such feature");
	return NULL;
}

static uint64_t drops(const char *name)
{
	return unit_drops(&port_stats[PORT], name);
}

static void start(void)
{
	memset(&worker_stats, 0, sizeof(worker_stats));
	memset(port_stats, 0, sizeof(port_stats));
}

/* A frame whose last byte is its number. */
static struct rte_mbuf *frame(const char *dst, const char *src, uint8_t number, uint32_t piece)
{
	uint8_t bytes[300] = {0};

	memcpy(bytes, dst, 6);
	memcpy(bytes + 6, src, 6);
	bytes[12] = 0x88;
	bytes[13] = 0xb5;
	bytes[sizeof(bytes) - 1] = number;
	return unit_packet(pool, bytes, sizeof(bytes), piece);
}

static uint8_t number_of(struct rte_mbuf *m)
{
	uint8_t b;

	return *(const uint8_t *)rte_pktmbuf_read(m, m->pkt_len - 1, 1, &b);
}

#define UNICAST  "\x02\x00\x00\x00\x00\x02"
#define BRIDGES  "\x01\x80\xc2\x00\x00\x00"
#define EVERYONE "\xff\xff\xff\xff\xff\xff"
#define MINE     "\x02\x00\x00\x00\x00\x01"
#define OTHERS   "\x02\x00\x00\x00\x00\x07"

/*
 * Runs the feature on a burst in which every third frame is a bad one; the rest keep their order.
 */
static void run_thirds(const char *name, const void *conf, const char *bad_dst, const char *bad_src,
		       const char *reason)
{
	uint16_t kept;

	start();
	for (uint8_t i = 0; i < BURST; i++)
		burst[i] = i % 3 == 2 ? frame(bad_dst, bad_src, i, 256)
				      : frame(i % 5 ? UNICAST : EVERYONE, MINE, i, 256);
	kept = feature(name)->run(&w, &port, conf, burst, BURST);
	CU_ASSERT_EQUAL_FATAL(kept, BURST - BURST / 3);
	for (unsigned int i = 0, number = 0; i < kept; i++, number++) {
		number += number % 3 == 2;
		CU_ASSERT_EQUAL(number_of(burst[i]), number);
	}
	CU_ASSERT_EQUAL(drops(reason), BURST / 3);
	CU_ASSERT_EQUAL(worker_stats.drops, BURST / 3);
	rte_pktmbuf_free_bulk(burst, kept);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(pool), POOL_SIZE);
}

static void test_bpdu_guard(void)
{
	struct hd_bpdu_guard_object conf = {0};
	uint16_t kept;

	run_thirds("bpdu_guard", &conf, BRIDGES, MINE, "bpdu_guard");
	start();
	for (uint8_t i = 0; i < BURST; i++)
		burst[i] = frame(UNICAST, MINE, i, 0);
	kept = feature("bpdu_guard")->run(&w, &port, &conf, burst, BURST);
	CU_ASSERT_EQUAL(kept, BURST);
	CU_ASSERT_EQUAL(worker_stats.drops, 0);
	rte_pktmbuf_free_bulk(burst, kept);
	CU_ASSERT_EQUAL(feature("bpdu_guard")->run(&w, &port, &conf, burst, 0), 0);
}

static void test_anti_spoof(void)
{
	struct hd_anti_spoof_object conf = {.n_macs = 1, .macs = {{2, 0, 0, 0, 0, 1}}};

	run_thirds("anti_spoof", &conf, UNICAST, OTHERS, "spoofed_mac");
}

/* What it needs to see lies beyond the first segment: a long chain of options before ND. */
static void test_anti_spoof_chain(void)
{
	static const struct hd_anti_spoof_object conf = {
		.n_macs = 1,
		.n_ips = 1,
		.macs = {{2, 0, 0, 0, 0, 1}},
		.ips = {{.family = 6, .length = 64, .addr = {0x20, 1}}},
	};

	for (int lie = 0; lie < 2; lie++) {
		uint8_t p[14 + 40 + 256 + 32] = {0}, *ext = p + 54, *ns = ext + 256;

		memcpy(p, UNICAST MINE "\x86\xdd\x60", 15);
		p[18] = (256 + 32) >> 8;
		p[19] = (256 + 32) & 255;
		memcpy(p + 22, "\x20\x01", 2); /* 2001:: */
		ext[0] = 58;
		ext[1] = 31;
		ext[2] = 1;
		ext[3] = 252;
		ns[0] = 135;
		memcpy(ns + 24, "\x01\x01" MINE, 8);
		ns[31] += lie;
		start();
		burst[0] = unit_packet(pool, p, sizeof(p), 256);
		CU_ASSERT_EQUAL(burst[0]->nb_segs, 2);
		CU_ASSERT_EQUAL(feature("anti_spoof")->run(&w, &port, &conf, burst, 1), !lie);
		CU_ASSERT_EQUAL(drops("spoofed_ip"), lie);
		if (!lie)
			rte_pktmbuf_free(burst[0]);
	}
	CU_ASSERT_EQUAL(rte_mempool_avail_count(pool), POOL_SIZE);
}

/*
 * A router's message behind options that fill the first segment; and one that is hidden for good.
 */
static void test_ra_guard_chain(void)
{
	for (int what = 0; what < 3; what++) {
		uint8_t p[2700] = {0}, *ext = p + 54;
		uint32_t options = what == 2 ? 2560 : 256;

		memcpy(p, UNICAST MINE "\x86\xdd\x60", 15);
		p[18] = (options + 16) >> 8;
		p[19] = (options + 16) & 255;
		for (uint32_t at = 0; at < options; at += 256) {
			p[20] = 60;
			ext[at] = at + 256 < options ? 60 : 58;
			ext[at + 1] = 31;
		}
		ext[options] = what == 1 ? 128 : 134;
		start();
		burst[0] = unit_packet(pool, p, 54 + options + 16, 256);
		CU_ASSERT(burst[0]->nb_segs > 1);
		CU_ASSERT_EQUAL(feature("ra_guard")->run(&w, &port, NULL, burst, 1), what == 1);
		CU_ASSERT_EQUAL(drops("ra_guard"), what != 1);
		if (what == 1)
			rte_pktmbuf_free(burst[0]);
	}
	CU_ASSERT_EQUAL(rte_mempool_avail_count(pool), POOL_SIZE);
}

/* Every third frame of a burst is bad; the rest keep their order. */
static void run_payload_thirds(const char *name, const char *bad, const char *good, size_t len)
{
	uint16_t kept;

	start();
	for (uint8_t i = 0; i < BURST; i++) {
		uint8_t bytes[128] = UNICAST MINE;

		memcpy(bytes + 12, i % 3 == 2 ? bad : good, len);
		bytes[sizeof(bytes) - 1] = i;
		burst[i] = unit_packet(pool, bytes, sizeof(bytes), 0);
	}
	kept = feature(name)->run(&w, &port, NULL, burst, BURST);
	CU_ASSERT_EQUAL_FATAL(kept, BURST - BURST / 3);
	for (unsigned int i = 0, number = 0; i < kept; i++, number++) {
		number += number % 3 == 2;
		CU_ASSERT_EQUAL(number_of(burst[i]), number);
	}
	CU_ASSERT_EQUAL(drops(name), BURST / 3);
	rte_pktmbuf_free_bulk(burst, kept);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(pool), POOL_SIZE);
}

static void test_ra_and_dhcp(void)
{
#define IPV6(next, byte)                       \
	"\x86\xdd\x60\0\0\0\0\x08" next "\xff" \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2" byte
	static const char ra[] = IPV6("\x3a", "\x86\0\0\0"), echo[] = IPV6("\x3a", "\x80\0\0\0");
	static const char offer[] = IPV6("\x11", "\x02\x23\x02\x22"),
			  ask[] = IPV6("\x11", "\x02\x22\x02\x23");

	run_payload_thirds("ra_guard", ra, echo, sizeof(ra) - 1);
	run_payload_thirds("ra_guard", ra, ask, sizeof(ra) - 1);
	run_payload_thirds("dhcp_guard", offer, ask, sizeof(offer) - 1);
	run_payload_thirds("dhcp_guard", offer, echo, sizeof(echo) - 1);
}

static void test_mac_limit(void)
{
	struct hd_mac_limit_object conf = {.limit = 2};
	struct dp_mac_note note;
	uint32_t learned[PORT + 1] = {9, 9, 9, 0};
	struct dp_fdb fdb = {.port_count = learned};

	w.fdb = &fdb;
	start();
	for (uint32_t i = 0; i < 4; i++) {
		burst[0] = frame(UNICAST, MINE, 0, 0);
		learned[PORT] = i;
		CU_ASSERT_EQUAL(feature("mac_limit")->run(&w, &port, &conf, burst, 1), i < 2);
		if (i < 2)
			rte_pktmbuf_free(burst[0]);
	}
	CU_ASSERT_EQUAL(drops("mac_limit"), 2);
	for (unsigned int i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(dp_mac_ring_get(dp_mac_ring_of(w.index), &note));
		CU_ASSERT_EQUAL(note.kind, HD_MAC_LIMIT_PORT);
		CU_ASSERT_EQUAL(note.to, port.id);
	}
	CU_ASSERT_EQUAL(rte_mempool_avail_count(pool), POOL_SIZE);
}

static void test_registration(void)
{
	CU_ASSERT_EQUAL(classes, 5);
	CU_ASSERT(feature("bpdu_guard")->point == DP_POINT_INPUT);
	CU_ASSERT(feature("anti_spoof")->point == DP_POINT_INPUT);
	CU_ASSERT(feature("mac_limit")->point == DP_POINT_NEW_SOURCE);
	CU_ASSERT(feature("bpdu_guard")->order < feature("anti_spoof")->order);
	CU_ASSERT(feature("anti_spoof")->order < feature("ra_guard")->order);
	CU_ASSERT(feature("ra_guard")->order < feature("dhcp_guard")->order);
	CU_ASSERT_EQUAL(feature("anti_spoof")->object_size, sizeof(struct hd_anti_spoof_object));
	for (unsigned int i = 0; dp_drop_by_index(i); i++)
		CU_ASSERT(strlen(dp_drop_by_index(i)->text) <
			  sizeof(((struct hd_drop_info *)0)->text));
}

UNIT_MAIN_SETUP("guard", setup, {"registration", test_registration},
		{"bpdu_guard", test_bpdu_guard}, {"anti_spoof", test_anti_spoof},
		{"anti_spoof, chain", test_anti_spoof_chain}, {"mac_limit", test_mac_limit},
		{"ra_guard, chain", test_ra_guard_chain},
		{"ra_guard, dhcp_guard", test_ra_and_dhcp});
