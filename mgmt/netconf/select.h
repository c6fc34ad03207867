/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What get-data (RFC 8526) can ask for beyond a filter: only configuration or only state, and
 * origins (RFC 8342 5.3.4).
 */
#ifndef MGMT_NETCONF_SELECT_H
#define MGMT_NETCONF_SELECT_H

#include "mgmt/netconf/read.h"

/* Takes out of *@tree, with its siblings, what is not asked for, and adds origins if they are. */
void nc_select(const struct nc_read *read, struct nc_call *call, struct lyd_node **tree);

#endif
