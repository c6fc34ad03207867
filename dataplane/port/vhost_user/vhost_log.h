/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The log of dirty pages: the pages of a guest's memory that we wrote, for a guest that is migrated
 * to another host while it runs. It has a bit for each page, in memory that the front-end reads
 * (SET_LOG_BASE). A page is marked after it was written.
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
	uint64_t pages; /* for which it has bits; others are not marked */
	void *base;     /* of the mapping */
	size_t len;
};

/*
 * Maps @size bytes at @offset of @fd; the caller still owns @fd. *@fault: as in vhost_mem_add(). 0,
 * or -errno with @err.
 */
int vhost_log_open(struct vhost_log *log, int fd, uint64_t offset, uint64_t size,
		   _Atomic bool *fault, struct hd_err *err);

/* Unmaps the log. */
void vhost_log_close(struct vhost_log *log);

/* Marks the pages of @len bytes at @at, in one region of @mem, which were written. Any thread. */
void vhost_log_write(const struct vhost_log *log, const struct vhost_mem *mem, const void *at,
		     uint64_t len);

/*
 * Marks the pages of the first @packets of a batch: they were written, and will be returned. Any
 * thread.
 */
void vhost_log_batch(const struct vhost_log *log, const struct vhost_mem *mem,
		     const struct vhost_batch *b, unsigned int packets);

/*
 * Marks the parts of the ring that the device writes. @mem is the current table, since the one of
 * the ring may be gone. Any thread.
 */
void vhost_log_ring(const struct vhost_log *log, const struct vhost_mem *mem,
		    const struct vhost_ring *r);

#endif
