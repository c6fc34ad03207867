/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dataplane/port/vhost_user/vhost_user.h"

#define BACKLOG        8
#define UNIX_LISTENING 0x10000 /* __SO_ACCEPTCON, in the flags column of /proc/net/unix */

int vhost_socket_connect(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

	if (fd < 0)
		return -errno;
	hd_str_copy(sun.sun_path, sizeof(sun.sun_path), path);
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0)
		return fd;
	error = errno;
	close(fd);
	return -error;
}

int vhost_socket_make(const struct vhost_port *v)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), ret = 0;
	mode_t before;

	if (fd < 0)
		return -errno;
	hd_str_copy(sun.sun_path, sizeof(sun.sun_path), v->path);
	before = umask(~v->mode & 0777); /* of the socket, from its beginning */
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0 || listen(fd, BACKLOG) != 0)
		ret = -errno;
	umask(before);
	if (ret != 0)
		close(fd);
	return ret != 0 ? ret : fd;
}

/* /proc names the sockets of our network namespace only. */
static bool proc_lists(const char *path)
{
	FILE *f = fopen("/proc/net/unix", "re");
	char line[512];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f)) {
		unsigned int flags;
		int at = 0;

		if (sscanf(line, "%*s %*s %*s %x %*s %*s %*s %n", &flags, &at) != 1 || !at)
			continue;
		line[strcspn(line, "\n")] = '\0';
		found = (flags & UNIX_LISTENING) && !strcmp(line + at, path);
	}
	if (f)
		fclose(f);
	return found;
}

bool vhost_socket_has_listener(const struct vhost_port *v, int *pid)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct ucred cred;
	socklen_t len = sizeof(cred);
	bool listens;
	int fd;

	*pid = 0;
	if (proc_lists(v->shown))
		return true;
	hd_str_copy(sun.sun_path, sizeof(sun.sun_path), v->path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return true;
	listens = connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 || errno == EAGAIN;
	if (listens && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0)
		*pid = cred.pid;
	close(fd);
	return listens;
}
