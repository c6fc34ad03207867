/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Watches whether the planes live: asks each of them once a second (PING). Tells systemd's watchdog
 * that heddled lives.
 */
#ifndef SUPERVISOR_WATCH_H
#define SUPERVISOR_WATCH_H

#include "supervisor/heddled.h"

#define WATCH_PERIOD_NS 1000000000ull
/* A plane is killed after so long ... */
#define WATCH_SILENCE_MS       10000  /* without an answer, if it was ready */
#define WATCH_START_SILENCE_MS 60000  /* without an answer at the start: it may clear hugepages */
#define WATCH_LOST_MS          1000   /* if it closed its channel and still runs */
#define WATCH_WORK_MS          300000 /* without an answer, while its long work makes progress */

/* A plane sent PLANE_WORK. */
void watch_work(struct plane *plane, const struct hd_plane_work *work);

/* Writes the long work of a plane for people: "closing ports: 300 of 750", or an empty text. */
void watch_doing(const struct plane *plane, char *text, size_t size);

/* Starts to watch. Returns 0 or -ENOMEM. Its events live as long as the event loop. */
int watch_start(struct heddled *heddled);

#endif
