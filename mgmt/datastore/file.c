/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

static int read_all(int fd, char *text, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = pread(fd, text + got, size - got, (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : (int)got;
		got += n;
	}
	return got;
}

char *ds_fd_read(int fd, const char *path, size_t *len, struct hd_err *err)
{
	struct stat st;
	char *text;
	int n;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > DS_TEXT_MAX) {
		hd_err_set(err, EINVAL, "%s is not a file of at most %u MB", path,
			   DS_TEXT_MAX >> 20);
		return NULL;
	}
	text = ds_alloc(st.st_size + 1);
	n = read_all(fd, text, st.st_size);
	if (n < 0) {
		hd_err_set(err, -n, "cannot read %s: %s", path, strerror(-n));
		free(text);
		return NULL;
	}
	*len = n;
	return text;
}

char *ds_file_read(const char *path, size_t *len, struct hd_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *text;

	if (fd < 0) {
		hd_err_set(err, errno, "cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	text = ds_fd_read(fd, path, len, err);
	close(fd);
	return text;
}

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int ds_file_prepare(const char *path, const char *text, struct hd_err *err)
{
	char *beside = ds_printf("%s.new", path);
	int fd, rc;

	unlink(beside);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	rc = fd < 0 ? -errno : write_all(fd, text);
	if (fd >= 0 && close(fd) < 0 && !rc)
		rc = -errno;
	if (rc < 0) {
		hd_err_set(err, -rc, "cannot write %s: %s", beside, strerror(-rc));
		unlink(beside);
	}
	free(beside);
	return rc;
}

/* A rename is lasting when the folder is on disk too. */
static void sync_folder(const char *path)
{
	char *folder = ds_strdup(path), *slash = strrchr(folder, '/');
	int fd;

	if (slash)
		*slash = '\0';
	fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		if (fsync(fd) < 0)
			errno = 0; /* a file system without it: nothing more can be done */
		close(fd);
	}
	free(folder);
}

int ds_file_commit(const char *path, struct hd_err *err)
{
	char *beside = ds_printf("%s.new", path);
	int rc = rename(beside, path) < 0 ? -errno : 0;

	if (rc < 0)
		hd_err_set(err, -rc, "cannot rename %s: %s", beside, strerror(-rc));
	else
		sync_folder(path);
	free(beside);
	return rc;
}

void ds_file_abort(const char *path)
{
	char *beside = ds_printf("%s.new", path);

	unlink(beside);
	free(beside);
}
