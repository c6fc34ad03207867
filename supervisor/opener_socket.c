/* SPDX-License-Identifier: BSD-3-Clause */
/* Owner and mode of vhost-user sockets, beneath the socket directory. */
#define _GNU_SOURCE
#include "supervisor/opener_int.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heddle/base/log.h"

/*
 * Opens the directory that @path (path_beneath(), so without "..") lies in, part by part and without
 * following a link, so that it cannot leave @root. *@last becomes the last part.
 */
static int parent_open(int root, const char *path, const char **last)
{
	int dir = fcntl(root, F_DUPFD_CLOEXEC, 0), next;
	char part[HD_PATH_MAX];
	const char *slash;

	while (dir >= 0 && (slash = strchr(path, '/'))) {
		memcpy(part, path, (size_t)(slash - path));
		part[slash - path] = '\0';
		next = openat(dir, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0) {
			int code = errno;

			close(dir);
			return -code;
		}
		close(dir);
		dir = next;
		path = slash + 1;
	}
	*last = path;
	return dir < 0 ? -errno : dir;
}

/* Opens the socket itself, as a name without use. Nothing else is accepted. */
static int socket_find(const struct opener *opener, const char *path, struct stat *st,
		       struct hd_err *err)
{
	const char *last;
	int dir, fd;

	if (opener->dirs->vhost_fd < 0)
		return hd_err_set(err, ENOENT, "there is no socket directory %s",
				  opener->dirs->vhost);
	dir = parent_open(opener->dirs->vhost_fd, path, &last);
	if (dir < 0)
		return hd_err_set(err, -dir, "%s/%s: %s", opener->dirs->vhost, path,
				  strerror(-dir));
	fd = openat(dir, last, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		int code = errno;

		close(dir);
		return hd_err_set(err, code, "%s/%s: %s", opener->dirs->vhost, path,
				  strerror(code));
	}
	close(dir);
	if (fstat(fd, st) < 0 || !S_ISSOCK(st->st_mode)) {
		close(fd);
		return hd_err_set(err, EINVAL, "%s/%s is not a socket", opener->dirs->vhost, path);
	}
	return fd;
}

/* So that a heddled that ends leaves no dead socket. Out of memory leaves one. */
static void remember(struct opener *opener, const char *path, const struct stat *st)
{
	struct kept_socket *socket;

	socket = LIST_FIRST(&opener->sockets);
	while (socket && strcmp(socket->path, path) != 0)
		socket = LIST_NEXT(socket, next);
	if (!socket) {
		socket = calloc(1, sizeof(*socket));
		if (!socket)
			return;
		strcpy(socket->path, path);
		LIST_INSERT_HEAD(&opener->sockets, socket, next);
	}
	socket->dev = st->st_dev;
	socket->ino = st->st_ino;
}

/* The configured group, when the port has none: it need not exist on a machine that has no VMs. */
static gid_t default_group(const struct opener *opener)
{
	struct group *group = getgrnam(opener->settings->vhost_group);

	return group ? group->gr_gid : (gid_t)-1;
}

int opener_socket_perm(struct opener *opener, const struct hd_socket_perm *req, struct hd_err *err)
{
	uint32_t mode = req->mode ? req->mode : opener->settings->vhost_mode;
	char path[40];
	struct stat st = {0};
	uid_t uid = (uid_t)-1;
	gid_t gid = (gid_t)-1;
	int fd, rc;

	rc = opener_user(opener, req->owner, &uid, err);
	if (rc == 0)
		rc = opener_group(opener, req->group, &gid, err);
	if (rc < 0)
		return rc;
	fd = socket_find(opener, req->socket, &st, err);
	if (fd < 0)
		return fd;
	remember(opener, req->socket, &st);
	if (!req->group[0])
		gid = default_group(opener);
	if ((uid != (uid_t)-1 || gid != (gid_t)-1) &&
	    fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0 &&
	    (req->owner[0] || req->group[0] || geteuid() == 0)) {
		rc = hd_err_set(err, errno,
				"socket %s: owner %s, group %s: %s: this needs heddled "
				"to run as root",
				req->socket, req->owner[0] ? req->owner : "-",
				req->group[0] ? req->group : opener->settings->vhost_group,
				strerror(errno));
	} else {
		/* fchmod() refuses a descriptor of this sort; its name in /proc is the file itself. */
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (chmod(path, mode) < 0)
			rc = hd_err_set(err, errno, "socket %s: mode %04o: %s", req->socket, mode,
					strerror(errno));
	}
	close(fd);
	return rc;
}

static void socket_remove(const struct opener *opener, const struct kept_socket *socket)
{
	const char *last = socket->path;
	struct stat st;
	int dir = parent_open(opener->dirs->vhost_fd, socket->path, &last);

	if (dir < 0)
		return;
	if (fstatat(dir, last, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(st.st_mode) &&
	    st.st_dev == socket->dev && st.st_ino == socket->ino)
		unlinkat(dir, last, 0);
	close(dir);
}

void opener_sockets_remove(struct opener *opener)
{
	struct kept_socket *socket, *next;

	for (socket = LIST_FIRST(&opener->sockets); socket; socket = next) {
		next = LIST_NEXT(socket, next);
		socket_remove(opener, socket);
		free(socket);
	}
	LIST_INIT(&opener->sockets);
}
