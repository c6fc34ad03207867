/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * edit-config: any XML against a small datastore. The first byte is the default-operation, the
 * second says whether the result is validated. What must hold: an edit that fails leaves everything
 * as it was, order and all; one that succeeds validates as a whole; and going back to the base and
 * to the edit again shows the same.
 */
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/depth.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/store/check.h"
#include "mgmt/store/edit.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/yang.h"

static const char running[] =
	"{\"heddle-switch:switches\":{\"switch\":[{\"name\":\"sw0\",\"segment\":[{\"name\":\"lab\","
	"\"host-only\":{}},{\"name\":\"lan\",\"vlan\":5,\"bridged\":{\"uplink\":[\"c\"]}}]}]},"
	"\"ietf-interfaces:interfaces\":{\"interface\":[{\"name\":\"a\",\"type\":\"heddle-tap:tap\","
	"\"heddle-port:port\":{\"switch\":\"sw0\",\"access\":\"lab\",\"mtu\":2000}},{\"name\":\"b\","
	"\"type\":\"heddle-vhost-user:vhost-user\",\"heddle-port:port\":{\"switch\":\"sw0\","
	"\"trunk\":[\"lab\",\"7..9\"]}},{\"name\":\"c\",\"type\":\"heddle-af-packet:af-packet\","
	"\"heddle-port:port\":{\"switch\":\"sw0\"}}]},"
	"\"ietf-netconf-acm:nacm\":{\"rule-list\":[{\"name\":\"x\",\"group\":[\"g\"]},"
	"{\"name\":\"y\",\"group\":[\"g\"],\"rule\":[{\"name\":\"r\",\"action\":\"permit\"}]}]}}";

static struct ov_base base;
static char *base_text;

static char *print(const struct lyd_node *tree)
{
	char *text = NULL;

	lyd_print_mem(&text, tree, LYD_XML,
		      LYD_PRINT_WITHSIBLINGS | LYD_PRINT_WD_ALL_TAG | LYD_PRINT_SHRINK);
	return text;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree;
	struct ov *ov;

	FUZZ_ASSERT(yang_setup() == 0);
	FUZZ_ASSERT(ds_tree_parse(ctx, running, strlen(running), &tree, &errs));
	ov_base_init(&base, ctx);
	ov = ov_new(&base);
	ov_show(&base, ov, NULL);
	ed_apply(ov, tree, ST_REPLACE, &errs);
	FUZZ_ASSERT(ds_errors_none(&errs) && ck_units(ov, true, true, &errs));
	ov_fold(ov);
	ov_free(ov);
	lyd_free_all(tree);
	base_text = print(base.tree);
	return 0;
}

static void same_as(const char *text)
{
	char *now = print(base.tree);

	FUZZ_ASSERT(!strcmp(now, text));
	free(now);
}

static void validates(void)
{
	struct lyd_node *copy = NULL;

	FUZZ_ASSERT(lyd_dup_siblings(base.tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS,
				     &copy) == LY_SUCCESS);
	FUZZ_ASSERT(lyd_validate_all(&copy, ctx, LYD_VALIDATE_NO_STATE, NULL) == LY_SUCCESS);
	lyd_free_all(copy);
}

static void keep(struct ov *ov, bool checked)
{
	static const struct nacm_subject who = {.user = "u"};
	struct ds_errors errs = {.n = 0};
	char *text;

	if (checked)
		validates();
	ov_keep(ov, &who);
	text = print(base.tree);
	ov_show(&base, NULL, NULL);
	same_as(base_text);
	ov_show(&base, ov, NULL);
	same_as(text);
	if (!ck_units(ov, false, true, &errs))
		FUZZ_ASSERT(!checked && !ds_errors_none(&errs));
	else
		validates();
	ds_errors_clear(&errs);
	free(text);
}

static void edit(const struct lyd_node *config, enum st_default_op op, bool check)
{
	static const enum ed_op ops[] = {ED_MERGE, ED_REPLACE, ED_NONE};
	struct ds_errors errs = {.n = 0};
	struct ov *ov = ov_new(&base);
	bool right;

	ov_show(&base, ov, NULL);
	right = ed_check(ctx, config, ops[op], &errs);
	FUZZ_ASSERT(right == ds_errors_none(&errs));
	if (right) {
		ed_apply(ov, config, op, &errs);
		right = ds_errors_none(&errs) && (!check || ck_units(ov, true, true, &errs));
		FUZZ_ASSERT(right == ds_errors_none(&errs));
	}
	if (right) {
		keep(ov, check);
	} else {
		for (size_t i = 0; i < errs.n; i++)
			FUZZ_ASSERT(errs.list[i].message[0]);
		ov_undo(ov);
		same_as(base_text);
		FUZZ_ASSERT(!ov->n);
	}
	ov_free(ov);
	same_as(base_text);
	ds_errors_clear(&errs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lyd_node *config = NULL;
	char *text;

	if (size < 2)
		return 0;
	text = calloc(1, size - 1);
	memcpy(text, data + 2, size - 2);
	if (!memchr(text, 0, size - 2) && !ds_xml_without_namespace(text, size - 2) &&
	    ds_depth_xml(text, size - 2) <= DS_DEPTH_MAX &&
	    lyd_parse_data_mem(ctx, text, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0, &config) ==
		    LY_SUCCESS)
		edit(config,
		     data[0] == 'r'   ? ST_REPLACE
		     : data[0] == 'n' ? ST_NONE
				      : ST_MERGE,
		     data[1] != 's');
	lyd_free_all(config);
	free(text);
	return 0;
}
