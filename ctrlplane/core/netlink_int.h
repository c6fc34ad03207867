/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the parts of netlink.h share.
 */
#ifndef CTRLPLANE_CORE_NETLINK_INT_H
#define CTRLPLANE_CORE_NETLINK_INT_H

struct cp_address;
struct nl_msg;

/* RTM_NEWADDR or RTM_DELADDR for @address; NULL when out of memory. The caller frees it. */
struct nl_msg *cp_netlink_address_message(const struct cp_address *address, int type, int flags);

#endif
