/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Deletes devices beside the loop: it takes the kernel 10 to 20 ms each, and 1 ms when many go at
 * once. One thread, from the first device to the end.
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

/* A TAP that is to go. All of it belongs to the closer once it was given. */
struct closing {
	STAILQ_ENTRY(closing) next;
	LIST_ENTRY(closing) all;
	dev_t dev; /* the namespace */
	ino_t ino;
	uint32_t ifindex;
	int queue[HD_TAP_QUEUES_MAX]; /* where we have them, it goes also from another namespace */
	unsigned int n_queues;
	struct nl_sock *rtnl;       /* in its namespace; NULL: none could be opened */
	int guard;                  /* of a VM's TAP: rtnl_guard_socket() there; else -1 */
	char netdev[HD_NETDEV_MAX]; /* of a VM's TAP: its rule is called by this */
	_Atomic bool done;
};

/* @run_dir: whose devices may be deleted; it must outlive the closer. NULL when out of memory. */
struct closer *closer_new(const char *run_dir);

/* Deletes the device soon. In the loop; does not wait. */
void closer_add(struct closer *closer, struct closing *closing);

/* Is the device with this number in this namespace about to go? In the loop. */
bool closer_has(struct closer *closer, dev_t dev, ino_t ino, uint32_t ifindex);

/* Is the rule of a VM's TAP of this name about to go? A new one would go with it. In the loop. */
bool closer_guards(struct closer *closer, dev_t dev, ino_t ino, const char *netdev);

/* Waits until all are gone. NULL is fine. */
void closer_free(struct closer *closer);

#endif
