/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DATAPLANE_MAIN_SANDBOX_H
#define DATAPLANE_MAIN_SANDBOX_H

#include "heddle/base/err.h"

/*
 * Gives up every capability, for good: what needs one is opened by heddled. After all threads were
 * started (they are single-threaded syscalls: the workers drop theirs as they start). 0 or -errno.
 */
int hd_sandbox(struct hd_err *err);

#endif
