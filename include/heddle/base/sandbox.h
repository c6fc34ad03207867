/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Giving up what a process does not need: capabilities, new privileges, system calls.
 *
 * What stays is decided here and nowhere else, one row for each process (lib/sandbox/sandbox.c).
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
	HD_SANDBOX_NETNS, /* the helper of heddled that enters namespaces */
};

/* Somebody to become. */
struct hd_identity {
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	unsigned int n_groups;
	bool shared; /* other processes, none of ours, may run as it too */
};

/*
 * In a child that is about to start the program of @who: becomes @identity (NULL: stays who it is), with
 * the capabilities that @who keeps and with an empty bounding set. Returns 0, or -errno with @err: then
 * the program must not be started.
 */
int hd_sandbox_prepare(enum hd_sandbox who, const struct hd_identity *identity, struct hd_err *err);

/*
 * Gives up, for good: every capability that @who does not keep, the bounding set, new privileges, and
 * the system calls that @who never makes. Before the first thread is started: capabilities and the
 * filter pass to those that are started later. A kernel without filters is told of in the log, and is
 * no error. Returns 0, or -errno with @err: then the process must not go on.
 */
int hd_sandbox_enter(enum hd_sandbox who, struct hd_err *err);

#endif
