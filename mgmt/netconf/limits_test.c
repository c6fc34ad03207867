/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mgmt/netconf/bounds.h"
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

#if !defined(__SANITIZE_ADDRESS__)
/* In a process of its own: takes @kb of memory, and exits with 1 if memory was short, else with 0. */
static int short_after(size_t kb)
{
	struct nc_limits limits;
	void *volatile taken; /* so that the compiler keeps the allocations */
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		nc_limits_init(&limits);
		limits.read_mb = 16;
		nc_bounds_set(&limits, false);
		for (size_t i = 0; i < kb && (taken = malloc(1024)); i++)
			;
		_exit(nc_bounds_memory_short(&limits));
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_memory_short(void)
{
	CU_ASSERT_EQUAL(short_after(0), 0);
	CU_ASSERT_EQUAL(short_after(1024), 0);
	CU_ASSERT_EQUAL(short_after(8 * 1024), 1);
	CU_ASSERT_EQUAL(short_after(64 * 1024), 1);
}
#else
static void test_memory_short(void)
{
	/* There is no bound on memory: see nc_bounds_set(). */
}
#endif

UNIT_MAIN("netconf-limits", {"start", test_start}, {"refused", test_refused},
	  {"memory short", test_memory_short});
