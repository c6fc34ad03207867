/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/effects_int.h"
#include "mgmt/datastore/mem.h"

static struct ef_part *parts;

void ef_register(struct ef_part *part)
{
	struct ef_part **at = &parts;

	while (*at && ((*at)->rank < part->rank ||
		       ((*at)->rank == part->rank && strcmp((*at)->name, part->name) < 0)))
		at = &(*at)->next;
	part->next = *at;
	*at = part;
}

const char *ef_severity_name(enum ef_severity severity)
{
	static const char *const names[] = {"danger", "warning", "info"};

	return names[severity];
}

void ef_list_free(struct ef_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->at[i].path);
		free(list->at[i].text);
	}
	free(list->at);
	memset(list, 0, sizeof(*list));
}

void ef_add(struct ef_out *out, enum ef_severity severity, const char *kind, char *path,
	    const char *fmt, ...)
{
	struct ef_list *list = out->list;
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = ds_strdup("out of memory");
	va_end(ap);
	list->at = ds_realloc(list->at, list->n + 1, sizeof(*list->at));
	list->at[list->n++] = (struct ef_effect){severity, kind, path, text};
}

char *ef_port_path(const char *name)
{
	return ds_printf("/ietf-interfaces:interfaces/interface[name='%s']", name);
}

char *ef_path(const struct ef_port *port)
{
	const struct hd_port_object *is = port->after ? port->after : port->before;

	if (is->flags & HD_PORT_GATEWAY)
		return ds_printf("/ietf-interfaces:interfaces/interface[name='%s']/"
				 "heddle-gateway:gateway",
				 port->name);
	return ef_port_path(port->name);
}

char *ef_switch_path(const char *name)
{
	return ds_printf("/heddle-switch:switches/switch[name='%s']", name);
}

char *ef_segment_path(const struct ef_segment *seg)
{
	return ds_printf("/heddle-switch:switches/switch[name='%s']/segment[name='%s']", seg->sw,
			 seg->name);
}

bool ef_is_up(const struct ef_out *out, const char *port)
{
	return out->facts->up && out->facts->up(port, out->facts->arg);
}

/* One entry a port, whichever of its objects comes first. */
static struct ef_port *port_get(struct ef *ef, const char *name)
{
	struct ef_port *port;

	ef->port = ds_realloc(ef->port, ef->n_ports + 1, sizeof(*ef->port));
	port = &ef->port[ef->n_ports++];
	memset(port, 0, sizeof(*port));
	port->name = name;
	return port;
}

static const struct hd_port_object *port_object(const struct ef_view *view, const char *name)
{
	const struct bd_object *o =
		bd_objects_find(&view->objects, HD_PLANE_DATA, BD_RANK_PORT, HD_PORT, name);

	return o ? (const struct hd_port_object *)o->body : NULL;
}

/* Does a port with another such object begin anew? */
static bool restarts(const struct bd_object *o)
{
	const struct ef_part *part = parts;

	while (part && part->lasting != o->type)
		part = part->next;
	return o->rank == BD_RANK_KIND && !part;
}

static void on_difference(void *before, void *after, void *arg)
{
	const struct bd_object *x = before, *y = after, *o = x ? x : y;
	struct ef *ef = arg;
	struct ef_port *port;

	if (x && y && x->size == y->size && !memcmp(x->body, y->body, x->size))
		return;
	if (o->plane != HD_PLANE_DATA ||
	    (o->rank != BD_RANK_PORT && o->rank != BD_RANK_KIND && o->rank != BD_RANK_FEATURE))
		return;
	port = port_get(ef, o->body->key);
	port->restarts = restarts(o);
	port->guards = o->rank == BD_RANK_FEATURE;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct ef_port *)a)->name, ((const struct ef_port *)b)->name);
}

/* Entries of one port become one. */
static void join_ports(struct ef *ef)
{
	size_t n = 0;

	if (ef->n_ports)
		qsort(ef->port, ef->n_ports, sizeof(*ef->port), by_name);
	for (size_t i = 0; i < ef->n_ports; i++) {
		struct ef_port *port = &ef->port[i];

		if (n && !strcmp(ef->port[n - 1].name, port->name)) {
			ef->port[n - 1].restarts |= port->restarts;
			ef->port[n - 1].guards |= port->guards;
			continue;
		}
		port->before = port_object(&ef->before, port->name);
		port->after = port_object(&ef->after, port->name);
		ef->port[n++] = *port;
	}
	ef->n_ports = n;
	for (size_t i = 0; i < n; i++) {
		struct ef_port *port = &ef->port[i];
		bool both = port->before && port->after;

		port->restarts = both && (port->restarts ||
					  strcmp(port->before->kind, port->after->kind) != 0);
		port->guards &= both;
	}
}

static void add_hosts(struct ef *ef, const struct ef_view *view, bool after)
{
	struct bd_place place = ef_first(&view->objects, HD_PLANE_CONTROL, BD_RANK_PORT, HD_HOSTIF);
	const struct hd_hostif_object *o;

	while ((o = ef_next(&place, HD_HOSTIF))) {
		size_t i = 0;

		while (i < ef->n_hosts && strcmp(ef->host[i].name, o->head.key) != 0)
			i++;
		if (i == ef->n_hosts) {
			ef->host = ds_realloc(ef->host, ++ef->n_hosts, sizeof(*ef->host));
			ef->host[i] = (struct ef_host){.name = o->head.key};
		}
		if (after)
			ef->host[i].after = o;
		else
			ef->host[i].before = o;
	}
}

struct ef *ef_new(const struct bd_objects *before, const struct lyd_node *tree)
{
	struct ef *ef = ds_alloc(sizeof(*ef));

	ef_view_init(&ef->before, before, tree);
	return ef;
}

void ef_after(struct ef *ef, const struct bd_objects *after, const struct lyd_node *tree)
{
	ef_view_init(&ef->after, after, tree);
	bd_set_diff(&ef->before.objects.set, &ef->after.objects.set, on_difference, ef);
	join_ports(ef);
	add_hosts(ef, &ef->before, false);
	add_hosts(ef, &ef->after, true);
}

void ef_free(struct ef *ef)
{
	if (!ef)
		return;
	ef_view_free(&ef->before);
	ef_view_free(&ef->after);
	free(ef->port);
	free(ef->host);
	free(ef);
}

size_t ef_disturbed(const struct ef *ef, const char **names, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < ef->n_ports && n < max; i++) {
		const struct ef_port *port = &ef->port[i];

		if (port->before && (!port->after || port->restarts ||
				     (port->before->flags & ~port->after->flags & HD_PORT_ENABLED)))
			names[n++] = port->name;
	}
	return n;
}

/* How many of a kind there are already. */
struct tally {
	const char *kind;
	size_t n;
};

static struct tally *tally_of(struct tally **all, size_t *n, const char *kind)
{
	for (size_t i = 0; i < *n; i++)
		if (!strcmp((*all)[i].kind, kind))
			return &(*all)[i];
	*all = ds_realloc(*all, *n + 1, sizeof(**all));
	(*all)[*n] = (struct tally){kind, 0};
	return &(*all)[(*n)++];
}

/* Appends those of one severity; of many of one kind only the first are told one by one. */
static void take_over(struct ef_out *out, struct ef_list *all, enum ef_severity severity)
{
	struct tally *tallies = NULL;
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct ef_effect *e = &all->at[i];

		if (e->severity != severity)
			continue;
		if (++tally_of(&tallies, &n, e->kind)->n <= EF_KIND_MAX) {
			ef_add(out, severity, e->kind, e->path, "%s", e->text);
			e->path = NULL;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (tallies[i].n > EF_KIND_MAX)
			ef_add(out, severity, tallies[i].kind, NULL, "and %zu more of these",
			       tallies[i].n - EF_KIND_MAX);
	free(tallies);
}

void ef_report(const struct ef *ef, const struct ef_facts *facts, struct ef_list *list)
{
	struct ef_list all = {NULL, 0};
	struct ef_out out = {ef, facts, &all};

	memset(list, 0, sizeof(*list));
	for (const struct ef_part *part = parts; part; part = part->next)
		part->report(&out);
	out.list = list;
	for (int s = EF_DANGER; s <= EF_INFO; s++)
		take_over(&out, &all, s);
	ef_list_free(&all);
}
