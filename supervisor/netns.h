/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds network namespaces by name, and opens sockets and TAPs in them.
 */
#ifndef SUPERVISOR_NETNS_H
#define SUPERVISOR_NETNS_H

#include <stdbool.h>
#include <sys/types.h>

#include "heddle/base/err.h"

struct netns {
	int fd; /* -1: heddled's own */
	dev_t dev;
	ino_t ino; /* with dev: identifies the namespace, as its name can pass to another one */
};

/*
 * Opens the namespace @name in the folder @root; an empty name is heddled's own namespace. The
 * caller has checked the name with hd_name_valid(). Returns 0, or with @err: -ENOENT: there is
 * none; -EINVAL: the file is something else; another -errno.
 */
int netns_open(struct netns *netns, const char *root, const char *name, struct hd_err *err);

void netns_close(struct netns *netns);

/*
 * Opens a socket, or the device that makes TAPs (/dev/net/tun), in @netns, close-on-exec. The
 * descriptor belongs to that namespace wherever it is used; the kernel checks the rights of the
 * process that uses it. heddled itself never changes its namespace (netns_helper.h). Returns the
 * descriptor, or -errno with @err.
 */
int netns_socket(const struct netns *netns, int family, int type, int protocol, struct hd_err *err);
int netns_tun(const struct netns *netns, struct hd_err *err);

#endif
