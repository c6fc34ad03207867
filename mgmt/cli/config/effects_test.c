/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which address of this machine we are reached by, whatever the environment says.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/effects.h"
#include "tests/unit/unit.h"

static bool tells(const char *connection, const char *address)
{
	const char *request;
	char want[128];

	if (connection)
		setenv("SSH_CONNECTION", connection, 1);
	else
		unsetenv("SSH_CONNECTION");
	request = cli_effects_request();
	if (!address)
		return request[strlen(request) - 2] == '/';
	snprintf(want, sizeof(want), "<local-address>%s</local-address>", address);
	return strstr(request, want) != NULL;
}

static void test_address(void)
{
	CU_ASSERT_TRUE(tells(NULL, NULL));
	CU_ASSERT_TRUE(tells("192.0.2.7 50022 198.51.100.1 22", "198.51.100.1"));
	CU_ASSERT_TRUE(tells("2001:db8::7 50022 2001:db8::1 22", "2001:db8::1"));
	CU_ASSERT_TRUE(tells("", NULL));
	CU_ASSERT_TRUE(tells("192.0.2.7 50022", NULL));
	CU_ASSERT_TRUE(tells("192.0.2.7 50022 <x/> 22", NULL));
	CU_ASSERT_TRUE(tells("192.0.2.7 50022 198.51.100.1</local-address> 22", NULL));
	CU_ASSERT_TRUE(tells("192.0.2.7 50022 fe80::1%eth0 22", NULL));
	CU_ASSERT_PTR_EQUAL(cli_effects_request(), cli_effects_request());
}

UNIT_MAIN("cli-effects", {"address", test_address});
