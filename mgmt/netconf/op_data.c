/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * get-data (RFC 8526).
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/op_config.h"
#include "mgmt/netconf/read.h"

#define NS "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda"

static void read_origins(struct nc_read *read, const struct lyd_node *op)
{
	const struct lyd_node *node;

	LY_LIST_FOR(lyd_child(op), node) {
		struct lyd_value *value = &((struct lyd_node_term *)node)->value;
		bool negated = !strcmp(node->schema->name, "negated-origin-filter");

		if (!negated && strcmp(node->schema->name, "origin-filter") != 0)
			continue;
		read->negated = negated;
		read->origins =
			ds_realloc(read->origins, read->n_origins + 1, sizeof(*read->origins));
		read->origins[read->n_origins++] = value->ident;
	}
}

static bool read_filter(struct nc_read *read, const struct lyd_node *op, struct ds_errors *errs)
{
	const struct lyd_node_any *subtree =
		(const struct lyd_node_any *)ds_child(op, NULL, "subtree-filter");
	const struct lyd_node *xpath = ds_child(op, NULL, "xpath-filter");
	const char *depth = ds_value(op, NULL, "max-depth");

	if (depth && strcmp(depth, "unbounded") != 0)
		read->filter.max_depth = strtoul(depth, NULL, 10);
	if (xpath)
		return nc_filter_xpath(&read->filter, lyd_get_value(xpath),
				       &((const struct lyd_node_term *)xpath)->value, errs);
	if (subtree) {
		read->filter.given = true;
		if (subtree->value_type == LYD_ANYDATA_DATATREE)
			read->filter.subtree = subtree->value.tree;
	}
	return true;
}

static void get_data(struct nc_call *call)
{
	struct nc_read read = {.print = 0, .open = "<data xmlns=\"" NS "\">", .close = "</data>"};
	const char *config = ds_value(call->op, NULL, "config-filter");
	struct ds_errors errs = {.n = 0};
	const struct nc_named *named =
		nc_named(ds_child(call->op, NULL, "datastore"), NC_READ, &errs);

	if (!named) {
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
		return;
	}
	read.operational = named->operational;
	read.ds = named->ds;
	read.config = config ? !strcmp(config, "true") : -1;
	read.print = nc_read_defaults(ds_value(call->op, NULL, "with-defaults"));
	read.with_origin = ds_child(call->op, NULL, "with-origin");
	read_origins(&read, call->op);
	if (!read.operational && (read.with_origin || read.n_origins)) {
		free(read.origins);
		nc_call_error(call, DS_INVALID_VALUE, "only operational has origins");
		return;
	}
	if (read_filter(&read, call->op, &errs)) {
		nc_read(call, &read);
	} else {
		free(read.origins);
		nc_call_errors(call, &errs);
	}
	ds_errors_clear(&errs);
}

NC_REGISTER(get_data_op) = {"ietf-netconf-nmda", "get-data", get_data};
