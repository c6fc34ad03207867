/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-vm-tap: ports on TAP devices that virtual machines open. What is right of their names is
 * said by the rules of the other kinds on devices (bind_af_packet.c, bind_tap.c).
 */
#include "heddle/api/kinds.h"
#include "mgmt/bind/bind.h"
#include "mgmt/datastore/tree.h"

#define MODULE "heddle-vm-tap"

static void copy(char *dst, size_t size, const char *value)
{
	hd_str_copy(dst, size, value ? value : "");
}

static void translate_port(const struct bd_model *m, const struct bd_port *port,
			   struct bd_list *out)
{
	struct hd_vm_tap_object *o;
	const char *netns;

	if (!bd_port_is(port, MODULE))
		return;
	o = bd_add(out, HD_PLANE_DATA, BD_RANK_KIND, VM_TAP, "%s", port->name);
	copy(o->netdev, sizeof(o->netdev), bd_port_device(port, &netns));
	copy(o->netns, sizeof(o->netns), netns);
	copy(o->owner, sizeof(o->owner), ds_value(port->params, NULL, "owner"));
	copy(o->group, sizeof(o->group), ds_value(port->params, NULL, "group"));
	bd_mac(port->params, o->mac);
	o->queues = ds_number(port->params, NULL, "queues", 1);
	o->mtu = ds_number(port->port, NULL, "mtu", HD_PORT_MTU_DEFAULT);
}

static struct bd_row row = {
	.module = MODULE,
	.revision = "2026-11-20",
	.translate_port = translate_port,
};
BD_REGISTER(row);
