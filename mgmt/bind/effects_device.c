/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Devices that go, and what people put on them with them. A TAP stays as long as one port of its kind
 * is on it (supervisor/opener_cache.c); what it has for life is its name, its namespace, its kind and
 * whether it has several queues. Host interfaces are effects_host.c's. And sockets of vhost-user ports,
 * whose path has the port's name.
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/api/kinds.h"
#include "mgmt/bind/effects_int.h"
#include "mgmt/datastore/mem.h"

struct device {
	const char *netns, *netdev;
	bool vm, several;
	const struct hd_vm_tap_object *who; /* of a VM's */
};

static bool device_of(const struct ef_view *view, const char *port, struct device *device)
{
	const struct bd_object *o =
		bd_objects_find(&view->objects, HD_PLANE_DATA, BD_RANK_KIND, HD_TAP, port);

	if (o) {
		const struct hd_tap_object *tap = (const void *)o->body;

		*device = (struct device){tap->netns, tap->netdev, false, tap->queues > 1, NULL};
		return true;
	}
	o = bd_objects_find(&view->objects, HD_PLANE_DATA, BD_RANK_KIND, HD_VM_TAP, port);
	if (o) {
		const struct hd_vm_tap_object *tap = (const void *)o->body;

		*device = (struct device){tap->netns, tap->netdev, true, tap->queues > 1, tap};
		return true;
	}
	return false;
}

static int compare(const void *a, const void *b)
{
	const struct device *x = a, *y = b;
	int order = strcmp(x->netdev, y->netdev);

	order = order ? order : strcmp(x->netns, y->netns);
	return order ? order : x->vm - y->vm;
}

/* The devices of ports that changed, after the change. */
static struct device *devices_after(const struct ef *ef, size_t *n)
{
	struct device *all = ds_alloc((ef->n_ports + 1) * sizeof(*all));

	*n = 0;
	for (size_t i = 0; i < ef->n_ports; i++)
		*n += ef->port[i].after && device_of(&ef->after, ef->port[i].name, &all[*n]);
	qsort(all, *n, sizeof(*all), compare);
	return all;
}

/* A VM keeps its device as it is while it has it open. */
static bool waits_for_vm(const struct device *was, const struct device *is)
{
	return was->vm &&
	       (was->several != is->several || strcmp(was->who->owner, is->who->owner) != 0 ||
		strcmp(was->who->group, is->who->group) != 0);
}

static void report(struct ef_out *out, const char *port, const struct device *was,
		   const struct device *is)
{
	const char *in = was->netns[0] ? " in namespace " : "";

	if (is && waits_for_vm(was, is))
		ef_add(out, EF_INFO, "port-changes", ef_port_path(port),
		       "port %s: while a VM has TAP %s%s%s open, who may open it and whether it has "
		       "several queues stay as they are",
		       port, was->netdev, in, was->netns);
	else if (is && was->several == is->several)
		return; /* it stays */
	else if (was->vm)
		ef_add(out, EF_WARNING, "device-removed", ef_port_path(port),
		       "TAP %s%s%s is deleted: a VM that has it open loses its network card",
		       was->netdev, in, was->netns);
	else
		ef_add(out, EF_WARNING, "device-removed", ef_port_path(port),
		       "TAP %s%s%s is deleted, and the addresses and routes that were put on it go "
		       "with it",
		       was->netdev, in, was->netns);
}

static const struct hd_vhost_user_object *vhost_of(const struct ef_view *view, const char *port)
{
	const struct bd_object *o =
		bd_objects_find(&view->objects, HD_PLANE_DATA, BD_RANK_KIND, HD_VHOST_USER, port);

	return o ? (const void *)o->body : NULL;
}

/* Equal objects, but for the name of the port. */
#define SAME_BUT_NAME(a, b)                                                                    \
	(!memcmp((const char *)(a) + sizeof((a)->head), (const char *)(b) + sizeof((b)->head), \
		 sizeof(*(a)) - sizeof((a)->head)))

/* What a vhost-user port that is gone is called now, as far as one can tell. NULL: it is gone. */
static const struct hd_vhost_user_object *renamed(const struct ef *ef, const struct ef_port *port,
						  const struct hd_vhost_user_object *was)
{
	for (size_t i = 0; i < ef->n_ports; i++) {
		const struct ef_port *other = &ef->port[i];
		const struct hd_vhost_user_object *is = vhost_of(&ef->after, other->name);

		if (is && !other->before && SAME_BUT_NAME(is, was) &&
		    SAME_BUT_NAME(other->after, port->before))
			return is;
	}
	return NULL;
}

static void report_socket(struct ef_out *out, const struct ef_port *port)
{
	const struct ef *ef = out->ef;
	const struct hd_vhost_user_object *was = vhost_of(&ef->before, port->name), *is;

	if (!was)
		return;
	is = port->after ? vhost_of(&ef->after, port->name) : renamed(ef, port, was);
	if (!is || (!strcmp(is->head.key, port->name) && !strcmp(is->socket, was->socket)))
		return;
	ef_add(out, ef_is_up(out, port->name) || !out->facts->up ? EF_WARNING : EF_INFO,
	       "socket-moves", ef_port_path(is->head.key),
	       "port %s: its socket is %s/%s instead of %s/%s: a guest on it has no network until it "
	       "is given that path",
	       is->head.key, is->head.key, is->socket, port->name, was->socket);
}

static void report_devices(struct ef_out *out)
{
	const struct ef *ef = out->ef;
	struct device was, *after;
	size_t n;

	after = devices_after(ef, &n);
	for (size_t i = 0; i < ef->n_ports; i++) {
		const struct ef_port *port = &ef->port[i];

		if (port->before)
			report_socket(out, port);
		if (!port->before || port->before->flags & HD_PORT_HOST ||
		    !device_of(&ef->before, port->name, &was))
			continue;
		report(out, port->name, &was, bsearch(&was, after, n, sizeof(*after), compare));
	}
	free(after);
}

EF_REGISTER(devices_part) = {
	.name = "port-devices", .rank = EF_RANK_FEATURE, .report = report_devices};
