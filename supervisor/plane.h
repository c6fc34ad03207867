/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A plane's process: start, end, restart.
 */
#ifndef SUPERVISOR_PLANE_H
#define SUPERVISOR_PLANE_H

#include "supervisor/heddled.h"

/*
 * Starts the plane, and connects it with the planes that run. If that fails, it is tried again
 * later.
 */
void plane_start(struct plane *plane);

/* Sends heddle-mgmt a new NETCONF socket, in place of the one that it was started with. */
void planes_listen(struct heddled *heddled);

/* After SIGCHLD: reaps the planes that ended, and arranges for their restart. */
void planes_reap(struct heddled *heddled);

/* True if a plane runs. */
bool planes_any(const struct heddled *heddled);

/* True if all planes sent PLANE_READY. */
bool planes_ready(const struct heddled *heddled);

/*
 * Kills a plane that does not answer or lost its channel. @why goes to the log and `show planes`.
 */
void plane_kill(struct plane *plane, const char *why);

/* Handlers of planes' messages about themselves (planes_api.c). Their argument is the plane. */
extern const struct hd_handler planes_handlers[];
extern const size_t planes_handlers_n;

/* Tells systemd the state of the planes: ready, or which one is not. */
void planes_status(struct heddled *heddled);

#endif
