/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host interfaces of segments (heddle-switch): a TAP port of heddle-dp in access mode, and an object
 * for heddle-cp, which puts the addresses on it. The port itself is in the model; see model.h.
 */
#include <string.h>

#include "heddle/api/hostif.h"
#include "heddle/api/kinds.h"
#include "mgmt/bind/bind.h"
#include "mgmt/bind/hostif.h"
#include "mgmt/datastore/tree.h"

static const struct lyd_node *name_of(const struct bd_port *host)
{
	return ds_child(ds_child(host->host_of->node, NULL, "host-interface"), NULL, "name");
}

void bd_rule_hostif_names(const struct bd_model *m, struct ds_errors *errs)
{
	/* It is the name of a port as well as the kernel's. */
	for (size_t i = 0; i < m->n_ports; i++)
		if (m->ports[i].role == BD_ROLE_HOST &&
		    !hd_name_valid(m->ports[i].name, HD_NAME_MAX))
			bd_error(errs, name_of(&m->ports[i]), DS_INVALID_VALUE, "bad-name",
				 "\"%s\": the name of a host interface is made of letters, "
				 "digits, '.', '_' and '-', and starts with a letter or a digit",
				 m->ports[i].name);
	for (size_t i = 0; i + 1 < m->n_ports; i++) {
		const struct bd_port *a = &m->ports[i], *b = a + 1; /* sorted by name */
		const struct bd_port *host = a->role == BD_ROLE_HOST ? a : b;

		if (strcmp(a->name, b->name) != 0 || host->role != BD_ROLE_HOST)
			continue;
		bd_error(errs, name_of(host), DS_INVALID_VALUE, "name-twice",
			 "\"%s\" is the name of another port or host interface: choose another",
			 a->name);
	}
}

/* The first of @before that is the same address, whatever its length is. */
static const struct lyd_node *same_address(const struct lyd_node *interface,
					   const struct lyd_node *before,
					   const struct hd_ip_prefix *a)
{
	struct hd_ip_prefix other;
	const struct lyd_node *node;

	ds_foreach(node, interface, "address")
	{
		if (node == before)
			return NULL;
		if (bd_address(node, &other) && other.family == a->family &&
		    !memcmp(other.addr, a->addr, sizeof(a->addr)))
			return node;
	}
	return NULL;
}

static void check_address(const struct lyd_node *interface, const struct lyd_node *node,
			  struct ds_errors *errs)
{
	const struct lyd_node *same;
	struct hd_ip_prefix a;

	if (!bd_check_address(node, &a, errs))
		return;
	same = same_address(interface, node, &a);
	if (same)
		bd_error(errs, node, DS_INVALID_VALUE, "address-twice",
			 "the interface has this address as %s already: remove one of them",
			 lyd_get_value(same));
}

void bd_rule_hostif_addresses(const struct bd_model *m, struct ds_errors *errs)
{
	const struct lyd_node *node;

	for (size_t i = 0; i < m->n_segments; i++) {
		const struct lyd_node *interface =
			ds_child(m->segments[i].node, NULL, "host-interface");

		ds_foreach(node, interface, "address") check_address(interface, node, errs);
	}
}

void bd_translate_hostifs(const struct bd_model *m, struct bd_list *out)
{
	const struct lyd_node *node;

	for (size_t i = 0; i < m->n_ports; i++) {
		const struct bd_port *port = &m->ports[i];
		struct hd_hostif_object *o;

		if (port->role != BD_ROLE_HOST)
			continue;
		o = bd_add(out, HD_PLANE_CONTROL, BD_RANK_PORT, HOSTIF, "%s", port->name);
		ds_foreach(node, ds_child(port->host_of->node, NULL, "host-interface"), "address")
		{
			if (o->n_addresses < HD_HOSTIF_ADDRESSES_MAX &&
			    bd_address(node, &o->addresses[o->n_addresses]))
				o->n_addresses++;
		}
	}
}
