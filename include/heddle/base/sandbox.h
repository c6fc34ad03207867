/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Giving up what a process does not need: capabilities, new privileges, system calls.
 *
 * What stays is decided here and nowhere else, one row for each process (lib/sandbox/sandbox.c).
 */
#ifndef HEDDLE_BASE_SANDBOX_H
#define HEDDLE_BASE_SANDBOX_H

#include <stdint.h>

#include "heddle/base/err.h"

enum hd_sandbox {
	HD_SANDBOX_DATA,    /* heddle-dp */
	HD_SANDBOX_CONTROL, /* heddle-cp */
	HD_SANDBOX_MGMT,    /* heddle-mgmt */
	HD_SANDBOX_SUPERVISOR,
	HD_SANDBOX_NETNS, /* the helper of heddled that enters namespaces */
};

/*
 * Gives up, for good: every capability that @who does not keep, the bounding set, new privileges, and
 * the system calls that @who never makes. Before the first thread is started: capabilities and the
 * filter pass to those that are started later. A kernel without filters is told of in the log, and is
 * no error. Returns 0, or -errno with @err: then the process must not go on.
 */
int hd_sandbox_enter(enum hd_sandbox who, struct hd_err *err);

#endif
