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
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

#define MODULE "heddle-vhost-user"

struct socket {
	const struct bd_port *port;
	char path[HD_PATH_MAX];
};

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

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct socket *)a)->path, ((const struct socket *)b)->path);
}

static void rule_socket_twice(const struct bd_model *m, struct ds_errors *errs)
{
	struct socket *list = ds_alloc(m->n_ports * sizeof(*list));
	const struct bd_port *port = NULL;
	size_t n = 0;

	while ((port = bd_port_next(m, port, MODULE))) {
		list[n].port = port;
		socket_of(port, list[n++].path);
	}
	if (n)
		qsort(list, n, sizeof(*list), by_path);
	for (size_t i = 1; i < n; i++)
		if (!by_path(&list[i - 1], &list[i]))
			bd_error(
				errs, socket_node(list[i].port), DS_INVALID_VALUE, "socket-twice",
				"port %s uses the socket %s already: each port needs one of its own",
				list[i - 1].port->name, list[i].path);
	free(list);
}

/* An absolute path may be allowed by root's heddled.conf: that is not for us to say. */
static void rule_socket_path(const struct bd_model *m, struct ds_errors *errs)
{
	const struct bd_port *port = NULL;
	char path[HD_PATH_MAX];

	while ((port = bd_port_next(m, port, MODULE))) {
		socket_of(port, path);
		if (!bd_path_below(path + (path[0] == '/')))
			bd_error(errs, socket_node(port), DS_INVALID_VALUE, "bad-socket",
				 "\"%s\" is not a path below the directory of sockets: write it "
				 "without '..', like web1.sock or web/1.sock",
				 path);
	}
}

static void translate(const struct bd_model *m, struct bd_objects *out)
{
	const struct bd_port *port = NULL;

	while ((port = bd_port_next(m, port, MODULE))) {
		const char *owner = ds_value(port->params, NULL, "owner");
		const char *group = ds_value(port->params, NULL, "group");
		const char *mode = ds_value(port->params, NULL, "mode");
		const char *bits = ds_value(port->params, NULL, "socket-mode");
		struct hd_vhost_user_object *o =
			bd_add(out, HD_PLANE_DATA, BD_RANK_KIND, VHOST_USER, "%s", port->name);

		socket_of(port, o->socket);
		hd_str_copy(o->owner, sizeof(o->owner), owner ? owner : "");
		hd_str_copy(o->group, sizeof(o->group), group ? group : "");
		o->socket_mode = bits ? strtoul(bits, NULL, 8) : 0;
		o->queues = ds_number(port->params, NULL, "queues", 1);
		o->server = mode && !strcmp(mode, "server");
		o->offloads = bd_offloads(port->params);
	}
}

static const bd_rule_fn rules[] = {rule_socket_twice, rule_socket_path, NULL};

static struct bd_row row = {
	.module = MODULE,
	.revision = "2026-11-20",
	.rules = rules,
	.translate = translate,
};
BD_REGISTER(row);
