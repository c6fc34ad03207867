/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of a guest's memory, as its front-end shares it: regions of guest addresses, each
 * mapped from a descriptor.
 *
 * The front-end is hostile, and has the same files mapped. So only files of memfd, tmpfs and
 * hugetlbfs are accepted: a system call on another file, one of FUSE for example, could wait for
 * another process. A front-end can still truncate such a file while we use it. Then empty memory of
 * our own replaces the region that was touched, and the owner of the region learns of it
 * (vhost_fault.h).
 *
 * A table does not change while workers use it; a change makes a new table. Only one thread at a
 * time may call the functions that change a table; any thread may call those that look up
 * addresses.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_MEM_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_MEM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/base/err.h"
#include "dataplane/port/vhost_user/vhost_proto.h"

#define VHOST_MAPS_MAX    32           /* regions of a guest */
#define VHOST_MEM_MAX     (1ull << 42) /* bytes of a guest's regions in all: 4 TB */
#define VHOST_MEM_BUCKETS 256

/* A region, and our mapping of it. */
struct vhost_map {
	uint64_t guest, end; /* guest addresses of its first byte, and behind its last byte */
	uint64_t user;       /* address of @guest in the front-end */
	uint8_t *host;       /* address of @guest here */
	void *base;          /* of the mapping, which may begin before @host */
	size_t len;
	uint32_t adds; /* how often it was added: QEMU adds it for each pair of queues */
};

struct vhost_mem {
	unsigned int n;
	unsigned int shift; /* a guest address, shifted right by this, is its bucket */
	/* A bucket has the first region that ends behind the bucket's beginning. */
	uint8_t bucket[VHOST_MEM_BUCKETS];
	struct vhost_map map[VHOST_MAPS_MAX]; /* in the order of guest addresses */
	uint64_t bytes;
};

/*
 * Maps @r from @fd and adds it to @mem. A region that @mem has already is only counted. *@fault is
 * set when a part of the region has vanished; it must stay valid until the region is unmapped. The
 * caller still owns @fd. 0, or -errno with @err; then nothing has changed.
 */
int vhost_mem_add(struct vhost_mem *mem, const struct vhost_region *r, int fd, _Atomic bool *fault,
		  struct hd_err *err);

/*
 * Removes the region @r from @mem. The caller passes *@gone to vhost_map_close() when no thread can
 * use it any more. Its base is NULL if the region was added more often and so stays. 0, or -ENOENT
 * with @err: there is no region with this address, size and user address.
 */
int vhost_mem_remove(struct vhost_mem *mem, const struct vhost_region *r, struct vhost_map *gone,
		     struct hd_err *err);

/* Unmaps memory, at once or later: to unmap a large guest takes a while. */
typedef void (*vhost_unmap_fn)(void *at, size_t len);

/* Unmaps a region and stops watching it. */
void vhost_map_close(struct vhost_map *map, vhost_unmap_fn unmap);

/* Does that for all regions of @mem, and empties it. */
void vhost_mem_close(struct vhost_mem *mem, vhost_unmap_fn unmap);

/*
 * Returns our address of the @len bytes at the front-end's address @user; NULL: no region has them
 * all.
 */
void *vhost_mem_user(const struct vhost_mem *mem, uint64_t user, uint64_t len);

/* Returns the region that has guest address @guest, or NULL. */
static inline const struct vhost_map *vhost_mem_find(const struct vhost_mem *mem, uint64_t guest)
{
	uint64_t bucket = guest >> mem->shift;
	unsigned int i;

	if (bucket >= VHOST_MEM_BUCKETS)
		return NULL;
	for (i = mem->bucket[bucket]; i < mem->n && guest >= mem->map[i].end; i++)
		;
	return i < mem->n && guest >= mem->map[i].guest ? &mem->map[i] : NULL;
}

/*
 * Returns our address of guest address @guest, or NULL. *@len, the bytes that the caller wants,
 * becomes smaller if fewer are there in one piece.
 */
static inline uint8_t *vhost_mem_at(const struct vhost_mem *mem, uint64_t guest, uint32_t *len)
{
	const struct vhost_map *map = vhost_mem_find(mem, guest);

	if (__builtin_expect(!map, 0))
		return NULL;
	if (__builtin_expect(map->end - guest < *len, 0))
		*len = (uint32_t)(map->end - guest);
	return map->host + (guest - map->guest);
}

#endif
