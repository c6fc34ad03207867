/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every leaf that can be configured does something: for each one that the schema has, some other
 * value of it, in the configuration good/every-leaf.json, changes what the planes are told. Notes
 * for people are named below, and must really be no more than that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/tree.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

/* Without an effect on the planes, and meant so. */
static const char *const notes[] = {
	"/ietf-interfaces:interfaces/interface/description",
	"/heddle-switch:switches/switch/description",
	"/heddle-switch:switches/switch/segment/description",
};

/* Tried besides what follows from the type. */
static const char *const words[] = {
	"other",        "core",      "red",        "green", "vm1",    "trunk1",
	"loose",        "zz9",       "d/e.pcap",   "0600",  "17",     "02:00:00:aa:00:77",
	"10.77.0.7/24", "10.77.0.7", "fd77::7/64", "lo",    "daemon",
};

/*
 * Leaves that cannot change by themselves: two additions to the configuration that differ in what
 * has to go together.
 */
#define PORT(rest) "{\"ietf-interfaces:interfaces\":{\"interface\":[{\"name\":\"new\"," rest "}]}}"
#define SERVER(mode)                                                                        \
	PORT("\"type\":\"heddle-vhost-user:vhost-user\",\"heddle-vhost-user:vhost-user\":{" \
	     "\"socket\":\"new.sock\",\"mode\":\"" mode "\"}")
#define SWITCH(name) "{\"heddle-switch:switches\":{\"switch\":[{\"name\":\"" name "\"}]}}"

static const struct {
	const char *path, *one, *other;
} pairs[] = {
	{"/ietf-interfaces:interfaces/interface/type", PORT("\"type\":\"heddle-tap:tap\""),
	 PORT("\"type\":\"heddle-pcap:pcap\",\"heddle-pcap:pcap\":{\"write\":\"new.pcap\"}")},
	{"/ietf-interfaces:interfaces/interface/heddle-vhost-user:vhost-user/mode",
	 SERVER("server"), SERVER("client")},
	{"/heddle-switch:switches/switch/name", SWITCH("a"), SWITCH("b")},
};

static struct bd_config *base;

static int setup(void)
{
	struct ds_errors errs = {.n = 0};

	base = yang_setup() == 0
		       ? bd_config_load(ctx, TEST_CONFIGS "/good/every-leaf.json", NULL, &errs)
		       : NULL;
	ds_errors_print(&errs, stdout);
	return base ? 0 : -1;
}

static void count(const struct bd_object *object, enum hd_object_op op, void *arg)
{
	(*(unsigned int *)arg)++;
}

static bool are_different(const struct bd_config *a, const struct bd_config *b)
{
	unsigned int n = 0;

	bd_objects_diff(&a->objects, &b->objects, HD_PLANE_DATA, count, &n);
	bd_objects_diff(&a->objects, &b->objects, HD_PLANE_CONTROL, count, &n);
	return n > 0;
}

/* Is @tree (taken over) a configuration that the planes are told something else of? */
static bool differs(struct lyd_node *tree)
{
	struct ds_errors errs = {.n = 0};
	struct bd_config *config = bd_config_take(ctx, tree, &base->numbers, &errs);
	bool different = config && are_different(base, config);

	bd_config_free(config);
	ds_errors_clear(&errs);
	return different;
}

/* The configuration with something more, which has to be right. */
static struct bd_config *with(const char *json)
{
	struct lyd_node *tree = NULL, *more = NULL;
	struct ds_errors errs = {.n = 0};
	struct bd_config *config;

	lyd_dup_siblings(base->tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &tree);
	lyd_parse_data_mem(ctx, json, LYD_JSON, LYD_PARSE_ONLY | LYD_PARSE_STRICT, 0, &more);
	lyd_merge_siblings(&tree, more, LYD_MERGE_DESTRUCT);
	config = bd_config_take(ctx, tree, &base->numbers, &errs);
	ds_errors_print(&errs, stdout);
	ds_errors_clear(&errs);
	CU_ASSERT_PTR_NOT_NULL_FATAL(config);
	return config;
}

static bool pair_differs(const char *path)
{
	bool different = false;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (!strcmp(pairs[i].path, path)) {
			struct bd_config *one = with(pairs[i].one), *other = with(pairs[i].other);

			different = are_different(one, other);
			bd_config_free(one);
			bd_config_free(other);
		}
	return different;
}

/* A copy of the configuration, and in it the node that @original is there. */
static struct lyd_node *copy(const struct lyd_node *original, struct lyd_node **tree)
{
	struct lyd_node *node = NULL;
	char *path = ds_path(original);

	lyd_dup_siblings(base->tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, tree);
	lyd_find_path(*tree, path, 0, &node);
	free(path);
	return node;
}

static bool try_value(const struct lyd_node *leaf, const char *value)
{
	struct lyd_node *tree = NULL, *node = copy(leaf, &tree);

	if (node && lyd_change_term(node, value) == LY_SUCCESS)
		return differs(tree);
	lyd_free_all(tree);
	return false;
}

/* Without the leaf; for a key, without the entry that it names. */
static bool try_without(const struct lyd_node *leaf)
{
	struct lyd_node *tree = NULL, *node = copy(leaf, &tree);

	if (node && lysc_is_key(node->schema))
		node = lyd_parent(node);
	if (!node)
		return false;
	tree = lyd_first_sibling(tree);
	lyd_free_tree(node);
	return differs(tree);
}

static bool try_enum(const struct lyd_node *leaf, const struct lysc_type *type)
{
	LY_ARRAY_COUNT_TYPE i;

	if (type->basetype == LY_TYPE_UNION) {
		LY_ARRAY_FOR(((const struct lysc_type_union *)type)->types, i)
		{
			if (try_enum(leaf, ((const struct lysc_type_union *)type)->types[i]))
				return true;
		}
	}
	if (type->basetype != LY_TYPE_ENUM)
		return false;
	LY_ARRAY_FOR(((const struct lysc_type_enum *)type)->enums, i)
	{
		if (try_value(leaf, ((const struct lysc_type_enum *)type)->enums[i].name))
			return true;
	}
	return false;
}

static bool has_effect(const struct lyd_node *leaf)
{
	const char *value = lyd_get_value(leaf);
	char text[32];

	if (try_without(leaf) || try_value(leaf, "true") || try_value(leaf, "false") ||
	    try_enum(leaf, ((const struct lysc_node_leaf *)leaf->schema)->type))
		return true;
	for (int step = -1; step <= 1; step += 2) {
		snprintf(text, sizeof(text), "%ld", strtol(value, NULL, 10) + step);
		if (try_value(leaf, text))
			return true;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (try_value(leaf, words[i]))
			return true;
	return false;
}

static bool is_note(const char *path)
{
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (!strcmp(notes[i], path))
			return true;
	return false;
}

/* Judges one leaf of the schema by its instances. */
static void check_leaf(const struct lysc_node *schema)
{
	char *path = lysc_path(schema, LYSC_PATH_DATA, NULL, 0);
	struct ly_set *set = NULL;
	bool effect = false;

	lyd_find_xpath(base->tree, path, &set);
	if (!set || !set->count) {
		printf("\n%s is not in good/every-leaf.json\n", path);
		CU_FAIL("a leaf is not in the configuration with every leaf");
	}
	for (uint32_t i = 0; set && i < set->count && !effect; i++)
		effect = has_effect(set->dnodes[i]);
	effect = effect || pair_differs(path);
	if (set && set->count && effect == is_note(path)) {
		printf("\n%s %s\n", path,
		       effect ? "has an effect: it is no note"
			      : "has no effect: what is configured there is not applied");
		CU_FAIL("a leaf without an effect");
	}
	ly_set_free(set, NULL);
	free(path);
}

static bool is_ours(const struct lysc_node *node)
{
	return !strncmp(node->module->name, "heddle-", 7) ||
	       !strcmp(node->module->name, "ietf-interfaces");
}

static unsigned int leaves;

static LY_ERR visit(struct lysc_node *node, void *arg, ly_bool *skip)
{
	if (node->nodetype & (LYS_RPC | LYS_ACTION | LYS_NOTIF)) {
		*skip = 1;
		return LY_SUCCESS;
	}
	if (node->nodetype & (LYS_LEAF | LYS_LEAFLIST) && node->flags & LYS_CONFIG_W &&
	    is_ours(node)) {
		leaves++;
		check_leaf(node);
	}
	return LY_SUCCESS;
}

static void test_every_leaf(void)
{
	const struct lys_module *mod;
	uint32_t index = 0;

	while ((mod = ly_ctx_get_module_iter(ctx, &index)))
		if (mod->implemented)
			lysc_module_dfs_full(mod, visit, NULL);
	CU_ASSERT_TRUE(leaves > 50);
	printf("%u leaves: ", leaves);
}

/* A value that is the same changes nothing: else the test above would say nothing. */
static void test_same(void)
{
	struct lyd_node *tree = NULL;

	lyd_dup_siblings(base->tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &tree);
	CU_ASSERT_FALSE(differs(tree));
	bd_config_free(base);
	ly_ctx_destroy(ctx);
}

UNIT_MAIN_SETUP("leaves", setup, {"every leaf", test_every_leaf}, {"the same", test_same});
