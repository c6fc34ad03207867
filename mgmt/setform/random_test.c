/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Set lines: whatever the schema allows comes back the same.
 */
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/setform/setform.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

static void same_text(const char *is, const char *should)
{
	CU_ASSERT_STRING_EQUAL(is, should);
	if (strcmp(is, should) != 0)
		fprintf(stderr, "is:\n%s\nand should be:\n%s\n", is, should);
}

/* Trees with anything that the schema allows in them, whether or not it makes sense. */
static const char *random_value(const struct lysc_type *type)
{
	static const char *const strings[] = {
		"a",
		"sw0",
		"office",
		"*",
		"x y",
		"\"quoted\"",
		"[",
		"]",
		"{}",
		"#no",
		"a|b",
		"100..200",
		"7",
		"3-4",
		"\n",
		"tab\there",
		"\\",
		"p1",
		"02:00:00:00:00:01",
		"10.0.0.1/24",
		"fd00::1",
		"true",
		"set",
		"Gr\303\274\303\237e",
		"'",
		"it's",
		"0660",
		"create",
		"read exec",
		"/ietf-interfaces:interfaces",
		"tap",
		"1.5",
	};
	static char text[32];

	if (type->basetype == LY_TYPE_ENUM) {
		const struct lysc_type_enum *e = (const struct lysc_type_enum *)type;

		return e->enums[dice(LY_ARRAY_COUNT(e->enums))].name;
	}
	if (type->basetype == LY_TYPE_BOOL)
		return dice(2) ? "true" : "false";
	if (type->basetype == LY_TYPE_IDENT)
		return dice(3)   ? "heddle-gateway:gateway"
		       : dice(2) ? "heddle-tap:tap"
				 : "heddle-pcap:pcap";
	if (type->basetype != LY_TYPE_STRING && dice(4)) {
		snprintf(text, sizeof(text), "%u", dice(dice(2) ? 16 : 9000));
		return text;
	}
	return strings[dice(sizeof(strings) / sizeof(strings[0]))];
}

static void grow(struct lyd_node *parent, struct lyd_node **top, const struct lysc_node *schema,
		 unsigned int depth)
{
	const struct lysc_node *child = NULL;

	while ((child = lys_getnext(child, schema, NULL, 0))) {
		struct lyd_node *node = NULL;
		const char *k[3] = {"k1", "5", "k3"};

		if (!(child->flags & LYS_CONFIG_W) || lysc_is_key(child) || dice(3) == 0)
			continue;
		for (unsigned int n = child->nodetype & (LYS_LIST | LYS_LEAFLIST) ? dice(5) : 1; n;
		     n--) {
			if (child->nodetype & (LYS_LEAF | LYS_LEAFLIST)) {
				const char *v =
					random_value(((const struct lysc_node_leaf *)child)->type);

				if (child->nodetype != LYS_LEAFLIST ||
				    lyd_find_sibling_val(lyd_child(parent), child, v, strlen(v),
							 NULL) != LY_SUCCESS)
					lyd_new_term(parent, child->module, child->name, v, 0,
						     NULL);
			} else if (child->nodetype == LYS_LIST) {
				for (int i = 0; i < 3; i++)
					k[i] = i == 1 && dice(2)
						       ? "02:00:00:00:00:09"
						       : random_value(&(struct lysc_type){
								 .basetype = LY_TYPE_STRING});
				if (lyd_new_list(NULL, child->module, child->name, 0, &node, k[0],
						 k[1], k[2]) != LY_SUCCESS &&
				    lyd_new_list(parent, child->module, child->name, 0, &node, k[0],
						 k[1], k[2]) == LY_SUCCESS)
					grow(node, top, child, depth + 1);
			} else if (child->nodetype == LYS_CONTAINER) {
				lyd_new_inner(parent, child->module, child->name, 0, &node);
				grow(node, top, child, depth + 1);
			}
		}
	}
}

/* Each value of @tree is in @other as well. */
static unsigned int contained(const struct lyd_node *tree, const struct lyd_node *other)
{
	const struct lyd_node *node;
	unsigned int n = 0;

	LY_LIST_FOR(tree, node) {
		struct lyd_node *found = NULL;
		char *path;

		if (!(node->schema->nodetype & (LYS_LEAF | LYS_LEAFLIST))) {
			n += contained(lyd_child(node), other);
			continue;
		}
		path = lyd_path(node, LYD_PATH_STD, NULL, 0);
		if (lyd_find_path(other, path, 0, &found) != LY_SUCCESS ||
		    strcmp(lyd_get_value(found), lyd_get_value(node)) != 0)
			CU_FAIL(path);
		free(path);
		n++;
	}
	return n;
}

/* Entries that are there twice (the generator does not look) are no tree that anybody has. */
static bool twice(const struct lyd_node *tree)
{
	const struct lyd_node *node, *other;

	LY_LIST_FOR(tree, node) {
		LY_LIST_FOR(node->next, other)
			if (node->schema->nodetype == LYS_LIST &&
			    lyd_compare_single(node, other, 0) == LY_SUCCESS)
				return true;
		if (node->schema->nodetype & (LYS_LIST | LYS_CONTAINER) && twice(lyd_child(node)))
			return true;
	}
	return false;
}

static void test_random(void)
{
	static const char *const tops[] = {"/ietf-interfaces:interfaces", "/heddle-switch:switches",
					   "/ietf-netconf-acm:nacm"};
	unsigned int values = 0, trees = 0, flags;

	for (unsigned int seed = 1; seed <= 400; seed++) {
		struct lyd_node *tree = NULL, *node;
		struct ds_errors errs = {.n = 0};
		struct sf_edit edit = {.ctx = ctx};
		char *text, *again;

		dice_state = seed;
		flags = seed % 3 == 0 ? 0 : seed % 3 == 1 ? SF_BARE : SF_INDENT;
		for (size_t i = 0; i < 3; i++) {
			const struct lysc_node *schema = lys_find_path(ctx, NULL, tops[i], 0);

			lyd_new_inner(NULL, schema->module, schema->name, 0, &node);
			grow(node, &tree, schema, 0);
			lyd_insert_sibling(tree, node, &tree);
		}
		text = sf_print_text(ctx, tree, flags);
		if (!twice(tree)) {
			CU_ASSERT(sf_parse(&edit, text, strlen(text), &errs));
			ds_errors_print(&errs, stderr);
			ds_errors_clear(&errs);
			again = sf_print_text(ctx, edit.tree, flags);
			same_text(again, text);
			free(again);
			values += contained(tree, edit.tree);
			contained(edit.tree, tree);
			lyd_free_all(edit.tree);
			trees++;
		}
		free(text);
		lyd_free_all(tree);
	}
	CU_ASSERT(trees > 100 && values > 5000);
	printf("%u trees with %u values ... ", trees, values);
}

UNIT_MAIN_SETUP("setform-random", yang_setup, {"random trees", test_random});
