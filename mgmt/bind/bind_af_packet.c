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

static int by_device(const void *va, const void *vb)
{
	const struct bd_port *const *a = va, *const *b = vb;
	const char *netns_a, *netns_b;
	const char *dev_a = bd_port_device(*a, &netns_a), *dev_b = bd_port_device(*b, &netns_b);
	int order = strcmp(netns_a, netns_b);

	return order ? order : strcmp(dev_a, dev_b);
}

static const struct lyd_node *device_node(const struct bd_port *port)
{
	const struct lyd_node *leaf = ds_child(port->params, NULL, "device");

	if (port->role == BD_ROLE_HOST)
		return ds_child(ds_child(port->host_of->node, NULL, "host-interface"), NULL,
				"name");
	return leaf ? leaf : port->node;
}

static void rule_device_twice(const struct bd_model *m, struct ds_errors *errs)
{
	const struct bd_port **list = ds_alloc(m->n_ports * sizeof(void *));
	const char *netns;
	size_t n = 0;

	for (size_t i = 0; i < m->n_ports; i++)
		if (bd_port_device(&m->ports[i], &netns))
			list[n++] = &m->ports[i];
	if (n)
		qsort(list, n, sizeof(void *), by_device);
	for (size_t i = 1; i < n; i++)
		if (by_device(&list[i - 1], &list[i]) == 0) {
			const char *device = bd_port_device(list[i], &netns);

			bd_error(
				errs, device_node(list[i]), DS_INVALID_VALUE, "device-twice",
				"port %s is on device %s already%s%s: each port needs a device of its own",
				list[i - 1]->name, device, *netns ? " in namespace " : "", netns);
		}
	free(list);
}

/* A device's name has its own check in the schema; here it is the port's. */
static void rule_device_name(const struct bd_model *m, struct ds_errors *errs)
{
	const char *netns;

	for (size_t i = 0; i < m->n_ports; i++) {
		const struct bd_port *port = &m->ports[i];
		const char *device = bd_port_device(port, &netns);

		if (device && strlen(device) >= HD_NETDEV_MAX && strlen(device) < HD_NAME_MAX)
			bd_error(
				errs, port->node, DS_INVALID_VALUE, "bad-kernel-name",
				"\"%s\" has %zu characters and the kernel allows %d in the name of "
				"its device: set %s:%s/device",
				device, strlen(device), HD_NETDEV_MAX - 1, port->kind_module,
				port->kind);
	}
}

static void translate(const struct bd_model *m, struct bd_objects *out)
{
	const struct bd_port *port = NULL;
	const char *netns;

	while ((port = bd_port_next(m, port, MODULE))) {
		struct hd_af_packet_object *o =
			bd_add(out, HD_PLANE_DATA, BD_RANK_KIND, AF_PACKET, "%s", port->name);

		hd_str_copy(o->netdev, sizeof(o->netdev), bd_port_device(port, &netns));
		hd_str_copy(o->netns, sizeof(o->netns), netns);
		o->offloads = bd_offloads(port->params);
	}
}

static const bd_rule_fn rules[] = {rule_device_twice, rule_device_name, NULL};

static struct bd_row row = {
	.module = MODULE,
	.revision = "2026-11-20",
	.rules = rules,
	.translate = translate,
};
BD_REGISTER(row);
