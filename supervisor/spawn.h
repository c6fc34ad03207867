/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Starting a plane's program.
 */
#ifndef SUPERVISOR_SPAWN_H
#define SUPERVISOR_SPAWN_H

#include "supervisor/heddled.h"

/*
 * Finds the programs of all planes: below HEDDLE_BUILD_DIR, else beside heddled in a build tree, else
 * where they are installed. Returns 0, or -ENOENT with @err.
 */
int spawn_find(struct heddled *heddled, struct hd_err *err);

/* Returns 0 if the user of @plane may run its program, or -EACCES with @err. */
int spawn_may_start(const struct plane *plane, struct hd_err *err);

/*
 * Starts @plane's program, opens the plane's link to it, and sets the plane's pid. Returns 0 or -errno
 * with @err; then the link is closed.
 */
int spawn_plane(struct plane *plane, struct hd_err *err);

#endif
