/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds the tree's gateways from the objects and the ports of their kind. If none of these
 * changed, the gateways are shared with the running tree. Control thread.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dataplane/core/port_table.h"
#include "dataplane/l3/gateway.h"
#include "dataplane/l3/owner.h"

static bool is_gateway(const struct dp_port_config *c)
{
	return c && c->take == l3_take;
}

static const struct dp_port_config *port_of(const struct dp_config *tree, uint32_t id)
{
	return id < tree->n_ports ? tree->ports[id] : NULL;
}

static int any(const char *key, enum hd_change change, const void *now, const void *next, void *arg)
{
	(void)key;
	(void)change;
	(void)now;
	(void)next;
	(void)arg;
	return 1;
}

static bool changed(const struct dp_build *b)
{
	uint32_t end = RTE_MAX(b->now->n_ports, b->next->n_ports);

	if (hd_store_walk_changes(b->store, HD_GATEWAY, any, NULL))
		return true;
	for (uint32_t id = 0; id < end; id++) {
		const struct dp_port_config *o = port_of(b->now, id), *n = port_of(b->next, id);

		if (o != n && (is_gateway(o) || is_gateway(n)))
			return true;
	}
	return false;
}

struct collect {
	struct dp_build *b;
	struct l3_wanted *wanted;
	uint32_t n;
};

/* An object's port. The new tree's ports have ids, but no index by name yet. */
static int collect(const char *key, enum hd_change change, const void *now, const void *next,
		   void *arg)
{
	struct collect *c = arg;

	(void)change;
	(void)now;
	if (!next)
		return 0;
	if (c->n == HD_GATEWAYS_MAX)
		return hd_store_refuse(c->b->store, ENOSPC,
				       "gateway %s: %d gateways are there, "
				       "which is as many as can be",
				       key, HD_GATEWAYS_MAX);
	c->wanted[c->n++].object = next;
	return 0;
}

static int name_compare(const void *key, const void *element)
{
	return strcmp(key, ((const struct l3_wanted *)element)->object->head.key);
}

/* Gives each object its port, and each port of the kind its object. */
static int pair(struct collect *c)
{
	const struct dp_config *t = c->b->next;

	for (uint32_t id = 0; id < t->n_ports; id++) {
		struct l3_wanted *w;

		if (!is_gateway(t->ports[id]))
			continue;
		w = bsearch(t->ports[id]->name, c->wanted, c->n, sizeof(*w), name_compare);
		if (!w)
			return hd_store_refuse(c->b->store, EINVAL,
					       "port %s: the settings of the gateway are missing",
					       t->ports[id]->name);
		w->port = t->ports[id];
	}
	for (uint32_t i = 0; i < c->n; i++)
		if (!c->wanted[i].port)
			return hd_store_refuse(c->b->store, EINVAL,
					       "gateway %s: there is no port of kind %s with that "
					       "name",
					       c->wanted[i].object->head.key, HD_GATEWAY_KIND);
	return 0;
}

static int prepare(struct dp_build *b)
{
	const void **part = &b->next->part[l3_section.index];
	struct collect c = {.b = b};
	struct l3_tree *t = NULL;
	struct hd_err err = {0};
	int rc;

	*part = l3_tree(b->now);
	if (!changed(b))
		return 0;
	*part = NULL;
	c.wanted = calloc(HD_GATEWAYS_MAX, sizeof(*c.wanted));
	if (!c.wanted)
		return -ENOMEM;
	rc = hd_store_walk(b->store, HD_GATEWAY, collect, &c);
	if (!rc)
		rc = pair(&c);
	if (!rc && c.n) {
		rc = l3_owners_init();
		if (!rc)
			rc = l3_tree_build(c.wanted, c.n, l3_tree(b->now), &t, &err);
		*part = t;
		if (rc && err.code)
			rc = hd_store_refuse(b->store, err.code, "gateways: %s", err.text);
	}
	free(c.wanted);
	return rc;
}

static void commit(struct dp_config *tree, const struct dp_config *old,
		   const struct hd_store *store)
{
	const struct l3_tree *t = l3_tree(tree);

	(void)store;
	if (t == l3_tree(old))
		return;
	for (uint32_t i = 0; t && i < t->n_gateways; i++)
		dp_port_set_mac(tree->ports[t->gateway[i].id]->port, t->gateway[i].mac.b);
	l3_owners_forget_outdated(tree);
}

static void free_tree(void *part)
{
	l3_tree_free(part);
}

struct dp_section l3_section = {
	.name = "gateways",
	.after = "domains",
	.prepare = prepare,
	.commit = commit,
	.seen = l3_announce_look,
	.free_part = free_tree,
};

static struct hd_object_class cls = {
	.name = "gateway",
	.type = HD_GATEWAY,
	.size = sizeof(struct hd_gateway_object),
	.validate = l3_gateway_validate,
};

RTE_INIT(l3_section_register)
{
	dp_section_register(&l3_section);
	hd_object_class_register(&cls);
}
