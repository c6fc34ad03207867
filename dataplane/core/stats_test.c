/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets that a heddle-dp held when it was killed: the next one counts them as lost_with_plane and
 * lost_with_plane_tx, and the equations of heddle/api/stats.h hold again.
 */
#include <string.h>

#include "dataplane/core/drop.h"
#include "dataplane/core/stats.h"
#include "tests/unit/books.h"
#include "tests/unit/unit.h"

#define WORKERS 2

DP_DROP_REGISTER(other_in, "other", DP_DROP_INGRESS, "some reason");

static uint64_t drops(uint16_t id, const char *name)
{
	struct hd_stats_port sum;

	dp_stats_port_sum(id, &sum);
	return unit_drops(&sum, name);
}

static int64_t imbalance(void)
{
	struct hd_stats_worker s;

	dp_stats_worker_sum(&s);
	return (int64_t)(s.rx + s.injected + s.generated + s.copies - s.tx - s.consumed - s.drops -
			 s.held);
}

static void check_port(uint16_t id)
{
	struct hd_stats_port sum;

	dp_stats_port_sum(id, &sum);
	CU_ASSERT_EQUAL(sum.rx_packets,
			sum.admitted + drops(id, "lost_with_plane") + drops(id, "other"));
	CU_ASSERT_EQUAL(sum.offered, sum.tx_packets + drops(id, "lost_with_plane_tx"));
}

/* Two ports, as workers left them when all was done. */
static void start(void)
{
	struct hd_err err = {0};

	CU_ASSERT_FATAL(dp_drop_init() == 0);
	CU_ASSERT_FATAL(dp_stats_init(false, WORKERS, 8, &err) == 0);
	dp_stats_port_assign(0, "a");
	dp_stats_port_assign(1, "b");
	dp_stats_ports(0)[0] =
		(struct hd_stats_port){.rx_packets = 100, .admitted = 93, .drops = {[2] = 7}};
	CU_ASSERT_STRING_EQUAL_FATAL(dp_drop_by_index(2)->name, "other");
	dp_stats_ports(0)[1] = (struct hd_stats_port){.offered = 93, .tx_packets = 93};
	*hd_stats_worker(0) = (struct hd_stats_worker){.rx = 100, .tx = 93, .drops = 7};
}

static void test_nothing_in_hand(void)
{
	start();
	dp_stats_settle();
	CU_ASSERT_EQUAL(imbalance(), 0);
	CU_ASSERT_EQUAL(drops(0, "lost_with_plane"), 0);
	CU_ASSERT_EQUAL(drops(1, "lost_with_plane_tx"), 0);
}

/*
 * On the other worker: 32 came in, 20 of them were decided, 12 of those were leaving, 5 were gone.
 */
static void test_in_hand(void)
{
	start();
	dp_stats_ports(1)[0] = (struct hd_stats_port){.rx_packets = 32, .admitted = 20};
	dp_stats_ports(1)[1] = (struct hd_stats_port){.offered = 12, .tx_packets = 5};
	*hd_stats_worker(1) = (struct hd_stats_worker){.rx = 32, .tx = 5};
	dp_stats_settle();
	CU_ASSERT_EQUAL(imbalance(), 0);
	CU_ASSERT_EQUAL(drops(0, "lost_with_plane"), 12);
	CU_ASSERT_EQUAL(drops(1, "lost_with_plane_tx"), 7);
	check_port(0);
	check_port(1);
	dp_stats_settle(); /* it died again, with nothing */
	CU_ASSERT_EQUAL(drops(0, "lost_with_plane"), 12);
	CU_ASSERT_EQUAL(imbalance(), 0);
}

/* It ended between two counters: more was dropped than came, and more left than was offered. */
static void test_between_two_counters(void)
{
	start();
	dp_stats_ports(1)[0] = (struct hd_stats_port){.drops = {[2] = 3}};
	dp_stats_ports(1)[1] = (struct hd_stats_port){.tx_packets = 4};
	*hd_stats_worker(1) = (struct hd_stats_worker){.drops = 3, .tx = 4, .held = 9};
	dp_stats_settle();
	CU_ASSERT_EQUAL(imbalance(), 0);
	CU_ASSERT_EQUAL(drops(0, "lost_with_plane"), 0);
	check_port(0);
	check_port(1);
}

UNIT_MAIN("dp_stats", {"nothing in hand", test_nothing_in_hand}, {"in hand", test_in_hand},
	  {"between two counters", test_between_two_counters});
