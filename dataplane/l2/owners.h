/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses that belong to ports: those that anti-spoofing lists. An address that ports of a switch
 * list is, in each VLAN that one of them carries, at those ports and at no other.
 *
 * A table of the tree, one entry for each address that a port lists, whatever number of VLANs the
 * port carries. It is asked for frames whose source the forwarding database does not know at their
 * port, so a port that has an address costs nothing for each packet.
 */
#ifndef DATAPLANE_L2_OWNERS_H
#define DATAPLANE_L2_OWNERS_H

#include <stdint.h>

#include "heddle/api/guard.h"
#include "dataplane/core/config.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/section.h"
#include "dataplane/l2/vlan.h"

struct dp_owner {
	uint64_t key; /* MAC << 16 | the switch's index; 0: free */
	uint16_t port;
};

struct dp_owners {
	uint64_t seed;
	uint32_t mask; /* entries - 1; at most half of them are used */
	struct dp_owner e[];
};

/* The section of the tree. */
extern struct dp_section dp_owners_section;

/* A tree's table; NULL: no address belongs to a port. */
static inline const struct dp_owners *dp_owners_of(const struct dp_config *tree)
{
	return tree->part[dp_owners_section.index];
}

/* Where the entries of a key begin; they end at the first free one. */
static inline uint32_t dp_owners_at(const struct dp_owners *o, uint64_t key)
{
	return (uint32_t)(((key ^ o->seed) * 0x9e3779b97f4a7c15ull) >> 32) & o->mask;
}

/*
 * What the next two do: who has the address, other than @port, or with NULL: who alone has it, of
 * those that are up.
 */
static inline uint16_t dp_owner_find(const struct dp_config *tree, const struct dp_domain *d,
				     uint64_t mac, const struct dp_port_config *port)
{
	const struct dp_owners *o = dp_owners_of(tree);
	uint64_t key = mac << 16 | d->switch_index;
	uint16_t found = DP_PORT_ID_NONE;

	if (!o)
		return DP_PORT_ID_NONE;
	for (uint32_t i = dp_owners_at(o, key); o->e[i].key; i = (i + 1) & o->mask) {
		const struct dp_port_config *owner;

		if (o->e[i].key != key)
			continue;
		if (port && o->e[i].port == port->id)
			return DP_PORT_ID_NONE;
		owner = tree->ports[o->e[i].port];
		if (!dp_port_carries(tree, owner, d->id, d->vlan) ||
		    ((!port || port->flags & HD_PORT_UPLINK) && !atomic_load(&owner->port->up)))
			continue;
		if (!port && found != DP_PORT_ID_NONE)
			return DP_PORT_ID_NONE;
		found = owner->id;
	}
	return found;
}

/*
 * Who has @mac (as dp_fdb_mac() gives it) in the domain @d if @port has not: the id of a port, or
 * DP_PORT_ID_NONE when it is nobody's or is @port's, too. While its owner is down, an uplink may
 * have an address: the guest was moved to another machine. Worker, control thread.
 */
static inline uint16_t dp_owner_other(const struct dp_config *tree, const struct dp_domain *d,
				      uint64_t mac, const struct dp_port_config *port)
{
	return dp_owner_find(tree, d, mac, port);
}

/*
 * The one port that is up and has @mac in the domain @d; DP_PORT_ID_NONE when it is none, or are
 * several. Worker.
 */
static inline uint16_t dp_owner_only(const struct dp_config *tree, const struct dp_domain *d,
				     uint64_t mac)
{
	return dp_owner_find(tree, d, mac, NULL);
}

#endif
