/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "mgmt/cli/term/table.h"
#include "tests/unit/unit.h"

static char *render(const struct cli_table *t, unsigned int width, bool color)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	cli_table_print(t, out, width, color);
	fclose(out);
	return text;
}

static struct cli_table *sample(void)
{
	static const struct cli_column columns[] = {{"NAME", false, true},
						    {"VLANS", false, false},
						    {"EMPTY", false, false},
						    {"RX", true, true}};
	struct cli_table *t = cli_table_new(columns, 4);

	cli_table_row(t);
	cli_table_cell(t, 0, CLI_PLAIN, "web1");
	cli_table_cell(t, 1, CLI_PLAIN, "access office");
	cli_table_cell(t, 3, CLI_GOOD, "12.3M");
	cli_table_row(t);
	cli_table_cell(t, 0, CLI_PLAIN, "fw");
	cli_table_cell(t, 1, CLI_PLAIN, "trunk office,lab,100-200 native office");
	cli_table_cellf(t, 3, CLI_PLAIN, "%d", 7);
	return t;
}

static void test_plain(void)
{
	struct cli_table *t = sample();
	char *text = render(t, 100, false);

	CU_ASSERT_STRING_EQUAL(text, "NAME  VLANS                                      RX\n"
				     "web1  access office                           12.3M\n"
				     "fw    trunk office,lab,100-200 native office      7\n");
	free(text);
	CU_ASSERT_EQUAL(cli_table_rows(t), 2);
	cli_table_free(t);
}

static void test_wrap(void)
{
	struct cli_table *t = sample();
	char *text = render(t, 34, false);

	CU_ASSERT_STRING_EQUAL(text, "NAME  VLANS                     RX\n"
				     "web1  access office          12.3M\n"
				     "fw    trunk office,lab,          7\n"
				     "      100-200 native office\n");
	for (char *line = text, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		CU_ASSERT(end - line <= 34);
	}
	free(text);
	cli_table_free(t);
}

static void test_long_word(void)
{
	static const struct cli_column columns[] = {{"NAME", false, true}, {"N", true, true}};
	struct cli_table *t = cli_table_new(columns, 2);
	char *text;

	cli_table_row(t);
	cli_table_cell(t, 0, CLI_PLAIN, "abcdefghijklmnopqrstuvwxyz\xc3\xa4\xc3\xb6");
	cli_table_cell(t, 1, CLI_PLAIN, "1");
	text = render(t, 13, false);
	CU_ASSERT_STRING_EQUAL(text, "NAME        N\n"
				     "abcdefghij  1\n"
				     "klmnopqrst\n"
				     "uvwxyz\xc3\xa4\xc3\xb6\n");
	free(text);
	cli_table_free(t);
}

/* A name that came from elsewhere must not write to the terminal. */
static void test_hostile(void)
{
	static const struct cli_column columns[] = {{"NAME", false, true}};
	struct cli_table *t = cli_table_new(columns, 1);
	char *text;

	cli_table_row(t);
	cli_table_cell(t, 0, CLI_PLAIN, "a\033[2Jb\nc\x7f\xc2\x9b\xe2\x80\xae");
	text = render(t, 0, false);
	CU_ASSERT_STRING_EQUAL(text, "NAME\na?[2Jb?c??????\n");
	free(text);
	cli_table_free(t);
}

static void test_color(void)
{
	struct cli_table *t = sample();
	char *text = render(t, 0, true);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\033[32m12.3M\033[0m"));
	free(text);
	text = render(t, 0, false);
	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
	free(text);
	cli_table_free(t);
}

static void test_wrap_text(void)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	cli_wrap(out, "the socket is a little too long for this", 2, 20);
	fclose(out);
	CU_ASSERT_STRING_EQUAL(text, "  the socket is a\n  little too long\n  for this\n");
	free(text);
}

UNIT_MAIN("cli table", {"plain", test_plain}, {"wraps within the width", test_wrap},
	  {"breaks long words", test_long_word}, {"hostile text", test_hostile},
	  {"colour", test_color}, {"wrapped text", test_wrap_text});
