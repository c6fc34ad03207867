/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "dataplane/port/vhost_user/vhost_fault.h"

/* A bit for each page of the most memory that a guest can have. */
#define LOG_MAX (VHOST_MEM_MAX / VHOST_LOG_PAGE / 8)

int vhost_log_open(struct vhost_log *log, int fd, uint64_t offset, uint64_t size,
		   _Atomic bool *fault, struct hd_err *err)
{
	size_t before = offset & (VHOST_LOG_PAGE - 1);
	struct stat st;

	if (fcntl(fd, F_GET_SEALS) < 0)
		return hd_err_set(err, EMEDIUMTYPE, "the log is not of shared memory");
	if (fstat(fd, &st) != 0)
		return hd_err_set(err, errno, "the log cannot be looked at: %s", strerror(errno));
	if (size == 0 || size > LOG_MAX || offset > (uint64_t)st.st_size ||
	    size > (uint64_t)st.st_size - offset)
		return hd_err_set(err, ENXIO,
				  "the log ends behind its file, or is longer than %llu bytes",
				  LOG_MAX);
	log->len = before + size;
	log->base = mmap(NULL, log->len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd,
			 (off_t)(offset - before));
	if (log->base == MAP_FAILED)
		return hd_err_set(err, errno, "the log cannot be mapped: %s", strerror(errno));
	if (!vhost_fault_watch(log->base, log->len, fault)) {
		munmap(log->base, log->len);
		return hd_err_set(err, ENOSPC, "too many regions of all guests");
	}
	log->bits = (uint8_t *)log->base + before;
	log->pages = size * 8;
	return 0;
}

void vhost_log_close(struct vhost_log *log)
{
	vhost_fault_forget(log->base);
	munmap(log->base, log->len);
}

static void mark(const struct vhost_log *log, uint64_t guest, uint64_t len)
{
	uint64_t last = (guest + len - 1) / VHOST_LOG_PAGE;

	for (uint64_t page = guest / VHOST_LOG_PAGE; page <= last && page < log->pages; page++)
		__atomic_fetch_or(&log->bits[page / 8], (uint8_t)(1u << page % 8),
				  __ATOMIC_RELEASE);
}

void vhost_log_write(const struct vhost_log *log, const struct vhost_mem *mem, const void *at,
		     uint64_t len)
{
	const uint8_t *p = at;

	for (unsigned int i = 0; i < mem->n && len; i++) {
		const struct vhost_map *map = &mem->map[i];

		if (p >= map->host && p < map->host + (map->end - map->guest)) {
			mark(log, map->guest + (uint64_t)(p - map->host), len);
			return;
		}
	}
}

void vhost_log_batch(const struct vhost_log *log, const struct vhost_mem *mem,
		     const struct vhost_batch *b, unsigned int packets)
{
	for (unsigned int i = 0; i < packets; i++) {
		const struct vhost_piece *piece = &b->piece[b->packet[i].first];

		for (uint32_t left = b->packet[i].len, len; left > 0; left -= len, piece++) {
			len = piece->len < left ? piece->len : left;
			vhost_log_write(log, mem, piece->at, len);
		}
	}
}

void vhost_log_ring(const struct vhost_log *log, const struct vhost_mem *mem,
		    const struct vhost_ring *r)
{
	if (r->packed) {
		vhost_log_write(log, mem, r->packed_desc, 16ull * r->size);
		vhost_log_write(log, mem, r->device, sizeof(*r->device));
	} else {
		vhost_log_write(log, mem, r->used, 6 + 8ull * r->size);
	}
}
