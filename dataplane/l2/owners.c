/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds the tree's table of addresses that belong to ports (owners.h). If no port with such a list
 * changed, the table is shared with the running tree.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "heddle/api/guard.h"
#include "heddle/base/random.h"
#include "heddle/net/ether.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/l2/owners.h"

/* The addresses of a port that is in a switch, or NULL. */
static const struct hd_anti_spoof_object *addresses_of(const struct dp_port_config *c)
{
	return c && c->mode != HD_VLAN_NONE ? dp_port_feature_object(c, HD_ANTI_SPOOF) : NULL;
}

/* True if a list or its port may differ from the running tree's. */
static bool changed(const struct dp_build *b)
{
	uint32_t end = RTE_MAX(b->now->n_ports, b->next->n_ports);

	for (uint32_t id = 0; id < end; id++) {
		const struct dp_port_config *o = id < b->now->n_ports ? b->now->ports[id] : NULL;
		const struct dp_port_config *n = id < b->next->n_ports ? b->next->ports[id] : NULL;

		if (o != n && (addresses_of(o) || addresses_of(n)))
			return true;
	}
	return false;
}

/* Enters the address. 0, or -ENOSPC: too many other ports have it. */
static int enter(struct dp_owners *o, uint64_t key, uint16_t port)
{
	unsigned int others = 0;
	uint32_t i = dp_owners_at(o, key);

	for (; o->e[i].key; i = (i + 1) & o->mask) {
		if (o->e[i].key != key)
			continue;
		if (o->e[i].port == port)
			return 0; /* it is on the port's list twice */
		if (++others == HD_OWNERS_MAX)
			return -ENOSPC;
	}
	o->e[i] = (struct dp_owner){key, port};
	return 0;
}

static int enter_all(struct dp_build *b, struct dp_owners *o, const struct dp_port_config *c,
		     const struct hd_anti_spoof_object *list)
{
	for (uint32_t i = 0; i < list->n_macs; i++) {
		uint64_t mac = dp_fdb_mac(list->macs[i]);
		char text[HD_MAC_STR_MAX];

		if (enter(o, mac << 16 | c->switch_index, c->id) < 0)
			return hd_store_refuse(
				b->store, ENOSPC,
				"port %s: anti-spoof: %d other ports of switch %s have %s already",
				c->name, HD_OWNERS_MAX, b->next->switches[c->switch_index]->name,
				hd_mac_str((const struct hd_mac *)list->macs[i], text));
	}
	return 0;
}

static int prepare(struct dp_build *b)
{
	const void **part = &b->next->part[dp_owners_section.index];
	const struct hd_anti_spoof_object *list;
	struct dp_config *t = b->next;
	struct dp_owners *o;
	uint32_t n = 0, room = 16;
	int rc = 0;

	*part = dp_owners_of(b->now);
	if (!changed(b))
		return 0;
	*part = NULL;
	for (uint32_t id = 0; id < t->n_ports; id++) {
		list = addresses_of(t->ports[id]);
		n += list ? list->n_macs : 0;
	}
	if (!n)
		return 0;
	while (room < 2 * n)
		room *= 2;
	o = calloc(1, sizeof(*o) + room * sizeof(o->e[0]));
	if (!o)
		return -ENOMEM;
	*part = o;
	o->mask = room - 1;
	o->seed = hd_random_u64();
	for (uint32_t id = 0; id < t->n_ports && !rc; id++) {
		list = addresses_of(t->ports[id]);
		rc = list ? enter_all(b, o, t->ports[id], list) : 0;
	}
	return rc;
}

struct dp_section dp_owners_section = {
	.name = "owners",
	.after = "ports",
	.prepare = prepare,
	.free_part = free,
};

RTE_INIT(owners_section_register)
{
	dp_section_register(&dp_owners_section);
}
