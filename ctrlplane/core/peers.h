/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The channels to heddled, heddle-mgmt and heddle-dp, in the event loop.
 *
 * heddled's is there from the start; the others come over it, again after each restart of the other
 * side. The loop ends when heddled says stop, or is gone.
 */
#ifndef CTRLPLANE_CORE_PEERS_H
#define CTRLPLANE_CORE_PEERS_H

#include "heddle/base/err.h"
#include "heddle/ipc/msg.h"

struct event_base;
struct hd_chan;

/* Takes over @supervisor_fd. Returns 0 or -errno. */
int cp_peers_start(struct event_base *base, int supervisor_fd, struct hd_err *err);

/* Tells heddled that start-up is over. */
void cp_peers_ready(void);

/* The channel to @plane, or NULL while there is none. */
struct hd_chan *cp_peer(enum hd_plane plane);

/* True when the loop ended because heddled vanished, and not because it asked for it. */
int cp_peers_orphaned(void);

void cp_peers_stop(void);

#endif
