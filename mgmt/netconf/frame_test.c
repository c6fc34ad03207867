/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/netconf/frame.h"
#include "tests/unit/unit.h"

/* Feeds @text in portions of @step; what comes out is joined with '|'. Returns the last result. */
static int feed(struct nc_frame *f, const char *text, size_t len, size_t step, char *out)
{
	struct hd_err err = {0};
	size_t used;
	int rc = 0;

	out[0] = '\0';
	for (size_t at = 0; at < len; at += used) {
		rc = nc_frame_feed(f, text + at, len - at < step ? len - at : step, &used, &err);
		if (rc < 0) {
			CU_ASSERT(err.text[0] != '\0');
			return rc;
		}
		CU_ASSERT(used > 0 || rc == 0);
		if (rc == 1) {
			CU_ASSERT_EQUAL(strlen(f->text), f->len);
			strcat(strcat(out, f->text), "|");
		}
	}
	return rc;
}

static void all_steps(bool chunked, const char *text, const char *want, int rc)
{
	size_t len = strlen(text);
	char out[512];

	for (size_t step = 1; step <= len; step++) {
		struct nc_frame f;

		nc_frame_init(&f, 100);
		if (chunked)
			nc_frame_set_chunked(&f);
		CU_ASSERT_EQUAL(feed(&f, text, len, step, out), rc);
		CU_ASSERT_STRING_EQUAL(out, want);
		nc_frame_free(&f);
	}
}

static void test_end_of_message(void)
{
	all_steps(false, "abc]]>]]>", "abc|", 1);
	all_steps(false, "abc]]>]]>de]]>]]>", "abc|de|", 1);
	all_steps(false, "]]>]]]>]]>]]>", "]]>]|", 0);
	all_steps(false, "]]>]]>x", "|", 0);
	all_steps(false, "ab]]>]]", "", 0);
	all_steps(false, "a]]>]]]]>]]>", "a]]>]]|", 1);
}

static void test_chunks(void)
{
	all_steps(true, "\n#3\nabc\n##\n", "abc|", 1);
	all_steps(true, "\n#1\na\n#2\nbc\n##\n\n#1\n#\n##\n", "abc|#|", 1);
	all_steps(true, "\n#4\n\n##\n\n##\n", "\n##\n|", 1);
	all_steps(true, "\n#3\nab", "", 0);
}

static void test_bad_chunks(void)
{
	static const char *const bad[] = {
		"x",
		"\nx",
		"\n#0\n",
		"\n#x",
		"\n##\n",
		"\n#-1\n",
		"\n#1x",
		"\n#1\nax",
		"\n#1\na\n##x",
		"\n#4294967296\n",
		"\n#18446744073709551615\n",
		"\n#1\na\n#\n",
		"\n# 1\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		all_steps(true, bad[i], "", -EBADMSG);
}

static void test_limits(void)
{
	char text[120], out[256];
	struct nc_frame f;

	memset(text, 'a', sizeof(text));
	memcpy(text + 100, "]]>]]>", 6);
	for (size_t step = 1; step < 107; step++) {
		nc_frame_init(&f, 100);
		CU_ASSERT_EQUAL(feed(&f, text, 106, step, out), 1); /* the most that goes */
		CU_ASSERT_EQUAL(f.len, 100);
		nc_frame_free(&f);
		nc_frame_init(&f, 99);
		CU_ASSERT_EQUAL(feed(&f, text, 106, step, out), -EMSGSIZE);
		nc_frame_free(&f);
	}
	nc_frame_init(&f, 100);
	nc_frame_set_chunked(&f);
	CU_ASSERT_EQUAL(feed(&f, "\n#101\n", 6, 6, out), -EMSGSIZE);
	nc_frame_free(&f);
	all_steps(true, "\n#4294967295\n", "", -EMSGSIZE);
	all_steps(true,
		  "\n#60\n123456789012345678901234567890123456789012345678901234567890\n#41\n", "",
		  -EMSGSIZE);
}

/* When a client owes the rest of a message. */
static void test_begun(void)
{
	char out[64];
	struct nc_frame f;

	nc_frame_init(&f, 100000);
	CU_ASSERT_FALSE(nc_frame_begun(&f));
	feed(&f, " \r\n\t", 4, 1, out); /* between messages: no promise */
	CU_ASSERT_FALSE(nc_frame_begun(&f));
	feed(&f, "<", 1, 1, out);
	CU_ASSERT_TRUE(nc_frame_begun(&f));
	CU_ASSERT_EQUAL(feed(&f, "a/>]]>]]>", 9, 9, out), 1);
	CU_ASSERT_FALSE(nc_frame_begun(&f));
	nc_frame_done(&f);
	CU_ASSERT_FALSE(nc_frame_begun(&f));
	nc_frame_set_chunked(&f);
	CU_ASSERT_FALSE(nc_frame_begun(&f));
	feed(&f, "\n", 1, 1, out);
	CU_ASSERT_TRUE(nc_frame_begun(&f));
	feed(&f, "#3\nabc", 6, 1, out);
	CU_ASSERT_TRUE(nc_frame_begun(&f));
	CU_ASSERT_EQUAL(feed(&f, "\n##\n", 4, 1, out), 1);
	CU_ASSERT_FALSE(nc_frame_begun(&f));
	nc_frame_free(&f);
}

/* The memory of a large message goes with it, that of a small one stays for the next. */
static void test_done(void)
{
	char *text = malloc(50000);
	struct nc_frame f;
	size_t used;

	memset(text, 'a', 50000);
	memcpy(text + 49994, "]]>]]>", 6);
	nc_frame_init(&f, 100000);
	CU_ASSERT_EQUAL(nc_frame_feed(&f, text, 50000, &used, NULL), 1);
	CU_ASSERT(f.room >= 49994);
	nc_frame_done(&f);
	CU_ASSERT_EQUAL(f.room, 0);
	CU_ASSERT_PTR_NULL(f.text);
	CU_ASSERT_EQUAL(nc_frame_feed(&f, "x]]>]]>", 7, &used, NULL), 1);
	CU_ASSERT_STRING_EQUAL(f.text, "x");
	nc_frame_done(&f);
	CU_ASSERT_PTR_NOT_NULL(f.text);
	nc_frame_free(&f);
	free(text);
}

UNIT_MAIN("netconf-frame", {"end of message", test_end_of_message}, {"chunks", test_chunks},
	  {"bad chunks", test_bad_chunks}, {"limits", test_limits}, {"begun", test_begun},
	  {"done", test_done});
