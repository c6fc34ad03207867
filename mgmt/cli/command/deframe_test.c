/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "mgmt/cli/command/deframe.h"
#include "tests/unit/unit.h"

static void test_whole(void)
{
	static const char stream[] = "<hello/>]]>]]>\n#4\n<rpc\n#8\n-reply/>\n##\n\n#3\n<a>\n##\n";
	struct cli_deframer d = {0};
	const char *at = stream;
	size_t left = sizeof(stream) - 1, used;

	CU_ASSERT_EQUAL(cli_deframe(&d, at, left, &used), 1);
	CU_ASSERT_STRING_EQUAL(d.message.text, "<hello/>");
	at += used, left -= used;
	cli_deframer_next(&d, true);
	CU_ASSERT_EQUAL(cli_deframe(&d, at, left, &used), 1);
	CU_ASSERT_STRING_EQUAL(d.message.text, "<rpc-reply/>");
	at += used, left -= used;
	cli_deframer_next(&d, true);
	CU_ASSERT_EQUAL(cli_deframe(&d, at, left, &used), 1);
	CU_ASSERT_STRING_EQUAL(d.message.text, "<a>");
	CU_ASSERT_EQUAL(used, left);
	cli_deframer_next(&d, true);
}

static void test_byte_by_byte(void)
{
	static const char stream[] = "\n#4\n<rpc\n#8\n-reply/>\n##\n";
	struct cli_deframer d = {.chunked = true};
	size_t used;

	for (size_t i = 0; i < sizeof(stream) - 2; i++)
		CU_ASSERT_EQUAL(cli_deframe(&d, stream + i, 1, &used), 0);
	CU_ASSERT_EQUAL(cli_deframe(&d, stream + sizeof(stream) - 2, 1, &used), 1);
	CU_ASSERT_STRING_EQUAL(d.message.text, "<rpc-reply/>");
	cli_deframer_next(&d, true);
}

static void test_bad(void)
{
	static const struct {
		const char *bytes;
		int rc;
	} cases[] = {
		{"x", -EBADMSG},
		{"\n4", -EBADMSG},
		{"\n#0\n", -EBADMSG},
		{"\n#\n", -EBADMSG},
		{"\n#4x\n", -EBADMSG},
		{"\n#-1\n", -EBADMSG},
		{"\n##\n", -EBADMSG},
		{"\n#3\nabc#3\n", -EBADMSG},
		{"\n#3\nabc\n##x", -EBADMSG},
		{"\n#18446744073709551615\n", -EMSGSIZE},
		{"\n#268435457\n", -EMSGSIZE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cli_deframer d = {.chunked = true};
		size_t used;

		CU_ASSERT_EQUAL(cli_deframe(&d, cases[i].bytes, strlen(cases[i].bytes), &used),
				cases[i].rc);
		cli_deframer_next(&d, true);
	}
}

UNIT_MAIN("cli deframe", {"messages", test_whole}, {"byte by byte", test_byte_by_byte},
	  {"bad framing", test_bad});
