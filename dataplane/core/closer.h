/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Closes descriptors beside the control thread. Who closes a packet socket waits in the kernel until
 * no CPU can be in it any more (an RCU grace period): 10 to 20 ms. Threads that wait at the same time
 * wait for the same period, so a thousand sockets go nearly as fast as some.
 */
#ifndef DATAPLANE_CORE_CLOSER_H
#define DATAPLANE_CORE_CLOSER_H

#include <stdbool.h>

#define HD_CLOSERS_MAX 64 /* threads; they live as long as there is something to close */

/*
 * Closes @fd, which belongs to the closer from here on, soon and in another thread; in this one if no
 * thread can be started. Control thread.
 */
void hd_close_later(int fd);

/*
 * Waits until all of them are closed, for @ms milliseconds at most. False if some are not: the kernel
 * closes these when the process ends. Control thread.
 */
bool hd_close_wait(unsigned int ms);

#endif
