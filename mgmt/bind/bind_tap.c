/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-tap: ports on TAP devices. Host interfaces of segments are TAPs too. The rule about the
 * address of the kernel's interface is here; it looks at the TAPs of VMs as well.
 */
#include <string.h>

#include "heddle/api/kinds.h"
#include "mgmt/bind/bind.h"
#include "mgmt/datastore/tree.h"

#define MODULE "heddle-tap"

/* Where the address of the kernel's interface is, if it is configured. */
static const struct lyd_node *mac_settings(const struct bd_port *port)
{
	if (port->role == BD_ROLE_HOST)
		return ds_child(port->host_of->node, NULL, "host-interface");
	return port->params;
}

static void rule_mac(const struct bd_model *m, const struct bd_port *port, struct ds_errors *errs)
{
	const struct lyd_node *leaf;
	struct hd_mac mac;

	if (!bd_port_is(port, MODULE) && !bd_port_is(port, "heddle-vm-tap"))
		return;
	leaf = ds_child(mac_settings(port), NULL, "mac-address");
	if (leaf && (hd_mac_parse(lyd_get_value(leaf), &mac) < 0 || hd_mac_is_group(&mac) ||
		     hd_mac_is_zero(&mac)))
		bd_error(errs, leaf, DS_INVALID_VALUE, "bad-mac",
			 "%s is not the address of one station: the second digit of a "
			 "unicast address is even",
			 lyd_get_value(leaf));
}

static void copy(char *dst, size_t size, const char *value)
{
	hd_str_copy(dst, size, value ? value : "");
}

static void translate_port(const struct bd_model *m, const struct bd_port *port,
			   struct bd_list *out)
{
	struct hd_tap_object *o;
	const char *netns;

	if (!bd_port_is(port, MODULE))
		return;
	o = bd_add(out, HD_PLANE_DATA, BD_RANK_KIND, TAP, "%s", port->name);
	copy(o->netdev, sizeof(o->netdev), bd_port_device(port, &netns));
	copy(o->netns, sizeof(o->netns), netns);
	bd_mac(mac_settings(port), o->mac);
	o->queues = ds_number(port->params, NULL, "queues", 1);
	o->mtu = ds_number(port->port, NULL, "mtu", HD_PORT_MTU_DEFAULT);
	o->offloads = bd_offloads(port->params);
}

static const bd_port_rule_fn port_rules[] = {rule_mac, NULL};

static struct bd_row row = {
	.module = MODULE,
	.revision = "2026-11-20",
	.port_rules = port_rules,
	.translate_port = translate_port,
};
BD_REGISTER(row);
