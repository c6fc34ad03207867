/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * edit-config, edit-data (RFC 8526) and validate.
 */
#include <string.h>

#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/op_config.h"

static enum st_ds target_of(const struct lyd_node *op)
{
	return ds_child(ds_child(op, NULL, "target"), NULL, "candidate") ? ST_CANDIDATE
									 : ST_RUNNING;
}

static enum st_default_op default_of(const struct lyd_node *op)
{
	const char *operation = ds_value(op, NULL, "default-operation");

	return !operation || !strcmp(operation, "merge") ? ST_MERGE
	       : !strcmp(operation, "none")              ? ST_NONE
							 : ST_REPLACE;
}

static void run(struct nc_call *call, const struct st_edit *edit)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *config = NULL;

	if (nc_take_config(call->op, &config, &errs))
		st_edit(call->server->st, &call->peer->who, edit, config, nc_done, call);
	else
		nc_call_errors(call, &errs);
	ds_errors_clear(&errs);
}

static void edit_config(struct nc_call *call)
{
	const char *test = ds_value(call->op, NULL, "test-option");
	const char *on_error = ds_value(call->op, NULL, "error-option");
	const struct st_edit edit = {
		.target = target_of(call->op),
		.default_op = default_of(call->op),
		.test = !test || !strcmp(test, "test-then-set") ? ST_TEST_THEN_SET
			: !strcmp(test, "set")                  ? ST_SET
								: ST_TEST_ONLY,
		.on_error = !on_error || !strcmp(on_error, "stop-on-error") ? ST_STOP
			    : !strcmp(on_error, "continue-on-error")        ? ST_CONTINUE
									    : ST_ROLLBACK,
	};

	run(call, &edit);
}

static void edit_data(struct nc_call *call)
{
	struct ds_errors errs = {.n = 0};
	const struct nc_named *named =
		nc_named(ds_child(call->op, NULL, "datastore"), NC_EDIT, &errs);
	struct st_edit edit = {
		.default_op = default_of(call->op),
		.on_error = ST_ROLLBACK,
	};

	if (named) {
		edit.target = named->ds;
		run(call, &edit);
	} else {
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
	}
}

static void validate(struct nc_call *call)
{
	const struct lyd_node *source = ds_child(call->op, NULL, "source");
	struct ds_errors errs = {.n = 0};
	struct lyd_node *config = NULL;
	enum st_ds ds = ST_RUNNING;

	if (nc_datastore(source, NC_VALIDATE, &ds, &errs))
		st_validate(call->server->st, &call->peer->who, ds, NULL, false, &errs);
	else if (ds_errors_none(&errs) && nc_take_config(source, &config, &errs))
		st_validate(call->server->st, &call->peer->who, ST_RUNNING, config, true, &errs);
	nc_done(&errs, call);
	ds_errors_clear(&errs);
}

NC_REGISTER(edit_config_op) = {"ietf-netconf", "edit-config", edit_config};

NC_REGISTER(edit_data_op) = {"ietf-netconf-nmda", "edit-data", edit_data};

NC_REGISTER(validate_op) = {"ietf-netconf", "validate", validate};
