/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is a document well-formed? What libyang takes though it is not is in the first table.
 */
#include <stdio.h>
#include <string.h>

#include "mgmt/netconf/xml.h"
#include "tests/unit/unit.h"

static struct nc_xml xml;

static bool walk(const char *text)
{
	static char copy[8192];

	snprintf(copy, sizeof(copy), "%s", text);
	return nc_xml_walk(&xml, copy, strlen(copy), NULL, NULL);
}

static const struct {
	const char *text, *word;
} wrong[] = {
	{"<a b='1' b='2'/>", "twice"},
	{"<a xmlns:p='urn:x' xmlns:q='urn:x' p:b='1' q:b='2'/>", "twice"},
	{"<a xmlns='urn:x' xmlns='urn:x'/>", "twice"},
	{"<a><b></a></b>", "end tag"},
	{"<a>", "does not end"},
	{"</a>", "end tag"},
	{"<a/><a/>", "more than one root"},
	{"<a/>x", "outside"},
	{"x<a/>", "outside"},
	{"<![CDATA[x]]><a/>", "outside"},
	{"", "no element"},
	{"<!-- only -->", "no element"},
	{"<a b=1/>", "quotes"},
	{"<a b/>", "no value"},
	{"<a b='1'c='2'/>", "blank"},
	{"<a b='<'/>", "<"},
	{"<a b='1/>", "does not end"},
	{"<a>&</a>", "&amp;"},
	{"<a>&nbsp;</a>", "&amp;"},
	{"<a>&#;</a>", "number"},
	{"<a>&#x;</a>", "number"},
	{"<a>&#12a;</a>", "number"},
	{"<a>&#0;</a>", "does not have"},
	{"<a>&#xd800;</a>", "does not have"},
	{"<a>&#x110000;</a>", "does not have"},
	{"<a>&#99999999999999999999999;</a>", "does not have"},
	{"<a>\x01</a>", "no character"},
	{"<a>\xff</a>", "no character"},
	{"<a b='\xc3'/>", "no character"},
	{"<a>]]></a>", "]]&gt;"},
	{"<a><![CDATA[x</a>", "CDATA"},
	{"<a><!-- x</a>", "comment"},
	{"<a><!-- x -- y --></a>", "hyphens"},
	{"<a><? x</a>", "instruction"},
	{"<!DOCTYPE a><a/>", "document type"},
	{" <?xml version='1.0'?><a/>", "begins"},
	{"<a/><?xml version='1.0'?>", "begins"},
	{"<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "UTF-8"},
	{"<p:a/>", "not declared"},
	{"<a p:b='1'/>", "not declared"},
	{"<a xmlns:p=''/>", "no namespace"},
	{"<a xmlns:xml='urn:x'/>", "xml and xmlns"},
	{"<a xmlns:xmlns='urn:x'/>", "xml and xmlns"},
	{"<a:b:c xmlns:a='urn:x'/>", "two colons"},
	{"<1/>", "name"},
	{"<\xd2/>", "name"},
	{"<a\xd2/>", "blank"},
	{"<\xc3\x97/>", "name"},
	{"< a/>", "name"},
	{"<a/ >", "/"},
	{"<a", "does not end"},
};

static void test_wrong(void)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		bool right = walk(wrong[i].text);

		if (right || !xml.wrong || !strstr(xml.wrong, wrong[i].word))
			printf("%s: %s\n", wrong[i].text, xml.wrong ? xml.wrong : "taken");
		CU_ASSERT(!right && xml.wrong && strstr(xml.wrong, wrong[i].word));
	}
}

static void test_right(void)
{
	static const char *const rows[] = {
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<a/>\n<!-- x -->\n<?p i?>",
		"<?xml version='1.0'?><a b = '1'\n c=\">\"\t></a >",
		"<p:a xmlns:p='urn:x'><p:b p:c='&lt;&#x41;&#10;' xml:lang='en'/></p:a>",
		"<a><b xmlns:p='urn:x'/><b xmlns:p='urn:y'><p:c/></b></a>",
		"<a>&amp;&lt;&gt;&quot;&apos; \xc3\xa4 \xf0\x9f\x98\x80 <![CDATA[<&]]] ]]></a>",
		"<a xmlns=''><b xmlns='urn:x' c='1' xmlns:p='urn:x' p:c='2'/></a>",
		"<a.b-c_d><\xc3\xa4/></a.b-c_d>",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool right = walk(rows[i]);

		if (!right)
			printf("%s: %s\n", rows[i], xml.wrong);
		CU_ASSERT(right);
	}
}

static void test_limits(void)
{
	char text[8192] = "<a", *end = text + strlen(text);

	for (int i = 0; i <= NC_XML_ATTRIBUTES; i++)
		end += sprintf(end, " b%d=''", i);
	strcpy(end, "/>");
	CU_ASSERT(!walk(text) && xml.too_big);
	for (int i = 0; i <= NC_XML_DEPTH; i++)
		strcpy(text + 3 * i, "<a>");
	CU_ASSERT(!walk(text) && xml.too_big);
	CU_ASSERT(walk("<a b='1'/>") && !xml.too_big);
}

static void test_place(void)
{
	CU_ASSERT(!walk("<a>\n<b>\n</c></a>"));
	CU_ASSERT_EQUAL(nc_xml_line(&xml, xml.at), 3);
}

static const char *fold(const char *text)
{
	static char copy[64];

	snprintf(copy, sizeof(copy), "%s", text);
	CU_ASSERT_EQUAL(nc_xml_fold(copy, strlen(copy)), strlen(copy));
	return copy;
}

static void test_fold(void)
{
	CU_ASSERT_STRING_EQUAL(fold("\xef\xbb\xbf<a/>"), "<a/>");
	CU_ASSERT_STRING_EQUAL(fold("<a/>"), "<a/>");
	CU_ASSERT_STRING_EQUAL(fold("a\r\nb\rc\n\r\r\n"), "a\nb\nc\n\n\n");
	CU_ASSERT_STRING_EQUAL(fold("\xef\xbb\xbf"), "");
	CU_ASSERT_STRING_EQUAL(fold(""), "");
}

static bool keep_value(struct nc_xml *x, enum nc_xml_event event, void *arg)
{
	const struct nc_span *value = &x->attributes[0].value;

	if (event == NC_XML_START)
		sprintf(arg, "%.*s", (int)value->n, value->at);
	return true;
}

static void test_white_space_in_values(void)
{
	char text[] = "<a b='x\ty\nz&#9;&#10;&#13;'/>", value[64] = "";

	CU_ASSERT(nc_xml_walk(&xml, text, strlen(text), keep_value, value));
	CU_ASSERT_STRING_EQUAL(value, "x y z&#9;&#10;&#13;");
}

UNIT_MAIN("netconf-xml", {"wrong", test_wrong}, {"right", test_right}, {"limits", test_limits},
	  {"place", test_place}, {"fold", test_fold},
	  {"white space in values", test_white_space_in_values});
