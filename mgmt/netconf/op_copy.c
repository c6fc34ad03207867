/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * copy-config and delete-config, and what the operations on datastores share.
 */
#include <string.h>

#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/op_config.h"

bool nc_take_config(const struct lyd_node *parent, struct lyd_node **tree, struct ds_errors *errs)
{
	struct lyd_node_any *config = (struct lyd_node_any *)ds_child(parent, NULL, "config");
	const char *text =
		config && config->value_type != LYD_ANYDATA_DATATREE ? config->value.str : NULL;

	*tree = NULL;
	if (!config) {
		ds_error_bad(ds_errors_add(errs, DS_MISSING_ELEMENT, NULL,
					   "a <config> with what is to be configured is needed"),
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

bool nc_datastore(const struct lyd_node *parent, enum st_ds *ds, struct ds_errors *errs)
{
	for (*ds = ST_RUNNING; *ds < ST_DS_COUNT; (*ds)++)
		if (ds_child(parent, NULL, st_ds_name(*ds)))
			return true;
	if (ds_child(parent, NULL, "url"))
		ds_errors_add(errs, DS_OPERATION_NOT_SUPPORTED, NULL,
			      "there is no :url capability: name a datastore or send <config>");
	return false;
}

void nc_done(const struct ds_errors *errs, void *arg)
{
	struct nc_call *call = arg;

	if (ds_errors_none(errs))
		nc_call_ok(call);
	else
		nc_call_errors(call, errs);
}

static void refuse(struct nc_call *call, struct ds_errors *errs)
{
	nc_call_errors(call, errs);
	ds_errors_clear(errs);
}

static void copy_config(struct nc_call *call)
{
	const struct lyd_node *source = ds_child(call->op, NULL, "source");
	const struct nacm_subject *who = &call->peer->who;
	struct ds_errors errs = {.n = 0};
	struct lyd_node *config = NULL;
	enum st_ds from, to;

	if (!nc_datastore(ds_child(call->op, NULL, "target"), &to, &errs))
		refuse(call, &errs);
	else if (nc_datastore(source, &from, &errs))
		st_copy(call->server->st, who, from, to, nc_done, call);
	else if (ds_errors_none(&errs) && nc_take_config(source, &config, &errs))
		st_replace(call->server->st, who, to, config, NULL, nc_done, call);
	else
		refuse(call, &errs);
}

static void delete_config(struct nc_call *call)
{
	struct ds_errors errs = {.n = 0};
	enum st_ds ds;

	if (nc_datastore(ds_child(call->op, NULL, "target"), &ds, &errs))
		st_delete(call->server->st, &call->peer->who, ds, nc_done, call);
	else
		refuse(call, &errs);
}

NC_REGISTER(copy_config_op) = {"ietf-netconf", "copy-config", copy_config};

NC_REGISTER(delete_config_op) = {"ietf-netconf", "delete-config", delete_config};
