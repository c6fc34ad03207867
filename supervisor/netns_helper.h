/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The helper: a process for the one act that needs CAP_SYS_ADMIN, entering a network namespace. It
 * opens a socket or a device there, sends it to heddled, and does nothing else. heddled itself
 * gives up the capability at its start.
 *
 * The helper is a child that heddled forks at its start, and it dies with heddled. If it ends
 * first, heddled ends, too, since it could not fork another one with the capability. Or the helper
 * is a service of systemd (heddled-netns.socket), which starts one for each connection. Then
 * heddled may not open devices and sockets in its own namespace either, and the helper opens all of
 * them.
 */
#ifndef SUPERVISOR_NETNS_HELPER_H
#define SUPERVISOR_NETNS_HELPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "heddle/base/err.h"

/* What to open. A socket has a family, a type and a protocol. */
enum netns_what { NETNS_SOCKET, NETNS_TUN };

struct netns_want {
	enum netns_what what;
	int family, type, protocol;
};

/*
 * Starts the helper, or, if @path is not empty, connects to the service there. Call before heddled
 * gives up capabilities, and before it opens anything that the helper must not inherit. Returns the
 * helper's process id, 0 for a service, or -errno with @err.
 */
pid_t netns_helper_start(const char *path, struct hd_err *err);

/*
 * The helper's main loop: serves requests on its end of the connection. Returns the exit status
 * when the connection is closed.
 */
int netns_helper_serve(int sock);

/*
 * Asks the helper to open @want in the namespace @netns (a descriptor; -1: heddled's own), and
 * waits for it. Returns the descriptor, or -errno. *@entered: the helper could enter the namespace.
 */
int netns_helper_open(int netns, const struct netns_want *want, bool *entered);

#endif
