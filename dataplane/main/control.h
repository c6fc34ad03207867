/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control thread: channels to heddled and heddle-mgmt, the ports' service, ticks.
 */
#ifndef DATAPLANE_MAIN_CONTROL_H
#define DATAPLANE_MAIN_CONTROL_H

#include "heddle/base/err.h"

/* The channel to heddled (HEDDLE_SUPERVISOR_FD), before anything else needs it. 0 or -errno. */
int hd_control_connect(struct hd_err *err);

/* Serves until told to stop. Returns the exit status. */
int hd_control_run(void);

#endif
