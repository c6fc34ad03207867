/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Filters without a session: what they cost, what they select, and how deep.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/filter.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

#define IF "xmlns=\"urn:ietf:params:xml:ns:yang:ietf-interfaces\""

static struct bd_config *config;

static int setup(void)
{
	struct ds_errors errs = {.n = 0};

	if (yang_setup() == 0)
		config = bd_config_load(ctx, TEST_CONFIGS "/good/canonical.json", NULL, &errs);
	if (!config)
		ds_errors_print(&errs, stderr);
	return config ? 0 : -1;
}

static enum nc_cost xpath_cost(const char *xpath)
{
	struct nc_filter filter = {.given = true, .xpath = xpath};

	return nc_filter_cost(&filter, ctx);
}

static void test_xpath_cost(void)
{
	static const struct {
		const char *xpath;
		enum nc_cost cost;
	} rows[] = {
		{"/ietf-interfaces:interfaces/interface[name='a']", NC_COST_KEYED},
		{" /ietf-interfaces:interfaces/ietf-interfaces:interface[ name = \"a\" ]/enabled ",
		 NC_COST_KEYED},
		{"/ietf-interfaces:interfaces/interface[name='a']/heddle-port:port/mtu",
		 NC_COST_KEYED},
		{"/heddle-switch:switches/switch[name='a']/segment[name='b']", NC_COST_KEYED},
		{"/ietf-interfaces:interfaces/interface[name='//*[//*]']", NC_COST_KEYED},
		/* Not all keys, or none. */
		{"/heddle-switch:switches/switch[name='a']/segment", NC_COST_TREE},
		{"/heddle-switch:switches/switch/segment[name='b']", NC_COST_TREE},
		{"/ietf-interfaces:interfaces/interface[enabled='true']", NC_COST_TREE},
		{"/ietf-interfaces:interfaces/interface", NC_COST_TREE},
		{"/ietf-interfaces:interfaces", NC_COST_TREE},
		{"/ietf-interfaces:nothing", NC_COST_TREE},
		{"/nowhere:interfaces", NC_COST_TREE},
		/* Anything else. */
		{"//interface", NC_COST_OPEN},
		{"/ietf-interfaces:interfaces//enabled", NC_COST_OPEN},
		{"/ietf-interfaces:interfaces/*", NC_COST_OPEN},
		{"/ietf-interfaces:interfaces/interface[name='a' or 1]", NC_COST_OPEN},
		{"/ietf-interfaces:interfaces/interface[name=../x]", NC_COST_OPEN},
		{"/ietf-interfaces:interfaces/interface[1]", NC_COST_OPEN},
		{"/ietf-interfaces:interfaces/interface[name='a", NC_COST_OPEN},
		{"/ietf-interfaces:interfaces/interface[name='a'] | //*", NC_COST_OPEN},
		{"/ietf-interfaces:interfaces/..", NC_COST_OPEN},
		{"/child::interfaces", NC_COST_OPEN},
		{"count(//*)", NC_COST_OPEN},
		{"interfaces", NC_COST_TREE},
		{"/", NC_COST_OPEN},
		{"", NC_COST_OPEN},
		{"[", NC_COST_OPEN},
		{"/a:b:c:", NC_COST_OPEN},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum nc_cost cost = xpath_cost(rows[i].xpath);

		if (cost != rows[i].cost)
			fprintf(stderr, "%s: %d\n", rows[i].xpath, cost);
		CU_ASSERT_EQUAL(cost, rows[i].cost);
	}
}

/* A subtree filter as a request has it. */
static struct lyd_node *parse(const char *xml)
{
	struct lyd_node *tree = NULL;

	lyd_parse_data_mem(ctx, xml, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0, &tree);
	return tree;
}

static char *apply(struct nc_filter *filter)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *out = NULL, *copy = NULL, *taken = NULL;
	char *text = NULL, *again = NULL;

	CU_ASSERT_TRUE(nc_filter_apply(filter, config->tree, &out, &errs));
	lyd_print_mem(&text, out, LYD_XML, LYD_PRINT_SHRINK | LYD_PRINT_WITHSIBLINGS);
	lyd_free_all(out);
	/* A tree that is taken over gives the same. */
	lyd_dup_siblings(config->tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &copy);
	CU_ASSERT_TRUE(nc_filter_take(filter, copy, &taken, &errs));
	lyd_print_mem(&again, taken, LYD_XML, LYD_PRINT_SHRINK | LYD_PRINT_WITHSIBLINGS);
	lyd_free_all(taken);
	CU_ASSERT_STRING_EQUAL(text ? text : "", again ? again : "");
	free(again);
	return text ? text : strdup("");
}

static void test_subtree(void)
{
	static const struct {
		const char *xml;
		enum nc_cost cost;
		const char *has, *lacks;
	} rows[] = {
		{"<interfaces " IF "/>", NC_COST_TREE, "<name>cust</name>", "switches"},
		{"<interfaces " IF "><interface><name>fw</name></interface></interfaces>",
		 NC_COST_KEYED, "<name>fw</name>", "web1"},
		{"<interfaces " IF "><interface><name>fw</name><type/></interface></interfaces>",
		 NC_COST_KEYED, "tap</type>", "<port"},
		{"<interfaces " IF
		 "><interface><name>fw</name></interface><interface><name>web1</name>"
		 "</interface></interfaces>",
		 NC_COST_KEYED, "<name>web1</name>", "cust"},
		{"<interfaces " IF "><interface><name/></interface></interfaces>", NC_COST_TREE,
		 "<name>cust</name>", "<type"},
		{"<interfaces " IF "><interface><name>nobody</name></interface></interfaces>",
		 NC_COST_KEYED, "", "interface"},
		{"<interfaces " IF "><interface><name> fw </name></interface></interfaces>",
		 NC_COST_TREE, "<name>fw</name>", "web1"},
		{"<interfaces xmlns=\"urn:nowhere\"/>", NC_COST_TREE, "", "interfaces"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lyd_node *tree = parse(rows[i].xml);
		struct nc_filter filter = {.given = true, .subtree = tree};
		char *text = apply(&filter);

		if (!strstr(text, rows[i].has) || strstr(text, rows[i].lacks))
			fprintf(stderr, "%s\n  gives %s\n", rows[i].xml, text);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, rows[i].has));
		CU_ASSERT_PTR_NULL(strstr(text, rows[i].lacks));
		CU_ASSERT_EQUAL(nc_filter_cost(&filter, ctx), rows[i].cost);
		free(text);
		lyd_free_all(tree);
	}
}

static void test_depth(void)
{
	static const struct {
		unsigned int depth;
		const char *has, *lacks;
	} rows[] = {
		{1, "<name>fw</name>", "<type"},
		{2, "<type", "<trunk>"},
		{3, "<trunk>", "<nothing"},
		{0, "<trunk>", "<nothing"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nc_filter filter = {
			.given = true,
			.xpath = "/ietf-interfaces:interfaces/interface[name='fw']",
			.max_depth = rows[i].depth,
		};
		char *text = apply(&filter);

		CU_ASSERT_PTR_NOT_NULL(strstr(text, rows[i].has));
		CU_ASSERT_PTR_NULL(strstr(text, rows[i].lacks));
		free(text);
	}
}

static void test_wants(void)
{
	struct nc_filter filter = {.given = true};
	static const struct {
		const char *xpath;
		bool interfaces, switches;
	} rows[] = {
		{"/ietf-interfaces:interfaces/interface[name='a']/oper-status", true, false},
		{"/ietf-interfaces:interfaces", true, false},
		{" /heddle-switch:switches/switch", false, true},
		{"/ietf-interfaces:interfaces | /heddle-switch:switches", true, true},
		{"/heddle-system:system[version=/heddle-switch:switches/switch]", true, true},
		{"//name", true, true},
		{"", true, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		filter.xpath = rows[i].xpath;
		CU_ASSERT_EQUAL(nc_filter_wants(&filter, ctx, "ietf-interfaces", "interfaces"),
				rows[i].interfaces);
		CU_ASSERT_EQUAL(nc_filter_wants(&filter, ctx, "heddle-switch", "switches"),
				rows[i].switches);
	}
}

static void test_wants_entry(void)
{
	const struct lysc_node *list =
		lys_find_path(ctx, NULL, "/ietf-interfaces:interfaces/interface", 0);
	struct lyd_node *one =
		parse("<interfaces " IF "><interface><name>fw</name></interface></interfaces>");
	struct lyd_node *any =
		parse("<interfaces " IF "><interface><enabled/></interface></interfaces>");
	struct lyd_node *all = parse("<interfaces " IF "/>");
	struct nc_filter filter = {.given = true, .subtree = one};

	CU_ASSERT_TRUE(nc_filter_wants_entry(&filter, list, "fw"));
	CU_ASSERT_FALSE(nc_filter_wants_entry(&filter, list, "web1"));
	filter.subtree = any;
	CU_ASSERT_TRUE(nc_filter_wants_entry(&filter, list, "web1"));
	filter.subtree = all;
	CU_ASSERT_TRUE(nc_filter_wants_entry(&filter, list, "web1"));
	filter.subtree = NULL;
	CU_ASSERT_FALSE(nc_filter_wants_entry(&filter, list, "fw"));
	CU_ASSERT_TRUE(nc_filter_wants_entry(NULL, list, "fw"));
	lyd_free_all(one);
	lyd_free_all(any);
	lyd_free_all(all);
	bd_config_free(config);
	ly_ctx_destroy(ctx);
}

static void test_wants_node(void)
{
	static const struct {
		const char *filter;
		bool statistics, in_packets;
	} rows[] = {
		{"<interfaces " IF "/>", true, true},
		{"<interfaces " IF "><interface/></interfaces>", true, true},
		{"<interfaces " IF "><interface><name>fw</name></interface></interfaces>", true,
		 true},
		{"<interfaces " IF "><interface><name/></interface></interfaces>", false, false},
		{"<interfaces " IF "><interface><name>fw</name><enabled/></interface></interfaces>",
		 false, false},
		{"<interfaces " IF "><interface><statistics/></interface></interfaces>", true,
		 false},
		{"<interfaces " IF "><interface><port xmlns='urn:heddle:yang:heddle-port'><state>"
		 "<counters><in-packets/></counters></state></port></interface></interfaces>",
		 false, true},
		{"<interfaces " IF "><interface><port xmlns='urn:heddle:yang:heddle-port'><state/>"
		 "</port></interface></interfaces>",
		 false, true},
		{"<interfaces " IF "><interface><name/></interface></interfaces><interfaces " IF
		 "><interface><statistics/></interface></interfaces>",
		 true, false},
	};
	const struct lysc_node *statistics =
		lys_find_path(ctx, NULL, "/ietf-interfaces:interfaces/interface/statistics", 0);
	const struct lysc_node *in_packets = lys_find_path(
		ctx, NULL,
		"/ietf-interfaces:interfaces/interface/heddle-port:port/state/counters/"
		"in-packets",
		0);

	CU_ASSERT_TRUE(nc_filter_wants_node(NULL, statistics));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nc_filter filter = {.given = true, .subtree = parse(rows[i].filter)};

		CU_ASSERT_EQUAL(nc_filter_wants_node(&filter, statistics), rows[i].statistics);
		CU_ASSERT_EQUAL(nc_filter_wants_node(&filter, in_packets), rows[i].in_packets);
		lyd_free_all((struct lyd_node *)filter.subtree);
	}
}

UNIT_MAIN_SETUP("netconf-filter", setup, {"xpath cost", test_xpath_cost}, {"subtree", test_subtree},
		{"depth", test_depth}, {"wants", test_wants}, {"wants node", test_wants_node},
		{"wants entry", test_wants_entry});
