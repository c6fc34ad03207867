/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of capture files: what may stand in a configuration, and the way from a name to a file. */
#define _GNU_SOURCE /* O_PATH */
#include "dataplane/port/pcap/pcap_port.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A relative path without "..", "." and empty parts, of printable characters. */
static int name_check(const char name[HD_PATH_MAX], const char *what, struct hd_err *err)
{
	const char *part = name;

	if (!hd_str_terminated(name, HD_PATH_MAX))
		return hd_err_set(err, EINVAL, "%s: longer than %d characters", what,
				  HD_PATH_MAX - 1);
	if (name[0] == '\0')
		return 0;
	for (const char *c = name; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			return hd_err_set(err, EINVAL, "%s: character 0x%02x cannot be in it", what,
					  (uint8_t)*c);
	while (part != NULL) {
		size_t len = strcspn(part, "/");

		if (len == 0 || (len == 1 && part[0] == '.') ||
		    (len == 2 && part[0] == '.' && part[1] == '.'))
			return hd_err_set(err, EINVAL,
					  "%s: \"%s\" is not a name below the capture directory; "
					  "\"sub/file.pcap\" would be one",
					  what, name);
		part = part[len] == '/' ? part + len + 1 : NULL;
	}
	return 0;
}

int hd_pcap_validate(const void *params, struct hd_err *err)
{
	const struct hd_pcap_object *o = params;
	int ret = name_check(o->read, "read", err);

	if (ret == 0)
		ret = name_check(o->write, "write", err);
	if (ret == 0 && o->read[0] && !strcmp(o->read, o->write))
		ret = hd_err_set(err, EINVAL, "read and write name the same file, \"%s\"", o->read);
	return ret;
}

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

int hd_pcap_file_open(const char *root, const char *name, bool write, struct hd_err *err)
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
