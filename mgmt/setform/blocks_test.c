/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks in braces: what is read, and what is refused where. Round trips: random_test.c.
 */
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/setform/setform.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

/* Blocks as people write them, too: several on a line, empty ones, comments. */
static void test_read_blocks(void)
{
	static const char text[] =
		"\n# two ports\n"
		"switch sw0 { segment lab { vlan 10; host-only; } # here\n"
		"  segment office { bridged; } }\n"
		"port a { description \"x; } y\"; tap { queues 2; } switch sw0; trunk [ lab 5 ]; }\n"
		"port b {\n}\n"
		"port c tap;\n";
	struct ds_errors errs = {.n = 0};
	struct sf_edit edit = {.ctx = ctx};
	char *printed;

	CU_ASSERT(sf_is_lines(text, strlen(text)));
	CU_ASSERT(sf_parse(&edit, text, strlen(text), &errs));
	ds_errors_print(&errs, stderr);
	printed = sf_print_text(ctx, edit.tree, 0);
	CU_ASSERT_STRING_EQUAL(printed, "set port a description \"x; } y\"\n"
					"set port a tap queues 2\n"
					"set port a switch sw0\n"
					"set port a trunk [ lab 5 ]\n"
					"set port b\n"
					"set port c tap\n"
					"set switch sw0 segment lab vlan 10\n"
					"set switch sw0 segment lab host-only\n"
					"set switch sw0 segment office bridged\n");
	free(printed);
	lyd_free_all(edit.tree);
}

static void test_wrong_blocks(void)
{
	static const struct {
		const char *text, *message;
		size_t n;
	} cases[] = {
		{"port a {\n tap;\n",
		 "line 2, column 1: a } is missing: the text ends within a block", 1},
		{"port a {\n tap;\n}}\n", "line 3, column 2: this } closes no block", 1},
		{"port a {\n switch sw0\n}\n",
		 "line 2, column 12: a ; or a { is missing at the end of the line", 1},
		{"port a { tap; switch sw0 }\n", "line 1, column 26: a ; is missing before }", 1},
		{"port a { tap; ; }\n", "line 1, column 15: there is nothing before the ;", 1},
		{"port a { { tap; } }\n",
		 "line 1, column 10: the words that lead to the block are missing before {", 1},
		{"port a {\n tapp;\n mtu 3;\n}\n", "line 2, column 2: ", 2},
		/* the words of a block are wrong once, not with each statement */
		{"prot a {\n tap;\n mtu 1500;\n}\nport b { mtu 3; }\n", "line 1, column 1: ", 2},
		{"switch sw0 {\n segmnt a {\n  vlan 3;\n  host-only;\n }\n}\n",
		 "line 2, column 2: ", 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ds_errors errs = {.n = 0};
		struct sf_edit edit = {.ctx = ctx};

		CU_ASSERT(!sf_parse(&edit, cases[i].text, strlen(cases[i].text), &errs));
		CU_ASSERT_PTR_NULL(edit.tree);
		CU_ASSERT_EQUAL(errs.n, cases[i].n);
		if (errs.n &&
		    strncmp(errs.list[0].message, cases[i].message, strlen(cases[i].message)) != 0)
			CU_FAIL(errs.list[0].message);
		ds_errors_clear(&errs);
	}
	CU_ASSERT(!sf_is_lines("port eth1", 9));
	CU_ASSERT(!sf_is_lines("{ port; }", 9));
}

UNIT_MAIN_SETUP("setform-blocks", yang_setup, {"blocks that are read", test_read_blocks},
		{"blocks that are wrong", test_wrong_blocks});
