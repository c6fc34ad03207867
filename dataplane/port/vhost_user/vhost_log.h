/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The log of pages that we wrote to, for a guest that is being moved to another host while it runs: a
 * bit a page, in memory that the front-end reads (SET_LOG_BASE). A page is marked after it was written.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_LOG_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_LOG_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/base/err.h"
#include "dataplane/port/vhost_user/vhost_mem.h"
#include "dataplane/port/vhost_user/vhost_ring.h"

#define VHOST_LOG_PAGE 4096

struct vhost_log {
	uint8_t *bits;
	uint64_t pages; /* that it has room for; others are not marked */
	void *base;     /* of the mapping */
	size_t len;
};

/*
 * Maps @size bytes at @offset of @fd, which stays the caller's. *@fault as in vhost_mem_add(). 0, or
 * -errno with @err.
 */
int vhost_log_open(struct vhost_log *log, int fd, uint64_t offset, uint64_t size,
		   _Atomic bool *fault, struct hd_err *err);

/* Unmaps it. */
void vhost_log_close(struct vhost_log *log);

/* @len bytes at @at, in one region of @mem, were written. Any thread. */
void vhost_log_write(const struct vhost_log *log, const struct vhost_mem *mem, const void *at,
		     uint64_t len);

/* The first @packets of a batch were written, and will be given back. */
void vhost_log_batch(const struct vhost_log *log, const struct vhost_mem *mem,
		     const struct vhost_batch *b, unsigned int packets);

/*
 * Something of what the device writes in the ring itself was written. @mem is the table of now: the one
 * that the ring was read with may be gone.
 */
void vhost_log_ring(const struct vhost_log *log, const struct vhost_mem *mem,
		    const struct vhost_ring *r);

#endif
