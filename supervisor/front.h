/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The NETCONF socket. heddled makes it for heddle-mgmt: so it can lie in a directory that
 * heddle-mgmt cannot write, and a client that connects while heddle-mgmt is restarted waits and is
 * not refused.
 */
#ifndef SUPERVISOR_FRONT_H
#define SUPERVISOR_FRONT_H

#include "heddle/base/err.h"

/*
 * Makes the listening socket @name in the directory @dir_fd, in place of one that an earlier
 * heddled left. Everybody may connect: heddle-mgmt decides who is served, by rules that permission
 * bits cannot express. Returns the socket, which the caller owns, or -errno with @err.
 */
int front_listen(int dir_fd, const char *name, struct hd_err *err);

#endif
