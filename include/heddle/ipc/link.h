/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A channel to another process in a libevent loop. All calls come from the loop's thread.
 *
 * Not part of libheddle: who has another loop needs no libevent.
 */
#ifndef HEDDLE_IPC_LINK_H
#define HEDDLE_IPC_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/ipc/chan.h"

struct event;
struct event_base;

struct hd_link {
	/* The owner's, set before hd_link_open(); the functions may be NULL. */
	struct event_base *base;
	enum hd_plane self; /* who we say we are */
	enum hd_plane peer; /* for the owner */
	/*
	 * Serves all messages that are there, up to some thousands, before the loop goes on: for a
	 * peer that sends many and is trusted not to send without end.
	 */
	bool greedy;
	void (*up)(struct hd_link *link, const struct hd_hello *hello, void *arg);
	/* The peer is gone; the channel is freed, and the link may be opened again. */
	void (*down)(struct hd_link *link, void *arg);
	void *arg;

	struct hd_chan
		*chan; /* NULL: none, or closed. Handlers are added here after hd_link_open() */
	struct event *readable, *writable; /* the link's own */
};

/*
 * Starts to talk on @fd, which is taken over; what was there before is closed first (down is called
 * for it). @generation goes into our hello. 0, or -errno (then @fd is closed).
 */
int hd_link_open(struct hd_link *link, int fd, uint64_t generation);

/* Ends it without a call of down. Open requests are answered with -EPIPE. Not open: does nothing. */
void hd_link_close(struct hd_link *link);

/* True once the peer said hello. */
bool hd_link_ready(const struct hd_link *link);

#endif
