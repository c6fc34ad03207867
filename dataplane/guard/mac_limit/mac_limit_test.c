/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "heddle/api/guard.h"
#include "dataplane/guard/mac_limit/mac_limit.h"
#include "tests/unit/unit.h"

static void test_reached(void)
{
	CU_ASSERT_FALSE(dp_mac_limit_reached(0, 1));
	CU_ASSERT_TRUE(dp_mac_limit_reached(1, 1));
	CU_ASSERT_FALSE(dp_mac_limit_reached(4095, 4096));
	CU_ASSERT_TRUE(dp_mac_limit_reached(4096, 4096));
	CU_ASSERT_TRUE(dp_mac_limit_reached(5000, 4096));
}

static void test_validate(void)
{
	static const struct {
		uint32_t limit;
		int rc;
	} cases[] = {{0, -EINVAL},         {1, 0}, {4096, 0}, {1048576, 0}, {1048577, -EINVAL},
		     {UINT32_MAX, -EINVAL}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hd_mac_limit_object o = {.limit = cases[i].limit};
		struct hd_err err = {0};

		CU_ASSERT_EQUAL(dp_mac_limit_validate(&o, &err), cases[i].rc);
		if (cases[i].rc)
			CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "1..1048576"));
	}
}

UNIT_MAIN("mac_limit", {"reached", test_reached}, {"validate", test_validate});
