/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which schemas let a unit be validated by itself, and that the others are validated as a whole.
 */
#include <stdio.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/store/check.h"
#include "mgmt/store/edit.h"
#include "tests/unit/unit.h"

/* A module with a list of units, and @body in an entry; the context. */
static struct ly_ctx *schema(const char *body)
{
	struct ly_ctx *ctx = NULL;
	struct ly_in *in = NULL;
	char *text = ds_printf("module m { yang-version 1.1; namespace \"urn:m\"; prefix m;"
			       " leaf other { type string; }"
			       " container box { list unit { key name; leaf name { type string; }"
			       " leaf a { type string; } leaf b { type string; }"
			       " container in { leaf c { type string; } %s } } } }",
			       body);

	ly_log_options(LY_LOSTORE_LAST);
	CU_ASSERT_EQUAL_FATAL(ly_ctx_new(NULL, 0, &ctx), LY_SUCCESS);
	ly_in_new_memory(text, &in);
	if (lys_parse(ctx, in, LYS_IN_YANG, NULL, NULL) != LY_SUCCESS)
		CU_FAIL_FATAL("the module is wrong");
	ly_in_free(in, 0);
	free(text);
	return ctx;
}

static bool alone(const char *body)
{
	struct ly_ctx *ctx = schema(body);
	bool is = ck_units_are_alone(ctx);

	ly_ctx_destroy(ctx);
	return is;
}

static void test_alone(void)
{
	CU_ASSERT(alone(""));
	CU_ASSERT(alone("leaf x { type string; must \"../c\"; }"));
	CU_ASSERT(alone("leaf x { type string; must \"../../a = 'q' and ../c\"; }"));
	CU_ASSERT(alone("leaf x { type string; must \"current()/../../a or . = 'a/b'\"; }"));
	CU_ASSERT(alone("leaf x { type string; when \"../../a\"; }"));
	CU_ASSERT(alone("leaf x { type leafref { path \"../../a\"; } }"));
	CU_ASSERT(alone("leaf x { type leafref { path \"/m:other\"; require-instance false; } }"));
	/* Looks at another entry, at another node of the top, at all there is. */
	CU_ASSERT_FALSE(alone("leaf x { type string; must \"../../../unit[name = 'q']\"; }"));
	CU_ASSERT_FALSE(alone("leaf x { type string; must \"../../../../other\"; }"));
	CU_ASSERT_FALSE(alone("leaf x { type string; must \"/m:other\"; }"));
	CU_ASSERT_FALSE(alone("leaf x { type string; must \"count(//m:unit) < 3\"; }"));
	CU_ASSERT_FALSE(alone("leaf x { type string; when \"/m:other = 'q'\"; }"));
	CU_ASSERT_FALSE(alone("leaf x { type leafref { path \"/m:other\"; } }"));
	CU_ASSERT_FALSE(alone("leaf x { type leafref { path \"../../../unit/name\"; } }"));
	CU_ASSERT_FALSE(alone("leaf x { type union { type uint8; type leafref { path"
			      " \"/m:other\"; } } }"));
	CU_ASSERT_FALSE(alone("leaf x { type leafref { path \"../c\"; } }"
			      " leaf y { type string; must \"deref(../x) = 'q'\"; }"));
	CU_ASSERT_FALSE(alone("leaf x { type instance-identifier; }"));
}

/* An entry that refers to another: found when the other goes, which no look at the one would tell. */
static void test_whole(void)
{
	static const char *const steps[] = {
		"<box xmlns=\"urn:m\"><unit><name>one</name></unit><unit><name>two</name><in>"
		"<x>one</x></in></unit></box>",
		"<box xmlns=\"urn:m\" xmlns:nc=\"urn:ietf:params:xml:ns:netconf:base:1.0\">"
		"<unit><name>one</name></unit></box>",
	};
	static const struct nacm_subject who = {.user = "u"};
	struct ly_ctx *ctx = schema("leaf x { type leafref { path \"../../../unit/name\"; } }");
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree = NULL;
	struct ov_base base;
	struct ov *ov;

	ov_base_init(&base, ctx);
	ov = ov_new(&base);
	ov_show(&base, ov, NULL);
	CU_ASSERT_EQUAL(lyd_parse_data_mem(ctx, steps[0], LYD_XML, LYD_PARSE_ONLY, 0, &tree),
			LY_SUCCESS);
	ed_apply(ov, tree, ST_MERGE, &errs);
	CU_ASSERT(ck_units(ov, true, false, &errs));
	ov_keep(ov, &who);
	CU_ASSERT_EQUAL(ov->n, 2);
	lyd_free_all(tree);
	CU_ASSERT_EQUAL(lyd_parse_data_mem(ctx, steps[1], LYD_XML, LYD_PARSE_ONLY, 0, &tree),
			LY_SUCCESS);
	/* Gone: the first one, by leaving it out of what replaces all. */
	lyd_change_term(lyd_child(lyd_child(tree)), "two");
	ed_apply(ov, tree, ST_MERGE, &errs);
	ed_apply(ov, tree, ST_REPLACE, &errs);
	CU_ASSERT(ck_units(ov, true, false, &errs));
	ov_undo(ov);
	CU_ASSERT_EQUAL(ov->n, 2);
	lyd_change_term(lyd_child(lyd_child(tree)), "one");
	ov_touch(ov, lyd_child(ov_find(base.tree, tree)));
	ov_remove(ov, lyd_child(ov_find(base.tree, tree)));
	CU_ASSERT(ds_errors_none(&errs));
	CU_ASSERT_FALSE(ck_units(ov, true, false, &errs));
	CU_ASSERT_EQUAL_FATAL(errs.n, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(errs.list[0].path);
	CU_ASSERT_PTR_NOT_NULL(strstr(errs.list[0].path, "two"));
	CU_ASSERT_EQUAL(errs.list[0].tag, DS_DATA_MISSING);
	CU_ASSERT_PTR_NOT_NULL_FATAL(errs.list[0].app_tag);
	CU_ASSERT_STRING_EQUAL(errs.list[0].app_tag, "instance-required");
	ov_undo(ov);
	ds_errors_clear(&errs);
	CU_ASSERT(ck_units(ov, false, false, &errs));
	lyd_free_all(tree);
	ov_free(ov);
	ov_base_clear(&base);
	ly_ctx_destroy(ctx);
}

UNIT_MAIN("store-check", {"units that are alone", test_alone},
	  {"the whole when they are not", test_whole});
