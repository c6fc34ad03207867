/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control thread: serves the channels to heddled and heddle-mgmt, polls ports, and runs ticks.
 */
#ifndef DATAPLANE_MAIN_CONTROL_H
#define DATAPLANE_MAIN_CONTROL_H

#include "heddle/base/err.h"

/*
 * Opens the channel to heddled (HEDDLE_SUPERVISOR_FD of the environment). Call before anything that
 * asks the opener. 0, or -errno with @err.
 */
int dp_control_connect(struct hd_err *err);

/* Serves until heddled sends PLANE_STOP or is gone. Returns the exit status. */
int dp_control_run(void);

#endif
