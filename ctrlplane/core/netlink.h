/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's interfaces and addresses, over rtnetlink.
 *
 * One socket listens to changes, another one asks and changes. The kernel answers at once, so
 * nothing here waits. One thread.
 */
#ifndef CTRLPLANE_CORE_NETLINK_H
#define CTRLPLANE_CORE_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/base/err.h"

struct event_base;
struct nlmsghdr;

/*
 * Addresses that heddle-cp puts on an interface carry this protocol number (IFA_PROTO), so that a
 * restarted heddle-cp knows its own addresses. Kernels before 5.18 do not store it.
 */
#define CP_ADDRESS_PROTO 0x68

struct cp_address {
	uint32_t ifindex;
	uint8_t addr[16]; /* an IPv4 address is in the first 4 bytes */
	uint8_t family;   /* 4 or 6 */
	uint8_t length;   /* of the prefix */
	uint8_t proto;    /* IFA_PROTO; 0: the kernel does not store it */
	bool dad_failed;  /* IPv6: another node has the address (RFC 4862 5.4) */
};

enum cp_netlink_change {
	CP_LINK_CHANGED, /* an interface appeared, went, was renamed, or went up or down */
	CP_ADDRESS_CHANGED,
	CP_EVERYTHING_CHANGED, /* messages of the kernel were lost: read everything again */
};

/* @name is the interface's name with CP_LINK_CHANGED, else NULL. */
typedef void (*cp_netlink_fn)(enum cp_netlink_change change, uint32_t ifindex, const char *name,
			      void *arg);
typedef void (*cp_address_fn)(const struct cp_address *address, void *arg);

/* Opens both sockets and calls @fn for each change from now on. Returns 0 or -errno. */
int cp_netlink_open(struct event_base *base, cp_netlink_fn fn, void *arg, struct hd_err *err);
void cp_netlink_close(void);

/* Calls @fn for each address of every interface. Returns 0 or -errno. */
int cp_netlink_addresses(cp_address_fn fn, void *arg);

/*
 * Adds @address to its interface, or removes it. Returns 0, or the kernel's answer: -EEXIST: the
 * interface has it (perhaps with another prefix length); -EPERM; -EACCES: IPv6 is off; -ENODEV;
 * -EADDRNOTAVAIL: the interface does not have it.
 */
int cp_netlink_address_add(const struct cp_address *address);
int cp_netlink_address_remove(const struct cp_address *address);

/*
 * Reads an RTM_NEWADDR or RTM_DELADDR message. False: @hdr is another message, or of another
 * family. Pure.
 */
bool cp_netlink_address_parse(const struct nlmsghdr *hdr, struct cp_address *address);

#endif
