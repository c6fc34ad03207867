/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of others that may go while it is used: a front-end shortens the file that is behind it, or a
 * huge page of it cannot be had. The kernel says so with SIGBUS to the thread that touches it. For
 * memory that is watched the handler puts empty memory of our own in the place of the whole mapping,
 * sets the owner's flag, and the thread goes on. Any other memory is left to the handler that was there
 * before.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_FAULT_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_FAULT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define VHOST_FAULT_MAX 65536 /* mappings that can be watched */

/* Installs the handler, before any thread can need it. May be called again. One thread. 0 or -errno. */
int vhost_fault_init(void);

/* Watches a mapping; *@fault becomes true when a part of it is not there. False: too many. One thread. */
bool vhost_fault_watch(void *base, size_t len, _Atomic bool *fault);

/* No longer; before it is unmapped. The same thread. */
void vhost_fault_forget(void *base);

#endif
