/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside which port heddle-dp died ("blame" of OPEN_SHM). It writes this down with its last
 * instructions, when a signal ends it while it serves a port: a guest can do that to it, by taking away
 * memory that it shares. The next heddle-dp holds that port back, longer each time; heddled starts the
 * next one at once, since the others are not to wait for what one port does.
 *
 * heddle-dp is the writer. Who reads believes nothing: it may be in the hands of an attacker.
 */
#ifndef HEDDLE_API_BLAME_H
#define HEDDLE_API_BLAME_H

#include <stdint.h>

#include "heddle/base/name.h"

#define HD_BLAME_NAME    "blame"
#define HD_BLAME_VERSION 1
#define HD_BLAME_PORTS   256 /* that are remembered */

/* What was being done with the port. */
enum hd_doing {
	HD_DOING_NOTHING,
	HD_DOING_RECEIVE,
	HD_DOING_SEND,
	HD_DOING_WAIT,    /* asking the other side to signal */
	HD_DOING_MESSAGE, /* a message of the other side */
	HD_DOING_CONTROL, /* opening, closing, looking after it */
	HD_DOING_COUNT,
};

/* The last death. */
struct hd_blame_last {
	uint32_t seq; /* of deaths that were written down; it only grows */
	uint32_t signal;
	uint32_t doing; /* enum hd_doing */
	uint32_t zero;
	char port[HD_NAME_MAX];
};

/* What one port did. */
struct hd_blame_port {
	char port[HD_NAME_MAX]; /* empty: a free place */
	uint32_t deaths;        /* since it was forgiven */
	uint32_t signal, doing; /* of the last one */
	uint32_t zero;
	uint64_t died_ns; /* CLOCK_MONOTONIC */
};

struct hd_blame {
	struct hd_blame_last last;
	uint32_t taken; /* the seq that is in @port already */
	uint32_t zero;
	struct hd_blame_port port[HD_BLAME_PORTS];
};

#endif
