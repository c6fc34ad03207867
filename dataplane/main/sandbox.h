/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DATAPLANE_MAIN_SANDBOX_H
#define DATAPLANE_MAIN_SANDBOX_H

#include "heddle/base/err.h"

/*
 * Gives up every capability but CAP_DAC_OVERRIDE, for good: what needs one is opened by heddled. Before
 * the first thread is started, for capabilities belong to a thread and pass to those it starts.
 * 0 or -errno.
 */
int hd_sandbox(struct hd_err *err);

#endif
