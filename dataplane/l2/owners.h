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

struct hd_owner {
	uint64_t key; /* MAC << 16 | the switch's index; 0: free */
	uint16_t port;
};

struct hd_owners {
	uint64_t seed;
	uint32_t mask; /* entries - 1; at most half of them are used */
	struct hd_owner e[];
};

/* The section of the tree. */
extern struct hd_section hd_owners_section;

/* A tree's table; NULL: no address belongs to a port. */
static inline const struct hd_owners *hd_owners_of(const struct hd_config *tree)
{
	return tree->part[hd_owners_section.index];
}

/* Where the entries of a key begin; they end at the first free one. */
static inline uint32_t hd_owners_at(const struct hd_owners *o, uint64_t key)
{
	return (uint32_t)(((key ^ o->seed) * 0x9e3779b97f4a7c15ull) >> 32) & o->mask;
}

/*
 * What the next two do: who has the address, other than @port, or with NULL: who alone has it, of
 * those that are up.
 */
static inline uint16_t hd_owner_find(const struct hd_config *tree, const struct hd_domain *d,
				     uint64_t mac, const struct hd_port_config *port)
{
	const struct hd_owners *o = hd_owners_of(tree);
	uint64_t key = mac << 16 | d->switch_index;
	uint16_t found = HD_PORT_ID_NONE;

	if (!o)
		return HD_PORT_ID_NONE;
	for (uint32_t i = hd_owners_at(o, key); o->e[i].key; i = (i + 1) & o->mask) {
		const struct hd_port_config *owner;

		if (o->e[i].key != key)
			continue;
		if (port && o->e[i].port == port->id)
			return HD_PORT_ID_NONE;
		owner = tree->ports[o->e[i].port];
		if (!hd_port_carries(tree, owner, d->id, d->vlan) ||
		    ((!port || port->flags & HD_PORT_UPLINK) && !atomic_load(&owner->port->up)))
			continue;
		if (!port && found != HD_PORT_ID_NONE)
			return HD_PORT_ID_NONE;
		found = owner->id;
	}
	return found;
}

/*
 * Who has @mac (as hd_fdb_mac() gives it) in the domain @d if @port has not: the id of a port, or
 * HD_PORT_ID_NONE when it is nobody's or is @port's, too. While its owner is down, an uplink may
 * have an address: the guest was moved to another machine. Worker, control thread.
 */
static inline uint16_t hd_owner_other(const struct hd_config *tree, const struct hd_domain *d,
				      uint64_t mac, const struct hd_port_config *port)
{
	return hd_owner_find(tree, d, mac, port);
}

/*
 * The one port that is up and has @mac in the domain @d; HD_PORT_ID_NONE when it is none, or are
 * several. Worker.
 */
static inline uint16_t hd_owner_only(const struct hd_config *tree, const struct hd_domain *d,
				     uint64_t mac)
{
	return hd_owner_find(tree, d, mac, NULL);
}

#endif
