/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "mgmt/cli/config/load_diff.h"
#include "tests/unit/unit.h"

#define SWITCHES "<switches xmlns=\"urn:s\">"
#define PORTS    "<interfaces xmlns=\"urn:i\">"

static void read_objects(const char *xml, struct cli_objects *objects)
{
	struct lyd_node *tree;
	struct hd_err err;

	CU_ASSERT_EQUAL_FATAL(cli_xml_parse(xml, &tree, &err), 0);
	cli_objects_read(tree, objects);
	lyd_free_all(tree);
}

static enum cli_change change_of(const struct cli_objects *o, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->list[i].name, name) == 0)
			return o->list[i].change;
	return CLI_CHANGES;
}

static void test_changes(void)
{
	struct cli_objects before, after;

	read_objects("<data xmlns=\"urn:n\">" SWITCHES
		     "<switch><name>sw0</name><segment><name>lab</name></segment>"
		     "<segment><name>lan</name></segment></switch></switches>" PORTS
		     "<interface><name>p1</name></interface><interface><name>p2</name></interface>"
		     "<interface><name>p10</name></interface></interfaces></data>",
		     &before);
	read_objects("<data xmlns=\"urn:n\">" SWITCHES
		     "<switch><name>sw0</name><segment><name>lab</name><vlan>5</vlan></segment>"
		     "<segment><name>new</name></segment></switch></switches>" PORTS
		     "<interface><name>p10</name></interface><interface><name>p2</name><enabled>"
		     "false</enabled></interface><interface><name>p3</name></interface>"
		     "</interfaces></data>",
		     &after);
	cli_objects_compare(&before, &after);
	CU_ASSERT_EQUAL(before.n, 0);
	CU_ASSERT_EQUAL(after.n, 8);
	CU_ASSERT_EQUAL(change_of(&after, "switch sw0"), CLI_UNCHANGED);
	CU_ASSERT_EQUAL(change_of(&after, "segment sw0/lab"), CLI_CHANGED);
	CU_ASSERT_EQUAL(change_of(&after, "segment sw0/lan"), CLI_REMOVED);
	CU_ASSERT_EQUAL(change_of(&after, "segment sw0/new"), CLI_ADDED);
	CU_ASSERT_EQUAL(change_of(&after, "port p1"), CLI_REMOVED);
	CU_ASSERT_EQUAL(change_of(&after, "port p2"), CLI_CHANGED);
	CU_ASSERT_EQUAL(change_of(&after, "port p3"), CLI_ADDED);
	CU_ASSERT_EQUAL(change_of(&after, "port p10"), CLI_UNCHANGED);
	CU_ASSERT_STRING_EQUAL(after.list[0].name, "port p1");
	cli_objects_free(&after);
}

static void test_empty(void)
{
	struct cli_objects before = {0}, after;

	read_objects("<data xmlns=\"urn:n\">" PORTS "<interface><name>p1</name></interface>"
		     "</interfaces></data>",
		     &after);
	cli_objects_compare(&before, &after);
	CU_ASSERT_EQUAL(change_of(&after, "port p1"), CLI_ADDED);
	before = (struct cli_objects){0};
	cli_objects_compare(&after, &before);
	CU_ASSERT_EQUAL(change_of(&before, "port p1"), CLI_REMOVED);
	cli_objects_free(&before);
}

UNIT_MAIN("cli load diff", {"changes", test_changes}, {"from and to nothing", test_empty});
