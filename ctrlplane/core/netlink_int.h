/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Shared by the files that implement netlink.h.
 */
#ifndef CTRLPLANE_CORE_NETLINK_INT_H
#define CTRLPLANE_CORE_NETLINK_INT_H

struct cp_address;
struct nl_msg;

/*
 * Makes an RTM_NEWADDR or RTM_DELADDR message (@type) for @address. NULL: no memory. The caller
 * frees it with nlmsg_free().
 */
struct nl_msg *cp_netlink_address_message(const struct cp_address *address, int type, int flags);

#endif
