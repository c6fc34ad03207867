/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "mgmt/netconf/limits.h"
#include "tests/unit/unit.h"

static void test_start(void)
{
	struct nc_limits limits;
	struct hd_err err = {0};

	nc_limits_init(&limits);
	CU_ASSERT_EQUAL(limits.sessions, 256);
	CU_ASSERT_EQUAL(limits.events, 2000);
	CU_ASSERT_EQUAL(nc_limits_parse(&limits, "", &err), 0);
	CU_ASSERT_EQUAL(nc_limits_parse(&limits, "sessions=7,hello_s=1", &err), 0);
	CU_ASSERT_EQUAL(limits.sessions, 7);
	CU_ASSERT_EQUAL(limits.hello_s, 1);
	CU_ASSERT_EQUAL(limits.user_sessions, 64);
}

static void test_refused(void)
{
	static const struct {
		const char *text, *word;
	} cases[] = {
		{"sessions", "name=number"},
		{"sessions=", "1 to 4096"},
		{"sessions=0", "1 to 4096"},
		{"sessions=4097", "1 to 4096"},
		{"sessions=-1", "1 to 4096"},
		{"sessions=1x", "1 to 4096"},
		{"sessions=99999999999999999999", "1 to 4096"},
		{"session=1", "no limit \"session\""},
		{"hello_s=2,=3", "no limit"},
		{",", "name=number"},
		{"rate=5,sessions=0", "1 to 4096"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nc_limits limits, before;
		struct hd_err err = {0};

		nc_limits_init(&limits);
		before = limits;
		CU_ASSERT_EQUAL(nc_limits_parse(&limits, cases[i].text, &err), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, cases[i].word));
		CU_ASSERT_EQUAL(memcmp(&limits, &before, sizeof(limits)), 0);
	}
}

UNIT_MAIN("netconf-limits", {"start", test_start}, {"refused", test_refused});
