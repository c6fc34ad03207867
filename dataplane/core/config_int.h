/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of the tree's builder share. Control thread only.
 */
#ifndef DATAPLANE_CORE_CONFIG_INT_H
#define DATAPLANE_CORE_CONFIG_INT_H

#include "dataplane/core/config.h"
#include "dataplane/core/section.h"

/* Is the port's configuration the one that runs? */
static inline bool dp_build_shares(const struct dp_build *b, const struct dp_port_config *c)
{
	return c->id < b->now->n_ports && b->now->ports[c->id] == c;
}

/* config_queues.c: the workers' lists of receive queues. 0 or -ENOMEM. */
int dp_build_queues(struct dp_config *tree);

/* config_domain.c. Does no switch and no segment change? */
bool dp_build_same_switches(const struct dp_build *b);
/* Gives the next tree's domains their segments' names. @shared: some have theirs. 0, -errno. */
int dp_build_segments(struct dp_build *b, bool shared);
uint32_t dp_domain_id_new(void); /* DP_DOMAIN_NONE: there are no more */

/* What a port carries, one VLAN after the other. Starts with 0, ends with 0. */
uint16_t dp_port_next_vlan(const struct dp_port_config *c, uint16_t vid);

/* config_member.c: domains from those that run and the ports that changed. 0, -errno. */
int dp_build_members(struct dp_build *b);

#endif
