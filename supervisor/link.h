/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A channel in the event loop.
 */
#ifndef SUPERVISOR_LINK_H
#define SUPERVISOR_LINK_H

#include <event2/event.h>

#include "heddle/ipc/chan.h"

struct link;

struct link_config {
	void (*hello)(const struct hd_hello *peer, void *arg);
	void (*lost)(void *arg); /* once, when the peer is gone; free the link here or later */
	void *arg;
};

/* Takes over @fd. Returns NULL when out of memory; then @fd is still the caller's. */
struct link *link_new(struct event_base *base, int fd, const struct link_config *config);

/* Frees the channel too; `lost` is not called. NULL is fine. */
void link_free(struct link *link);

struct hd_chan *link_chan(struct link *link);

#endif
