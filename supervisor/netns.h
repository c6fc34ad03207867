/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Network namespaces by name, and doing something in one.
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
 * Calls @fn(@arg) inside @netns, in a thread of its own that ends with it: heddled itself never
 * changes its namespace. @fn must not touch what belongs to the loop. Returns what @fn returns, or
 * -errno with @err when the namespace cannot be entered.
 */
int netns_run(const struct netns *netns, int (*fn)(void *arg), void *arg, struct hd_err *err);

#endif
