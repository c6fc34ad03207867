/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A unit test is a program: functions with CU_ASSERT..., and a table at the end.
 *
 *	static void test_parse(void) { CU_ASSERT_EQUAL(parse("x"), -EINVAL); }
 *	UNIT_MAIN("name", {"parse", test_parse})
 *
 * It lies beside what it tests (<x>_test.c) and is named in that folder's meson.build:
 *	unit_tests += {'x': {'sources': files('x_test.c', 'x.c'), 'dependencies': [...]}}
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <stdio.h>
#include <stdlib.h>

#include <CUnit/Basic.h>

#define UNIT_MAIN_SETUP(suite_, setup_, ...)                                       \
	int main(void)                                                             \
	{                                                                          \
		static const struct {                                              \
			const char *name;                                          \
			void (*fn)(void);                                          \
		} tests[] = {__VA_ARGS__};                                         \
		CU_pSuite s;                                                       \
		unsigned int failed;                                               \
                                                                                   \
		if (setup_() != 0) {                                               \
			fprintf(stderr, "%s: set-up failed\n", suite_);            \
			return 1;                                                  \
		}                                                                  \
		if (CU_initialize_registry() != CUE_SUCCESS)                       \
			return 1;                                                  \
		s = CU_add_suite(suite_, NULL, NULL);                              \
		for (size_t i = 0; s && i < sizeof(tests) / sizeof(tests[0]); i++) \
			if (!CU_add_test(s, tests[i].name, tests[i].fn))           \
				return 1;                                          \
		CU_basic_set_mode(CU_BRM_VERBOSE);                                 \
		CU_basic_run_tests();                                              \
		failed = CU_get_number_of_failures();                              \
		CU_cleanup_registry();                                             \
		return s == NULL || failed != 0;                                   \
	}                                                                          \
	int unit_main_end_

static inline int unit_no_setup(void)
{
	return 0;
}

#define UNIT_MAIN(suite_, ...) UNIT_MAIN_SETUP(suite_, unit_no_setup, __VA_ARGS__)

#endif
