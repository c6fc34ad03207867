/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/front.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128

int front_listen(int dir_fd, const char *name, struct hd_err *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t before;
	int rc;

	if (fd < 0)
		return hd_err_set(err, errno, "a socket: %s", strerror(errno));
	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/%s", dir_fd, name);
	unlinkat(dir_fd, name, 0); /* the lock says that nobody else is here */
	/* Before it has a name, the mode is nobody's but ours to set. */
	rc = fchmod(fd, 0666);
	before = umask(0);
	if (rc == 0)
		rc = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	umask(before);
	if (rc < 0 || listen(fd, BACKLOG) < 0) {
		hd_err_set(err, errno, "cannot listen on %s: %s", name, strerror(errno));
		close(fd);
		return -err->code;
	}
	return fd;
}
