/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses that belong to ports, since the ports' anti-spoofing lists have them. If ports of a
 * switch list an address, it is at these ports only, in each VLAN that one of them carries.
 *
 * The table is part of the tree. It has one entry for each address of each port, however many VLANs
 * the port carries. It is searched only for frames whose source the forwarding database does not
 * know at their port, so it does not cost time for each packet.
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

/* Returns the tree's table; NULL: no address belongs to a port. */
static inline const struct dp_owners *dp_owners_of(const struct dp_config *tree)
{
	return tree->part[dp_owners_section.index];
}

/* Returns the index at which the entries of a key begin; they end at the first free entry. */
static inline uint32_t dp_owners_at(const struct dp_owners *o, uint64_t key)
{
	return (uint32_t)(((key ^ o->seed) * 0x9e3779b97f4a7c15ull) >> 32) & o->mask;
}

/*
 * For the next two functions: finds a port other than @port that has the address; with @port NULL,
 * the only port that is up and has it.
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
 * Returns the port that has @mac (as dp_fdb_mac() returns it) in the domain @d if @port has not, or
 * DP_PORT_ID_NONE: no port has it, or @port has it, too. An uplink may use an address whose owner
 * is down: the guest may have moved to another machine. Worker, control thread.
 */
static inline uint16_t dp_owner_other(const struct dp_config *tree, const struct dp_domain *d,
				      uint64_t mac, const struct dp_port_config *port)
{
	return dp_owner_find(tree, d, mac, port);
}

/*
 * Returns the only port that is up and has @mac in the domain @d; DP_PORT_ID_NONE: there is none,
 * or there are several. Worker.
 */
static inline uint16_t dp_owner_only(const struct dp_config *tree, const struct dp_domain *d,
				     uint64_t mac)
{
	return dp_owner_find(tree, d, mac, NULL);
}

#endif
