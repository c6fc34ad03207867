/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Compares the forwarding database with a simple model under random operations, and tests its
 * limits.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "dataplane/l2/fdb.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

#define MODEL_MAX 4096

struct model_entry {
	bool used;
	uint64_t mac;
	uint32_t domain;
	uint16_t port;
	bool fixed;
	uint32_t time;
};

static struct model_entry model[MODEL_MAX];

static struct model_entry *model_find(uint64_t mac, uint32_t domain)
{
	for (int i = 0; i < MODEL_MAX; i++)
		if (model[i].used && model[i].mac == mac && model[i].domain == domain)
			return &model[i];
	return NULL;
}

static struct model_entry *model_add(uint64_t mac, uint32_t domain)
{
	for (int i = 0; i < MODEL_MAX; i++)
		if (!model[i].used) {
			model[i] = (struct model_entry){.used = true, .mac = mac, .domain = domain};
			return &model[i];
		}
	return NULL;
}

/* Few addresses and domains, with high bits set, so that operations meet each other. */
static uint64_t random_mac(void)
{
	return 0x020000000000ull >> 40 | (uint64_t)dice(40) << 40 | dice(5) << 8;
}

static uint32_t random_domain(void)
{
	static const uint32_t domains[] = {1, 2, 0x10001, 0x20001, 0xfffff, 65536};

	return domains[dice(6)];
}

static void check_lookup(struct dp_fdb *fdb, uint64_t mac, uint32_t domain)
{
	struct model_entry *e = model_find(mac, domain);
	uint64_t val = 0;
	struct dp_fdb_slot *s = dp_fdb_find(fdb, dp_fdb_hash(fdb, mac, domain), mac, domain, &val);

	CU_ASSERT_EQUAL(s != NULL, e != NULL);
	if (!s || !e)
		return;
	CU_ASSERT_EQUAL(dp_fdb_val_port(val), e->port);
	CU_ASSERT_EQUAL(dp_fdb_val_fixed(val), e->fixed);
	if (!e->fixed)
		CU_ASSERT_EQUAL(dp_fdb_val_age(val, 1000000), 1000000 - e->time);
}

static void do_learn(struct dp_fdb *fdb, uint64_t mac, uint32_t domain, uint16_t port, uint32_t now)
{
	enum dp_fdb_learned got = dp_fdb_learn(fdb, mac, domain, port, now);
	struct model_entry *e = model_find(mac, domain);

	if (!e) {
		CU_ASSERT_EQUAL(got, DP_FDB_LEARNED);
		e = model_add(mac, domain);
		e->port = port;
		e->time = now;
	} else if (e->fixed || e->port == port) {
		CU_ASSERT_EQUAL(got, DP_FDB_KNOWN);
	} else {
		CU_ASSERT_EQUAL(got, DP_FDB_MOVED);
		e->port = port;
		e->time = now;
	}
}

static bool match_port(const struct dp_fdb_view *v, void *arg)
{
	return v->port == *(uint16_t *)arg && !v->flags;
}

static bool match_old(const struct dp_fdb_view *v, void *arg)
{
	return !v->flags && v->age > *(uint32_t *)arg;
}

static void do_flush(struct dp_fdb *fdb, uint32_t now)
{
	uint16_t port = dice(8);
	uint32_t age = 200;
	uint64_t expect = 0, got;
	bool by_port = dice(2);

	for (int i = 0; i < MODEL_MAX; i++) {
		struct model_entry *e = &model[i];

		if (!e->used || e->fixed || (by_port ? e->port != port : now - e->time <= age))
			continue;
		e->used = false;
		expect++;
	}
	got = by_port ? dp_fdb_flush(fdb, now, match_port, &port)
		      : dp_fdb_flush(fdb, now, match_old, &age);
	CU_ASSERT_EQUAL(got, expect);
}

static void check_counts(struct dp_fdb *fdb)
{
	uint32_t ports[8] = {0}, total = 0;

	for (int i = 0; i < MODEL_MAX; i++)
		if (model[i].used) {
			ports[model[i].port] += !model[i].fixed;
			total++;
		}
	for (int p = 0; p < 8; p++)
		CU_ASSERT_EQUAL(dp_fdb_port_count(fdb, p), ports[p]);
	CU_ASSERT_EQUAL(fdb->count, total);
}

static void test_model(void)
{
	struct dp_fdb *fdb = dp_fdb_new(4096, 12345);

	CU_ASSERT_PTR_NOT_NULL_FATAL(fdb);
	for (uint32_t now = 0; now < 60000; now++) {
		uint64_t mac = random_mac(), val;
		uint32_t domain = random_domain();
		uint16_t port = dice(8);
		struct model_entry *e = model_find(mac, domain);
		struct dp_fdb_slot *s;

		switch (dice(8)) {
		case 0:
		case 1:
		case 2: do_learn(fdb, mac, domain, port, now); break;
		case 3:
			CU_ASSERT_EQUAL(dp_fdb_set(fdb, mac, domain, port, DP_FDB_V_STATIC), 0);
			e = e ? e : model_add(mac, domain);
			e->port = port;
			e->fixed = true;
			break;
		case 4:
			CU_ASSERT_EQUAL(dp_fdb_remove(fdb, mac, domain), e ? 0 : -ENOENT);
			if (e)
				e->used = false;
			break;
		case 5:
			s = dp_fdb_find(fdb, dp_fdb_hash(fdb, mac, domain), mac, domain, &val);
			if (s) {
				dp_fdb_touch(s, val, now);
				e->time = e->fixed ? e->time : now;
			}
			break;
		case 6:
			if (now % 50 == 0)
				do_flush(fdb, now);
			break;
		default: check_lookup(fdb, mac, domain); break;
		}
		if (now % 1000 == 0)
			check_counts(fdb);
	}
	check_counts(fdb);
	dp_fdb_free(fdb);
}

/* Every entry up to the capacity finds room, and each is found again; the next one is refused. */
static void test_capacity(void)
{
	struct dp_fdb *fdb = dp_fdb_new(65536, 99);
	uint32_t learned = 0;
	uint64_t val;

	CU_ASSERT_PTR_NOT_NULL_FATAL(fdb);
	CU_ASSERT_EQUAL(fdb->capacity, 65536);
	for (uint64_t i = 0; i < fdb->capacity; i++) /* 16,384 ports with 4 addresses each */
		learned += dp_fdb_learn(fdb, (i + 1) << 8 | 2, 7, i >> 2, 0) == DP_FDB_LEARNED;
	CU_ASSERT_EQUAL(learned, fdb->capacity);
	CU_ASSERT_EQUAL(dp_fdb_learn(fdb, 0xffffff000002ull, 7, 3, 0), DP_FDB_SHARE);
	for (uint64_t i = 1; i <= fdb->capacity; i++)
		CU_ASSERT_PTR_NOT_NULL(
			dp_fdb_find(fdb, dp_fdb_hash(fdb, i << 8 | 2, 7), i << 8 | 2, 7, &val));
	CU_ASSERT_EQUAL(dp_fdb_port_count(fdb, 3), 4);
	CU_ASSERT_EQUAL(dp_fdb_domain_count(fdb, 7), fdb->capacity);
	CU_ASSERT_EQUAL(dp_fdb_group_count(fdb, 0), fdb->capacity);
	dp_fdb_free(fdb);
}

static uint64_t nth_mac(uint16_t port, uint64_t i)
{
	return (i & 0xffffff) << 24 | (uint64_t)port << 8 | 2;
}

/* Learns @n addresses of a port; counts what came of each. */
static void flood(struct dp_fdb *fdb, uint16_t port, uint64_t n, uint64_t results[8])
{
	memset(results, 0, 8 * sizeof(results[0]));
	for (uint64_t i = 0; i < n; i++)
		results[dp_fdb_learn(fdb, nth_mac(port, i), 7, port, 0)]++;
}

static uint32_t found(struct dp_fdb *fdb, uint16_t port, uint64_t n)
{
	uint32_t here = 0;
	uint64_t val;

	for (uint64_t i = 0; i < n; i++) {
		uint64_t mac = nth_mac(port, i);

		here += dp_fdb_find(fdb, dp_fdb_hash(fdb, mac, 7), mac, 7, &val) != NULL;
	}
	return here;
}

/* One port that has no limit and no end leaves room, and never a bucket without any. */
static void test_share(void)
{
	static const uint32_t sizes[] = {256, 4096, 65536};

	for (unsigned int s = 0; s < 3; s++) {
		struct dp_fdb *fdb = dp_fdb_new(sizes[s], s);
		uint64_t r[8];

		flood(fdb, 1, 100000, r);
		CU_ASSERT_EQUAL(r[DP_FDB_FULL] + r[DP_FDB_TOOK], 0);
		CU_ASSERT_EQUAL(r[DP_FDB_LEARNED] + r[DP_FDB_SHARE], 100000);
		CU_ASSERT(r[DP_FDB_LEARNED] * 9 / 8 >= sizes[s] - 2 &&
			  r[DP_FDB_LEARNED] <= sizes[s] / 9 * 8 + 8);
		/* Another one does not even have to take its place from anybody. */
		flood(fdb, 2, sizes[s] / 16, r);
		CU_ASSERT_EQUAL(r[DP_FDB_LEARNED], sizes[s] / 16);
		CU_ASSERT_EQUAL(found(fdb, 2, sizes[s] / 16), sizes[s] / 16);
		dp_fdb_free(fdb);
	}
}

/* Ports that learn without end, one after the other or in turns, come to have the same share. */
static void test_equal_shares(void)
{
	for (uint16_t k = 2; k <= 32; k *= 2) {
		struct dp_fdb *fdb = dp_fdb_new(4096, k);
		uint64_t r[8], before;
		uint32_t fair;

		for (uint16_t p = 1; p <= k; p++)
			flood(fdb, p, 100000, r);
		for (uint16_t p = 100; p < 110; p++) { /* those who come late */
			flood(fdb, p, 8, r);
			CU_ASSERT_EQUAL(r[DP_FDB_LEARNED] + r[DP_FDB_TOOK], 8);
			CU_ASSERT_EQUAL(found(fdb, p, 8), 8);
		}
		fair = (fdb->capacity - 80) / k;
		for (uint16_t p = 1; p <= k; p++)
			CU_ASSERT(dp_fdb_port_count(fdb, p) >= fair * 4 / 5 &&
				  dp_fdb_port_count(fdb, p) <= fair * 5 / 4);
		CU_ASSERT(fdb->count <= fdb->capacity);
		/* When they are equal they leave each other alone. */
		before = 0;
		for (uint16_t p = 1; p <= k; p++) {
			flood(fdb, p, 1000, r);
			before += r[DP_FDB_TOOK];
		}
		CU_ASSERT(before <= fdb->capacity / 8);
		for (uint16_t p = 100; p < 110; p++)
			CU_ASSERT_EQUAL(found(fdb, p, 8), 8);
		dp_fdb_free(fdb);
	}
}

/* In a table that is full of learned addresses a fixed one has room all the same, and keeps it. */
static void test_fixed_in_full(void)
{
	struct dp_fdb *fdb = dp_fdb_new(256, 3);
	uint64_t val;

	for (uint64_t i = 1; i <= 1000; i++)
		dp_fdb_learn(fdb, i << 8 | 2, 7, 3, 0);
	for (uint64_t i = 2001; i <= 2200; i++) {
		CU_ASSERT_EQUAL(dp_fdb_set(fdb, i << 8 | 2, 7, 4, DP_FDB_V_LOCAL), 0);
		for (uint64_t k = 1; k <= 50; k++)
			dp_fdb_learn(fdb, k << 20 | i << 8 | 2, 7, 3, 0);
	}
	for (uint64_t i = 2001; i <= 2200; i++)
		CU_ASSERT_PTR_NOT_NULL(
			dp_fdb_find(fdb, dp_fdb_hash(fdb, i << 8 | 2, 7), i << 8 | 2, 7, &val));
	CU_ASSERT_EQUAL(dp_fdb_port_count(fdb, 4), 0);
	CU_ASSERT_EQUAL(dp_fdb_domain_fixed(fdb, 7), 200);
	CU_ASSERT_EQUAL(dp_fdb_domain_count(fdb, 7), dp_fdb_port_count(fdb, 3));
	CU_ASSERT_EQUAL(fdb->count, 200 + dp_fdb_port_count(fdb, 3));
	dp_fdb_free(fdb);
}

static void test_read(void)
{
	struct dp_fdb *fdb = dp_fdb_new(1024, 5);
	struct dp_fdb_view v[16];
	uint64_t cursor = 0, seen = 0, sum = 0;
	uint8_t mac[6];

	for (uint64_t i = 1; i <= 500; i++)
		dp_fdb_learn(fdb, i << 16 | 2, 0xabcde, (uint16_t)i, 10);
	do {
		uint32_t n = dp_fdb_read(fdb, &cursor, 15, v, 16);

		for (uint32_t i = 0; i < n; i++) {
			CU_ASSERT_EQUAL(v[i].domain, 0xabcde);
			CU_ASSERT_EQUAL(v[i].age, 5);
			CU_ASSERT_EQUAL(v[i].mac >> 16, v[i].port);
			sum += v[i].port;
		}
		seen += n;
	} while (cursor);
	CU_ASSERT_EQUAL(seen, 500);
	CU_ASSERT_EQUAL(sum, 500 * 501 / 2);
	dp_fdb_mac_bytes(0x060504030201ull, mac);
	CU_ASSERT_EQUAL(mac[0], 1);
	CU_ASSERT_EQUAL(mac[5], 6);
	CU_ASSERT_EQUAL(dp_fdb_mac(mac), 0x060504030201ull);
	dp_fdb_free(fdb);
}

/* Two that learn, move and remove the same addresses, one that reads: never a wrong answer. */
static struct dp_fdb *race_fdb;
static uint16_t race_ports; /* a mask */
static bool race_stop;
static uint64_t race_wrong;

static void *race_writer(void *arg)
{
	uint64_t state = (uintptr_t)arg, n;

	while (!__atomic_load_n(&race_stop, __ATOMIC_RELAXED)) {
		uint64_t mac = (n = random_next(&state)) >> 52 << 8 | 2;

		/* The port tells the address, so that a reader can see a mix-up. */
		dp_fdb_learn(race_fdb, mac, 9, mac >> 8 & race_ports, (uint32_t)n);
		if (!(n >> 30 & 7))
			dp_fdb_remove(race_fdb, mac, 9);
	}
	return NULL;
}

static void race(uint32_t size, uint16_t ports)
{
	pthread_t thread[2];
	uint32_t counts[4096] = {0}, total = 0;
	struct dp_fdb_view v[64];
	uint64_t cursor = 0;

	race_fdb = dp_fdb_new(size, 1);
	race_ports = ports;
	race_stop = false;
	for (uintptr_t i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, race_writer, (void *)(i + 1));
	for (uint64_t i = 0; i < 3000000; i++) {
		uint64_t mac = (i & 0xfff) << 8 | 2, val;

		if (dp_fdb_find(race_fdb, dp_fdb_hash(race_fdb, mac, 9), mac, 9, &val))
			race_wrong += dp_fdb_val_port(val) != (mac >> 8 & ports);
	}
	__atomic_store_n(&race_stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	CU_ASSERT_EQUAL(race_wrong, 0);
	do {
		uint32_t n = dp_fdb_read(race_fdb, &cursor, 0, v, 64);

		for (uint32_t i = 0; i < n; i++)
			counts[v[i].port]++;
		total += n;
	} while (cursor);
	CU_ASSERT_EQUAL(total, race_fdb->count);
	for (uint16_t p = 0; p <= ports; p++)
		CU_ASSERT_EQUAL(counts[p], dp_fdb_port_count(race_fdb, p));
	dp_fdb_free(race_fdb);
}

static void test_race(void)
{
	race(4096, 0xfff);
	race(256, 0x1f); /* entries are taken all the time */
}

UNIT_MAIN("fdb", {"random operations against a model", test_model},
	  {"every entry up to the capacity", test_capacity}, {"a share for one port", test_share},
	  {"equal shares", test_equal_shares}, {"fixed ones in a full table", test_fixed_in_full},
	  {"reading with a cursor", test_read}, {"readers and writers at once", test_race});
