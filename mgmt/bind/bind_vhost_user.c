/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-vhost-user: ports of virtual machines.
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/api/kinds.h"
#include "mgmt/bind/bind.h"
#include "mgmt/datastore/tree.h"

#define MODULE "heddle-vhost-user"

const char *bd_vhost_socket(const struct bd_port *port)
{
	const char *value;

	if (!bd_port_is(port, MODULE))
		return NULL;
	value = ds_value(port->params, NULL, "socket");
	return value ? value : "sock";
}

static void translate_port(const struct bd_model *m, const struct bd_port *port,
			   struct bd_list *out)
{
	const char *owner, *group, *mode, *bits;
	struct hd_vhost_user_object *o;

	if (!bd_port_is(port, MODULE))
		return;
	owner = ds_value(port->params, NULL, "owner");
	group = ds_value(port->params, NULL, "group");
	mode = ds_value(port->params, NULL, "mode");
	bits = ds_value(port->params, NULL, "socket-mode");
	o = bd_add(out, HD_PLANE_DATA, BD_RANK_KIND, VHOST_USER, "%s", port->name);
	hd_str_copy(o->socket, sizeof(o->socket), bd_vhost_socket(port));
	hd_str_copy(o->owner, sizeof(o->owner), owner ? owner : "");
	hd_str_copy(o->group, sizeof(o->group), group ? group : "");
	o->socket_mode = bits ? strtoul(bits, NULL, 8) : 0;
	o->queues = ds_number(port->params, NULL, "queues", 1);
	o->server = mode && !strcmp(mode, "server");
	o->offloads = bd_offloads(port->params);
}

static struct bd_row row = {
	.module = MODULE,
	.revision = "2026-11-20",
	.translate_port = translate_port,
};
BD_REGISTER(row);
