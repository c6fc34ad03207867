/* SPDX-License-Identifier: BSD-3-Clause */
/* Shared memory that outlives the plane that writes it. */
#define _GNU_SOURCE
#include "supervisor/opener_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct kept_shm *find(struct opener *opener, const char *name)
{
	for (unsigned int i = 0; i < opener->n_shms; i++)
		if (!strcmp(opener->shms[i].name, name))
			return &opener->shms[i];
	return NULL;
}

/* A memfd of @size zero bytes that nobody can resize. */
static int memory_new(const char *name, uint64_t size, struct hd_err *err)
{
	char title[64];
	int fd;

	snprintf(title, sizeof(title), "heddle-%s", name);
	fd = memfd_create(title, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return hd_err_set(err, errno, "shared memory %s: %s", name, strerror(errno));
	/* Otherwise 0777: who is handed a read-only descriptor could open it again for writing. */
	if (fchmod(fd, 0600) < 0 || ftruncate(fd, (off_t)size) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
		int code = errno;

		close(fd);
		return hd_err_set(err, code, "shared memory %s of %llu bytes: %s", name,
				  (unsigned long long)size, strerror(code));
	}
	return fd;
}

/* Opens a memfd a second time, for reading only: a duplicate would share the way it was opened. */
static int reader_open(int fd, struct hd_err *err)
{
	char path[40];
	int reader;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	reader = open(path, O_RDONLY | O_CLOEXEC);
	return reader < 0 ? hd_err_set(err, errno, "%s: %s", path, strerror(errno)) : reader;
}

/* Finds or makes what heddle-dp asks for. Returns NULL with @err. */
static struct kept_shm *writer_find(struct opener *opener, const struct hd_open_shm *req,
				    bool *is_new, struct hd_err *err)
{
	struct kept_shm *shm = find(opener, req->name);
	int fd;

	*is_new = false;
	if (shm && shm->version == req->version && shm->size == req->size)
		return shm;
	if (req->size == 0) {
		hd_err_set(err, EINVAL, "shared memory %s needs a size", req->name);
		return NULL;
	}
	if (!shm && opener->n_shms == SHM_MAX) {
		hd_err_set(err, ENOSPC, "there are %d pieces of shared memory already", SHM_MAX);
		return NULL;
	}
	fd = memory_new(req->name, req->size, err);
	if (fd < 0)
		return NULL;
	if (shm)
		close(shm->fd); /* another layout; who reads the old one keeps it */
	else
		shm = &opener->shms[opener->n_shms++];
	memcpy(shm->name, req->name, sizeof(shm->name));
	shm->version = req->version;
	shm->size = req->size;
	shm->fd = fd;
	*is_new = true;
	return shm;
}

int opener_shm_open(struct opener *opener, const struct hd_open_shm *req, bool writer, int *fd,
		    struct hd_opened_shm *opened, struct hd_err *err)
{
	struct kept_shm *shm;
	bool is_new = false;

	if (writer) {
		shm = writer_find(opener, req, &is_new, err);
		if (!shm)
			return -err->code;
		*fd = fcntl(shm->fd, F_DUPFD_CLOEXEC, 0);
		if (*fd < 0)
			return hd_err_set(err, errno, "shared memory %s: %s", req->name,
					  strerror(errno));
	} else {
		shm = find(opener, req->name);
		if (!shm)
			return hd_err_set(err, EAGAIN,
					  "heddle-dp has not made shared memory %s yet", req->name);
		if (shm->version != req->version)
			return hd_err_set(err, ESTALE, "shared memory %s has version %u, not %u",
					  req->name, shm->version, req->version);
		*fd = reader_open(shm->fd, err);
		if (*fd < 0)
			return *fd;
	}
	opened->size = shm->size;
	opened->version = shm->version;
	opened->is_new = is_new;
	return 0;
}

bool opener_shm_read(struct opener *opener, const char *name, void *to, size_t size)
{
	const struct kept_shm *shm = find(opener, name);

	return shm && pread(shm->fd, to, size, 0) == (ssize_t)size;
}

void opener_shm_close(struct opener *opener)
{
	for (unsigned int i = 0; i < opener->n_shms; i++)
		close(opener->shms[i].fd);
	opener->n_shms = 0;
}
