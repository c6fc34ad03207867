/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-gateway: gateways, each by itself. To heddle-dp one is a port in access mode, which
 * bind_port.c makes, and an object with its addresses.
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/api/gateway.h"
#include "heddle/base/hash.h"
#include "mgmt/bind/gateway.h"
#include "mgmt/datastore/tree.h"

#define MODULE "heddle-gateway"

static uint8_t machine[16];

void bd_gateway_machine(const char *id)
{
	char byte[3] = "";

	memset(machine, 0, sizeof(machine));
	if (!id || strspn(id, "0123456789abcdefABCDEF") != 2 * sizeof(machine))
		return;
	for (size_t i = 0; i < sizeof(machine); i++) {
		memcpy(byte, id + 2 * i, 2);
		machine[i] = strtoul(byte, NULL, 16);
	}
}

void bd_gateway_mac(const struct bd_port *gateway, uint8_t mac[6])
{
	const char *text = ds_value(gateway->params, NULL, "mac");
	struct hd_mac addr;
	uint64_t hash;

	if (text && hd_mac_parse(text, &addr) == 0) {
		memcpy(mac, addr.b, 6);
		return;
	}
	hash = hd_hash(machine, gateway->name, strlen(gateway->name));
	for (size_t i = 0; i < 6; i++)
		mac[i] = hash >> 8 * i;
	mac[0] = (mac[0] & 0xfc) | 0x02; /* one station, locally administered */
}

/* Of what is a port's own a gateway has its MTU. */
static void rule_leaves(const struct bd_model *m, const struct bd_port *port,
			struct ds_errors *errs)
{
	const struct lyd_node *node;

	if (port->role != BD_ROLE_GATEWAY)
		return;
	LY_LIST_FOR(lyd_child(port->port), node) {
		if (!node->schema || node->flags & LYD_DEFAULT ||
		    !(node->schema->flags & LYS_CONFIG_W) || !strcmp(node->schema->name, "mtu"))
			continue;
		bd_error(errs, node, DS_BAD_ELEMENT, "port-leaf-on-gateway",
			 "%s is a gateway, and %s is for ports: remove it (the place of a gateway "
			 "is its own switch and segment)",
			 port->name, node->schema->name);
	}
}

static void rule_segment(const struct bd_model *m, const struct bd_port *port,
			 struct ds_errors *errs)
{
	const struct lyd_node *leaf = ds_child(port->params, NULL, "segment");

	if (port->role == BD_ROLE_GATEWAY && port->sw && leaf && !port->segment)
		bd_no_segment(m, port->sw, leaf, lyd_get_value(leaf),
			      ": define it there, or use another", errs);
}

static void rule_mac(const struct bd_model *m, const struct bd_port *port, struct ds_errors *errs)
{
	const struct lyd_node *leaf =
		port->role == BD_ROLE_GATEWAY ? ds_child(port->params, NULL, "mac") : NULL;
	struct hd_mac mac;

	if (leaf && (hd_mac_parse(lyd_get_value(leaf), &mac) < 0 || hd_mac_is_group(&mac) ||
		     hd_mac_is_zero(&mac)))
		bd_error(errs, leaf, DS_INVALID_VALUE, "bad-mac",
			 "%s is not the address of one station: the second digit of a "
			 "unicast address is even",
			 lyd_get_value(leaf));
}

static void rule_addresses(const struct bd_model *m, const struct bd_port *port,
			   struct ds_errors *errs)
{
	const struct lyd_node *node;
	struct hd_ip_prefix a;

	if (port->role != BD_ROLE_GATEWAY)
		return;
	ds_foreach(node, port->params, "address") bd_check_address(node, &a, errs);
}

static void translate_port(const struct bd_model *m, const struct bd_port *port,
			   struct bd_list *out)
{
	const char *vrf = ds_value(port->params, NULL, "vrf");
	struct hd_gateway_object *o;
	const struct lyd_node *node;

	if (port->role != BD_ROLE_GATEWAY)
		return;
	o = bd_add(out, HD_PLANE_DATA, BD_RANK_KIND, GATEWAY, "%s", port->name);
	hd_str_copy(o->vrf, sizeof(o->vrf), vrf ? vrf : HD_VRF_DEFAULT);
	bd_gateway_mac(port, o->mac);
	ds_foreach(node, port->params,
		   "address") if (o->n_addresses < HD_GATEWAY_ADDRESSES_MAX &&
				  bd_address(node, &o->addresses[o->n_addresses])) o->n_addresses++;
}

static void names(const struct bd_model *m, struct bd_names *out)
{
	for (size_t i = 0; i < m->n_ports; i++)
		if (m->ports[i].role == BD_ROLE_GATEWAY)
			bd_names_add(out, m->ports[i].name);
}

static const bd_port_rule_fn port_rules[] = {rule_leaves, rule_segment, rule_mac, rule_addresses,
					     NULL};

static const bd_rule_fn rules[] = {bd_rule_gateway_room, bd_rule_gateway_segments,
				   bd_rule_gateway_networks, bd_rule_gateway_macs, NULL};

static struct bd_row row = {
	.module = MODULE,
	.revision = "2026-11-30",
	.port_rules = port_rules,
	.rules = rules,
	.translate_port = translate_port,
	.names = names,
};
BD_REGISTER(row);
