/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Kinds with a word of their own at the top: gateways.
 */
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/setform/rename.h"
#include "mgmt/setform/setform.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

static void same_text(const char *is, const char *should)
{
	CU_ASSERT_STRING_EQUAL(is, should);
	if (strcmp(is, should) != 0)
		fprintf(stderr, "is:\n%s\nand should be:\n%s\n", is, should);
}

/* A whole configuration. */
static struct lyd_node *lines(const char *text)
{
	struct sf_edit edit = {.ctx = ctx};
	struct ds_errors errs = {.n = 0};

	if (!sf_parse(&edit, text, strlen(text), &errs))
		ds_errors_print(&errs, stderr);
	CU_ASSERT(ds_errors_none(&errs));
	ds_errors_clear(&errs);
	return edit.tree;
}

static void prints(const char *text, const char *should)
{
	struct lyd_node *tree = lines(text), *again;
	char *is = sf_print_text(ctx, tree, 0), *blocks, *twice;

	same_text(is, should);
	again = lines(is);
	twice = sf_print_text(ctx, again, 0);
	same_text(twice, should);
	lyd_free_all(again);
	free(twice);
	blocks = sf_print_text(ctx, tree, SF_INDENT);
	again = lines(blocks);
	twice = sf_print_text(ctx, again, 0);
	same_text(twice, should);
	lyd_free_all(again);
	free(twice);
	free(blocks);
	free(is);
	lyd_free_all(tree);
}

static void test_print(void)
{
	static const char text[] = "set gateway a switch sw0\n"
				   "set gateway a segment lab\n"
				   "set gateway a address [ 10.0.0.1/24 fd00::1/64 ]\n"
				   "set gateway b description \"to the lab\"\n"
				   "set gateway b mtu 1400\n"
				   "set gateway b switch sw0\n"
				   "set gateway b segment x\n"
				   "set gateway b vrf blue\n"
				   "set gateway c\n"
				   "set port e tap\n";
	struct lyd_node *tree;
	char *blocks;

	prints(text, text);
	prints("set gateway a switch sw0 segment lab address 10.0.0.1/24 mtu 1400 vrf x",
	       "set gateway a mtu 1400\nset gateway a switch sw0\nset gateway a segment lab\n"
	       "set gateway a address 10.0.0.1/24\nset gateway a vrf x\n");
	/* What a gateway has not is said by the word of all. */
	prints("set gateway d switch sw0 segment lab\nset port d access lab\n",
	       "set port d gateway switch sw0\nset port d gateway segment lab\n"
	       "set port d access lab\n");
	tree = lines("set gateway a switch sw0 segment lab");
	blocks = sf_print_text(ctx, tree, SF_INDENT);
	same_text(blocks, "gateway a {\n    switch sw0;\n    segment lab;\n}\n");
	free(blocks);
	lyd_free_all(tree);
}

/* Lines of changes to @base; the configuration's words where they are wrong. */
static struct lyd_node *edit_of(const struct lyd_node *base, const char *text, const char *wrong)
{
	struct sf_edit edit = {.ctx = ctx, .changes = true, .base = base, .one_line = true};
	struct ds_errors errs = {.n = 0};

	CU_ASSERT_EQUAL(sf_parse(&edit, text, strlen(text), &errs), !wrong);
	if (wrong && errs.n)
		same_text(errs.list[0].message, wrong);
	ds_errors_clear(&errs);
	return edit.tree;
}

static void edits(const struct lyd_node *base, const char *text, const char *has,
		  const char *has_not)
{
	struct lyd_node *tree = edit_of(base, text, NULL);
	char *xml = NULL;

	lyd_print_mem(&xml, tree, LYD_XML, LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK);
	CU_ASSERT_PTR_NOT_NULL_FATAL(xml);
	CU_ASSERT_PTR_NOT_NULL(strstr(xml, has));
	CU_ASSERT_PTR_NULL(strstr(xml, has_not));
	free(xml);
	lyd_free_all(tree);
}

#define REMOVED(name)                                                                     \
	"<interface xmlns:nc=\"urn:ietf:params:xml:ns:netconf:base:1.0\" nc:operation=\"" \
	"remove\"><name>" name "</name>"

static void test_edit(void)
{
	struct lyd_node *base = lines("set switch sw0 segment lab host-only\n"
				      "set gateway g switch sw0 segment lab address 10.0.0.1/24\n"
				      "set gateway h switch sw0 segment lab\n"
				      "set port p tap\n");

	edits(base, "set gateway p segment lab", ">hgw:gateway<", "<vrf>");
	edits(base, "delete gateway g", REMOVED("g"), REMOVED("h"));
	edits(base, "delete gateway", REMOVED("h"), REMOVED("p"));
	edits(base, "delete port", REMOVED("p"), REMOVED("h"));
	edits(base, "set gateway n switch sw0\ndelete port\n", "<name>n</name>", REMOVED("g"));
	edits(base, "delete gateway g address 10.0.0.1/24", "10.0.0.1/24</address>", "<type");
	edit_of(base, "delete port g", "there is no port \"g\"; did you mean \"p\"?");
	edit_of(base, "delete gateway p", "there is no gateway \"p\"; did you mean \"g\"?");
	edit_of(base, "delete gateway hh", "there is no gateway \"hh\"; did you mean \"h\"?");
	edit_of(base, "set gateway g access lab",
		"gateway g has no \"access\"; it has description, enabled, mtu, switch, segment, "
		"address, vrf, mac");
	lyd_free_all(base);
}

static void compares(const char *before, const char *after, const char *should)
{
	struct lyd_node *a = lines(before), *b = lines(after);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	sf_compare(ctx, a, b, out);
	fclose(out);
	same_text(text, should);
	free(text);
	lyd_free_all(a);
	lyd_free_all(b);
}

static void test_compare(void)
{
	compares("set gateway g switch s segment a address 10.0.0.1/24\n",
		 "set gateway g switch s segment b address [ 10.0.0.1/24 10.1.0.1/24 ]\n",
		 "- set gateway g segment a\n+ set gateway g segment b\n"
		 "+ set gateway g address 10.1.0.1/24\n");
	compares("set port g tap\n", "set gateway g switch s segment b\n",
		 "+ set gateway g switch s\n+ set gateway g segment b\n- set port g tap\n");
	compares("# nothing\n", "set gateway g\n", "+ set gateway g\n");
}

static void words(const char *path, const char *should)
{
	char *is = sf_path_words(ctx, path);

	CU_ASSERT_PTR_NOT_NULL_FATAL(is);
	same_text(is, should);
	free(is);
}

#define GATEWAY "/ietf-interfaces:interfaces/interface[name='lab-gw']"

static void test_paths(void)
{
	words(GATEWAY "/heddle-gateway:gateway", "gateway lab-gw");
	words(GATEWAY "/heddle-gateway:gateway/address[.='10.0.0.1/24']",
	      "gateway lab-gw address 10.0.0.1/24");
	words(GATEWAY, "port lab-gw");
	words(GATEWAY "/heddle-port:port/mtu", "port lab-gw mtu");
	words("/ietf-interfaces:interfaces/interface", "port");
}

static void test_rename(void)
{
	struct lyd_node *tree = lines("set switch sw0 segment lab host-only\n"
				      "set gateway g switch sw0 segment lab\n"),
			*segment = NULL, *entry = NULL, *edit;
	struct ds_errors errs = {.n = 0};
	size_t references;
	char *xml = NULL;

	lyd_find_path(tree, "/heddle-switch:switches/switch[name='sw0']/segment[name='lab']", 0,
		      &segment);
	CU_ASSERT_PTR_NOT_NULL_FATAL(segment);
	edit = sf_rename(ctx, tree, segment, "den", false, &references, &errs);
	CU_ASSERT_EQUAL(references, 1);
	lyd_print_mem(&xml, edit, LYD_XML, LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK);
	CU_ASSERT_PTR_NOT_NULL(strstr(xml ? xml : "", "<segment>den</segment>"));
	free(xml);
	lyd_free_all(edit);
	lyd_find_path(tree, "/ietf-interfaces:interfaces/interface[name='g']", 0, &entry);
	CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
	same_text(sf_list_word(entry), "gateway");
	lyd_free_all(tree);
}

UNIT_MAIN_SETUP("setform-own", yang_setup, {"print", test_print}, {"edit", test_edit},
		{"compare", test_compare}, {"paths", test_paths}, {"rename", test_rename});
