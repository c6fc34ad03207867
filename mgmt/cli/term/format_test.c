/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <string.h>

#include "mgmt/cli/term/format.h"
#include "tests/unit/unit.h"

static void test_count(void)
{
	static const struct {
		uint64_t n;
		const char *text;
	} cases[] = {
		{0, "0"},
		{7, "7"},
		{9999, "9999"},
		{10000, "10k"},
		{12345, "12.3k"},
		{12351, "12.4k"},
		{99949, "99.9k"},
		{99950, "100k"},
		{123456, "123k"},
		{999499, "999k"},
		{999500, "1M"},
		{999999, "1M"},
		{1000000, "1M"},
		{1500000, "1.5M"},
		{12300000, "12.3M"},
		{1500000000, "1.5G"},
		{340000000000, "340G"},
		{UINT64_MAX, "18.4E"},
	};
	char str[CLI_NUM_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cli_fmt_count(cases[i].n, false, str);
		if (strcmp(str, cases[i].text) != 0)
			printf("%" PRIu64 ": %s, expected %s\n", cases[i].n, str, cases[i].text);
		CU_ASSERT_STRING_EQUAL(str, cases[i].text);
	}
	CU_ASSERT_STRING_EQUAL(cli_fmt_count(UINT64_MAX, true, str), "18446744073709551615");
	CU_ASSERT_STRING_EQUAL(cli_fmt_count(12345, true, str), "12345");
}

static void test_bytes(void)
{
	char str[CLI_NUM_MAX];

	CU_ASSERT_STRING_EQUAL(cli_fmt_bytes(0, false, str), "0 B");
	CU_ASSERT_STRING_EQUAL(cli_fmt_bytes(999, false, str), "999 B");
	CU_ASSERT_STRING_EQUAL(cli_fmt_bytes(1000, false, str), "1 kB");
	CU_ASSERT_STRING_EQUAL(cli_fmt_bytes(58200000, false, str), "58.2 MB");
	CU_ASSERT_STRING_EQUAL(cli_fmt_bytes(58200000, true, str), "58200000");
}

static void test_duration(void)
{
	char str[CLI_NUM_MAX];

	CU_ASSERT_STRING_EQUAL(cli_fmt_duration(0, str), "0ms");
	CU_ASSERT_STRING_EQUAL(cli_fmt_duration(350000000, str), "350ms");
	CU_ASSERT_STRING_EQUAL(cli_fmt_duration(42000000000, str), "42s");
	CU_ASSERT_STRING_EQUAL(cli_fmt_duration(312000000000, str), "5m 12s");
	CU_ASSERT_STRING_EQUAL(cli_fmt_duration(7260000000000, str), "2h 1m");
	CU_ASSERT_STRING_EQUAL(cli_fmt_duration(273600000000000, str), "3d 4h");
}

static void test_ago(void)
{
	const int64_t now = 1763668512; /* 2025-11-20T19:55:12Z */
	char str[CLI_NUM_MAX];

	CU_ASSERT_STRING_EQUAL(cli_fmt_ago("2025-11-20T19:50:00Z", now, str), "5m 12s");
	CU_ASSERT_STRING_EQUAL(cli_fmt_ago("2025-11-20T19:50:00.25+00:00", now, str), "5m 12s");
	CU_ASSERT_STRING_EQUAL(cli_fmt_ago("2025-11-20T21:20:00+01:30", now, str), "5m 12s");
	CU_ASSERT_STRING_EQUAL(cli_fmt_ago("2025-11-20T14:50:00-05:00", now, str), "5m 12s");
	CU_ASSERT_STRING_EQUAL(cli_fmt_ago("2025-11-20T20:00:00Z", now, str), "0s");
	CU_ASSERT_STRING_EQUAL(cli_fmt_ago("yesterday", now, str), "yesterday");
	CU_ASSERT_STRING_EQUAL(cli_fmt_ago("2025-11-20T19:50:00", now, str), "2025-11-20T19:50:00");
	CU_ASSERT_STRING_EQUAL(cli_fmt_ago("", now, str), "");
}

static void test_utc(void)
{
	char str[CLI_NUM_MAX];

	CU_ASSERT_STRING_EQUAL(cli_fmt_utc("2025-11-20T19:50:00Z", str), "2025-11-20T19:50:00Z");
	CU_ASSERT_STRING_EQUAL(cli_fmt_utc("2025-11-20T19:50:00+00:00", str),
			       "2025-11-20T19:50:00Z");
	CU_ASSERT_STRING_EQUAL(cli_fmt_utc("2025-11-20T21:20:00.123456789+01:30", str),
			       "2025-11-20T19:50:00.123456789Z");
	CU_ASSERT_STRING_EQUAL(cli_fmt_utc("2025-12-31T23:50:00-05:00", str),
			       "2026-01-01T04:50:00Z");
	CU_ASSERT_STRING_EQUAL(cli_fmt_utc("yesterday", str), "yesterday");
	CU_ASSERT_STRING_EQUAL(cli_fmt_utc("", str), "");
}

static void test_rate(void)
{
	CU_ASSERT_EQUAL(cli_rate(100, 300, 1000000000), 200);
	CU_ASSERT_EQUAL(cli_rate(100, 300, 2000000000), 100);
	CU_ASSERT_EQUAL(cli_rate(100, 300, 0), 0);
	CU_ASSERT_EQUAL(cli_rate(1000, 50, 1000000000), 50);
	CU_ASSERT_EQUAL(cli_rate(0, 10000000000000000000ull, 1000000000), 10000000000000000000ull);
}

static void test_distance(void)
{
	CU_ASSERT_EQUAL(cli_edit_distance("show", "show"), 0);
	CU_ASSERT_EQUAL(cli_edit_distance("shwo", "show"), 1);
	CU_ASSERT_EQUAL(cli_edit_distance("shows", "show"), 1);
	CU_ASSERT_EQUAL(cli_edit_distance("sho", "show"), 1);
	CU_ASSERT_EQUAL(cli_edit_distance("shew", "show"), 1);
	CU_ASSERT_EQUAL(cli_edit_distance("", "load"), 4);
	CU_ASSERT_EQUAL(cli_edit_distance("kitten", "sitting"), 3);
	CU_ASSERT(cli_edit_distance("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "b") ==
		  31);
}

UNIT_MAIN("cli format", {"counts", test_count}, {"bytes", test_bytes}, {"durations", test_duration},
	  {"times ago", test_ago}, {"times in UTC", test_utc}, {"rates", test_rate},
	  {"edit distance", test_distance});
