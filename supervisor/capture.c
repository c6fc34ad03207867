/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heddle/api/opener.h"

/*
 * Opens @name from the directory @dir on, part by part, and follows no symbolic link: the way never
 * leads out. (openat2() would say the same, but not on every kernel and in every container.)
 */
static int beneath(int dir, const char *name, int flags)
{
	char part[HD_PATH_MAX];
	size_t len = strcspn(name, "/");
	int next, ret, code;

	if (name[len] == '\0')
		return openat(dir, name, flags | O_NOFOLLOW, 0640);
	memcpy(part, name, len);
	part[len] = '\0';
	next = openat(dir, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (next < 0)
		return -1;
	ret = beneath(next, name + len + 1, flags);
	code = errno;
	close(next);
	errno = code;
	return ret;
}

static int file_check(int fd, const char *root, const char *name, bool write, struct hd_err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return hd_err_set(err, errno, "%s/%s: %s", root, name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return hd_err_set(err, ENOTSUP, "%s/%s is not a regular file", root, name);
	if (flock(fd, (write ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0)
		return hd_err_set(err, EBUSY,
				  "%s/%s is in use: another port, or another switch, %s it", root,
				  name, write ? "reads or writes" : "writes");
	if (write && ftruncate(fd, 0) != 0)
		return hd_err_set(err, errno, "%s/%s: %s", root, name, strerror(errno));
	return 0;
}

int capture_open(const char *root, const char *name, bool write, struct hd_err *err)
{
	int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd, ret;

	if (dir < 0)
		return hd_err_set(err, errno, "capture directory %s: %s", root, strerror(errno));
	/* O_NONBLOCK: a FIFO would wait for its other end */
	fd = beneath(dir, name, O_CLOEXEC | O_NONBLOCK | (write ? O_WRONLY | O_CREAT : O_RDONLY));
	ret = errno;
	close(dir);
	if (fd < 0)
		return hd_err_set(err, ret, "%s/%s: %s", root, name,
				  ret == ELOOP ? "symbolic links are not followed" : strerror(ret));
	ret = file_check(fd, root, name, write, err);
	if (ret != 0) {
		close(fd);
		return ret;
	}
	return fd;
}
