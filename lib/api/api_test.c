/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "heddle/api/port.h"
#include "heddle/api/stats.h"
#include "tests/unit/unit.h"

static void test_reasons(void)
{
	CU_ASSERT_STRING_EQUAL(hd_port_reason_name(HD_PORT_UP), "up");
	CU_ASSERT_STRING_EQUAL(hd_port_reason_name(HD_PORT_ERROR), "error");
	CU_ASSERT_STRING_EQUAL(hd_port_reason_name(HD_PORT_REASON_COUNT), "unknown");
	for (unsigned int i = 0; i < HD_PORT_REASON_COUNT; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(hd_port_reason_name(i));
		for (unsigned int j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(hd_port_reason_name(i), hd_port_reason_name(j));
	}
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

UNIT_MAIN("api", {"reasons", test_reasons}, {"layout", test_layout});
