/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is written by hand: escapes, instance paths, rpc-error in the order of the RFC.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/netconf/errors.h"
#include "mgmt/netconf/text.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

static const char *take(struct evbuffer *buffer)
{
	static char text[4096];
	int n = evbuffer_remove(buffer, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	evbuffer_free(buffer);
	return text;
}

static const char *path(const char *text)
{
	struct evbuffer *out = evbuffer_new();

	nc_path(out, ctx, "p", text);
	return take(out);
}

static void test_escapes(void)
{
	struct evbuffer *out = evbuffer_new();

	nc_text(out, "a<b>&\"'\x01\n\r\xc3\xa4");
	CU_ASSERT_STRING_EQUAL(take(out), "a&lt;b&gt;&amp;&quot;'?\n&#13;\xc3\xa4");
	/* Not UTF-8, or no character of XML: too short, too long, a surrogate, U+FFFF, beyond. */
	out = evbuffer_new();
	nc_text(out,
		"\xc3|\xc0\xaf|\xed\xa0\x80|\xef\xbf\xbf|\xf5\x80\x80\x80|\xff|\xf0\x9f\x98\x80");
	CU_ASSERT_STRING_EQUAL(take(out), "?|??|???|???|????|?|\xf0\x9f\x98\x80");
}

static void test_paths(void)
{
	CU_ASSERT_STRING_EQUAL(
		path("/ietf-interfaces:interfaces/interface[name='a&b']/heddle-port:port/mtu"),
		"<p xmlns:if=\"urn:ietf:params:xml:ns:yang:ietf-interfaces\" "
		"xmlns:hp=\"urn:heddle:yang:heddle-port\">"
		"/if:interfaces/if:interface[if:name='a&amp;b']/hp:port/hp:mtu</p>");
	CU_ASSERT_STRING_EQUAL(path("/heddle-switch:switches/switch[name=\"a'/[]b\"]"),
			       "<p xmlns:hs=\"urn:heddle:yang:heddle-switch\">"
			       "/hs:switches/hs:switch[hs:name=&quot;a'/[]b&quot;]</p>");
	CU_ASSERT_STRING_EQUAL(path("/heddle-switch:switches/switch[1]/uplink[.='x']"),
			       "<p xmlns:hs=\"urn:heddle:yang:heddle-switch\">"
			       "/hs:switches/hs:switch[1]/hs:uplink[.='x']</p>");
	/* What is no path, or of no module, is left out rather than written wrongly. */
	CU_ASSERT_STRING_EQUAL(path("/nowhere:x"), "");
	CU_ASSERT_STRING_EQUAL(path("/x"), "");
	CU_ASSERT_STRING_EQUAL(path("x"), "");
	CU_ASSERT_STRING_EQUAL(path("/heddle-switch:switches/switch[name='x"), "");
	CU_ASSERT_STRING_EQUAL(path("/heddle-switch:switches/switch[name"), "");
	CU_ASSERT_STRING_EQUAL(path("/heddle-switch:switches//"), "");
}

static void test_error(void)
{
	struct evbuffer *out = evbuffer_new();
	struct ds_errors errs = {.n = 0};
	struct ds_error *err = ds_errors_add(&errs, DS_UNKNOWN_ELEMENT, "/heddle-switch:switches",
					     "\"<x>\" is not known");

	ds_error_bad(err, "<x>");
	ds_error_app_tag(err, "tag");
	nc_errors(out, ctx, &errs, true);
	ds_errors_clear(&errs);
	CU_ASSERT_STRING_EQUAL(
		take(out),
		"<rpc-error><error-type>application</error-type>"
		"<error-tag>unknown-element</error-tag>"
		"<error-severity>error</error-severity>"
		"<error-app-tag>tag</error-app-tag>"
		"<error-path xmlns:hs=\"urn:heddle:yang:heddle-switch\">/hs:switches</error-path>"
		"<error-message xml:lang=\"en\">&quot;&lt;x&gt;&quot; is not known</error-message>"
		"<error-info><bad-element>&lt;x&gt;</bad-element></error-info></rpc-error>");
}

static void test_tagged(void)
{
	char xml[] = "<a xmlns=\"urn:a\"><b xmlns:ncwd=\"urn:ietf:params:xml:ns:yang:"
		     "ietf-netconf-with-defaults\" ncwd:default=\"true\">1</b><c>x"
		     "\"urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults\" &gt;</c></a>";

	nc_tag_defaults(xml);
	CU_ASSERT_STRING_EQUAL(
		xml,
		"<a xmlns=\"urn:a\"><b xmlns:ncwd=\"urn:ietf:params:xml:ns:netconf:default:1.0\" "
		"ncwd:default=\"true\">1</b><c>x"
		"\"urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults\" &gt;</c></a>");
}

static void test_untagged(void)
{
	char *text = nc_untag_defaults(
		"<a xmlns:wd='urn:ietf:params:xml:ns:netconf:default:1.0'><b wd:default=\"1\" c='1'>"
		"'urn:ietf:params:xml:ns:netconf:default:1.0' wd:default='1'</b><c wd:default = '0'/>"
		"<d wd:default='true'/></a>");

	CU_ASSERT_STRING_EQUAL_FATAL(
		text, "<a xmlns:wd='urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults'>"
		      "<b wd:default=\"true\" c='1'>"
		      "'urn:ietf:params:xml:ns:netconf:default:1.0' wd:default='1'</b>"
		      "<c wd:default = 'false'/><d wd:default='true'/></a>");
	free(text);
	CU_ASSERT_PTR_NULL(nc_untag_defaults("<a default='1'/>"));
}

UNIT_MAIN_SETUP("netconf-text", yang_setup, {"escapes", test_escapes}, {"paths", test_paths},
		{"errors", test_error}, {"defaults", test_tagged},
		{"defaults of others", test_untagged});
