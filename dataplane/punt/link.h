/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The channel to heddle-cp: what comes by it, and what goes. Punt thread.
 */
#ifndef DATAPLANE_PUNT_LINK_H
#define DATAPLANE_PUNT_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/core/config.h"

/* Takes over @fd; a channel that was there is closed, and its rules go. */
void punt_link_open(int fd);
void punt_link_close(void);

/* For poll(2): the channel's descriptor and events; -1: there is none. */
int punt_link_fd(short *events);

/* Serves messages that came. */
void punt_link_process(void);

/* True if a frame may be sent now: the peer is there, and what was sent before left. */
bool punt_link_takes(void);

/* The tree, which the caller may hold, and the time, for what follows. */
void punt_link_turn(const struct hd_config *tree, uint64_t now_ns);

/* Sends frames from the queues, the classes by turns, up to a budget. True: there may be more. */
bool punt_link_drain(void);

/* Ends leases that ran out. Returns when it is to be called again, UINT64_MAX: never. */
uint64_t punt_link_leases(void);

#endif
