/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Starts the program of a plane.
 */
#ifndef SUPERVISOR_SPAWN_H
#define SUPERVISOR_SPAWN_H

#include "supervisor/heddled.h"

/*
 * Finds the programs of all planes: below HEDDLE_BUILD_DIR, else in heddled's build tree, else
 * where they are installed. Returns 0, or -ENOENT with @err.
 */
int spawn_find(struct heddled *heddled, struct hd_err *err);

/* Checks that the user of @plane may run its program. Returns 0, or -EACCES with @err. */
int spawn_may_start(const struct plane *plane, struct hd_err *err);

/*
 * Starts the program of @plane, opens the plane's link to it, and sets the plane's pid. Returns 0,
 * or -errno with @err; then the link is closed.
 */
int spawn_plane(struct plane *plane, struct hd_err *err);

#endif
