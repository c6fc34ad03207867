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

void bd_rule_hostif_names(const struct bd_model *m, struct ds_errors *errs)
{
	for (size_t i = 0; i + 1 < m->n_ports; i++) {
		const struct bd_port *a = &m->ports[i], *b = a + 1; /* sorted by name */
		const struct bd_port *host = a->role == BD_ROLE_HOST ? a : b;

		if (strcmp(a->name, b->name) != 0 || host->role != BD_ROLE_HOST)
			continue;
		bd_error(errs,
			 ds_child(ds_child(host->host_of->node, NULL, "host-interface"), NULL,
				  "name"),
			 DS_INVALID_VALUE, "name-twice",
			 "\"%s\" is the name of another port or host interface: choose another",
			 a->name);
	}
}

void bd_rule_hostif_addresses(const struct bd_model *m, struct ds_errors *errs)
{
	uint8_t addr[16], family, length;
	const struct lyd_node *node;

	for (size_t i = 0; i < m->n_segments; i++)
		ds_foreach(node, ds_child(m->segments[i].node, NULL, "host-interface"),
			   "address") if (!bd_prefix_parse(lyd_get_value(node), true, addr, &family,
							   &length))
			bd_error(errs, node, DS_INVALID_VALUE, "bad-address",
				 "%s is not an address with the length of its prefix, like "
				 "192.168.56.1/24 or fd00::1/64",
				 lyd_get_value(node));
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
			struct hd_hostif_address *a = &o->addresses[o->n_addresses];

			if (o->n_addresses < HD_HOSTIF_ADDRESSES_MAX &&
			    bd_prefix_parse(lyd_get_value(node), true, a->addr, &a->family,
					    &a->length))
				o->n_addresses++;
		}
	}
}
