/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counters in shared memory: sums over workers, slots that change hands, headers that lie.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mgmt/backend/stats.h"
#include "tests/unit/unit.h"

#define WORKERS 3
#define PORTS   8

static uint8_t *memory;
static int memory_fd;
static uint64_t memory_size;

static void make(void)
{
	struct hd_stats_header h;

	memset(&h, 0, sizeof(h));
	memory_size = hd_stats_layout(&h, WORKERS, PORTS);
	h.magic = HD_STATS_MAGIC;
	h.version = HD_STATS_VERSION;
	memory_fd = memfd_create("stats", MFD_CLOEXEC);
	CU_ASSERT_FATAL(memory_fd >= 0 && ftruncate(memory_fd, memory_size) == 0);
	memory = mmap(NULL, memory_size, PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd, 0);
	CU_ASSERT_FATAL(memory != MAP_FAILED);
	memcpy(memory, &h, sizeof(h));
}

static void gone(void)
{
	munmap(memory, memory_size);
	close(memory_fd);
}

static struct hd_stats_header *header(void)
{
	return (struct hd_stats_header *)memory;
}

static struct hd_stats_port_slot *slot(unsigned int id)
{
	return (struct hd_stats_port_slot *)(memory + header()->slot_offset) + id;
}

static struct hd_stats_port *counters(unsigned int worker, unsigned int id)
{
	return (struct hd_stats_port *)(memory + header()->worker_offset +
					worker * header()->worker_stride + header()->port_offset) +
	       id;
}

static void test_sums(void)
{
	struct hd_stats_worker worker;
	struct hd_stats_port sum;
	struct bk_stats stats;
	struct event_base *base = event_base_new();

	make();
	bk_stats_init(&stats, base, NULL);
	CU_ASSERT_FALSE(bk_stats_port(&stats, 5, "web1", &sum)); /* nothing is mapped yet */
	CU_ASSERT_EQUAL(bk_stats_workers(&stats), 0);
	CU_ASSERT_EQUAL_FATAL(bk_stats_map(&stats, dup(memory_fd)), 0);
	CU_ASSERT_EQUAL(bk_stats_workers(&stats), WORKERS);
	strcpy(slot(5)->name, "web1");
	slot(5)->in_use = 1;
	for (unsigned int i = 0; i < WORKERS; i++) {
		counters(i, 5)->rx_packets = 1ull << (20 * i);
		counters(i, 5)->drops[HD_DROP_REASONS_MAX - 1] = 7;
		counters(i, 4)->rx_packets = 99; /* a neighbour's */
	}
	CU_ASSERT(bk_stats_port(&stats, 5, "web1", &sum));
	CU_ASSERT_EQUAL(sum.rx_packets, 1 + (1ull << 20) + (1ull << 40));
	CU_ASSERT_EQUAL(sum.drops[HD_DROP_REASONS_MAX - 1], 7 * WORKERS);
	CU_ASSERT_FALSE(bk_stats_port(&stats, 5, "web2", &sum)); /* somebody else's slot */
	CU_ASSERT_FALSE(bk_stats_port(&stats, PORTS, "web1", &sum));
	CU_ASSERT_FALSE(bk_stats_port(&stats, UINT16_MAX, "web1", &sum));
	slot(5)->generation = 1; /* changes hands just now */
	CU_ASSERT_FALSE(bk_stats_port(&stats, 5, "web1", &sum));
	((struct hd_stats_worker *)(memory + header()->worker_offset + header()->worker_stride))
		->tx = 11;
	bk_stats_worker(&stats, 1, &worker);
	CU_ASSERT_EQUAL(worker.tx, 11);
	bk_stats_free(&stats);
	gone();
	event_base_free(base);
}

/* Whatever is in the header: what does not fit the memory's size is not used. */
static void test_liars(void)
{
	struct event_base *base = event_base_new();
	struct hd_stats_header good;
	struct bk_stats stats;

	make();
	good = *header();
	bk_stats_init(&stats, base, NULL);
#define LIE(field, value)                                                       \
	do {                                                                    \
		*header() = good;                                               \
		header()->field = (value);                                      \
		CU_ASSERT_EQUAL(bk_stats_map(&stats, dup(memory_fd)), -EAGAIN); \
		CU_ASSERT_PTR_NULL(stats.map);                                  \
	} while (0)
	LIE(magic, 0);
	LIE(version, HD_STATS_VERSION + 1);
	LIE(workers, 0);
	LIE(workers, WORKERS + 1);
	LIE(workers, UINT32_MAX);
	LIE(max_ports, 0);
	LIE(max_ports, PORTS * 1000);
	LIE(max_ports, UINT32_MAX);
	LIE(slot_offset, UINT64_MAX);
	LIE(worker_offset, good.worker_offset + 64);
	LIE(worker_stride, UINT64_MAX / 2);
	LIE(port_offset, 1ull << 40);
	CU_ASSERT_EQUAL(ftruncate(memory_fd, 8), 0);
	CU_ASSERT_EQUAL(bk_stats_map(&stats, dup(memory_fd)), -EINVAL);
	bk_stats_free(&stats);
	gone();
	event_base_free(base);
}

static uint64_t packets(const struct bk_stats *stats, unsigned int id, const char *name)
{
	struct hd_stats_port sum;

	CU_ASSERT(bk_stats_port(stats, id, name, &sum));
	CU_ASSERT_EQUAL(sum.rx_packets, sum.admitted + sum.drops[3]);
	return sum.rx_packets;
}

static void count(unsigned int worker, unsigned int id, uint64_t n)
{
	counters(worker, id)->rx_packets += n;
	counters(worker, id)->admitted += n - 1;
	counters(worker, id)->drops[3] += 1;
}

static void begin(struct bk_stats *stats, struct event_base *base, const char *dir)
{
	bk_stats_init(stats, base, NULL);
	bk_baselines_keep(&stats->cleared, dir);
	CU_ASSERT_EQUAL_FATAL(bk_stats_map(stats, dup(memory_fd)), 0);
}

/* Cleared counters count from 0, add up, and outlive us, but not the port and not heddle-dp. */
static void test_cleared(void)
{
	struct event_base *base = event_base_new();
	char dir[] = "/tmp/hd-stats.XXXXXX", path[64];
	struct hd_err err;
	struct bk_stats stats;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/cleared-counters", dir);
	make();
	header()->started_ns = 1000;
	for (unsigned int id = 2; id < 5; id++) {
		snprintf(slot(id)->name, sizeof(slot(id)->name), "p%u", id);
		slot(id)->in_use = 1;
		slot(id)->generation = 2;
		count(0, id, 100);
		count(2, id, 50);
	}
	begin(&stats, base, dir);
	CU_ASSERT_EQUAL(packets(&stats, 3, "p3"), 150);
	CU_ASSERT_EQUAL(bk_stats_since(&stats, 3), 1000);
	CU_ASSERT_FALSE(bk_stats_clear(&stats, 3, "p4"));
	CU_ASSERT(bk_stats_clear(&stats, 4, "p4") && bk_stats_clear(&stats, 3, "p3"));
	CU_ASSERT_EQUAL(packets(&stats, 3, "p3"), 0);
	CU_ASSERT_EQUAL(packets(&stats, 2, "p2"), 150); /* not asked for */
	CU_ASSERT(bk_stats_since(&stats, 3) > 1000);
	count(1, 3, 7);
	CU_ASSERT_EQUAL(packets(&stats, 3, "p3"), 7);
	CU_ASSERT_EQUAL(bk_baselines_save(&stats.cleared, &err), 0);
	bk_stats_free(&stats);

	begin(&stats, base, dir); /* heddle-mgmt was restarted */
	CU_ASSERT_EQUAL(packets(&stats, 3, "p3"), 7);
	CU_ASSERT_EQUAL(packets(&stats, 4, "p4"), 0);
	slot(3)->generation = 4; /* another port has the slot now */
	CU_ASSERT_EQUAL(packets(&stats, 3, "p3"), 157);
	counters(0, 4)->rx_packets = 1; /* below the baseline: it cannot be of these counters */
	counters(0, 4)->admitted = 0;
	CU_ASSERT_EQUAL(packets(&stats, 4, "p4"), 51);
	header()->started_ns = 2000; /* heddle-dp was restarted */
	CU_ASSERT_EQUAL_FATAL(bk_stats_map(&stats, dup(memory_fd)), 0);
	CU_ASSERT_EQUAL(stats.cleared.n, 0);
	bk_stats_free(&stats);

	header()->started_ns = 1000;
	CU_ASSERT_EQUAL(truncate(path, 100), 0); /* damaged */
	begin(&stats, base, dir);
	CU_ASSERT_EQUAL(stats.cleared.n, 0);
	bk_stats_free(&stats);
	unlink(path);
	CU_ASSERT_EQUAL(rmdir(dir), 0);
	gone();
	event_base_free(base);
}

UNIT_MAIN("mgmt-stats", {"sums", test_sums}, {"headers that lie", test_liars},
	  {"cleared counters", test_cleared});
