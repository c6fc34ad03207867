/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/front.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128

int front_listen(const char *path, struct hd_err *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return hd_err_set(err, errno, "a socket: %s", strerror(errno));
	if (strlen(path) >= sizeof(addr.sun_path)) {
		close(fd);
		return hd_err_set(err, ENAMETOOLONG, "the path %s is too long for a socket", path);
	}
	strcpy(addr.sun_path, path);
	unlink(path); /* the lock says that nobody else is here */
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 || chmod(path, 0666) < 0 ||
	    listen(fd, BACKLOG) < 0) {
		hd_err_set(err, errno, "cannot listen on %s: %s", path, strerror(errno));
		close(fd);
		return -err->code;
	}
	return fd;
}
