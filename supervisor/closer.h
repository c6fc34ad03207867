/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The closer deletes devices in a thread of its own, beside the event loop: the kernel takes 10 to
 * 20 ms for each, or 1 ms each when many are deleted together. The thread starts with the first
 * device.
 */
#ifndef SUPERVISOR_CLOSER_H
#define SUPERVISOR_CLOSER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "heddle/api/opener.h"

struct nl_sock;
struct closer;

/* A TAP to delete. closer_add() passes it, with all that it holds, to the closer. */
struct closing {
	STAILQ_ENTRY(closing) next;
	LIST_ENTRY(closing) all;
	dev_t dev; /* the namespace */
	ino_t ino;
	uint32_t ifindex;
	/* Our queues, if we have some: closing them deletes a TAP that was moved elsewhere, too. */
	int queue[HD_TAP_QUEUES_MAX];
	unsigned int n_queues;
	struct nl_sock *rtnl;       /* in its namespace; NULL: it could not be opened */
	int guard;                  /* a VM's TAP: rtnl_guard_socket() of its namespace; else -1 */
	char netdev[HD_NETDEV_MAX]; /* a VM's TAP: the device that its rule names */
	_Atomic bool done;
};

/*
 * Makes a closer, which deletes only devices that are marked with @run_dir; that must outlive the
 * closer. NULL: no memory.
 */
struct closer *closer_new(const char *run_dir);

/* Asks the closer to delete the device; does not wait. Loop's thread. */
void closer_add(struct closer *closer, struct closing *closing);

/* True if the closer will delete the device @ifindex of the namespace. Loop's thread. */
bool closer_has(struct closer *closer, dev_t dev, ino_t ino, uint32_t ifindex);

/*
 * True if the closer will remove the rule of a VM's TAP of this name; it would remove a new rule of
 * this name, too. Loop's thread.
 */
bool closer_guards(struct closer *closer, dev_t dev, ino_t ino, const char *netdev);

/* Waits until all devices are deleted, and frees the closer. NULL is fine. */
void closer_free(struct closer *closer);

#endif
