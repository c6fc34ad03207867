/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The channel to heddle-cp: serves its messages, and sends it punted frames. Punt thread.
 */
#ifndef DATAPLANE_PUNT_LINK_H
#define DATAPLANE_PUNT_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/core/config.h"

/*
 * Opens a channel on @fd, which it owns from now on. Closes the channel before, and removes its
 * rules.
 */
void punt_link_open(int fd);
void punt_link_close(void);

/* For poll(2): returns the channel's descriptor and sets its events; -1: there is no channel. */
int punt_link_fd(short *events);

/* Serves messages of heddle-cp. */
void punt_link_process(void);

/*
 * True if frames may be sent now: heddle-cp has said hello, and nothing is queued in the channel.
 */
bool punt_link_takes(void);

/*
 * Sets the tree and the time that later calls use; the caller may hold the tree meanwhile (rcu.h).
 */
void punt_link_turn(const struct dp_config *tree, uint64_t now_ns);

/* Sends frames from the queues, class by class in turn, up to a budget. True: there may be more. */
bool punt_link_drain(void);

/* Ends expired leases. Returns the time at which to call it again; UINT64_MAX: there is none. */
uint64_t punt_link_leases(void);

#endif
