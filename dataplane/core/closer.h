/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Closes descriptors and unmaps memory in threads of its own, so that the caller does not wait. To
 * close a packet socket takes 10 to 20 ms: the kernel waits for an RCU grace period. Threads that
 * wait at the same time wait for the same period, so many sockets are closed nearly as fast as a
 * few. To unmap a guest's memory takes the longer the more of its pages were used.
 */
#ifndef DATAPLANE_CORE_CLOSER_H
#define DATAPLANE_CORE_CLOSER_H

#include <stdbool.h>
#include <stddef.h>

#define DP_CLOSERS_MAX 64 /* threads; they end when there is nothing left to do */

/*
 * Closes @fd soon, in another thread, or in this one if no thread can be started. The closer owns
 * @fd from now on. Any thread.
 */
void dp_close_later(int fd);

/* The same for munmap(2) of the @len bytes at @at. Any thread. */
void dp_unmap_later(void *at, size_t len);

/*
 * Waits until everything is closed and unmapped, at most @ms milliseconds. False: something is
 * left, which the kernel closes when the process ends. Control thread.
 */
bool dp_close_wait(unsigned int ms);

#endif
