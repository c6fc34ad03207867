/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Directories of vhost-user ports: each port has VHOST-DIR/PORT, so that no guest can touch the
 * socket of another. Only heddled can write the vhost directory, so nobody can replace a name in
 * it. Others can write a port's directory, so nothing in it is trusted: a file there is opened
 * without following a symbolic link, checked, and used by that descriptor only.
 */
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
#include "supervisor/acl.h"

/* Who may do what in a port's directory. */
struct rights {
	uid_t owner; /* of the directory */
	gid_t group; /* of it, and of what is made in it; -1: as it is */
	mode_t mode;
	uid_t guest; /* the configured owner; -1: none */
	struct acl dir, sockets;
};

/* The configured group, when the port has none: it need not exist on a machine that has no VMs. */
static gid_t default_group(const struct opener *opener)
{
	struct group *group = getgrnam(opener->settings->vhost_group);

	return group ? group->gr_gid : (gid_t)-1;
}

/*
 * The guest's side makes the socket: its user may write here, and heddle-dp may look and connect.
 * Without an owner, the group may write, and nobody may remove what is another's (sticky).
 */
static void rights_client(const struct opener *opener, struct rights *r)
{
	bool owned = r->guest != (uid_t)-1;

	r->owner = owned ? r->guest : geteuid();
	r->mode = owned ? 03750 : 03770;
	acl_from_mode(&r->dir, r->mode);
	acl_grant(&r->dir, opener->dp_uid, 5);
	acl_from_mode(&r->sockets, 0700);
	acl_grant(&r->sockets, opener->dp_uid, 6);
}

/*
 * heddle-dp makes the socket, and nobody else may write here. Returns the mode that it makes it
 * with.
 */
static mode_t rights_server(const struct opener *opener, struct rights *r, mode_t mode)
{
	bool owned = r->guest != (uid_t)-1 && r->guest != opener->dp_uid;
	mode_t group = mode;

	r->owner = opener->dp_uid;
	r->mode = 03750;
	acl_from_mode(&r->dir, r->mode);
	acl_from_mode(&r->sockets, mode);
	if (!owned)
		return mode;
	acl_grant(&r->dir, r->guest, 5);
	acl_grant(&r->sockets, r->guest, mode >> 6 & 7);
	/* With a list, the group's bits bound the rights of its users too (acl(5), mask). */
	group |= mode >> 3 & 070;
	return mode | (group & 070);
}

static int rights_find(const struct opener *opener, const struct hd_open_vhost *req,
		       struct rights *r, struct hd_err *err)
{
	int rc = opener_user(opener, req->owner, &r->guest, err);

	if (rc == 0)
		rc = opener_group(opener, req->group, &r->group, err);
	if (rc == 0 && !req->group[0])
		r->group = default_group(opener);
	return rc;
}

/*
 * The list of a file system that has none is left out, where it is not what the configuration asks
 * for.
 */
static int lists_set(const struct opener *opener, const struct hd_open_vhost *req, int fd,
		     const struct rights *r, struct hd_err *err)
{
	static struct hd_log_limit limit;
	int rc = acl_set(fd, &r->dir);

	if (rc == 0)
		rc = acl_set_default(fd, &r->sockets);
	if (rc != -EOPNOTSUPP)
		return rc == 0 ? 0
			       : hd_err_set(err, -rc, "access list of %s/%s: %s",
					    opener->dirs->vhost, req->port, strerror(-rc));
	if (req->server && req->owner[0])
		return hd_err_set(
			err, EOPNOTSUPP,
			"owner %s needs a file system with access lists (acl), and that of "
			"%s has none: set a group instead, or another vhost-dir",
			req->owner, opener->dirs->vhost);
	if (hd_log_allowed(&limit))
		hd_log(HD_LOG_WARNING,
		       "the file system of %s has no access lists (acl): sockets of guests have "
		       "to let heddle-dp in by their group and mode",
		       opener->dirs->vhost);
	return 0;
}

static int rights_set(const struct opener *opener, const struct hd_open_vhost *req, int fd,
		      const struct rights *r, struct hd_err *err)
{
	struct stat st;
	int rc;

	if (fstat(fd, &st) < 0)
		return hd_err_set(err, errno, "%s/%s: %s", opener->dirs->vhost, req->port,
				  strerror(errno));
	if ((st.st_uid != r->owner || (r->group != (gid_t)-1 && st.st_gid != r->group)) &&
	    fchown(fd, r->owner, r->group) < 0 &&
	    (req->owner[0] || req->group[0] || geteuid() == 0))
		return hd_err_set(err, errno,
				  "directory %s/%s: owner %s, group %s: %s: this needs heddled to "
				  "run as root",
				  opener->dirs->vhost, req->port, req->owner[0] ? req->owner : "-",
				  req->group[0] ? req->group : opener->settings->vhost_group,
				  strerror(errno));
	rc = lists_set(opener, req, fd, r, err);
	/*
	 * A unit with RestrictSUIDSGID= may not set the bits, and inherits one from the directory
	 * above.
	 */
	if (rc == 0 && (fstat(fd, &st) < 0 || (st.st_mode & 07777) != r->mode) &&
	    fchmod(fd, r->mode) < 0)
		rc = hd_err_set(err, errno, "directory %s/%s: mode %04o: %s", opener->dirs->vhost,
				req->port, (unsigned int)r->mode, strerror(errno));
	return rc;
}

/* Opens the port's directory. -ENOENT: it is not there. */
static int port_dir(const struct opener *opener, const char *port, struct hd_err *err)
{
	int fd;

	if (opener->dirs->vhost_fd < 0)
		return hd_err_set(err, ENOENT, "there is no socket directory %s: %s",
				  opener->dirs->vhost, opener->dirs->vhost_text);
	fd = openat(opener->dirs->vhost_fd, port, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return hd_err_set(err, errno, "%s/%s: %s%s", opener->dirs->vhost, port,
				  strerror(errno),
				  errno == ENOTDIR || errno == ELOOP
					  ? ": a port's directory has to be there: remove this"
					  : "");
	return fd;
}

/*
 * A socket that the owner before left would have heddle-dp serve who may not use the port any more.
 */
static void stranger_remove(const struct opener *opener, const struct hd_open_vhost *req, int fd,
			    const struct rights *r)
{
	struct stat st;

	if (req->server || r->guest == (uid_t)-1 ||
	    fstatat(fd, req->socket, &st, AT_SYMLINK_NOFOLLOW) < 0 || S_ISDIR(st.st_mode) ||
	    st.st_uid == r->guest || st.st_uid == 0)
		return;
	if (unlinkat(fd, req->socket, 0) == 0)
		hd_log_port(HD_LOG_NOTICE, req->port, "%s was not of its owner %s: removed",
			    req->socket, req->owner);
}

static struct kept_vhost *kept_find(const struct opener *opener, const char *port)
{
	struct kept_vhost *kept;

	LIST_FOREACH(kept, &opener->vhosts, next)
		if (!strcmp(kept->req.port, port))
			return kept;
	return NULL;
}

/* So that it goes with the port. Out of memory leaves an empty directory. */
static void keep(struct opener *opener, const struct hd_open_vhost *req)
{
	struct kept_vhost *kept = kept_find(opener, req->port);

	if (!kept) {
		kept = calloc(1, sizeof(*kept));
		if (!kept)
			return;
		LIST_INSERT_HEAD(&opener->vhosts, kept, next);
	}
	kept->req = *req;
	kept->asked = true;
}

int opener_vhost_open(struct opener *opener, const struct hd_open_vhost *req, int *fd,
		      struct hd_opened_vhost *opened, struct hd_err *err)
{
	mode_t mode = req->mode ? req->mode : opener->settings->vhost_mode;
	struct rights r;
	int dir, rc = rights_find(opener, req, &r, err);

	if (rc < 0)
		return rc;
	if (req->server)
		mode = rights_server(opener, &r, mode);
	else
		rights_client(opener, &r);
	if (opener->dirs->vhost_fd >= 0 && mkdirat(opener->dirs->vhost_fd, req->port, 01700) < 0 &&
	    errno != EEXIST)
		return hd_err_set(err, errno, "directory %s/%s: %s", opener->dirs->vhost, req->port,
				  strerror(errno));
	dir = port_dir(opener, req->port, err);
	if (dir < 0)
		return dir;
	rc = rights_set(opener, req, dir, &r, err);
	if (rc == 0) {
		stranger_remove(opener, req, dir, &r);
		*fd = openat(dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (*fd < 0)
			rc = hd_err_set(err, errno, "directory %s/%s: %s", opener->dirs->vhost,
					req->port, strerror(errno));
	}
	close(dir);
	if (rc < 0)
		return rc;
	opened->mode = mode;
	keep(opener, req);
	return 0;
}

int opener_vhost_admit(struct opener *opener, const char *port, struct hd_err *err)
{
	const struct kept_vhost *kept = kept_find(opener, port);
	struct stat st;
	int dir, fd, rc;

	if (!kept)
		return hd_err_set(err, ENOENT, "port %s has no directory of sockets", port);
	dir = port_dir(opener, port, err);
	if (dir < 0)
		return dir;
	fd = openat(dir, kept->req.socket, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	rc = fd < 0 ? -errno : 0;
	close(dir);
	if (rc == 0 && fstat(fd, &st) < 0)
		rc = -errno;
	/* With a second name it could be a socket of something else altogether. */
	if (rc == 0 && (!S_ISSOCK(st.st_mode) || st.st_nlink != 1))
		rc = -EINVAL;
	if (rc == 0)
		rc = acl_grant_file(fd, opener->dp_uid, 6);
	if (fd >= 0)
		close(fd);
	return rc == 0 ? 0
		       : hd_err_set(err, -rc, "socket %s/%s/%s: %s", opener->dirs->vhost, port,
				    kept->req.socket,
				    rc == -EINVAL ? "is no socket, or has another name as well"
						  : strerror(-rc));
}

/* What heddle-dp made goes, what is of the guest stays, and the directory with it. */
static void drop(struct opener *opener, struct kept_vhost *kept)
{
	int dir = port_dir(opener, kept->req.port, NULL);
	struct stat st;

	if (dir >= 0) {
		if (kept->req.server &&
		    fstatat(dir, kept->req.socket, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISSOCK(st.st_mode) && st.st_uid == opener->dp_uid)
			unlinkat(dir, kept->req.socket, 0);
		close(dir);
		unlinkat(opener->dirs->vhost_fd, kept->req.port, AT_REMOVEDIR);
	}
	LIST_REMOVE(kept, next);
	free(kept);
}

void opener_vhost_release(struct opener *opener, const char *port)
{
	struct kept_vhost *kept = kept_find(opener, port);

	if (kept)
		drop(opener, kept);
}

void opener_vhost_sweep(struct opener *opener)
{
	struct kept_vhost *kept, *next;

	for (kept = LIST_FIRST(&opener->vhosts); kept; kept = next) {
		next = LIST_NEXT(kept, next);
		if (!kept->asked)
			drop(opener, kept);
	}
}

void opener_vhost_forget(struct opener *opener)
{
	struct kept_vhost *kept;

	LIST_FOREACH(kept, &opener->vhosts, next)
		kept->asked = false;
}
