/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counters in shared memory: sums over workers, slots that change hands, headers that lie.
 */
#define _GNU_SOURCE
#include <errno.h>
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

UNIT_MAIN("mgmt-stats", {"sums", test_sums}, {"headers that lie", test_liars});
