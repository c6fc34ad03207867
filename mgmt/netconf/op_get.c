/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * get and get-config.
 */
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/read.h"

#define WITH_DEFAULTS "ietf-netconf-with-defaults"

static void answer(struct nc_call *call, struct nc_read *read)
{
	struct ds_errors errs = {.n = 0};

	read->print = nc_read_defaults(ds_value(call->op, WITH_DEFAULTS, "with-defaults"));
	read->config = -1;
	read->open = "<data>";
	read->close = "</data>";
	if (nc_filter_read(&read->filter, call->op, &errs))
		nc_read(call, read);
	else
		nc_call_errors(call, &errs);
	ds_errors_clear(&errs);
}

static void get(struct nc_call *call)
{
	struct nc_read read = {.operational = true};

	answer(call, &read);
}

static void get_config(struct nc_call *call)
{
	const struct lyd_node *source = ds_child(call->op, NULL, "source");
	struct nc_read read = {.ds = ST_RUNNING};

	if (ds_child(source, NULL, "candidate"))
		read.ds = ST_CANDIDATE;
	else if (ds_child(source, NULL, "startup"))
		read.ds = ST_STARTUP;
	answer(call, &read);
}

NC_REGISTER(get_op) = {"ietf-netconf", "get", get};

NC_REGISTER(get_config_op) = {"ietf-netconf", "get-config", get_config};
