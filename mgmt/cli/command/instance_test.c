/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "mgmt/cli/command/instance.h"
#include "mgmt/cli/command/xml.h"
#include "tests/unit/unit.h"

static void test_json(void)
{
	static const struct {
		const char *json, *xml;
	} cases[] = {
		{"{}", ""},
		{" {\"heddle-switch:switches\": {\"switch\": [{\"name\": \"sw0\", \"mac-limit\": 10}]}}",
		 "<switches xmlns=\"urn:heddle:yang:heddle-switch\"><switch><name>sw0</name>"
		 "<mac-limit>10</mac-limit></switch></switches>"},
		{"{\"ietf-interfaces:interfaces\": {\"interface\": [{\"name\": \"a\", \"type\": "
		 "\"heddle-tap:tap\", \"heddle-port:port\": {\"trunk\": [\"lab\", 20, \"1..5\"], "
		 "\"heddle-guard:bpdu-guard\": false}}]}}",
		 "<interfaces xmlns=\"urn:ietf:params:xml:ns:yang:ietf-interfaces\"><interface>"
		 "<name>a</name><type xmlns:heddle-tap=\"urn:heddle:yang:heddle-tap\">heddle-tap:tap"
		 "</type><port xmlns=\"urn:heddle:yang:heddle-port\"><trunk>lab</trunk><trunk>20"
		 "</trunk><trunk>1..5</trunk><bpdu-guard xmlns=\"urn:heddle:yang:heddle-guard\">false"
		 "</bpdu-guard></port></interface></interfaces>"},
		{"{\"m:a\": {\"@b\": {\"c:d\": 1}, \"b\": \"<&>\\\"'\", \"e\": [null], \"f\": {}}}",
		 "<a xmlns=\"urn:heddle:yang:m\"><b>&lt;&amp;&gt;&quot;&apos;</b><e></e><f></f></a>"},
		/* an address has colons, and is no identity */
		{"{\"m:a\": {\"ip\": \"fd00::1/64\", \"mac\": \"02:00:00:00:00:01\"}}",
		 "<a xmlns=\"urn:heddle:yang:m\"><ip>fd00::1/64</ip><mac>02:00:00:00:00:01</mac></a>"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cli_str xml = {0};
		struct hd_err err = {0};

		CU_ASSERT_EQUAL(
			cli_instance_to_xml(cases[i].json, strlen(cases[i].json), &xml, &err), 0);
		CU_ASSERT_STRING_EQUAL(xml.text, cases[i].xml);
		if (strcmp(xml.text, cases[i].xml) != 0)
			printf("%s\n%s\n", xml.text, err.text);
		cli_str_free(&xml);
	}
}

static void test_xml(void)
{
	static const char text[] =
		"<?xml version=\"1.0\"?>\n<config xmlns=\"urn:x\"><a xmlns=\"urn:y\"><b "
		"xmlns:t=\"urn:z\">t:tap</b></a><c xmlns=\"urn:y\"/></config>";
	struct cli_str xml = {0};
	struct hd_err err = {0};

	CU_ASSERT_EQUAL(cli_instance_to_xml(text, strlen(text), &xml, &err), 0);
	CU_ASSERT_STRING_EQUAL(xml.text, "<a xmlns=\"urn:y\"><b xmlns:t=\"urn:z\">t:tap</b></a>"
					 "<c xmlns=\"urn:y\"/>");
	cli_str_free(&xml);
}

static void test_lines(void)
{
	static const char text[] = "# a\nset port p1 tap switch sw0 trunk [ a 1-5 ]\n";
	struct cli_str xml = {0};
	struct hd_err err = {0};

	CU_ASSERT_EQUAL(cli_instance_to_xml(text, strlen(text), &xml, &err), 0);
	CU_ASSERT_STRING_EQUAL(
		xml.text,
		"<interfaces xmlns=\"urn:ietf:params:xml:ns:yang:ietf-interfaces\">"
		"<interface><name>p1</name><type xmlns:htap=\"urn:heddle:yang:"
		"heddle-tap\">htap:tap</type><port xmlns=\"urn:heddle:yang:heddle-port\">"
		"<switch>sw0</switch><trunk>a</trunk><trunk>1..5</trunk></port></interface>"
		"</interfaces>");
	cli_str_free(&xml);
}

static void test_bad(void)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"", "empty"},
		{" \n", "empty"},
		{"port eth1", "neither lines of set"},
		{"set port eth1 tip", "line 1, column 15: port eth1 has no"},
		{"# nothing\nset port", "line 2, column 9: the name"},
		{"{\"a:b\": ", "line 1"},
		{"{\n\n\"a:b\": 1,,}", "line 3"},
		{"{\"switches\": {}}", "needs its module"},
		{"{\"a:b c\": 1}", "not a name"},
		{"{\"a:b\": [[1]]}", "list inside"},
		{"{\"a:b><x\": 1}", "not a name"},
		{"{\"a:b\": 1, \"a:b\": 2}", "duplicate"},
		{"<a xmlns='urn:y'><b></a>", "not well-formed"},
		{"</config><x>", "not well-formed"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cli_str xml = {0};
		struct hd_err err = {0};

		CU_ASSERT_EQUAL(
			cli_instance_to_xml(cases[i].text, strlen(cases[i].text), &xml, &err), -22);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, cases[i].says));
		if (!strstr(err.text, cases[i].says))
			printf("%s: %s\n", cases[i].text, err.text);
		cli_str_free(&xml);
	}
}

static void test_deep(void)
{
	struct cli_str text = {0}, xml = {0};
	struct hd_err err = {0};

	cli_str_puts(&text, "{\"m:a\":");
	for (int i = 0; i < 200; i++)
		cli_str_puts(&text, "{\"a\":");
	cli_str_puts(&text, "1");
	for (int i = 0; i < 201; i++)
		cli_str_puts(&text, "}");
	CU_ASSERT_EQUAL(cli_instance_to_xml(text.text, text.len, &xml, &err), -22);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "deep"));
	cli_str_free(&text);
	cli_str_free(&xml);
}

UNIT_MAIN("cli instance data", {"json", test_json}, {"xml", test_xml}, {"lines", test_lines},
	  {"bad input", test_bad}, {"nesting", test_deep});
