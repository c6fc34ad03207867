/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signals guests, and never waits.
 *
 * A guest gives us an eventfd for its signals. write(2) to an eventfd waits if its counter is full,
 * unless the file is O_NONBLOCK; but the guest shares the file, and can clear this flag at any
 * time. So we ask the kernel to signal the eventfd when a read of 0 bytes ends (Linux AIO,
 * IOCB_FLAG_RESFD): then a full counter stays full, and nobody waits.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_SIGNAL_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_SIGNAL_H

#include <stdbool.h>

#include "heddle/base/err.h"

#define VHOST_SIGNALLERS \
	32 /* threads that can signal at the same time; each has a number of its own */

/* Prepares for signals. May be called again. 0 or -errno with @err. One thread. */
int vhost_signal_init(struct hd_err *err);

/* Signals @fd. @thread: the calling thread's own number, below VHOST_SIGNALLERS. */
void vhost_signal(unsigned int thread, int fd);

/* True if @fd is an eventfd: only these can be signalled this way, and read without waiting. */
bool vhost_signal_is_event(int fd);

#endif
