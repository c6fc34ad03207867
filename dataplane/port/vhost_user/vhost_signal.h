/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signals to guests that never wait.
 *
 * A guest gives an event descriptor to be signalled by. To write to one waits when its counter is full,
 * unless it is O_NONBLOCK; but that flag is the guest's as well as ours, and it can take it away at any
 * time. So the kernel is asked to signal it at the end of a read of nothing (Linux AIO,
 * IOCB_FLAG_RESFD): a full counter stays full, and nobody waits.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_SIGNAL_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_SIGNAL_H

#include <stdbool.h>

#include "heddle/base/err.h"

#define VHOST_SIGNALLERS \
	32 /* threads that can signal at the same time, each by a number of its own */

/* Makes ready what signalling needs. May be called again. 0 or -errno with @err. One thread. */
int vhost_signal_init(struct hd_err *err);

/* Signals @fd. @thread: below VHOST_SIGNALLERS, and no other thread's. */
void vhost_signal(unsigned int thread, int fd);

/* True for an event descriptor: the only kind that can be signalled so, and read without waiting. */
bool vhost_signal_is_event(int fd);

#endif
