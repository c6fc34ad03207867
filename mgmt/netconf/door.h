/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finding out who knocks, beside the loop: the names of accounts and groups may be in a directory on
 * the network, whose answer is not to be waited for by those who are in already.
 */
#ifndef MGMT_NETCONF_DOOR_H
#define MGMT_NETCONF_DOOR_H

#include <stdbool.h>

#include <event2/event.h>

#include "heddle/base/err.h"
#include "mgmt/netconf/peer.h"

#define NC_DOOR_MAX 1024 /* connections that wait to be recognised */

struct nc_door;

/* Called from the loop. @fd and @peer are taken over; @peer is NULL with @err when it is nobody. */
typedef void (*nc_door_fn)(int fd, struct nc_peer *peer, const struct hd_err *err, void *arg);

/* NULL when there can be no thread. @fn may be called until nc_door_free(). */
struct nc_door *nc_door_new(struct event_base *base, nc_door_fn fn, void *arg);

/* Connections that still wait are closed. */
void nc_door_free(struct nc_door *door);

/* Takes over @fd, a connected socket. False: too many wait, and @fd stays the caller's. */
bool nc_door_ask(struct nc_door *door, int fd);

#endif
