/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A process of its own for the one thing that needs CAP_SYS_ADMIN: entering a network namespace. It
 * opens a socket or a TUN descriptor there, hands it to heddled, and does nothing else. heddled itself
 * never has the capability once it runs.
 *
 * It dies with heddled. When it ends first, heddled ends too, since it could not make another one.
 */
#ifndef SUPERVISOR_NETNS_HELPER_H
#define SUPERVISOR_NETNS_HELPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "heddle/base/err.h"

/* What a descriptor is opened for: /dev/net/tun, or a socket of these three numbers. */
struct netns_want {
	bool tun;
	int family, type, protocol;
};

/*
 * Starts it; before heddled gives up what it needs and opens anything that others shall not have.
 * Returns its process, or -errno with @err.
 */
pid_t netns_helper_start(struct hd_err *err);

/*
 * Opens @want inside of the namespace @netns, a descriptor. Waits for the helper. Returns the
 * descriptor, or -errno: what opening said; *@entered tells whether the namespace was entered.
 */
int netns_helper_open(int netns, const struct netns_want *want, bool *entered);

/* The same here and now, without a helper: in the namespace of the caller. */
int netns_open_here(const struct netns_want *want);

#endif
