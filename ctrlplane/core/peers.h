/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The channels to heddled, heddle-mgmt and heddle-dp, in the event loop.
 *
 * The channel to heddled exists from the start. heddled sends the other two over it, and again
 * after each restart of the other side. The event loop ends when heddled sends PLANE_STOP or is
 * gone.
 */
#ifndef CTRLPLANE_CORE_PEERS_H
#define CTRLPLANE_CORE_PEERS_H

#include "heddle/base/err.h"
#include "heddle/ipc/msg.h"

struct event_base;
struct hd_chan;

/*
 * Opens the channel to heddled on @supervisor_fd, which it owns from now on. 0, or -errno with
 * @err.
 */
int cp_peers_start(struct event_base *base, int supervisor_fd, struct hd_err *err);

/* Tells heddled that heddle-cp is ready. */
void cp_peers_ready(void);

/* The channel to @plane, or NULL while there is none. */
struct hd_chan *cp_peer(enum hd_plane plane);

/* True if the loop ended because heddled is gone, and not by PLANE_STOP. */
int cp_peers_orphaned(void);

void cp_peers_stop(void);

#endif
