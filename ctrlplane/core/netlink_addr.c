/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses as rtnetlink messages. This file writes and reads them itself, since libnl's address
 * objects do not know IFA_PROTO.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "ctrlplane/core/netlink.h"
#include "ctrlplane/core/netlink_int.h"

bool cp_netlink_address_parse(const struct nlmsghdr *hdr, struct cp_address *address)
{
	struct nlattr *attrs[IFA_MAX + 1];
	const struct nlattr *addr;
	const struct ifaddrmsg *ifa;
	uint32_t flags;
	int size;

	if ((hdr->nlmsg_type != RTM_NEWADDR && hdr->nlmsg_type != RTM_DELADDR) ||
	    !nlmsg_valid_hdr(hdr, sizeof(*ifa)) ||
	    nlmsg_parse((struct nlmsghdr *)hdr, sizeof(*ifa), attrs, IFA_MAX, NULL) < 0)
		return false;
	ifa = nlmsg_data(hdr);
	if (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6)
		return false;
	size = ifa->ifa_family == AF_INET ? 4 : 16;
	/* with a peer, IFA_ADDRESS is the peer's */
	addr = attrs[IFA_LOCAL] ? attrs[IFA_LOCAL] : attrs[IFA_ADDRESS];
	if (!addr || nla_len(addr) < size)
		return false;
	flags = attrs[IFA_FLAGS] && nla_len(attrs[IFA_FLAGS]) >= 4 ? nla_get_u32(attrs[IFA_FLAGS])
								   : ifa->ifa_flags;
	memset(address, 0, sizeof(*address));
	memcpy(address->addr, nla_data(addr), (size_t)size);
	address->ifindex = ifa->ifa_index;
	address->family = ifa->ifa_family == AF_INET ? 4 : 6;
	address->length = ifa->ifa_prefixlen;
	address->dad_failed = flags & IFA_F_DADFAILED;
	if (attrs[IFA_PROTO] && nla_len(attrs[IFA_PROTO]) >= 1)
		address->proto = nla_get_u8(attrs[IFA_PROTO]);
	return true;
}

/* The last address of the subnet of an IPv4 address. */
static void broadcast_of(const struct cp_address *address, uint8_t out[4])
{
	for (unsigned int i = 0; i < 4; i++) {
		unsigned int bits = address->length > 8 * i ? address->length - 8 * i : 0;

		out[i] = address->addr[i] | (bits < 8 ? 0xff >> bits : 0);
	}
}

struct nl_msg *cp_netlink_address_message(const struct cp_address *address, int type, int flags)
{
	struct ifaddrmsg ifa = {
		.ifa_family = address->family == 4 ? AF_INET : AF_INET6,
		.ifa_prefixlen = address->length,
		.ifa_index = address->ifindex,
	};
	int size = address->family == 4 ? 4 : 16;
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);
	uint8_t broadcast[4];

	if (!msg || nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO) < 0 ||
	    nla_put(msg, IFA_LOCAL, size, address->addr) < 0 ||
	    nla_put(msg, IFA_ADDRESS, size, address->addr) < 0)
		goto fail;
	if (type == RTM_NEWADDR) {
		if (nla_put_u8(msg, IFA_PROTO, CP_ADDRESS_PROTO) < 0)
			goto fail;
		broadcast_of(address, broadcast);
		if (address->family == 4 && address->length < 31 &&
		    nla_put(msg, IFA_BROADCAST, sizeof(broadcast), broadcast) < 0)
			goto fail;
	}
	return msg;
fail:
	nlmsg_free(msg);
	return NULL;
}
