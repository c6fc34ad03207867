/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks and maps regions, and keeps the table that finds them. */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "dataplane/port/vhost_user/vhost_fault.h"

/* True if [a, a + size) and [b, b + other) have an address in common. None of them wraps. */
static bool overlap(uint64_t a, uint64_t size, uint64_t b, uint64_t other)
{
	return a < b + other && b < a + size;
}

/* What can be said without the descriptor. */
static int check_region(const struct vhost_mem *mem, const struct vhost_region *r,
			struct hd_err *err)
{
	uint64_t sum;

	if (r->size == 0 || r->size > VHOST_MEM_MAX)
		return hd_err_set(err, EINVAL,
				  "a region of %" PRIu64 " bytes, and 1 to %llu are right", r->size,
				  VHOST_MEM_MAX);
	if (__builtin_add_overflow(r->guest, r->size, &sum) ||
	    __builtin_add_overflow(r->user, r->size, &sum) ||
	    __builtin_add_overflow(r->offset, r->size, &sum) || sum > INT64_MAX)
		return hd_err_set(err, EINVAL,
				  "a region at %#" PRIx64 " of %" PRIu64
				  " bytes goes beyond all addresses",
				  r->guest, r->size);
	if (mem->n == VHOST_MAPS_MAX)
		return hd_err_set(err, ENOSPC, "more than %d regions", VHOST_MAPS_MAX);
	if (mem->bytes + r->size > VHOST_MEM_MAX)
		return hd_err_set(err, ENOSPC, "more than %llu bytes of memory", VHOST_MEM_MAX);
	for (unsigned int i = 0; i < mem->n; i++) {
		const struct vhost_map *map = &mem->map[i];
		uint64_t size = map->end - map->guest;

		if (overlap(r->guest, r->size, map->guest, size) ||
		    overlap(r->user, r->size, map->user, size))
			return hd_err_set(err, EEXIST,
					  "the regions at %#" PRIx64 " and %#" PRIx64 " overlap",
					  map->guest, r->guest);
	}
	return 0;
}

/* Is @fd memory that the kernel has, long enough for @r? *@page is what it is mapped in. */
static int check_file(const struct vhost_region *r, int fd, size_t *page, struct hd_err *err)
{
	struct stat st;

	/* Answered for tmpfs, memfd and hugetlbfs, and for nothing else; never waits. */
	if (fcntl(fd, F_GET_SEALS) < 0)
		return hd_err_set(err, EMEDIUMTYPE,
				  "a region is not of shared memory (memfd, tmpfs or hugetlbfs)");
	if (fstat(fd, &st) != 0)
		return hd_err_set(err, errno, "a region cannot be looked at: %s", strerror(errno));
	if (r->offset + r->size > (uint64_t)st.st_size)
		return hd_err_set(err, ENXIO,
				  "a region ends at %" PRIu64 " of a file of %" PRId64 " bytes",
				  r->offset + r->size, (int64_t)st.st_size);
	*page = (size_t)st.st_blksize;
	if (*page < 4096 || (*page & (*page - 1)) != 0)
		return hd_err_set(err, EINVAL, "a region is in pages of %zu bytes", *page);
	return 0;
}

static int map_region(struct vhost_map *map, const struct vhost_region *r, int fd, size_t page,
		      _Atomic bool *fault, struct hd_err *err)
{
	size_t before = r->offset & (page - 1);

	map->adds = 1;
	map->guest = r->guest;
	map->end = r->guest + r->size;
	map->user = r->user;
	map->len = (before + r->size + page - 1) & ~(page - 1);
	map->base = mmap(NULL, map->len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd,
			 (off_t)(r->offset - before));
	if (map->base == MAP_FAILED)
		return hd_err_set(err, errno, "a region of %" PRIu64 " bytes cannot be mapped: %s",
				  r->size, strerror(errno));
	map->host = (uint8_t *)map->base + before;
	if (!vhost_fault_watch(map->base, map->len, fault)) {
		munmap(map->base, map->len);
		return hd_err_set(err, ENOSPC, "too many regions of all guests");
	}
	return 0;
}

/* The buckets of a table whose regions have changed. */
static void index_regions(struct vhost_mem *mem)
{
	uint64_t last = mem->n ? mem->map[mem->n - 1].end - 1 : 0;
	unsigned int i = 0;

	mem->shift = 0;
	while (last >> mem->shift >= VHOST_MEM_BUCKETS)
		mem->shift++;
	for (uint64_t bucket = 0; bucket < VHOST_MEM_BUCKETS; bucket++) {
		while (i < mem->n && mem->map[i].end <= bucket << mem->shift)
			i++;
		mem->bucket[bucket] = (uint8_t)i;
	}
}

static struct vhost_map *find_same(struct vhost_mem *mem, const struct vhost_region *r)
{
	for (unsigned int i = 0; i < mem->n; i++) {
		struct vhost_map *map = &mem->map[i];

		if (map->guest == r->guest && map->user == r->user &&
		    map->end - map->guest == r->size)
			return map;
	}
	return NULL;
}

int vhost_mem_add(struct vhost_mem *mem, const struct vhost_region *r, int fd, _Atomic bool *fault,
		  struct hd_err *err)
{
	struct vhost_map *same = find_same(mem, r), map;
	unsigned int at = mem->n;
	size_t page = 0;
	int ret;

	if (same) {
		same->adds++;
		return 0;
	}
	ret = check_region(mem, r, err);
	if (ret == 0)
		ret = check_file(r, fd, &page, err);
	if (ret == 0)
		ret = map_region(&map, r, fd, page, fault, err);
	if (ret != 0)
		return ret;
	for (; at > 0 && mem->map[at - 1].guest > map.guest; at--)
		mem->map[at] = mem->map[at - 1];
	mem->map[at] = map;
	mem->n++;
	mem->bytes += r->size;
	index_regions(mem);
	return 0;
}

int vhost_mem_remove(struct vhost_mem *mem, const struct vhost_region *r, struct vhost_map *gone,
		     struct hd_err *err)
{
	struct vhost_map *map = find_same(mem, r);

	if (!map)
		return hd_err_set(err, ENOENT,
				  "there is no region at %#" PRIx64 " of %" PRIu64 " bytes",
				  r->guest, r->size);
	if (--map->adds > 0) {
		gone->base = NULL;
		return 0;
	}
	*gone = *map;
	mem->bytes -= r->size;
	mem->n--;
	memmove(map, map + 1, (size_t)(&mem->map[mem->n] - map) * sizeof(*map));
	index_regions(mem);
	return 0;
}

void vhost_map_close(struct vhost_map *map, vhost_unmap_fn unmap)
{
	vhost_fault_forget(map->base);
	unmap(map->base, map->len);
}

void vhost_mem_close(struct vhost_mem *mem, vhost_unmap_fn unmap)
{
	for (unsigned int i = 0; i < mem->n; i++)
		vhost_map_close(&mem->map[i], unmap);
	memset(mem, 0, sizeof(*mem));
}

void *vhost_mem_user(const struct vhost_mem *mem, uint64_t user, uint64_t len)
{
	for (unsigned int i = 0; i < mem->n; i++) {
		const struct vhost_map *map = &mem->map[i];
		uint64_t size = map->end - map->guest;

		if (user >= map->user && user - map->user < size &&
		    len <= size - (user - map->user))
			return map->host + (user - map->user);
	}
	return NULL;
}
