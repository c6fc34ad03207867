/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest's memory as its front-end shares it: regions of guest addresses, each mapped from a
 * descriptor.
 *
 * The front-end is hostile, and has the same files mapped. So a region is taken only from memory of
 * the kernel (memfd, tmpfs, hugetlbfs): no question about it can wait for another process, as one
 * about a FUSE file would. Whoever has such a file can still shorten it while we use it; what is
 * touched then is replaced by empty memory of our own, and the owner of the region learns that it
 * happened (vhost_fault.h).
 *
 * A table does not change while workers use it: a change makes another one. The functions are for one
 * thread at a time; those that only look may be called by any thread.
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

/* A region, and where we have it. */
struct vhost_map {
	uint64_t guest, end; /* guest addresses, the last one not included */
	uint64_t user;       /* address of @guest in the front-end */
	uint8_t *host;       /* address of @guest here */
	void *base;          /* of the mapping, which may begin before @host */
	size_t len;
	uint32_t adds; /* how often it was added: QEMU does it for each pair of queues */
};

struct vhost_mem {
	unsigned int n;
	unsigned int shift; /* of a guest address, for its bucket */
	/* In a bucket: the first region that ends behind the bucket's beginning. */
	uint8_t bucket[VHOST_MEM_BUCKETS];
	struct vhost_map map[VHOST_MAPS_MAX]; /* in the order of guest addresses */
	uint64_t bytes;
};

/*
 * Maps @r from @fd and puts it into @mem. One that is there already is only counted. *@fault is set when a part of the region turns out not to be
 * there any more; it must live until the region is unmapped. @fd stays the caller's. 0, or -errno with
 * @err, and then nothing has changed.
 */
int vhost_mem_add(struct vhost_mem *mem, const struct vhost_region *r, int fd, _Atomic bool *fault,
		  struct hd_err *err);

/*
 * Takes the region @r out of @mem. *@gone is for vhost_map_close(), when nobody can use it any more; its
 * base is NULL when the region was added more often, and stays.
 * -ENOENT with @err: there is none with this address, size and user address.
 */
int vhost_mem_remove(struct vhost_mem *mem, const struct vhost_region *r, struct vhost_map *gone,
		     struct hd_err *err);

/* Unmaps memory, at once or later: that of a large guest takes a while. */
typedef void (*vhost_unmap_fn)(void *at, size_t len);

/* Gives up a region. */
void vhost_map_close(struct vhost_map *map, vhost_unmap_fn unmap);

/* Gives up all regions of @mem, and empties it. */
void vhost_mem_close(struct vhost_mem *mem, vhost_unmap_fn unmap);

/* Where @len bytes from the front-end's address @user on are here, or NULL. In one region only. */
void *vhost_mem_user(const struct vhost_mem *mem, uint64_t user, uint64_t len);

/* The region that guest address @guest is in, or NULL. */
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
 * Where guest address @guest is here, or NULL; *@len, the bytes that are wanted, becomes the bytes that
 * are there in one piece.
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
