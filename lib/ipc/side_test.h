/* SPDX-License-Identifier: BSD-3-Clause */
/* A channel of a test, with handlers that count and answer. */
#ifndef LIB_IPC_SIDE_TEST_H
#define LIB_IPC_SIDE_TEST_H

#include "lib/ipc/test_msgs.h"

struct side {
	struct hd_chan *chan;
	uint64_t bigs;
	unsigned int hellos, closed, items, finals, events;
	int status;
	uint64_t last;
	char text[256];
	uint64_t generation;
	bool late; /* keeps the request; the test answers it later */
	struct hd_msg_hdr kept;
	int fd_taken;
	bool want_write;
};

/* Opens the channel of @s on @fd, which the channel owns from now on. */
void side_open(struct side *s, int fd, enum hd_plane self, uint64_t generation);

/* Connects two sides: @a is heddle-dp with generation 7, @b is heddle-mgmt with generation 9. */
void side_open_pair(struct side *a, struct side *b);
void side_close_pair(struct side *a, struct side *b);

/* Serves both sides until no message is left. */
void side_settle(struct side *a, struct side *b);

/* A reply function that counts; @arg is the side. */
void side_on_reply(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		   void *arg);

#endif
