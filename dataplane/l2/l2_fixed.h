/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entries of the forwarding database that are not learned. Control thread.
 */
#ifndef DATAPLANE_L2_L2_FIXED_H
#define DATAPLANE_L2_L2_FIXED_H

#include "dataplane/core/config.h"
#include "heddle/config/store.h"

struct hd_fdb;

/* Puts static entries right; one that is as it should be is not touched. @now: HD_FDB_UNIT_NS. */
void l2_fix_static(struct hd_fdb *fdb, const struct hd_config *tree, const struct hd_store *store,
		   uint32_t now);

/*
 * Puts the entry of a host interface's address right: the address that the kernel has now, in the
 * VLAN that the port is in. The entries of a port that is no host interface (any more) go.
 */
void l2_own_address(struct hd_fdb *fdb, const struct hd_config *tree, uint16_t id);

/* The same for all ports. */
void l2_own_addresses(struct hd_fdb *fdb, const struct hd_config *tree);

#endif
