/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The switch's own addresses in the forwarding database: those of its host interfaces and gateways.
 * Control thread.
 */
#ifndef DATAPLANE_L2_OWN_ADDRESS_H
#define DATAPLANE_L2_OWN_ADDRESS_H

#include "dataplane/core/config.h"

struct dp_fdb;

/*
 * Puts the entry of a host interface's or gateway's address right: the address that it has now, in the
 * VLAN that the port is in. The entries of a port that is neither (any more) go.
 */
void l2_own_address(struct dp_fdb *fdb, const struct dp_config *tree, uint16_t id);

/* The same for all ports. */
void l2_own_addresses(struct dp_fdb *fdb, const struct dp_config *tree);

#endif
