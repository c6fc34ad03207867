/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of a plane.
 */
#ifndef SUPERVISOR_PLANE_H
#define SUPERVISOR_PLANE_H

#include "supervisor/heddled.h"

/* Starts it, and gives it and those that run a channel to each other. A failure is tried again. */
void plane_start(struct plane *plane);

/* Gives heddle-mgmt the NETCONF socket, which is another one than it was started with. */
void planes_listen(struct heddled *heddled);

/* Collects the planes that ended, after SIGCHLD, and has them started again. */
void planes_reap(struct heddled *heddled);

/* True if one of them runs. */
bool planes_any(const struct heddled *heddled);

/* True if all of them said PLANE_READY. */
bool planes_ready(const struct heddled *heddled);

/* It does not answer, or lost its channel: it is killed. @why goes to the log and `show planes`. */
void plane_kill(struct plane *plane, const char *why);

/* plane -> heddled: PLANE_READY and PLANE_LIST. The argument is the plane. */
extern const struct hd_handler planes_handlers[];
extern const size_t planes_handlers_n;

/* Tells systemd how things stand. */
void planes_status(struct heddled *heddled);

#endif
