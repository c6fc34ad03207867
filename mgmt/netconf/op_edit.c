/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * edit-config that replaces everything, and validate.
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/rpc.h"

/* Takes the tree out of the <config> below @parent. False with @errs when it has none that is one. */
static bool take_config(const struct lyd_node *parent, struct lyd_node **tree,
			struct ds_errors *errs)
{
	struct lyd_node_any *config = (struct lyd_node_any *)ds_child(parent, NULL, "config");
	const char *text =
		config && config->value_type != LYD_ANYDATA_DATATREE ? config->value.str : NULL;

	*tree = NULL;
	if (!config) {
		ds_error_bad(ds_errors_add(errs, DS_MISSING_ELEMENT, NULL,
					   "a <config> with the whole configuration is needed"),
			     "config");
		return false;
	}
	if (config->value_type != LYD_ANYDATA_DATATREE) {
		if (!text || !text[strspn(text, " \t\r\n")])
			return true;
		ds_errors_add(errs, DS_INVALID_VALUE, NULL,
			      "<config> has text where elements belong");
		return false;
	}
	*tree = config->value.tree;
	config->value.tree = NULL;
	return true;
}

/* An operation attribute asks for what a replace of everything cannot do. */
static bool find_operation(const struct lyd_node *tree, struct ds_errors *errs)
{
	const struct lyd_node *node;
	const struct lyd_meta *meta;
	const struct lyd_attr *attr;
	bool found = false;

	for (node = tree; node && !found; node = node->next) {
		for (meta = node->schema ? node->meta : NULL; meta; meta = meta->next)
			found |= !strcmp(meta->annotation->module->name, "ietf-netconf") &&
				 !strcmp(meta->name, "operation");
		attr = node->schema ? NULL : ((const struct lyd_node_opaq *)node)->attr;
		for (; attr; attr = attr->next)
			found |= attr->name.prefix && !strcmp(attr->name.name, "operation");
		if (found)
			ds_errors_add(
				errs, DS_OPERATION_NOT_SUPPORTED, NULL,
				"%s has an operation attribute: this server only replaces the "
				"whole configuration",
				LYD_NAME(node));
		else
			found = find_operation(lyd_child(node), errs);
	}
	return found;
}

static void on_done(const struct ds_errors *errs, void *arg)
{
	struct nc_call *call = arg;

	if (ds_errors_none(errs))
		nc_call_ok(call);
	else
		nc_call_errors(call, errs);
}

static void replace(struct nc_call *call, const struct lyd_node *parent, bool check)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree = NULL;

	if (!take_config(parent, &tree, &errs) || find_operation(tree, &errs)) {
		lyd_free_all(tree);
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
		return;
	}
	if (!check)
		hd_log(HD_LOG_INFO, "%s loads a configuration", call->user);
	rn_replace(call->server->rn, tree, check, BK_WAIT_MS, on_done, call);
}

static void edit_config(struct nc_call *call)
{
	const char *operation = ds_value(call->op, NULL, "default-operation");
	const char *test = ds_value(call->op, NULL, "test-option");

	if (!operation || strcmp(operation, "replace") != 0) {
		nc_call_error(call, DS_OPERATION_NOT_SUPPORTED,
			      "default-operation %s is not supported: send replace, with the whole "
			      "configuration in <config>",
			      operation ? operation : "merge");
		return;
	}
	if (test && !strcmp(test, "set")) {
		nc_call_error(
			call, DS_OPERATION_NOT_SUPPORTED,
			"test-option set is not supported: a configuration is always tested first");
		return;
	}
	replace(call, call->op, test && !strcmp(test, "test-only"));
}

static void validate(struct nc_call *call)
{
	const struct lyd_node *source = ds_child(call->op, NULL, "source");

	if (ds_child(source, NULL, "running"))
		nc_call_ok(call); /* it runs, so it was found right */
	else
		replace(call, source, true);
}

NC_REGISTER(edit_config_op) = {"ietf-netconf", "edit-config", edit_config};

NC_REGISTER(validate_op) = {"ietf-netconf", "validate", validate};
