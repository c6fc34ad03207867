/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Shared by the files that build the tree. Control thread only.
 */
#ifndef DATAPLANE_CORE_CONFIG_INT_H
#define DATAPLANE_CORE_CONFIG_INT_H

#include "dataplane/core/config.h"
#include "dataplane/core/section.h"

/* True if @c is the running tree's configuration of the port, too. */
static inline bool dp_build_shares(const struct dp_build *b, const struct dp_port_config *c)
{
	return c->id < b->now->n_ports && b->now->ports[c->id] == c;
}

/* config_queues.c: builds the workers' lists of receive queues. 0 or -ENOMEM. */
int dp_build_queues(struct dp_config *tree);

/* config_domain.c: true if neither a switch nor a segment changes. */
bool dp_build_same_switches(const struct dp_build *b);
/*
 * Sets the segment names of the next tree's domains. @shared: the tree shares domains with the
 * running one; these have their names already. 0 or -errno.
 */
int dp_build_segments(struct dp_build *b, bool shared);
uint32_t dp_domain_id_new(void); /* DP_DOMAIN_NONE: all ids are in use */

/*
 * Lists the VLANs that a port carries: returns the next VLAN after @vid. Start with 0; returns 0
 * after the last one.
 */
uint16_t dp_port_next_vlan(const struct dp_port_config *c, uint16_t vid);

/*
 * config_member.c: builds the domains from those of the running tree and the changed ports. 0 or
 * -errno.
 */
int dp_build_members(struct dp_build *b);

#endif
