/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-vhost-user: ports of virtual machines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/api/kinds.h"
#include "mgmt/bind/bind.h"
#include "mgmt/bind/path.h"
#include "mgmt/datastore/tree.h"

#define MODULE "heddle-vhost-user"

static void socket_of(const struct bd_port *port, char path[HD_PATH_MAX])
{
	const char *value = ds_value(port->params, NULL, "socket");

	if (value)
		snprintf(path, HD_PATH_MAX, "%s", value);
	else
		snprintf(path, HD_PATH_MAX, "%s.sock", port->name);
}

static const struct lyd_node *socket_node(const struct bd_port *port)
{
	const struct lyd_node *leaf = ds_child(port->params, NULL, "socket");

	return leaf ? leaf : port->node;
}

static void socket_twice(const struct bd_port *port, const char *other, const char *key,
			 struct ds_errors *errs)
{
	bd_error(errs, socket_node(port), DS_INVALID_VALUE, "socket-twice",
		 "port %s uses the socket %s already: each port needs one of its own", other, key);
}

static const struct bd_claim_class socket_class = {"socket", socket_twice};

static void claim(const struct bd_port *port, struct bd_claims *out)
{
	char path[HD_PATH_MAX];

	if (!bd_port_is(port, MODULE))
		return;
	socket_of(port, path);
	bd_claim(out, &socket_class, port, true, path);
}

/* An absolute path may be allowed by root's heddled.conf: that is not for us to say. */
static void rule_socket_path(const struct bd_model *m, const struct bd_port *port,
			     struct ds_errors *errs)
{
	char path[HD_PATH_MAX];

	if (!bd_port_is(port, MODULE))
		return;
	socket_of(port, path);
	if (!bd_path_below(path + (path[0] == '/')))
		bd_error(errs, socket_node(port), DS_INVALID_VALUE, "bad-socket",
			 "\"%s\" is not a path below the directory of sockets: write it "
			 "without '..', like web1.sock or web/1.sock",
			 path);
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
	socket_of(port, o->socket);
	hd_str_copy(o->owner, sizeof(o->owner), owner ? owner : "");
	hd_str_copy(o->group, sizeof(o->group), group ? group : "");
	o->socket_mode = bits ? strtoul(bits, NULL, 8) : 0;
	o->queues = ds_number(port->params, NULL, "queues", 1);
	o->server = mode && !strcmp(mode, "server");
	o->offloads = bd_offloads(port->params);
}

static const bd_port_rule_fn port_rules[] = {rule_socket_path, NULL};

static struct bd_row row = {
	.module = MODULE,
	.revision = "2026-11-20",
	.port_rules = port_rules,
	.claim = claim,
	.translate_port = translate_port,
};
BD_REGISTER(row);
