/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Network namespaces by name, and opening something in one.
 */
#ifndef SUPERVISOR_NETNS_H
#define SUPERVISOR_NETNS_H

#include <stdbool.h>
#include <sys/types.h>

#include "heddle/base/err.h"

struct netns {
	int fd; /* -1: heddled's own */
	dev_t dev;
	ino_t ino; /* which namespace it is: a name may be given to another one */
};

/*
 * Opens the namespace @name (checked before: hd_name_valid(), or empty for heddled's own) right below
 * @root. Returns 0; -ENOENT: no such; -EINVAL: the file is something else.
 */
int netns_open(struct netns *netns, const char *root, const char *name, struct hd_err *err);

void netns_close(struct netns *netns);

/*
 * Opens a socket, or the device that makes TAPs, inside @netns: it stays of that namespace wherever it
 * is used, and what is done with it is judged by the rights of who does it. heddled itself never changes
 * its namespace (netns_helper.h). Both close on exec. Returns the descriptor, or -errno with @err.
 */
int netns_socket(const struct netns *netns, int family, int type, int protocol, struct hd_err *err);
int netns_tun(const struct netns *netns, struct hd_err *err);

#endif
