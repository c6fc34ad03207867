/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A channel to another process, in the event loop.
 */
#ifndef MGMT_BACKEND_LINK_H
#define MGMT_BACKEND_LINK_H

#include <stdbool.h>

#include <event2/event.h>

#include "heddle/ipc/chan.h"

struct bk_link {
	struct event_base *base;
	enum hd_plane peer;
	struct hd_chan *chan; /* NULL: none, or closed */
	struct event *event;
	bool writing;
	/* For the owner; called from the loop. */
	void (*up)(struct bk_link *link, const struct hd_hello *hello, void *arg);
	void (*down)(struct bk_link *link, void *arg);
	void *arg;
};

/*
 * Starts to talk on @fd, which is taken over; what was there before is closed first (down is called
 * for it). @generation goes into our hello. Handlers are added by the caller on link->chan.
 * Returns 0, or -errno (then @fd is closed).
 */
int bk_link_open(struct bk_link *link, int fd, uint64_t generation);

/* Ends it without a call of down. Open requests are answered with -EPIPE. */
void bk_link_close(struct bk_link *link);

/* True once the peer said hello. */
bool bk_link_ready(const struct bk_link *link);

#endif
