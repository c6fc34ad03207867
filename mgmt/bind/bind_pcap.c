/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-pcap: ports on capture files.
 */
#include <string.h>

#include "heddle/api/kinds.h"
#include "mgmt/bind/bind.h"
#include "mgmt/bind/path.h"
#include "mgmt/datastore/tree.h"

#define MODULE "heddle-pcap"

static void check_path(const struct lyd_node *leaf, struct ds_errors *errs)
{
	if (leaf && !bd_path_below(lyd_get_value(leaf)))
		bd_error(errs, leaf, DS_INVALID_VALUE, "bad-path",
			 "\"%s\" is not a path below the directory of captures: write it without a "
			 "leading '/' and without '..'",
			 lyd_get_value(leaf));
}

static void rule_paths(const struct bd_model *m, struct ds_errors *errs)
{
	const struct bd_port *port = NULL;

	while ((port = bd_port_next(m, port, MODULE))) {
		check_path(ds_child(port->params, NULL, "read"), errs);
		check_path(ds_child(port->params, NULL, "write"), errs);
	}
}

/* Two writers of one file, or one that reads what another writes, make a mess of it. */
static void rule_written_twice(const struct bd_model *m, struct ds_errors *errs)
{
	const struct bd_port *a = NULL, *b;

	while ((a = bd_port_next(m, a, MODULE))) {
		const struct lyd_node *leaf = ds_child(a->params, NULL, "write");

		for (b = NULL; leaf && (b = bd_port_next(m, b, MODULE));) {
			const char *read = ds_value(b->params, NULL, "read");
			const char *write = ds_value(b->params, NULL, "write");

			if ((read && !strcmp(read, lyd_get_value(leaf))) ||
			    (b < a && write && !strcmp(write, lyd_get_value(leaf))))
				bd_error(errs, leaf, DS_INVALID_VALUE, "file-twice",
					 "port %s uses the file %s as well: write to another",
					 b->name, lyd_get_value(leaf));
		}
	}
}

static void translate(const struct bd_model *m, struct bd_objects *out)
{
	const struct bd_port *port = NULL;

	while ((port = bd_port_next(m, port, MODULE))) {
		const char *read = ds_value(port->params, NULL, "read");
		const char *write = ds_value(port->params, NULL, "write");
		struct hd_pcap_object *o =
			bd_add(out, HD_PLANE_DATA, BD_RANK_KIND, PCAP, "%s", port->name);

		hd_str_copy(o->read, sizeof(o->read), read ? read : "");
		hd_str_copy(o->write, sizeof(o->write), write ? write : "");
	}
}

static const bd_rule_fn rules[] = {rule_paths, rule_written_twice, NULL};

static struct bd_row row = {
	.module = MODULE,
	.revision = "2026-11-20",
	.rules = rules,
	.translate = translate,
};
BD_REGISTER(row);
