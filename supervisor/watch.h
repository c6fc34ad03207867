/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Are the planes alive? Each is asked once a second; systemd's watchdog is told that heddled is.
 */
#ifndef SUPERVISOR_WATCH_H
#define SUPERVISOR_WATCH_H

#include "supervisor/heddled.h"

#define WATCH_PERIOD_NS        1000000000ull
#define WATCH_SILENCE_MS       10000  /* of a plane that was ready */
#define WATCH_START_SILENCE_MS 60000  /* of one that starts: it may clear gigabytes of hugepages */
#define WATCH_LOST_MS          1000   /* it closed its channel, and lives on */
#define WATCH_WORK_MS          300000 /* without an answer, of one that says how far its work is */

/* A plane says what it does for long. */
void watch_work(struct plane *plane, const struct hd_plane_work *work);

/* The same for people: "closing ports: 300 of 750", or empty. */
void watch_doing(const struct plane *plane, char *text, size_t size);

/* Starts to watch. Returns 0 or -ENOMEM. The events live as long as the loop. */
int watch_start(struct heddled *heddled);

#endif
