/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tree's table of addresses that belong to ports (owners.h). Where no port with such a list
 * changed it is the running tree's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/api/guard.h"
#include "heddle/base/random.h"
#include "heddle/net/ether.h"
#include "dataplane/core/config_int.h"
#include "dataplane/core/fdb.h"
#include "dataplane/core/owners.h"

static bool owns(const struct hd_port_config *c)
{
	return c && c->spoof && c->mode != HD_VLAN_NONE;
}

/* True if a list, or whose it is, may be another than in the running tree. */
static bool changed(const struct hd_builder *b)
{
	uint32_t end = RTE_MAX(b->now->n_ports, b->next->n_ports);

	for (uint32_t id = 0; id < end; id++) {
		const struct hd_port_config *o = id < b->now->n_ports ? b->now->ports[id] : NULL;
		const struct hd_port_config *n = id < b->next->n_ports ? b->next->ports[id] : NULL;

		if (o != n && (owns(o) || owns(n)))
			return true;
	}
	return false;
}

/* Enters the address. 0, or -ENOSPC: too many other ports have it. */
static int enter(struct hd_owners *o, uint64_t key, uint16_t port)
{
	unsigned int others = 0;
	uint32_t i = hd_owners_at(o, key);

	for (; o->e[i].key; i = (i + 1) & o->mask) {
		if (o->e[i].key != key)
			continue;
		if (o->e[i].port == port)
			return 0; /* it is on the port's list twice */
		if (++others == HD_OWNERS_MAX)
			return -ENOSPC;
	}
	o->e[i] = (struct hd_owner){key, port};
	return 0;
}

static int enter_all(struct hd_builder *b, struct hd_owners *o, const struct hd_port_config *c)
{
	for (uint32_t i = 0; i < c->spoof->n_macs; i++) {
		uint64_t mac = hd_fdb_mac(c->spoof->macs[i]);
		char text[HD_MAC_STR_MAX];

		if (enter(o, mac << 16 | c->switch_index, c->id) < 0)
			return hd_store_refuse(
				b->store, ENOSPC,
				"port %s: anti-spoof: %d other ports of switch %s have %s already",
				c->name, HD_OWNERS_MAX, b->next->switches[c->switch_index]->name,
				hd_mac_str((const struct hd_mac *)c->spoof->macs[i], text));
	}
	return 0;
}

int hd_build_owners(struct hd_builder *b)
{
	struct hd_config *t = b->next;
	struct hd_owners *o;
	uint32_t n = 0, room = 16;
	int rc = 0;

	t->owners = b->now->owners;
	if (!changed(b))
		return 0;
	t->owners = NULL;
	t->owners_changed = true;
	for (uint32_t id = 0; id < t->n_ports; id++)
		n += owns(t->ports[id]) ? t->ports[id]->spoof->n_macs : 0;
	if (!n)
		return 0;
	while (room < 2 * n)
		room *= 2;
	o = calloc(1, sizeof(*o) + room * sizeof(o->e[0]));
	if (!o)
		return -ENOMEM;
	t->owners = o;
	o->mask = room - 1;
	o->seed = hd_random_u64();
	for (uint32_t id = 0; id < t->n_ports && !rc; id++)
		if (owns(t->ports[id]))
			rc = enter_all(b, o, t->ports[id]);
	return rc;
}

void hd_build_free_owners(struct hd_config *tree, const struct hd_config *other)
{
	if (tree->owners != other->owners)
		free((void *)tree->owners);
}
