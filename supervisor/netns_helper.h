/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A process of its own for the one thing that needs CAP_SYS_ADMIN: entering a network namespace. It
 * opens a socket or a device there, hands it to heddled, and does nothing else. heddled itself never
 * has the capability once it runs.
 *
 * It is a child of heddled, forked at the start, and dies with it; when it ends first, heddled ends too,
 * since it could not make another one. Or it is a service of systemd (heddled-netns.socket), which starts
 * one for each connection: then heddled has no right to devices and to sockets of its own either, and all
 * are opened there.
 */
#ifndef SUPERVISOR_NETNS_HELPER_H
#define SUPERVISOR_NETNS_HELPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "heddle/base/err.h"

/* What a descriptor is opened for; the three numbers are a socket's. */
enum netns_what { NETNS_SOCKET, NETNS_TUN };

struct netns_want {
	enum netns_what what;
	int family, type, protocol;
};

/*
 * Starts it; before heddled gives up what it needs and opens anything that others shall not have. Where
 * @path is not empty, it connects to the service there instead. Returns its process, 0 for a service, or
 * -errno with @err.
 */
pid_t netns_helper_start(const char *path, struct hd_err *err);

/* The helper's own work, on its end of the connection. Returns the exit status when that has closed. */
int netns_helper_serve(int sock);

/*
 * Opens @want inside of the namespace @netns (a descriptor, -1: heddled's own). Waits for the helper.
 * Returns the descriptor, or -errno: what opening said; *@entered tells whether the namespace was entered.
 */
int netns_helper_open(int netns, const struct netns_want *want, bool *entered);

#endif
