/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Closes descriptors, and unmaps memory, beside the thread that is done with them. Who closes a packet
 * socket waits in the kernel until no CPU can be in it any more (an RCU grace period): 10 to 20 ms.
 * Threads that wait at the same time wait for the same period, so a thousand sockets go nearly as fast as
 * some. Who unmaps the memory of a guest waits for as long as it takes to forget each page that was used.
 */
#ifndef DATAPLANE_CORE_CLOSER_H
#define DATAPLANE_CORE_CLOSER_H

#include <stdbool.h>
#include <stddef.h>

#define DP_CLOSERS_MAX 64 /* threads; they live as long as there is something to do */

/*
 * Closes @fd, which belongs to the closer from here on, soon and in another thread; in this one if no
 * thread can be started. Any thread.
 */
void dp_close_later(int fd);

/* The same for munmap(2) of @len bytes at @at. Any thread. */
void dp_unmap_later(void *at, size_t len);

/*
 * Waits until all of them are closed and unmapped, for @ms milliseconds at most. False if some are not: the kernel
 * closes these when the process ends. Control thread.
 */
bool dp_close_wait(unsigned int ms);

#endif
