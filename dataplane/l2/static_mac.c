/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Static addresses: entries of the forwarding database from the configuration. The section of the
 * tree is a sorted list of them; commit makes the table agree with it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "heddle/api/switch.h"
#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/core/section.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/l2/l2.h"

struct static_mac {
	uint64_t mac;
	uint32_t domain;
	uint16_t port;
};

/* The section's part of the tree. NULL: no static addresses are configured. */
struct static_macs {
	size_t n;
	struct static_mac e[]; /* by MAC, then by domain */
};

static struct dp_section section;

static const struct static_macs *macs_of(const struct dp_config *tree)
{
	return tree->part[section.index];
}

static int mac_compare(const void *a, const void *b)
{
	const struct static_mac *x = a, *y = b;

	if (x->mac != y->mac)
		return x->mac < y->mac ? -1 : 1;
	return x->domain < y->domain ? -1 : x->domain > y->domain;
}

/* What a list is built from. */
struct making {
	struct dp_build *b;
	const struct dp_port_config **by_name; /* the next tree's ports */
	size_t n_ports;
	struct static_macs *list;
};

static int port_compare(const void *a, const void *b)
{
	return strcmp((*(const struct dp_port_config *const *)a)->name,
		      (*(const struct dp_port_config *const *)b)->name);
}

static int name_compare(const void *name, const void *port)
{
	return strcmp(name, (*(const struct dp_port_config *const *)port)->name);
}

static int collect(const char *key, enum hd_change change, const void *now, const void *next,
		   void *arg)
{
	const struct hd_static_mac_object *o = next;
	struct making *m = arg;
	const struct dp_port_config *const *port;
	const struct dp_switch *sw;
	uint32_t domain;

	(void)key;
	(void)change;
	(void)now;
	if (!o)
		return 0;
	port = bsearch(o->port, m->by_name, m->n_ports, sizeof(*m->by_name), name_compare);
	sw = dp_config_switch(m->b->next, o->switch_name);
	domain = sw ? sw->domain[o->vlan] : DP_DOMAIN_NONE;
	if (!domain || !port || !dp_port_carries(m->b->next, *port, domain, o->vlan))
		return 0; /* takes effect when the port carries that VLAN */
	m->list->e[m->list->n++] = (struct static_mac){dp_fdb_mac(o->mac), domain, (*port)->id};
	return 0;
}

static int count(const char *key, enum hd_change change, const void *now, const void *next,
		 void *arg)
{
	(void)key;
	(void)change;
	(void)now;
	*(size_t *)arg += next != NULL;
	return 0;
}

static int any_change(const char *key, enum hd_change change, const void *now, const void *next,
		      void *arg)
{
	(void)key;
	(void)change;
	(void)now;
	(void)next;
	(void)arg;
	return 1;
}

static int make(struct dp_build *b, size_t n)
{
	struct dp_config *t = b->next;
	struct making m = {.b = b};
	int rc;

	m.list = calloc(1, sizeof(*m.list) + n * sizeof(m.list->e[0]));
	m.by_name = calloc(t->n_ports + 1, sizeof(*m.by_name));
	t->part[section.index] = m.list;
	if (!m.list || !m.by_name) {
		free(m.by_name);
		return -ENOMEM;
	}
	for (uint32_t id = 0; id < t->n_ports; id++)
		if (t->ports[id])
			m.by_name[m.n_ports++] = t->ports[id];
	qsort(m.by_name, m.n_ports, sizeof(*m.by_name), port_compare);
	rc = hd_store_walk(b->store, HD_STATIC_MAC, collect, &m);
	free(m.by_name);
	qsort(m.list->e, m.list->n, sizeof(m.list->e[0]), mac_compare);
	return rc;
}

static int prepare(struct dp_build *b)
{
	size_t n = 0;

	b->next->part[section.index] = macs_of(b->now);
	if (!b->next->members_changed &&
	    !hd_store_walk_changes(b->store, HD_STATIC_MAC, any_change, NULL))
		return 0;
	b->next->part[section.index] = NULL;
	hd_store_walk(b->store, HD_STATIC_MAC, count, &n);
	return n ? make(b, n) : 0;
}

/* Is this a static entry that the configuration no longer has, or has at another port? */
static bool is_unwanted(const struct dp_fdb_view *v, void *arg)
{
	const struct static_macs *list = arg;
	struct static_mac key = {v->mac, v->domain, 0}, *e;

	if (!(v->flags & DP_FDB_V_STATIC))
		return false;
	e = list ? bsearch(&key, list->e, list->n, sizeof(key), mac_compare) : NULL;
	return !e || e->port != v->port;
}

static void enter(struct dp_fdb *fdb, const struct static_mac *e)
{
	uint64_t hash = dp_fdb_hash(fdb, e->mac, e->domain), val;

	if (dp_fdb_find(fdb, hash, e->mac, e->domain, &val) && dp_fdb_val_fixed(val))
		return;
	if (dp_fdb_set(fdb, e->mac, e->domain, e->port, DP_FDB_V_STATIC) < 0)
		hd_log(HD_LOG_ERR, "too many fixed addresses in the forwarding database: a static "
				   "address is missing");
}

/* An entry that is as it should be is not touched. */
static void commit(struct dp_config *tree, const struct dp_config *old,
		   const struct hd_store *store)
{
	const struct static_macs *list = macs_of(tree);

	(void)store;
	if (list == macs_of(old) && !tree->ports_changed)
		return;
	dp_fdb_flush(l2_fdb(), (uint32_t)(hd_now_ns() / DP_FDB_UNIT_NS), is_unwanted, (void *)list);
	for (size_t i = 0; list && i < list->n; i++)
		enter(l2_fdb(), &list->e[i]);
}

/* After the entries of ports and domains that are gone were removed, so that there is room. */
static struct dp_section section = {
	.name = "static-macs",
	.after = "fdb",
	.prepare = prepare,
	.commit = commit,
	.free_part = free,
};

static int static_mac_validate(const void *object, struct hd_err *err)
{
	const struct hd_static_mac_object *o = object;

	if (!hd_name_valid(o->switch_name, sizeof(o->switch_name)) ||
	    !hd_name_valid(o->port, sizeof(o->port)))
		return hd_err_set(err, EINVAL, "switch or port is not a name");
	if (!hd_vlan_valid(o->vlan))
		return hd_err_set(err, EINVAL, "VLAN %u is no number of a VLAN", o->vlan);
	if (o->mac[0] & 1 || !dp_fdb_mac(o->mac))
		return hd_err_set(err, EINVAL, "a static address is a unicast address");
	return 0;
}

RTE_INIT(static_mac_register)
{
	static struct hd_object_class cls = {
		.name = "static-mac",
		.type = HD_STATIC_MAC,
		.size = sizeof(struct hd_static_mac_object),
		.validate = static_mac_validate,
	};

	hd_object_class_register(&cls);
	dp_section_register(&section);
}
