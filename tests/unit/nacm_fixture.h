/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of access control share: a small schema, data, people, and rules.
 */
#ifndef TESTS_UNIT_NACM_FIXTURE_H
#define TESTS_UNIT_NACM_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/nacm/nacm.h"
#include "tests/unit/unit.h"

#define NACM_NS "urn:ietf:params:xml:ns:yang:ietf-netconf-acm"

static const char types_yang[] =
	"module heddle-types { yang-version 1.1; namespace \"urn:heddle:yang:heddle-types\";"
	"prefix ht; extension secret; }";

static const char shop_yang[] =
	"module shop { yang-version 1.1; namespace \"urn:shop\"; prefix s;"
	"import ietf-netconf-acm { prefix nacm; } import heddle-types { prefix ht; }"
	"container shop {"
	"  list door { key \"name side\"; leaf name { type string; } leaf side { type uint8; }"
	"    leaf colour { type string; } leaf code { ht:secret; type string { length \"2..8\"; } }"
	"    action open { input { leaf force { type empty; } } }"
	"    notification opened { leaf by { type string; } } }"
	"  leaf-list tag { type string; }"
	"  container safe { nacm:default-deny-all;"
	"    choice lock { case key { leaf key { type string; } } } leaf size { type uint8; } }"
	"  container price { nacm:default-deny-write; leaf euro { type uint32; } }"
	"  leaf note { type string; } }"
	"rpc sell; rpc burn { nacm:default-deny-all; }"
	"notification sold { leaf what { type string; } }"
	"notification robbed { nacm:default-deny-all; leaf what { type string; } } }";

static const char annex_yang[] =
	"module annex { yang-version 1.1; namespace \"urn:annex\"; prefix a;"
	"import shop { prefix s; }"
	"augment \"/s:shop\" { leaf room { type string; } }"
	"augment \"/s:shop/s:price\" { leaf tax { type string; } } container yard { leaf tree { type string; "
	"} } }";

static struct ly_ctx *ctx;
static struct nacm *nacm;
static struct lyd_node *data;

static inline int setup(void)
{
	static const char *const dirs[] = {"/usr/share/yuma/nmda-modules/ietf",
					   "/usr/share/yuma/modules/ietf"};

	ly_log_options(LY_LOSTORE_LAST);
	if (ly_ctx_new(NULL, LY_CTX_DISABLE_SEARCHDIR_CWD, &ctx) != LY_SUCCESS)
		return -1;
	for (size_t i = 0; i < 2; i++)
		ly_ctx_set_searchdir(ctx, dirs[i]);
	if (!ly_ctx_load_module(ctx, "ietf-netconf", "2011-06-01",
				(const char *[]){"startup", "candidate", NULL}) ||
	    !ly_ctx_load_module(ctx, "ietf-netconf-acm", "2018-02-14", NULL) ||
	    lys_parse_mem(ctx, types_yang, LYS_IN_YANG, NULL) != LY_SUCCESS ||
	    lys_parse_mem(ctx, shop_yang, LYS_IN_YANG, NULL) != LY_SUCCESS ||
	    lys_parse_mem(ctx, annex_yang, LYS_IN_YANG, NULL) != LY_SUCCESS)
		return -1;
	nacm = nacm_new(ctx);
	return 0;
}

static inline struct lyd_node *parse(const char *xml)
{
	struct lyd_node *tree = NULL;

	if (lyd_parse_data_mem(ctx, xml, LYD_XML, LYD_PARSE_STRICT, LYD_VALIDATE_NO_STATE, &tree) !=
	    LY_SUCCESS)
		printf("\n%s: %s\n", ly_errmsg(ctx), xml);
	return tree;
}

/* Loads rules: what is in <nacm>. */
static inline void rules(const char *inner)
{
	struct lyd_node *tree;
	char xml[4096];

	snprintf(xml, sizeof(xml), "<nacm xmlns=\"" NACM_NS "\">%s</nacm>", inner);
	tree = parse(xml);
	CU_ASSERT_PTR_NOT_NULL_FATAL(tree);
	nacm_load(nacm, tree);
	lyd_free_all(tree);
}

#define LIST(group, inner) \
	"<rule-list><name>of-" group "</name><group>" group "</group>" inner "</rule-list>"
#define RULE(name, what, ops, action)                                \
	"<rule><name>" name "</name>" what "<access-operations>" ops \
	"</access-operations><action>" action "</action></rule>"
#define PATH(p) "<path xmlns:s=\"urn:shop\" xmlns:a=\"urn:annex\">" p "</path>"

static char of_staff[] = "staff";
static char *one_group[] = {of_staff};
static const struct nacm_subject staff = {7, "ann", "netconf", one_group, 1, false};
static const struct nacm_subject nobody = {8, "bob", "netconf", NULL, 0, false};
static const struct nacm_subject root = {9, "root", "netconf", NULL, 0, true};

static inline const struct lysc_node *rpc(const char *module, const char *name)
{
	return lys_find_child(NULL, ly_ctx_get_module_implemented(ctx, module), name, 0, LYS_RPC,
			      0);
}

static inline bool exec(const struct nacm_subject *who, const char *name)
{
	const struct lysc_node *node = rpc("shop", name);

	return nacm_may_exec(nacm, who, node ? node : rpc("ietf-netconf", name));
}

static inline const struct lyd_node *at(const char *path)
{
	struct lyd_node *node = NULL;

	if (lyd_find_path(data, path, 0, &node) != LY_SUCCESS)
		printf("\nno %s\n", path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(node);
	return node;
}

static inline bool may(const struct nacm_subject *who, const char *path, char op)
{
	const struct lyd_node *node = at(path);

	switch (op) {
	case 'r': return nacm_may_read(nacm, who, node);
	case 'c': return nacm_may_write(nacm, who, node, NACM_CREATE);
	case 'u': return nacm_may_write(nacm, who, node, NACM_UPDATE);
	default: return nacm_may_write(nacm, who, node, NACM_DELETE);
	}
}

#define FRONT "/shop:shop/door[name='front'][side='1']"
#define BACK  "/shop:shop/door[name='back'][side='2']"

static inline void stock(void)
{
	lyd_free_all(data);
	data = parse(
		"<shop xmlns=\"urn:shop\">"
		"<door><name>front</name><side>1</side><colour>red</colour><code>42</code></door>"
		"<door><name>back</name><side>2</side><colour>blue</colour></door>"
		"<tag>x</tag><tag>y</tag><safe><key>k</key><size>3</size></safe>"
		"<price><euro>5</euro><tax xmlns=\"urn:annex\">19</tax></price><note>n</note>"
		"<room xmlns=\"urn:annex\">r</room></shop>"
		"<yard xmlns=\"urn:annex\"><tree>oak</tree></yard>");
	CU_ASSERT_PTR_NOT_NULL_FATAL(data);
}
static inline void tear_down(void)
{
	lyd_free_all(data);
	data = NULL;
	nacm_free(nacm);
	ly_ctx_destroy(ctx);
}

#endif
