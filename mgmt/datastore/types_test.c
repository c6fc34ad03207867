/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One value, one form: each type with more than one spelling, by JSON, XML and lines of set.
 */
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/datastore/types.h"
#include "mgmt/setform/setform.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

static void test_prefixes(void)
{
	uint8_t addr[16], family, length;

	CU_ASSERT(ds_prefix_parse("10.0.0.5", false, addr, &family, &length));
	CU_ASSERT(family == 4 && length == 32 && addr[3] == 5 && !addr[4]);
	CU_ASSERT(ds_prefix_parse("fd00::1/64", true, addr, &family, &length));
	CU_ASSERT(family == 6 && length == 64 && addr[0] == 0xfd && addr[15] == 1);
	CU_ASSERT(!ds_prefix_parse("10.0.0.5", true, addr, &family, &length));
	CU_ASSERT(!ds_prefix_parse("10.0.0.5/33", false, addr, &family, &length));
	CU_ASSERT(!ds_prefix_parse("10.0.0.5/", false, addr, &family, &length));
	CU_ASSERT(!ds_prefix_parse("10.0.0.5/8x", false, addr, &family, &length));
	CU_ASSERT(!ds_prefix_parse("10.0.0.256", false, addr, &family, &length));
	CU_ASSERT(!ds_prefix_parse("fd00::1/129", false, addr, &family, &length));
	CU_ASSERT(!ds_prefix_parse("", false, addr, &family, &length));
}

#define IF "urn:ietf:params:xml:ns:yang:ietf-interfaces"

/* A leaf of each type, where it stands by each door. */
struct place {
	const char *path, *xml, *json, *line;
};

#define PORT(leaf, xml, json, line)                                                             \
	{                                                                                       \
		"/ietf-interfaces:interfaces/interface[name='p']/" leaf,                        \
			"<interfaces xmlns=\"" IF "\"><interface><name>p</name>" xml            \
			"</interface></interfaces>",                                            \
			"{\"ietf-interfaces:interfaces\":{\"interface\":[{\"name\":\"p\"," json \
			"}]}}",                                                                 \
			"set port p " line "\n"                                                 \
	}
#define HPORT(leaf, xml, json, line)                                       \
	PORT("heddle-port:port/" leaf,                                     \
	     "<port xmlns=\"urn:heddle:yang:heddle-port\">" xml "</port>", \
	     "\"heddle-port:port\":{" json "}", line)
#define GUARD(name)                                                                    \
	HPORT("heddle-guard:anti-spoof/" name,                                         \
	      "<anti-spoof xmlns=\"urn:heddle:yang:heddle-guard\"><" name ">%s</" name \
	      "></anti-spoof>",                                                        \
	      "\"heddle-guard:anti-spoof\":{\"" name "\":[%s]}", "anti-spoof " name " %s")
#define SWITCH(leaf, xml, json, line)                                                                  \
	{                                                                                              \
		"/heddle-switch:switches/switch[name='s']/" leaf,                                      \
			"<switches xmlns=\"urn:heddle:yang:heddle-switch\"><switch><name>s</name>" xml \
			"</switch></switches>",                                                        \
			"{\"heddle-switch:switches\":{\"switch\":[{\"name\":\"s\"," json "}]}}",       \
			"set switch s " line "\n"                                                      \
	}
#define RULE(leaf, more)                                                                                               \
	{                                                                                                              \
		"/ietf-netconf-acm:nacm/rule-list[name='l']/rule[name='r']/" leaf,                                     \
			"<nacm xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-acm\"><rule-list><name>l</name>"       \
			"<rule><name>r</name><" leaf more ">%s</" leaf                                                 \
			"></rule></rule-list></nacm>",                                                                 \
			"{\"ietf-netconf-acm:nacm\":{\"rule-list\":[{\"name\":\"l\",\"rule\":[{\"name\":\"r\",\"" leaf \
			"\":%s}]}]}}",                                                                                 \
			"set nacm rule-list l rule r " leaf " %s\n"                                                    \
	}

static const struct place access_leaf = HPORT("access", "<access>%s</access>", "\"access\":%s",
					      "access %s"),
			  trunk = HPORT("trunk", "<trunk>%s</trunk>", "\"trunk\":[%s]", "trunk %s"),
			  cvlans = HPORT("tunnel-cvlans", "<tunnel-cvlans>%s</tunnel-cvlans>",
					 "\"tunnel-cvlans\":[%s]", "tunnel-cvlans %s"),
			  mtu = HPORT("mtu", "<mtu>%s</mtu>", "\"mtu\":%s", "mtu %s"),
			  mac = GUARD("mac"), ip = GUARD("ip"),
			  address = SWITCH("segment[name='g']/host-interface/address",
					   "<segment><name>g</name><host-interface><name>h</name>"
					   "<address>%s</address></host-interface></segment>",
					   "\"segment\":[{\"name\":\"g\",\"host-interface\":"
					   "{\"name\":\"h\",\"address\":[%s]}}]",
					   "segment g interface h address %s"),
			  fixed = SWITCH("static-mac[segment-or-vlan='10'][mac="
					 "'aa:00:00:00:00:01']/mac",
					 "<static-mac><segment-or-vlan>010</segment-or-vlan>"
					 "<mac>%s</mac></static-mac>",
					 "\"static-mac\":[{\"segment-or-vlan\":\"10\",\"mac\":%s}]",
					 "static-mac 010 %s"),
			  mode = PORT("heddle-vhost-user:vhost-user/socket-mode",
				      "<vhost-user xmlns=\"urn:heddle:yang:heddle-vhost-user\">"
				      "<socket-mode>%s</socket-mode></vhost-user>",
				      "\"heddle-vhost-user:vhost-user\":{\"socket-mode\":%s}",
				      "heddle-vhost-user:vhost-user socket-mode %s"),
			  type = PORT("type",
				      "<type xmlns:t=\"urn:heddle:yang:heddle-tap\">%s"
				      "</type>",
				      "\"type\":%s", "type %s"),
			  path = RULE("path", " xmlns:i=\"" IF "\" xmlns:g=\""
					      "urn:heddle:yang:heddle-guard\" xmlns:p=\""
					      "urn:heddle:yang:heddle-port\""),
			  operations = RULE("access-operations", "");

#define DOORS_XML  1
#define DOORS_JSON 2
#define DOORS_LINE 4
#define DOORS_ALL  7

/* @text as it stands in each of @doors is @form there (NULL: refused). */
struct spelling {
	const struct place *place;
	unsigned int doors;
	const char *text, *form;
};

static const struct spelling spellings[] = {
	{&access_leaf, DOORS_ALL, "10", "10"},
	{&access_leaf, DOORS_JSON, "\"10\"", "10"},
	{&access_leaf, DOORS_JSON, "\"010\"", "10"},
	{&access_leaf, DOORS_JSON, "\"098\"", "98"},
	{&access_leaf, DOORS_XML | DOORS_LINE, "0010", "10"},
	{&access_leaf, DOORS_XML | DOORS_LINE, "098", "98"},
	{&access_leaf, DOORS_XML, " 10\n", "10"},
	{&access_leaf, DOORS_JSON, "1e1", "10"},
	{&access_leaf, DOORS_JSON, "true", NULL},
	{&access_leaf, DOORS_JSON, "\"true\"", "true"},
	{&access_leaf, DOORS_JSON, "\"4095\"", NULL},
	{&access_leaf, DOORS_ALL, "0", NULL},
	{&trunk, DOORS_ALL, "10", "10"},
	{&trunk, DOORS_JSON, "\"10\"", "10"},
	{&trunk, DOORS_JSON, "\"10..10\"", "10"},
	{&trunk, DOORS_XML | DOORS_LINE, "10..10", "10"},
	{&trunk, DOORS_LINE, "10-10", "10"},
	{&trunk, DOORS_LINE, "010-0020", "10..20"},
	{&trunk, DOORS_XML | DOORS_LINE, "10..20", "10..20"},
	{&trunk, DOORS_XML, "010..020", NULL},
	{&trunk, DOORS_XML | DOORS_LINE, "office", "office"},
	{&cvlans, DOORS_JSON, "\"7\"", "7"},
	{&cvlans, DOORS_XML | DOORS_LINE, "07", "7"},
	{&cvlans, DOORS_LINE, "7-7", "7"},
	{&cvlans, DOORS_XML, "office", NULL},
	{&mtu, DOORS_XML | DOORS_LINE, "01500", "1500"},
	{&mtu, DOORS_XML | DOORS_LINE, "+1500", "1500"},
	{&mtu, DOORS_XML | DOORS_LINE, "009000", "9000"},
	{&mtu, DOORS_XML | DOORS_LINE, "0x5dc", NULL},
	{&mtu, DOORS_JSON, "1.5e3", "1500"},
	{&mtu, DOORS_JSON, "\"1500\"", NULL}, /* RFC 7951 6.1 */
	{&mac, DOORS_XML | DOORS_LINE, "AA:0b:00:00:00:01", "aa:0b:00:00:00:01"},
	{&mac, DOORS_JSON, "\"aA:0B:00:00:00:01\"", "aa:0b:00:00:00:01"},
	{&mac, DOORS_XML | DOORS_LINE, "AA0b.0000.0001", "aa:0b:00:00:00:01"},
	{&mac, DOORS_JSON, "\"aa0b.0000.0001\"", "aa:0b:00:00:00:01"},
	{&mac, DOORS_XML | DOORS_LINE, "aa-0b-00-00-00-01", "aa:0b:00:00:00:01"},
	{&mac, DOORS_XML | DOORS_LINE, "aa0b.0000.000", NULL},
	{&mac, DOORS_XML | DOORS_LINE, "aa0b:0000:0001", NULL},
	{&fixed, DOORS_XML | DOORS_LINE, "AA:00:00:00:00:01", "aa:00:00:00:00:01"},
	{&fixed, DOORS_LINE, "AA00.0000.0001", "aa:00:00:00:00:01"},
	{&fixed, DOORS_JSON, "\"AA:00:00:00:00:01\"", "aa:00:00:00:00:01"},
	{&ip, DOORS_XML | DOORS_LINE, "FD00:0:0:0::0001", "fd00::1"},
	{&ip, DOORS_JSON, "\"fd00:0000:0000:0000:0000:0000:0000:0001/128\"", "fd00::1"},
	{&ip, DOORS_XML | DOORS_LINE, "2001:DB8::1:0:0:1/064", "2001:db8::/64"},
	{&ip, DOORS_XML | DOORS_LINE, "2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"},
	{&ip, DOORS_XML | DOORS_LINE, "::ffff:10.0.0.5", "::ffff:10.0.0.5"},
	{&ip, DOORS_XML | DOORS_LINE, "::FFFF:0a00:5", "::ffff:10.0.0.5"},
	{&ip, DOORS_XML | DOORS_LINE, "10.0.0.5/32", "10.0.0.5"},
	{&ip, DOORS_XML | DOORS_LINE, "10.0.0.5", "10.0.0.5"},
	{&ip, DOORS_XML | DOORS_LINE, "10.0.0.77/024", "10.0.0.0/24"},
	{&ip, DOORS_XML | DOORS_LINE, "10.0.0.77/0", "0.0.0.0/0"},
	{&ip, DOORS_XML | DOORS_LINE, "::1/0", "::/0"},
	{&address, DOORS_XML | DOORS_LINE, "10.0.0.1/024", "10.0.0.1/24"},
	{&address, DOORS_XML | DOORS_LINE, "10.0.0.1/32", "10.0.0.1/32"},
	{&address, DOORS_JSON, "\"FD00::0:1/64\"", "fd00::1/64"},
	{&mode, DOORS_XML | DOORS_LINE, "660", "0660"},
	{&mode, DOORS_XML | DOORS_LINE, "0660", "0660"},
	{&mode, DOORS_JSON, "\"660\"", "0660"},
	{&mode, DOORS_XML | DOORS_LINE, "888", NULL},
	{&type, DOORS_XML, "t:tap", "heddle-tap:tap"},
	{&type, DOORS_JSON, "\"heddle-tap:tap\"", "heddle-tap:tap"},
	{&type, DOORS_LINE, "tap", "heddle-tap:tap"},
	{&type, DOORS_LINE, "heddle-tap:tap", "heddle-tap:tap"},
	{&operations, DOORS_XML, "update   create", "create update"},
	{&operations, DOORS_JSON, "\"update create\"", "create update"},
	{&operations, DOORS_LINE, "\"update create\"", "create update"},
	{&operations, DOORS_XML | DOORS_LINE, "*", "*"},
	{&path, DOORS_XML, "/", "/"},
	{&path, DOORS_XML, "\n /i:interfaces\n ", "/ietf-interfaces:interfaces"},
	{&path, DOORS_XML, "/i:interfaces/i:interface[i:name=\"w\"]/p:port/g:anti-spoof/g:mac",
	 "/ietf-interfaces:interfaces/interface[name='w']/heddle-port:port/heddle-guard:anti-spoof/mac"},
	{&path, DOORS_JSON,
	 "\"/ietf-interfaces:interfaces/ietf-interfaces:interface[ietf-interfaces:name = 'w']\"",
	 "/ietf-interfaces:interfaces/interface[name='w']"},
	{&path, DOORS_XML,
	 "/i:interfaces/i:interface/p:port/g:anti-spoof/g:mac[.='AA:00:00:00:00:01']",
	 "/ietf-interfaces:interfaces/interface/heddle-port:port/heddle-guard:anti-spoof/"
	 "mac[.='aa:00:00:00:00:01']"},
	{&path, DOORS_XML, "/i:interfaces/i:interface[i:name=$USER]",
	 "/ietf-interfaces:interfaces/interface[name=$USER]"},
	{&path, DOORS_LINE, "\"/ietf-interfaces:interfaces/interface[name=\\\"it's\\\"]\"",
	 "/ietf-interfaces:interfaces/interface[name=\"it's\"]"},
	{&path, DOORS_XML, "/i:interfaces[", NULL},
};

/* Both ways of reading have to agree: with LYD_PARSE_OPAQ values are looked at twice. */
static struct lyd_node *parse_either(LYD_FORMAT format, const char *text)
{
	struct lyd_node *strict = NULL, *opaq = NULL;
	LY_ERR rc = lyd_parse_data_mem(ctx, text, format, LYD_PARSE_ONLY | LYD_PARSE_STRICT, 0,
				       &strict);

	lyd_parse_data_mem(ctx, text, format, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0, &opaq);
	CU_ASSERT(rc != LY_SUCCESS ||
		  lyd_compare_siblings(strict, opaq, LYD_COMPARE_FULL_RECURSION) == LY_SUCCESS);
	lyd_free_all(opaq);
	return strict;
}

static struct lyd_node *parse_door(unsigned int door, const char *text)
{
	struct ds_errors errs = {.n = 0};
	struct sf_edit edit = {.ctx = ctx};

	ly_err_clean(ctx, NULL);
	if (door != DOORS_LINE)
		return parse_either(door == DOORS_XML ? LYD_XML : LYD_JSON, text);
	sf_parse(&edit, text, strlen(text), &errs);
	ds_errors_clear(&errs);
	return edit.tree;
}

/* What @tree has at the place's path; NULL: nothing. */
static const struct lyd_node *node_at(const struct place *place, const struct lyd_node *tree)
{
	const struct lyd_node *node = NULL;
	struct ly_set *set = NULL;

	if (tree && lyd_find_xpath(tree, place->path, &set) == LY_SUCCESS && set->count == 1)
		node = set->dnodes[0];
	ly_set_free(set, NULL);
	return node;
}

static void check(const struct spelling *s, unsigned int door)
{
	const char *frame = door == DOORS_XML    ? s->place->xml
			    : door == DOORS_JSON ? s->place->json
						 : s->place->line;
	const char *at = strstr(frame, "%s"), *value;
	char *text = ds_printf("%.*s%s%s", (int)(at - frame), frame, s->text, at + 2),
	     *again = NULL;
	struct lyd_node *tree = parse_door(door, text), *back = NULL;
	const struct lyd_node *node = node_at(s->place, tree);

	value = node ? lyd_get_value(node) : NULL;
	CU_ASSERT(s->form ? value && !strcmp(value, s->form) : !value);
	if (s->form ? !value || strcmp(value, s->form) : value != NULL)
		fprintf(stderr, "%s\nis %s, and should be %s (%s)\n", text,
			value ? value : "refused", s->form ? s->form : "refused",
			ly_errmsg(ctx) ? ly_errmsg(ctx) : "");
	/* What is printed is read as the same by every door. */
	for (unsigned int i = 1; value && i <= DOORS_LINE; i *= 2) {
		if (i == DOORS_LINE)
			again = sf_print_text(ctx, tree, 0);
		else
			lyd_print_mem(&again, tree, i == DOORS_XML ? LYD_XML : LYD_JSON,
				      LYD_PRINT_WITHSIBLINGS);
		back = parse_door(i, again);
		CU_ASSERT(lyd_compare_single(node, node_at(s->place, back), 0) == LY_SUCCESS);
		free(again);
		lyd_free_all(back);
	}
	lyd_free_all(tree);
	free(text);
}

static void test_forms(void)
{
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		for (unsigned int door = 1; door <= DOORS_LINE; door *= 2)
			if (spellings[i].doors & door)
				check(&spellings[i], door);
}

/* Two spellings in one list are a duplicate, by whichever door each came. */
static void test_unique(void)
{
	static const char *const doubles[] = {
		"{\"ietf-interfaces:interfaces\":{\"interface\":[{\"name\":\"p\",\"type\":"
		"\"heddle-tap:tap\",\"heddle-port:port\":{\"switch\":\"s\",\"trunk\":[10,\"10\"]}}]}}",
		"{\"ietf-interfaces:interfaces\":{\"interface\":[{\"name\":\"p\",\"type\":"
		"\"heddle-tap:tap\",\"heddle-port:port\":{\"heddle-guard:anti-spoof\":{\"mac\":["
		"\"AA:00:00:00:00:01\",\"aa:00:00:00:00:01\"]}}}]}}",
		"{\"ietf-interfaces:interfaces\":{\"interface\":[{\"name\":\"p\",\"type\":"
		"\"heddle-tap:tap\",\"heddle-port:port\":{\"heddle-guard:anti-spoof\":{\"mac\":["
		"\"AA:00:00:00:00:01\"],\"ip\":[\"fd00::1\",\"FD00:0::1/128\"]}}}]}}",
		"{\"heddle-switch:switches\":{\"switch\":[{\"name\":\"s\",\"static-mac\":["
		"{\"segment-or-vlan\":7,\"mac\":\"AA:00:00:00:00:01\",\"port\":\"p\"},"
		"{\"segment-or-vlan\":\"7\",\"mac\":\"aa:00:00:00:00:01\",\"port\":\"q\"}]}]}}",
	};

	for (size_t i = 0; i < sizeof(doubles) / sizeof(doubles[0]); i++) {
		struct ds_errors errs = {.n = 0};
		struct lyd_node *tree = NULL;

		CU_ASSERT_FALSE(ds_tree_parse(ctx, doubles[i], strlen(doubles[i]), &tree, &errs));
		CU_ASSERT(errs.n == 1 && strstr(errs.list[0].message, "twice"));
		ds_errors_print(&errs, stdout);
		ds_errors_clear(&errs);
		lyd_free_all(tree);
	}
}

UNIT_MAIN_SETUP("types", yang_setup, {"prefixes", test_prefixes}, {"forms", test_forms},
		{"unique", test_unique});
