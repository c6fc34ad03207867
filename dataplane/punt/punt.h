/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The punt thread carries packets to and from heddle-cp, and keeps the leases. It never waits for
 * the control thread or for workers. It reads the configuration from the published tree, as workers
 * do.
 */
#ifndef DATAPLANE_PUNT_PUNT_H
#define DATAPLANE_PUNT_PUNT_H

#include <stdbool.h>

#include "heddle/base/err.h"

struct dp_fdb;

/* Makes queues and buffers. Control thread, once, before workers run. 0 or -errno with @err. */
int dp_punt_init(struct dp_fdb *fdb, struct hd_err *err);

/* Starts the thread, with all signals blocked. Control thread. 0 or -errno with @err. */
int dp_punt_start(struct hd_err *err);

/* Stops the thread, and waits until it has ended, for one turn at most. Control thread. */
void dp_punt_stop(void);

/*
 * Gives the thread @fd, the channel to a new heddle-cp; it closes the channel before. Any thread.
 */
void dp_punt_connect(int fd);

/*
 * One turn of the thread: waits for work, at most @max_ms (below 0: without limit), and does it, up
 * to a budget. False: dp_punt_stop() was called. The thread calls this; tests call it instead of
 * the thread.
 */
bool punt_turn(int max_ms);

#endif
