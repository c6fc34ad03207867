/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entries of the forwarding database that are not learned: static ones, of the configuration, and
 * those of the switch's own addresses, of its host interfaces and gateways. Control thread.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "heddle/api/switch.h"
#include "heddle/base/log.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/port_table.h"
#include "dataplane/l2/vlan.h"
#include "dataplane/l2/l2_fixed.h"

/* Both buckets of the address are full of fixed entries. */
static void missing(const char *what)
{
	hd_log(HD_LOG_ERR, "too many fixed addresses in the forwarding database: %s is missing",
	       what);
}

static const struct hd_port_config *port_of(const struct hd_config *tree, uint16_t id)
{
	return id < tree->n_ports ? tree->ports[id] : NULL;
}

/* A static entry as the configuration wants it. */
struct fixed {
	uint64_t mac;
	uint32_t domain;
	uint16_t port;
};

struct fixed_list {
	const struct hd_config *tree;
	struct fixed *e;
	size_t n, room;
};

static int fixed_compare(const void *a, const void *b)
{
	const struct fixed *x = a, *y = b;

	if (x->mac != y->mac)
		return x->mac < y->mac ? -1 : 1;
	return x->domain < y->domain ? -1 : x->domain > y->domain;
}

/* A static entry that the configuration no longer has, or has at another port. */
static bool is_unwanted(const struct hd_fdb_view *v, void *arg)
{
	const struct fixed_list *list = arg;
	struct fixed key = {v->mac, v->domain, 0}, *e;

	if (!(v->flags & HD_FDB_V_STATIC))
		return false;
	e = list->n ? bsearch(&key, list->e, list->n, sizeof(key), fixed_compare) : NULL;
	return !e || e->port != v->port;
}

static int collect_static(const char *key, enum hd_change change, const void *now, const void *next,
			  void *arg)
{
	const struct hd_static_mac_object *o = next;
	struct fixed_list *list = arg;
	const struct hd_port *living = hd_port_by_name(o ? o->port : "");
	const struct hd_port_config *port = living ? port_of(list->tree, living->id) : NULL;
	const struct hd_switch *sw;
	uint32_t domain;

	(void)key;
	(void)change;
	(void)now;
	if (!o)
		return 0;
	sw = hd_config_switch(list->tree, o->switch_name);
	domain = sw ? sw->domain[o->vlan] : HD_DOMAIN_NONE;
	if (!domain || !port || !hd_port_carries(list->tree, port, domain, o->vlan))
		return 0; /* takes effect when the port carries that VLAN */
	if (list->n == list->room) {
		size_t room = list->room ? list->room * 2 : 64;
		struct fixed *more = realloc(list->e, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		list->e = more;
		list->room = room;
	}
	list->e[list->n++] = (struct fixed){hd_fdb_mac(o->mac), domain, port->id};
	return 0;
}

void l2_fix_static(struct hd_fdb *fdb, const struct hd_config *tree, const struct hd_store *store,
		   uint32_t now)
{
	struct fixed_list list = {.tree = tree};

	if (hd_store_walk(store, HD_STATIC_MAC, collect_static, &list) < 0)
		hd_log(HD_LOG_ERR, "out of memory: some static addresses are missing");
	if (list.n)
		qsort(list.e, list.n, sizeof(*list.e), fixed_compare);
	hd_fdb_flush(fdb, now, is_unwanted, &list);
	for (size_t i = 0; i < list.n; i++) {
		const struct fixed *f = &list.e[i];
		uint64_t hash = hd_fdb_hash(fdb, f->mac, f->domain), val;

		if (hd_fdb_find(fdb, hash, f->mac, f->domain, &val) && hd_fdb_val_fixed(val))
			continue;
		if (hd_fdb_set(fdb, f->mac, f->domain, f->port, HD_FDB_V_STATIC) < 0)
			missing("a static address");
	}
	free(list.e);
}

/* By port: its own address as it was entered; no MAC: none. */
static struct {
	uint64_t mac;
	uint32_t domain;
} own[HD_PORTS_MAX];
static uint32_t own_end; /* none at or above it */

static bool is_entered(const struct hd_fdb *fdb, uint16_t id)
{
	uint64_t val, hash = hd_fdb_hash(fdb, own[id].mac, own[id].domain);

	return own[id].mac && hd_fdb_find(fdb, hash, own[id].mac, own[id].domain, &val) &&
	       val & HD_FDB_V_LOCAL && hd_fdb_val_port(val) == id;
}

/* The address of what is behind the port is an address of the switch itself. */
static bool is_ours(const struct hd_port_config *port)
{
	return port && port->flags & (HD_PORT_HOST | HD_PORT_GATEWAY);
}

void l2_own_address(struct hd_fdb *fdb, const struct hd_config *tree, uint16_t id)
{
	const struct hd_port_config *c = port_of(tree, id);
	uint64_t mac = is_ours(c) ? hd_fdb_mac(c->port->mac) : 0;
	uint32_t domain = mac ? c->pvid_domain : HD_DOMAIN_NONE;
	bool entered = is_entered(fdb, id);

	if (mac == own[id].mac && domain == own[id].domain && entered == !!mac)
		return;
	if (entered)
		hd_fdb_remove(fdb, own[id].mac, own[id].domain);
	own_end = RTE_MAX(own_end, id + 1u);
	own[id].mac = mac;
	own[id].domain = domain;
	if (mac && hd_fdb_set(fdb, mac, domain, id, HD_FDB_V_LOCAL) < 0)
		missing("the address of a host interface or gateway");
}

void l2_own_addresses(struct hd_fdb *fdb, const struct hd_config *tree)
{
	for (uint32_t id = 0; id < RTE_MAX(own_end, tree->n_ports); id++)
		if (own[id].mac || is_ours(port_of(tree, id)))
			l2_own_address(fdb, tree, id);
}

static int static_mac_validate(const void *object, struct hd_err *err)
{
	const struct hd_static_mac_object *o = object;

	if (!hd_name_valid(o->switch_name, sizeof(o->switch_name)) ||
	    !hd_name_valid(o->port, sizeof(o->port)))
		return hd_err_set(err, EINVAL, "switch or port is not a name");
	if (!hd_vlan_valid(o->vlan))
		return hd_err_set(err, EINVAL, "VLAN %u is no number of a VLAN", o->vlan);
	if (o->mac[0] & 1 || !hd_fdb_mac(o->mac))
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
}
