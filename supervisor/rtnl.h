/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads and changes network devices by netlink, where ioctl cannot; and the packet filter's table
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
	bool carrier; /* of a TAP: a process has it open */
	bool multi_queue;
	uint32_t queues; /* of a TAP with several queues: how many are open */
	uid_t owner;     /* of a TAP; -1: it has none */
	gid_t group;
};

struct nl_sock;

/* Opens a socket in @netns; the caller frees it with nl_socket_free(). NULL with @err. */
struct nl_sock *rtnl_open(const struct netns *netns, struct hd_err *err);

/* Reads the device @name or, if that is NULL, @ifindex. 0; -ENODEV: there is none; -errno. */
int rtnl_get(struct nl_sock *sock, const char *name, uint32_t ifindex, struct rtnl_link *link);

/* Calls @fn for each device. 0 or -errno. */
int rtnl_each(struct nl_sock *sock, void (*fn)(const struct rtnl_link *link, void *arg), void *arg);

/* Sets the text that `ip link` shows as "alias". 0 or -errno. */
int rtnl_alias(struct nl_sock *sock, uint32_t ifindex, const char *text);

/*
 * Stops the kernel from giving this device IPv6 addresses. 0 or -errno; 0 for a kernel without
 * IPv6.
 */
int rtnl_no_ipv6_address(struct nl_sock *sock, uint32_t ifindex);

/*
 * rtnl_delete() deletes a device, which takes 10 to 20 ms. rtnl_group() puts a device into a group,
 * and rtnl_delete_group() deletes all devices of a group, which takes 1 ms each. 0 or -errno.
 */
int rtnl_delete(struct nl_sock *sock, uint32_t ifindex);
int rtnl_group(struct nl_sock *sock, uint32_t ifindex, uint32_t group);
int rtnl_delete_group(struct nl_sock *sock, uint32_t group);

/*
 * Opens a socket in @netns for rtnl_guard(), rtnl_guard_again() and rtnl_unguard(). Returns it, or
 * -errno with @err.
 */
int rtnl_guard_socket(const struct netns *netns, struct hd_err *err);

/*
 * Makes the table of @netdev, which keeps all frames that come in by this device away from the
 * host's stack, at a hook behind packet sockets. A table that exists is replaced in one step. 0 or
 * -errno.
 */
int rtnl_guard(int sock, const char *netdev);

/* The same, but a table that exists stays: -EEXIST, and rtnl_guard_news() reports no removal. */
int rtnl_guard_again(int sock, const char *netdev);

/*
 * Opens a socket in @netns that becomes readable when the packet filter there changes; or -errno.
 */
int rtnl_guard_listen(const struct netns *netns);

/*
 * Reads changes: calls @fn with each device whose table was removed; with NULL: some changes were
 * lost. Reads a bounded number; if more are left, the socket stays readable.
 */
void rtnl_guard_news(int sock, void (*fn)(const char *netdev, void *arg), void *arg);

/* Removes the table of @netdev. 0 or -errno; -ENOENT: there is none. */
int rtnl_unguard(int sock, const char *netdev);

#endif
