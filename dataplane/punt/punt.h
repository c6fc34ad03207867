/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The punt thread: it carries packets to and from heddle-cp and keeps the leases, and waits for nobody:
 * neither for the control thread nor for workers. What it reads of the configuration it reads from the
 * published tree, as workers do.
 */
#ifndef DATAPLANE_PUNT_PUNT_H
#define DATAPLANE_PUNT_PUNT_H

#include <stdbool.h>

#include "heddle/base/err.h"

struct hd_fdb;

/* Makes queues and buffers. Control thread, once, before workers run. 0 or -errno with @err. */
int hd_punt_init(struct hd_fdb *fdb, struct hd_err *err);

/* Starts the thread, with all signals blocked. Control thread. 0 or -errno with @err. */
int hd_punt_start(struct hd_err *err);

/* Ends it, and waits for its end: a turn. Control thread. */
void hd_punt_stop(void);

/* @fd is a channel to a new heddle-cp; the thread takes it over. The one before is closed. Any thread. */
void hd_punt_connect(int fd);

/*
 * One turn of the thread: waits at most @max_ms (below 0: as long as nothing is due), then does what is
 * there, up to a budget. False: it was told to stop. For the thread, and for tests instead of it.
 */
bool punt_turn(int max_ms);

#endif
