/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Network devices by netlink: what an ioctl cannot ask or say, and the table of packet filter rules
 * that keeps a guest's frames away from the host.
 */
#ifndef SUPERVISOR_RTNL_H
#define SUPERVISOR_RTNL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <net/if.h>

#include "supervisor/netns.h"

#define RTNL_ALIAS_MAX 256 /* IFALIASZ */

/* A device as the kernel has it now. */
struct rtnl_link {
	uint32_t ifindex;
	uint32_t flags; /* IFF_* */
	uint32_t mtu;
	char name[IFNAMSIZ];
	char alias[RTNL_ALIAS_MAX];
	bool is_tap;
	bool carrier; /* of a TAP: somebody has it open */
	bool multi_queue;
	uint32_t queues; /* of such a TAP: that somebody has */
	uid_t owner;     /* of a TAP; -1: none */
	gid_t group;
};

struct nl_sock;

/* A socket in @netns, to be freed with nl_socket_free(). NULL with @err. */
struct nl_sock *rtnl_open(const struct netns *netns, struct hd_err *err);

/* The device named @name, or, where that is NULL, the one with @ifindex. 0, -ENODEV or -errno. */
int rtnl_get(struct nl_sock *sock, const char *name, uint32_t ifindex, struct rtnl_link *link);

/* Calls @fn for each device. 0 or -errno. */
int rtnl_each(struct nl_sock *sock, void (*fn)(const struct rtnl_link *link, void *arg), void *arg);

/* Sets the text that `ip link` shows as "alias". 0 or -errno. */
int rtnl_alias(struct nl_sock *sock, uint32_t ifindex, const char *text);

/* No IPv6 address comes by itself on this device. 0 or -errno; a kernel without IPv6 is fine. */
int rtnl_no_ipv6_address(struct nl_sock *sock, uint32_t ifindex);

/*
 * Deletes the device: 10 to 20 ms, but for 1 ms each when all that were put in a group go at once.
 * 0 or -errno.
 */
int rtnl_delete(struct nl_sock *sock, uint32_t ifindex);
int rtnl_group(struct nl_sock *sock, uint32_t ifindex, uint32_t group);
int rtnl_delete_group(struct nl_sock *sock, uint32_t group);

/*
 * A socket in @netns for the two calls below, or -errno with @err.
 */
int rtnl_guard_socket(const struct netns *netns, struct hd_err *err);

/*
 * Lets nothing that comes in by @netdev reach the host's stack, at the hook where only packet sockets
 * have seen it: a table of our own, named by the device. One of that name is replaced in one step.
 * 0 or -errno.
 */
int rtnl_guard(int sock, const char *netdev);

/* The same where what is there of it may stay: -EEXIST, and the kernel tells of no table that went. */
int rtnl_guard_again(int sock, const char *netdev);

/* A socket in @netns that can be read when the packet filter there changes, or -errno. */
int rtnl_guard_listen(const struct netns *netns);

/*
 * Reads what changed: calls @fn with each device whose table went; NULL: some were missed. Of a lot it
 * leaves some, and the socket can be read still.
 */
void rtnl_guard_news(int sock, void (*fn)(const char *netdev, void *arg), void *arg);

/* Removes that table. 0 or -errno; -ENOENT: there is none. */
int rtnl_unguard(int sock, const char *netdev);

#endif
