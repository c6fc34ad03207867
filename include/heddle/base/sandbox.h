/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A process gives up what it does not need: capabilities, new privileges, system calls.
 *
 * lib/sandbox/sandbox.c alone decides what each process keeps; it has one row for each.
 */
#ifndef HEDDLE_BASE_SANDBOX_H
#define HEDDLE_BASE_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

#include "heddle/base/err.h"

enum hd_sandbox {
	HD_SANDBOX_DATA,    /* heddle-dp */
	HD_SANDBOX_CONTROL, /* heddle-cp */
	HD_SANDBOX_MGMT,    /* heddle-mgmt */
	HD_SANDBOX_SUPERVISOR,
	HD_SANDBOX_NETNS, /* heddled's helper, which enters namespaces */
};

/* The user and the groups that a process takes. */
struct hd_identity {
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	unsigned int n_groups;
	bool shared; /* processes that are not Heddle's may run as this user, too */
};

/*
 * Makes the calling process @identity (NULL: the user stays), with the capabilities that @who keeps
 * and an empty bounding set. For a child that is about to start the program of @who. Returns 0, or
 * -errno with @err; then the program must not be started.
 */
int hd_sandbox_prepare(enum hd_sandbox who, const struct hd_identity *identity, struct hd_err *err);

/*
 * Gives up for good: every capability that @who does not keep, the bounding set, new privileges,
 * and the system calls that @who never makes. Call before the first thread is started: threads
 * inherit capabilities and the filter. A kernel without filters is no error; a line in the log says
 * so. Returns 0, or -errno with @err; then the process must not go on.
 */
int hd_sandbox_enter(enum hd_sandbox who, struct hd_err *err);

#endif
