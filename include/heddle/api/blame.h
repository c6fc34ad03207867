/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The port that heddle-dp served when it died: shared memory, "blame" of OPEN_SHM. A guest can make
 * heddle-dp die, by taking away memory that it shares. When a signal ends heddle-dp while it serves
 * a port, its signal handler writes the port's name here. The next heddle-dp does not open that
 * port for a while, longer after each death. heddled starts the next heddle-dp at once, so that the
 * other ports do not wait.
 *
 * Only heddle-dp writes. An attacker may control heddle-dp, so a reader checks everything.
 */
#ifndef HEDDLE_API_BLAME_H
#define HEDDLE_API_BLAME_H

#include <stdint.h>

#include "heddle/base/name.h"

#define HD_BLAME_NAME    "blame"
#define HD_BLAME_VERSION 1
#define HD_BLAME_PORTS   256 /* ports that are remembered */

/* What heddle-dp did with the port. */
enum hd_doing {
	HD_DOING_NOTHING,
	HD_DOING_RECEIVE,
	HD_DOING_SEND,
	HD_DOING_WAIT,    /* it asked the other side to signal */
	HD_DOING_MESSAGE, /* it served a message of the other side */
	HD_DOING_CONTROL, /* it opened, closed or polled the port */
	HD_DOING_COUNT,
};

/* The last death. */
struct hd_blame_last {
	uint32_t seq; /* number of this death, from 1 */
	uint32_t signal;
	uint32_t doing; /* enum hd_doing */
	uint32_t zero;
	char port[HD_NAME_MAX];
};

/* The deaths inside one port. */
struct hd_blame_port {
	char port[HD_NAME_MAX]; /* empty: a free place */
	uint32_t deaths;        /* since they were last forgotten */
	uint32_t signal, doing; /* of the last one */
	uint32_t zero;
	uint64_t died_ns; /* CLOCK_MONOTONIC */
};

struct hd_blame {
	struct hd_blame_last last;
	uint32_t taken; /* last.seq of the last death that is counted in port[] */
	uint32_t zero;
	struct hd_blame_port port[HD_BLAME_PORTS];
};

#endif
