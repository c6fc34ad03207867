/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Set lines: what is printed, read and refused; round trips; edits; comparing.
 */
#include <dirent.h>
#include <string.h>
#include <time.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/setform/setform.h"
#include "tests/unit/unit.h"

static struct ly_ctx *ctx;

static int set_up(void)
{
	struct hd_err err = {0};
	char dir[512];

	if (ds_schema_find_dir(NULL, dir, sizeof(dir), &err) < 0)
		return -1;
	ctx = bd_schema_new(dir, &err);
	if (!ctx)
		fprintf(stderr, "%s\n", err.text);
	return ctx ? 0 : -1;
}

static struct lyd_node *read_file(const char *path)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree = NULL;
	size_t len;
	char *text = ds_file_read(path, &len, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_FATAL(ds_tree_parse(ctx, text, len, &tree, &errs));
	free(text);
	return tree;
}

/* A whole configuration; NULL with the errors on stderr. */
static struct lyd_node *lines(const char *text)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree = NULL;

	if (!ds_tree_parse(ctx, text, strlen(text), &tree, &errs))
		ds_errors_print(&errs, stderr);
	CU_ASSERT(ds_errors_none(&errs));
	ds_errors_clear(&errs);
	return tree;
}

static void same_text(const char *is, const char *should)
{
	CU_ASSERT_STRING_EQUAL(is, should);
	if (strcmp(is, should) != 0)
		fprintf(stderr, "is:\n%s\nand should be:\n%s\n", is, should);
}

static void round_trip(const struct lyd_node *tree)
{
	char *text = sf_print_text(ctx, tree, 0), *bare = sf_print_text(ctx, tree, SF_BARE);
	struct lyd_node *copy = lines(text), *copy2 = lines(bare);
	char *again = sf_print_text(ctx, copy, 0), *again2 = sf_print_text(ctx, copy2, 0);
	size_t len;
	char *diff = NULL;
	FILE *out = open_memstream(&diff, &len);

	same_text(again, text);
	same_text(again2, text);
	CU_ASSERT_EQUAL(sf_compare(ctx, tree, copy, out), 0);
	fclose(out);
	same_text(diff, "");
	free(diff);
	free(text);
	free(again);
	free(bare);
	free(again2);
	lyd_free_all(copy);
	lyd_free_all(copy2);
}

/* The same configuration, through another format, is the same lines. */
static void through(const struct lyd_node *tree, LYD_FORMAT format)
{
	char *text = sf_print_text(ctx, tree, 0), *printed = NULL, *again;
	struct ds_errors errs = {.n = 0};
	struct lyd_node *copy = NULL;

	lyd_print_mem(&printed, tree, format, LYD_PRINT_WITHSIBLINGS | LYD_PRINT_WD_EXPLICIT);
	if (!printed || !*printed) {
		free(printed);
		printed = ds_strdup("{}");
	}
	CU_ASSERT(ds_tree_parse(ctx, printed, strlen(printed), &copy, &errs));
	again = sf_print_text(ctx, copy, 0);
	same_text(again, text);
	lyd_free_all(copy);
	free(printed);
	free(again);
	free(text);
}

static void test_files(void)
{
	DIR *dir = opendir(TEST_CONFIGS "/good");
	struct dirent *entry;
	unsigned int n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((entry = readdir(dir))) {
		struct lyd_node *tree;
		char path[512];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), TEST_CONFIGS "/good/%s", entry->d_name);
		tree = read_file(path);
		round_trip(tree);
		through(tree, LYD_JSON);
		through(tree, LYD_XML);
		lyd_free_all(tree);
		n++;
	}
	closedir(dir);
	CU_ASSERT(n >= 4);
}

static void test_print(void)
{
	struct lyd_node *tree = read_file(TEST_CONFIGS "/good/every-leaf.json");
	char *text = sf_print_text(ctx, tree, 0);

	puts(text);
	free(text);
	text = sf_print_text(ctx, tree, SF_INDENT);
	puts(text);
	free(text);
	lyd_free_all(tree);
}

UNIT_MAIN_SETUP("setform", set_up, {"files", test_files}, {"print", test_print});
