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

static void rule_paths(const struct bd_model *m, const struct bd_port *port, struct ds_errors *errs)
{
	if (!bd_port_is(port, MODULE))
		return;
	check_path(ds_child(port->params, NULL, "read"), errs);
	check_path(ds_child(port->params, NULL, "write"), errs);
}

static void written_twice(const struct bd_port *port, const char *other, const char *key,
			  struct ds_errors *errs)
{
	const struct lyd_node *leaf = ds_child(port->params, NULL, "write");

	if (!strcmp(port->name, other))
		bd_error(errs, leaf, DS_INVALID_VALUE, "file-twice",
			 "the port reads the file %s itself: write to another", key);
	else
		bd_error_port(bd_error(errs, leaf, DS_INVALID_VALUE, "file-twice",
				       "port %s uses the file %s as well: write to another", other,
				       key),
			      other, "the file is used already: write to another");
}

static const struct bd_claim_class file_class = {"file", 0, written_twice};

/* Two writers of one file, or one that reads what another writes, make a mess of it. */
static void claim(const struct bd_port *port, struct bd_claims *out)
{
	const char *read = ds_value(port->params, NULL, "read");
	const char *write = ds_value(port->params, NULL, "write");

	if (!bd_port_is(port, MODULE))
		return;
	if (read)
		bd_claim(out, &file_class, port, false, read);
	if (write)
		bd_claim(out, &file_class, port, true, write);
}

static void translate_port(const struct bd_model *m, const struct bd_port *port,
			   struct bd_list *out)
{
	const char *read = ds_value(port->params, NULL, "read");
	const char *write = ds_value(port->params, NULL, "write");
	struct hd_pcap_object *o;

	if (!bd_port_is(port, MODULE))
		return;
	o = bd_add(out, HD_PLANE_DATA, BD_RANK_KIND, PCAP, "%s", port->name);
	hd_str_copy(o->read, sizeof(o->read), read ? read : "");
	hd_str_copy(o->write, sizeof(o->write), write ? write : "");
}

static const bd_port_rule_fn port_rules[] = {rule_paths, NULL};

static struct bd_row row = {
	.module = MODULE,
	.revision = "2026-11-20",
	.port_rules = port_rules,
	.claim = claim,
	.translate_port = translate_port,
};
BD_REGISTER(row);
