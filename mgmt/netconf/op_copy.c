/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * copy-config and delete-config, and what the operations on datastores share.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/op_config.h"

#define NMDA "ietf-netconf-nmda"

static const struct nc_named names[] = {
	{"ietf-datastores:running", ST_RUNNING, false, NC_READ | NC_EDIT | NC_LOCK | NC_VALIDATE},
	{"ietf-datastores:candidate", ST_CANDIDATE, false,
	 NC_READ | NC_EDIT | NC_LOCK | NC_VALIDATE},
	{"ietf-datastores:startup", ST_STARTUP, false, NC_READ | NC_LOCK | NC_VALIDATE},
	/* Nothing is made of running on its way (no templates, no inactive nodes): it is intended. */
	{"ietf-datastores:intended", ST_RUNNING, false, NC_READ},
	{"heddle-config:transient", ST_TRANSIENT, false, NC_READ | NC_EDIT},
	{"ietf-datastores:operational", ST_RUNNING, true, NC_READ},
};

const struct nc_named *nc_named(const struct lyd_node *datastore, enum nc_use use,
				struct ds_errors *errs)
{
	static const char *const words[] = {[NC_READ] = "read",
					    [NC_EDIT] = "edited",
					    [NC_LOCK] = "locked",
					    [NC_VALIDATE] = "validated"};
	const char *name = lyd_get_value(datastore);
	char all[256] = "", *path;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(all);

		if (!(names[i].uses & use))
			continue;
		if (!strcmp(names[i].identity, name))
			return &names[i];
		snprintf(all + n, sizeof(all) - n, "%s%s", n ? ", " : "", names[i].identity);
	}
	path = ds_path(datastore);
	ds_errors_add(errs, DS_INVALID_VALUE, path, "%s cannot be %s: %s can", name, words[use],
		      all);
	free(path);
	return NULL;
}

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

bool nc_datastore(const struct lyd_node *parent, enum nc_use use, enum st_ds *ds,
		  struct ds_errors *errs)
{
	const struct lyd_node *datastore = ds_child(parent, NMDA, "datastore");
	const struct nc_named *named;

	if (datastore) {
		named = nc_named(datastore, use, errs);
		*ds = named ? named->ds : ST_DS_COUNT;
		return named != NULL;
	}
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

	if (!nc_datastore(ds_child(call->op, NULL, "target"), NC_EDIT, &to, &errs))
		refuse(call, &errs);
	else if (nc_datastore(source, NC_READ, &from, &errs))
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

	if (nc_datastore(ds_child(call->op, NULL, "target"), NC_EDIT, &ds, &errs))
		st_delete(call->server->st, &call->peer->who, ds, nc_done, call);
	else
		refuse(call, &errs);
}

NC_REGISTER(copy_config_op) = {"ietf-netconf", "copy-config", copy_config};

NC_REGISTER(delete_config_op) = {"ietf-netconf", "delete-config", delete_config};
