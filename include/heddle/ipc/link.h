/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A link: a channel to another process in a libevent loop. Call everything on the loop's thread.
 *
 * It is not part of libheddle, so that a program without a libevent loop needs no libevent.
 */
#ifndef HEDDLE_IPC_LINK_H
#define HEDDLE_IPC_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/ipc/chan.h"

struct event;
struct event_base;

struct hd_link {
	/* The owner sets these before hd_link_open(); the functions may be NULL. */
	struct event_base *base;
	enum hd_plane self; /* the plane that our hello names */
	enum hd_plane peer; /* for the owner's use */
	/*
	 * Serves all messages that are there, up to some thousands, before other events of the
	 * loop: for a peer that sends many, and that is trusted to stop.
	 */
	bool greedy;
	/* The peer said hello. */
	void (*up)(struct hd_link *link, const struct hd_hello *hello, void *arg);
	/* The peer is gone and the channel is freed; the link may be opened again. */
	void (*down)(struct hd_link *link, void *arg);
	void *arg;

	struct hd_chan *chan; /* NULL: closed. The owner adds its handlers after hd_link_open() */
	struct event *readable, *writable; /* private to the link */
};

/*
 * Opens a channel on @fd, which the link owns from now on. A channel that was open is closed first,
 * and down() is called for it. Our hello names @generation. 0, or -errno; then @fd is closed.
 */
int hd_link_open(struct hd_link *link, int fd, uint64_t generation);

/*
 * Closes the channel, if it is open, without a call of down(). The functions of open requests are
 * called with -EPIPE.
 */
void hd_link_close(struct hd_link *link);

/* True once the peer said hello. */
bool hd_link_ready(const struct hd_link *link);

#endif
