/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who is at the other end of a session's socket: the kernel knows (SO_PEERCRED, SO_PEERGROUPS).
 *
 * sshd starts heddle-netconf as the user who logged in, with all groups of theirs, so that this is
 * the same over SSH.
 */
#ifndef MGMT_NETCONF_PEER_H
#define MGMT_NETCONF_PEER_H

#include <sys/types.h>

#include "heddle/base/err.h"
#include "mgmt/nacm/subject.h"

#define NC_PEER_USER_MAX 64

struct nc_peer {
	unsigned int refs;
	struct nacm_subject who; /* points into this */
	char user[NC_PEER_USER_MAX];
	char client[16];
	char **groups;
};

/*
 * Reads it of a connected UNIX socket. NULL with @err: the kernel does not tell, or the machine has
 * no account for the user. Root, and the account that this process runs as, which owns all of its
 * files, are exempt of access rules.
 * May take its time, when accounts are on the network; called from one thread at a time.
 */
struct nc_peer *nc_peer_of(int fd, struct hd_err *err);

/* The same of somebody who is known by other means; for tests. */
struct nc_peer *nc_peer_new(const char *user, const char *const *groups, size_t n, bool exempt);

/* Shared by a session and its calls, which may outlive it. */
struct nc_peer *nc_peer_get(struct nc_peer *peer);
void nc_peer_put(struct nc_peer *peer); /* may be NULL */

#endif
