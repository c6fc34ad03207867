/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pure parts of the datastore: likeness of words, nesting, lists of errors, files.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mgmt/datastore/depth.h"
#include "mgmt/datastore/errors.h"
#include "mgmt/datastore/json.h"
#include "mgmt/datastore/similar.h"
#include "mgmt/datastore/tree.h"
#include "tests/unit/unit.h"

static void test_distance(void)
{
	char longer[200];

	CU_ASSERT_EQUAL(ds_edit_distance("", ""), 0);
	CU_ASSERT_EQUAL(ds_edit_distance("", "abc"), 3);
	CU_ASSERT_EQUAL(ds_edit_distance("office", "office"), 0);
	CU_ASSERT_EQUAL(ds_edit_distance("ofice", "office"), 1);
	CU_ASSERT_EQUAL(ds_edit_distance("offcie", "office"), 1); /* neighbours swapped */
	CU_ASSERT_EQUAL(ds_edit_distance("OFFICE", "office"), 0);
	CU_ASSERT_EQUAL(ds_edit_distance("kitten", "sitting"), 3);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	CU_ASSERT_EQUAL(ds_edit_distance(longer, "x"), 100);
}

static const char *closest(const char *word, const char *a, const char *b)
{
	static struct ds_similar s;

	ds_similar_init(&s, word);
	ds_similar_offer(&s, a);
	ds_similar_offer(&s, b);
	return ds_similar_best(&s);
}

static void test_similar(void)
{
	CU_ASSERT_STRING_EQUAL(closest("acess", "trunk", "access"), "access");
	CU_ASSERT_STRING_EQUAL(closest("sw1", "office", "sw0"), "sw0");
	CU_ASSERT_PTR_NULL(closest("nowhere", "office", "lab"));
	CU_ASSERT_PTR_NULL(closest("x", "yz", "abc"));
}

static size_t json(const char *text)
{
	return ds_depth_json(text, strlen(text));
}

static size_t xml(const char *text)
{
	return ds_depth_xml(text, strlen(text));
}

static void test_depth(void)
{
	CU_ASSERT_EQUAL(json("5"), 0);
	CU_ASSERT_EQUAL(json("{\"a\":[1,{}]}"), 3);
	CU_ASSERT_EQUAL(json("{\"{[{[\\\"{[\":[]}"), 2); /* not in strings */
	CU_ASSERT_EQUAL(json("{}{}{}]]]]{"), 1);
	CU_ASSERT_EQUAL(json("{\"abc\\"), 1);
	CU_ASSERT_EQUAL(xml("<a/>"), 1);
	CU_ASSERT_EQUAL(xml("<a><b><c/></b><b/></a>"), 3);
	CU_ASSERT_EQUAL(xml("<a><!-- <b><b><b> --><![CDATA[<c><c><c>]]><?x <d><d>?></a>"), 1);
	CU_ASSERT_EQUAL(xml("<a x='/><b><b>'><c y=\"'>\"/></a>"), 2);
	CU_ASSERT_EQUAL(xml("<a><a><a"), 3);
	CU_ASSERT_EQUAL(xml("<"), 1);
	CU_ASSERT_EQUAL(xml("</a></a><a>"), 1);
}

/* What is read of @text; the error when it is none. */
static const char *unescaped(const char *text)
{
	struct ds_errors errs = {.n = 0};
	char *json = ds_json_unescape(text, strlen(text), &errs);
	static char out[200];

	CU_ASSERT(json ? errs.n == 0 : errs.n == 1);
	snprintf(out, sizeof(out), "%s", json ? json : errs.list[0].message);
	ds_errors_clear(&errs);
	free(json);
	return out;
}

static void test_json_escapes(void)
{
	CU_ASSERT_STRING_EQUAL(unescaped(""), "");
	CU_ASSERT_STRING_EQUAL(unescaped("{\"a\\n\\\"\\\\u\": \"\\u00e4\\/\"}"),
			       "{\"a\\n\\\"\\\\u\": \"\\u00e4\\/\"}");
	CU_ASSERT_STRING_EQUAL(unescaped("\"\\ud83d\\uDE00\\uDBFF\\udfff\\ud800\\udc00\""),
			       "\"\360\237\230\200\364\217\277\277\360\220\200\200\"");
	CU_ASSERT_STRING_EQUAL(unescaped("\"\\\\ud83d\" \\ud83d"), "\"\\\\ud83d\" \\ud83d");
	CU_ASSERT_STRING_EQUAL(unescaped("{\"}\": [{}]} \n"), "{\"}\": [{}]} \n");
	CU_ASSERT_PTR_NOT_NULL(
		strstr(unescaped("{\"a\": [{}]}\n }"), "line 2: the JSON text ends"));
	CU_ASSERT_PTR_NOT_NULL(strstr(unescaped("{} x"), "ends before \"x\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(unescaped("{}{}"), "ends before \"{}\""));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(unescaped("\n\"\\ud83d\""), "line 2: \\ud83d is half of a character"));
	CU_ASSERT_PTR_NOT_NULL(strstr(unescaped("\"\\ude00\\ud83d\""), "\\ude00 is half"));
	CU_ASSERT_PTR_NOT_NULL(strstr(unescaped("\"\\ud83d\\u0041\""), "\\ud83d is half"));
	CU_ASSERT_PTR_NOT_NULL(strstr(unescaped("\"\\ud83d\\ud83d\\ude00\""), "\\ud83d is half"));
	CU_ASSERT_PTR_NOT_NULL(strstr(unescaped("\"\\u00g0\""), "four hexadecimal digits"));
	CU_ASSERT_PTR_NOT_NULL(strstr(unescaped("\"\\ud83"), "four hexadecimal digits"));
	CU_ASSERT_STRING_EQUAL(unescaped("\"\\"), "\"\\");
}

/* The element that is meant, of what is longer than 8 bytes; NULL: none. */
static const char *long_at(const char *text)
{
	static char name[32];
	const char *at;
	size_t n;

	if (!ds_xml_too_long(text, strlen(text), 8, &at, &n))
		return NULL;
	snprintf(name, sizeof(name), "%.*s", (int)n, at);
	return name;
}

static void test_long(void)
{
	CU_ASSERT_PTR_NULL(long_at(""));
	CU_ASSERT_PTR_NULL(long_at("<a>12345678</a>"));
	CU_ASSERT_STRING_EQUAL(long_at("<a><b>123456789</b></a>"), "b");
	CU_ASSERT_STRING_EQUAL(long_at("<a>123456789<b/></a>"), "a");
	CU_ASSERT_STRING_EQUAL(long_at("<a b='123456789'/>"), "a");
	CU_ASSERT_STRING_EQUAL(long_at("<a><x:bcdefghij/></a>"), "x:bcdefghij");
	CU_ASSERT_STRING_EQUAL(long_at("<a>1234<!-- x -->56789</a>"), "a");
	CU_ASSERT_STRING_EQUAL(long_at("<a>1<![CDATA[23456]]>7</a>"), "a");
	CU_ASSERT_PTR_NULL(long_at("<a>1<!-- 123456789 -->2<?123456789?>3</a>"));
	CU_ASSERT_PTR_NULL(long_at("<a><b/>1234<b/>5678<b/>1234</a>"));
	/* What is malformed. */
	CU_ASSERT_STRING_EQUAL(long_at("<a b='12345678"), "a");
	CU_ASSERT_STRING_EQUAL(long_at("<a>123456789"), "a");
	CU_ASSERT_PTR_NOT_NULL(long_at("123456789"));
	CU_ASSERT_PTR_NULL(long_at("<"));
	CU_ASSERT_PTR_NULL(long_at("<!--"));
}

static bool bare(const char *text)
{
	return ds_xml_without_namespace(text, strlen(text));
}

static void test_namespaces(void)
{
	CU_ASSERT(bare("<a xmlns=\"\"/>"));
	CU_ASSERT(bare("<r xmlns='urn:x'><a\n xmlns = ''><b/></a></r>"));
	CU_ASSERT(bare("<p:a xmlns:p=\"\"/>"));
	CU_ASSERT(bare("<a b='1'xmlns=''/>"));
	CU_ASSERT(bare("<a xmlns=''"));
	CU_ASSERT(!bare("<a xmlns='urn:x' b=''/>"));
	CU_ASSERT(!bare("<a axmlns='' xmlnsx=\"\" b=\" xmlns=''\"/>"));
	CU_ASSERT(!bare("<!-- <a xmlns=''/> --><![CDATA[<a xmlns=''/>]]><a>xmlns=''</a>"));
	CU_ASSERT(!bare("") && !bare("<") && !bare("<a") && !bare("\"\"") && !bare("<=''"));
}

static void test_errors(void)
{
	struct ds_errors errs = {.n = 0};
	char text[256] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct ds_error *err = ds_errors_add(&errs, DS_INVALID_VALUE, "/a/b", "%d is wrong", 5);

	ds_error_app_tag(err, "one");
	ds_error_app_tag(err, "two");
	ds_errors_add(&errs, DS_OPERATION_FAILED, NULL, "no\n%s", "path");
	ds_errors_print(&errs, out);
	fclose(out);
	CU_ASSERT_STRING_EQUAL(text, "  /a/b\n    5 is wrong\n  no path\n");
	CU_ASSERT_STRING_EQUAL(errs.list[0].app_tag, "two");
	CU_ASSERT_STRING_EQUAL(ds_tag_name(DS_INVALID_VALUE), "invalid-value");
	while (errs.more < 3)
		ds_errors_add(&errs, DS_INVALID_VALUE, "/a", "again");
	CU_ASSERT_EQUAL(errs.n, DS_ERRORS_MAX);
	ds_errors_clear(&errs);
	CU_ASSERT(ds_errors_none(&errs));
}

static void test_files(void)
{
	char folder[] = "/tmp/heddle-files-XXXXXX", path[64], *text;
	struct hd_err err = {0};
	struct stat st;
	size_t len;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/f", folder);
	CU_ASSERT_PTR_NULL(ds_file_read(path, &len, &err));
	CU_ASSERT_EQUAL(err.code, ENOENT);
	CU_ASSERT_EQUAL(ds_file_prepare(path, "one", &err), 0);
	CU_ASSERT_EQUAL(access(path, F_OK), -1); /* not before the commit */
	CU_ASSERT_EQUAL(ds_file_commit(path, &err), 0);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	CU_ASSERT_EQUAL(ds_file_prepare(path, "two", &err), 0);
	ds_file_abort(path);
	text = ds_file_read(path, &len, &err);
	CU_ASSERT_STRING_EQUAL(text, "one");
	CU_ASSERT_EQUAL(len, 3);
	free(text);
	CU_ASSERT_PTR_NULL(ds_file_read(folder, &len, &err)); /* no regular file */
	CU_ASSERT(ds_file_commit(path, &err) < 0);            /* nothing was prepared */
	unlink(path);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

UNIT_MAIN("datastore", {"edit distance", test_distance}, {"did you mean", test_similar},
	  {"nesting", test_depth}, {"long values", test_long},
	  {"elements without a namespace", test_namespaces}, {"errors", test_errors},
	  {"escapes of JSON", test_json_escapes}, {"files", test_files});
