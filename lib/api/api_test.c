/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "heddle/api/neighbour.h"
#include "heddle/api/port.h"
#include "heddle/api/route.h"
#include "heddle/api/stats.h"
#include "tests/unit/unit.h"

/* Each value below @count has a name of its own; those beyond have none. */
static void names(const char *(*name)(unsigned int), unsigned int count)
{
	CU_ASSERT_STRING_EQUAL(name(count), "unknown");
	for (unsigned int i = 0; i < count; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(name(i));
		for (unsigned int j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(name(i), name(j));
	}
}

static void test_names(void)
{
	names(hd_port_reason_name, HD_PORT_REASON_COUNT);
	names(hd_neighbour_state_name, HD_NEIGHBOUR_STATE_COUNT);
	names(hd_route_kind_name, HD_ROUTE_KIND_COUNT);
	CU_ASSERT_STRING_EQUAL(hd_port_reason_name(HD_PORT_UP), "up");
	CU_ASSERT_STRING_EQUAL(hd_port_reason_name(HD_PORT_ERROR), "error");
	CU_ASSERT_STRING_EQUAL(hd_neighbour_state_name(HD_NEIGHBOUR_REACHABLE), "reachable");
	CU_ASSERT_STRING_EQUAL(hd_route_kind_name(HD_ROUTE_LOCAL), "local");
}

/* The parts follow each other, aligned, and do not overlap. */
static void test_layout(void)
{
	struct hd_stats_header h = {0};
	uint64_t size = hd_stats_layout(&h, 3, 100);

	CU_ASSERT_EQUAL(size, hd_stats_layout(NULL, 3, 100));
	CU_ASSERT_EQUAL(h.workers, 3);
	CU_ASSERT_EQUAL(h.max_ports, 100);
	CU_ASSERT_TRUE(h.slot_offset >= sizeof(h) + HD_DROP_REASONS_MAX * HD_DROP_NAME_MAX);
	CU_ASSERT_TRUE(h.worker_offset >= h.slot_offset + 100 * sizeof(struct hd_stats_port_slot));
	CU_ASSERT_TRUE(h.port_offset >= sizeof(struct hd_stats_worker));
	CU_ASSERT_TRUE(h.worker_stride >= h.port_offset + 100 * sizeof(struct hd_stats_port));
	CU_ASSERT_EQUAL(size, h.worker_offset + 3 * h.worker_stride);
	CU_ASSERT_EQUAL((h.slot_offset | h.worker_offset | h.worker_stride | h.port_offset) % 64,
			0);
	CU_ASSERT_EQUAL(hd_stats_layout(NULL, 1u << 31, 1), 0);
	CU_ASSERT_EQUAL(hd_stats_layout(NULL, 1, 1u << 31), 0);
}

UNIT_MAIN("api", {"names", test_names}, {"layout", test_layout});
