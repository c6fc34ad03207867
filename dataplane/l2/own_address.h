/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Enters the switch's own addresses, those of host interfaces and gateways, into the forwarding
 * database. Control thread.
 */
#ifndef DATAPLANE_L2_OWN_ADDRESS_H
#define DATAPLANE_L2_OWN_ADDRESS_H

#include "dataplane/core/config.h"

struct dp_fdb;

/*
 * Updates the forwarding database's entry for port @id: enters the present address of a host
 * interface or gateway, in the port's VLAN, and removes an old one. A port that is neither has no
 * entry.
 */
void l2_own_address(struct dp_fdb *fdb, const struct dp_config *tree, uint16_t id);

/* The same for all ports. */
void l2_own_addresses(struct dp_fdb *fdb, const struct dp_config *tree);

#endif
