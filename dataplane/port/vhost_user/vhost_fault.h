/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest's memory can vanish while we use it: its front-end truncates the file of a mapping, or
 * there is no huge page for it. Then the kernel sends SIGBUS to the thread that touches the memory.
 * If the mapping is watched, our handler replaces the whole mapping by empty memory of our own and
 * sets the owner's flag, and the thread goes on. For other memory our handler calls the one that
 * was installed before.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_FAULT_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_FAULT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define VHOST_FAULT_MAX 65536 /* mappings that can be watched */

/*
 * Installs the handler. Call before any watched memory is used; may be called again. One thread. 0
 * or -errno.
 */
int vhost_fault_init(void);

/*
 * Watches a mapping: *@fault becomes true when a part of it has vanished. False: too many mappings
 * are watched. One thread.
 */
bool vhost_fault_watch(void *base, size_t len, _Atomic bool *fault);

/* Stops watching a mapping. Call before it is unmapped, on the same thread. */
void vhost_fault_forget(void *base);

#endif
