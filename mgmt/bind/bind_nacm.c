/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ietf-netconf-acm: a rule about something that is not there would protect nothing, and nobody would
 * notice. What the rules do is mgmt/nacm's.
 */
#include <string.h>

#include "mgmt/bind/bind.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/nacm/path.h"

static void check_path(const struct bd_model *m, const struct lyd_node *leaf,
		       struct ds_errors *errs)
{
	struct hd_err err = {0};
	struct nacm_path path;

	if (!leaf)
		return;
	if (nacm_path_compile(&path, m->ctx, lyd_get_value(leaf), &err) < 0)
		bd_error(errs, leaf, DS_INVALID_VALUE, "bad-path",
			 "%s: a path names nodes of the model, and entries of lists by keys: "
			 "/module:node/node[key='value']",
			 err.text);
	else
		nacm_path_free(&path);
}

static void rule_paths(const struct bd_model *m, struct ds_errors *errs)
{
	const struct lyd_node *top, *list, *rule;

	LY_LIST_FOR(m->tree, top) {
		if (!top->schema || strcmp(top->schema->name, "nacm") != 0 ||
		    strcmp(top->schema->module->name, "ietf-netconf-acm") != 0)
			continue;
		ds_foreach(list, top, "rule-list")
		{
			ds_foreach(rule, list, "rule")
			{
				check_path(m, ds_child(rule, NULL, "path"), errs);
			}
		}
	}
}

static const bd_rule_fn rules[] = {rule_paths, NULL};

static struct bd_row row = {
	.module = "ietf-netconf-acm",
	.revision = "2018-02-14",
	.rules = rules,
};
BD_REGISTER(row);
