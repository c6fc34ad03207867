/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-af-packet: ports on devices of the kernel. The rule that a device belongs to one port only
 * is here; it looks at TAPs as well.
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/api/kinds.h"
#include "mgmt/bind/bind.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

#define MODULE "heddle-af-packet"

static const struct lyd_node *device_node(const struct bd_port *port)
{
	const struct lyd_node *leaf = ds_child(port->params, NULL, "device");

	if (port->role == BD_ROLE_HOST)
		return ds_child(ds_child(port->host_of->node, NULL, "host-interface"), NULL,
				"name");
	return leaf ? leaf : port->node;
}

static void device_twice(const struct bd_port *port, const char *other, const char *key,
			 struct ds_errors *errs)
{
	const char *netns, *device = bd_port_device(port, &netns);

	bd_error_port(bd_error(errs, device_node(port), DS_INVALID_VALUE, "device-twice",
			       "port %s is on device %s already%s%s: each port needs a device of "
			       "its own",
			       other, device, *netns ? " in namespace " : "", netns),
		      other, "the device is taken already: each port needs a device of its own");
}

static const struct bd_claim_class device_class = {"device", 0, device_twice};

static void claim(const struct bd_port *port, struct bd_claims *out)
{
	const char *netns, *device = bd_port_device(port, &netns);
	char *key;

	if (!device)
		return;
	key = ds_printf("%s/%s", netns, device);
	bd_claim(out, &device_class, port, true, key);
	free(key);
}

/* A device's name has its own check in the schema; here it is the port's. */
static void rule_device_name(const struct bd_model *m, const struct bd_port *port,
			     struct ds_errors *errs)
{
	const char *netns, *device = bd_port_device(port, &netns);

	if (device && strlen(device) >= HD_NETDEV_MAX && strlen(device) < HD_NAME_MAX)
		bd_error(errs, port->node, DS_INVALID_VALUE, "bad-kernel-name",
			 "\"%s\" has %zu characters and the kernel allows %d in the name of "
			 "its device: set %s:%s/device",
			 device, strlen(device), HD_NETDEV_MAX - 1, port->kind_module, port->kind);
}

static void translate_port(const struct bd_model *m, const struct bd_port *port,
			   struct bd_list *out)
{
	struct hd_af_packet_object *o;
	const char *netns;

	if (!bd_port_is(port, MODULE))
		return;
	o = bd_add(out, HD_PLANE_DATA, BD_RANK_KIND, AF_PACKET, "%s", port->name);
	hd_str_copy(o->netdev, sizeof(o->netdev), bd_port_device(port, &netns));
	hd_str_copy(o->netns, sizeof(o->netns), netns);
	o->offloads = bd_offloads(port->params);
}

static const bd_port_rule_fn port_rules[] = {rule_device_name, NULL};

static struct bd_row row = {
	.module = MODULE,
	.revision = "2026-11-20",
	.port_rules = port_rules,
	.claim = claim,
	.translate_port = translate_port,
};
BD_REGISTER(row);
