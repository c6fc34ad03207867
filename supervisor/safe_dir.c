/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/safe_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40
#define NOBODY    65534 /* whom a user namespace does not know */

struct walk {
	const char *path, *what;
	char rest[PATH_MAX]; /* the way that is still to go */
	char done[PATH_MAX]; /* and that was gone, for messages */
	int fd;              /* where we are */
	unsigned int links;
	mode_t mode;
	uid_t also;
	bool made; /* where we are */
	struct hd_err *err;
};

uint64_t users_known(const char *map)
{
	FILE *file = fopen(map, "re");
	unsigned long inside, outside, count;
	uint64_t sum = 0;

	if (!file)
		return USERS_ALL;
	while (fscanf(file, "%lu %lu %lu", &inside, &outside, &count) == 3)
		sum += count;
	fclose(file);
	return sum;
}

bool users_partial(void)
{
	return users_known(UID_MAP) < USERS_ALL;
}

static int failed(const struct walk *w, int code)
{
	bool above = strcmp(w->path, w->done) != 0;

	return hd_err_set(w->err, code, "%s %s%s%s: %s", w->what, w->path, above ? ": " : "",
			  above ? w->done : "", strerror(code));
}

static const char *user_name(uid_t uid, char text[32])
{
	const struct passwd *pw = getpwuid(uid);

	if (pw)
		snprintf(text, 32, "%s", pw->pw_name);
	else
		snprintf(text, 32, "%u", uid);
	return text;
}

static bool owner_trusted(const struct walk *w, const struct stat *st, bool last)
{
	return st->st_uid == 0 || st->st_uid == geteuid() || (last && st->st_uid == w->also) ||
	       (!last && st->st_uid == NOBODY && users_partial());
}

/* Is what we stand on nobody else's, and can nobody else write to it? */
static int check(const struct walk *w, const struct stat *st, bool last)
{
	char name[32], us[32];

	if (!owner_trusted(w, st, last))
		return hd_err_set(
			w->err, EPERM,
			"%s %s: %s belongs to user %s, who could replace it: chown %s %s, or name "
			"another directory",
			w->what, w->path, w->done, user_name(st->st_uid, name),
			user_name(geteuid(), us), w->done);
	if (S_ISLNK(st->st_mode) || !(st->st_mode & (S_IWGRP | S_IWOTH)) ||
	    (!last && (st->st_mode & S_ISVTX)))
		return 0;
	return hd_err_set(
		w->err, EPERM,
		"%s %s: %s has mode %04o, so others could replace what is in it: chmod go-w "
		"%s, or name another directory",
		w->what, w->path, w->done, (unsigned int)st->st_mode & 07777, w->done);
}

/* From the top. */
static int begin(struct walk *w)
{
	struct stat st;

	if (w->fd >= 0)
		close(w->fd);
	strcpy(w->done, "/");
	w->fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w->fd < 0 || fstat(w->fd, &st) < 0)
		return failed(w, errno);
	return check(w, &st, false);
}

/* The next part of the way, and whether it is the last. Returns false at the end. */
static bool part(struct walk *w, char name[NAME_MAX + 2], bool *last)
{
	char *at = w->rest + strspn(w->rest, "/");
	size_t len = strcspn(at, "/");

	snprintf(name, NAME_MAX + 2, "%.*s", (int)(len > NAME_MAX ? NAME_MAX + 1 : len), at);
	at += len;
	at += strspn(at, "/");
	*last = *at == '\0';
	memmove(w->rest, at, strlen(at) + 1);
	return len > 0;
}

static int follow(struct walk *w, int link)
{
	char to[PATH_MAX], way[2 * PATH_MAX];
	ssize_t n = readlinkat(link, "", to, sizeof(to) - 1);

	if (n < 0)
		return failed(w, errno);
	to[n] = '\0';
	if (++w->links > LINKS_MAX)
		return failed(w, ELOOP);
	if (snprintf(way, sizeof(way), "%s/%s", to, w->rest) >= (int)sizeof(w->rest))
		return failed(w, ENAMETOOLONG);
	strcpy(w->rest, way);
	return to[0] == '/' ? begin(w) : 0;
}

static void done_add(struct walk *w, const char *name)
{
	size_t len = strlen(w->done);

	snprintf(w->done + len, sizeof(w->done) - len, "%s%s", len > 1 ? "/" : "", name);
}

/* Opens the part @name, made if it is not there. Nobody can exchange it: we stand on what is safe. */
static int part_open(struct walk *w, const char *name, bool last)
{
	int fd = openat(w->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	w->made = false;
	if (fd >= 0 || errno != ENOENT || !w->mode)
		return fd;
	if (mkdirat(w->fd, name, last ? w->mode : 0755) < 0) {
		if (errno != EEXIST)
			return -1;
	} else {
		w->made = true;
	}
	return openat(w->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

static int step(struct walk *w, const char *name, bool last)
{
	size_t len = strlen(w->done);
	struct stat st;
	int fd, rc;

	fd = part_open(w, name, last);
	done_add(w, name);
	if (fd < 0 || fstat(fd, &st) < 0) {
		rc = failed(w, errno);
	} else {
		rc = check(w, &st, last && !S_ISLNK(st.st_mode));
		if (rc == 0 && S_ISLNK(st.st_mode)) {
			w->done[len] = '\0';
			rc = follow(w, fd);
		} else if (rc == 0 && !S_ISDIR(st.st_mode)) {
			rc = failed(w, ENOTDIR);
		} else if (rc == 0) {
			close(w->fd);
			w->fd = fd;
			return 0;
		}
	}
	if (fd >= 0)
		close(fd);
	return rc;
}

int safe_dir_open(const char *path, const char *what, mode_t mode, uid_t also, bool *made,
		  struct hd_err *err)
{
	struct walk w = {
		.path = path, .what = what, .fd = -1, .mode = mode, .also = also, .err = err};
	char name[NAME_MAX + 2];
	bool last;
	int rc, fd = -1;

	if (path[0] != '/')
		return hd_err_set(err, EINVAL, "%s %s: a path from / on is needed", what, path);
	if (snprintf(w.rest, sizeof(w.rest), "%s", path) >= (int)sizeof(w.rest))
		return hd_err_set(err, ENAMETOOLONG, "%s %.80s... is too long", what, path);
	rc = begin(&w);
	while (rc == 0 && part(&w, name, &last))
		rc = step(&w, name, last);
	if (rc == 0) {
		fd = openat(w.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0 || (w.made && fchmod(fd, mode) < 0)) /* whatever the umask is */
			rc = failed(&w, errno);
	}
	if (w.fd >= 0)
		close(w.fd);
	if (rc < 0 && fd >= 0)
		close(fd);
	*made = w.made;
	return rc < 0 ? rc : fd;
}
