/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/state_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "supervisor/safe_dir.h"

#define SUBDIR "journal"

/* Calls @fn for each entry of a directory. */
static void each(int dir_fd, void (*fn)(int dir_fd, const char *name, const void *arg),
		 const void *arg)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			fn(dir_fd, entry->d_name, arg);
	closedir(dir);
}

/* The name may be changed under us by whoever owned the directory: what was opened is what counts. */
static void give_file(int dir_fd, const char *name, const void *arg)
{
	const struct account *account = arg;
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    st.st_uid != account->uid && fchown(fd, account->uid, account->gid) < 0)
		hd_log(HD_LOG_WARNING, "%s of the state directory: %s", name, strerror(errno));
	close(fd);
}

struct content {
	bool any, ours;
};

static void look(int dir_fd, const char *name, const void *arg)
{
	struct content *content = *(struct content *const *)arg;

	content->any = true;
	if (!strcmp(name, SUBDIR) || !strncmp(name, "startup.conf", strlen("startup.conf")))
		content->ours = true;
}

/* Somebody who names /home by mistake shall not find it given away. */
static bool is_state_dir(int fd)
{
	struct content content = {false, false}, *arg = &content;

	each(fd, look, &arg);
	return !content.any || content.ours;
}

static void give_dir(int fd, const char *path, const struct account *account)
{
	struct stat st;
	int sub;

	if (fstat(fd, &st) < 0 || (st.st_uid == account->uid && (st.st_mode & 07777) == 0700))
		return;
	if (!is_state_dir(fd)) {
		hd_log(HD_LOG_ERR,
		       "state directory %s has files that are not heddle-mgmt's: it is left as it "
		       "is; name an empty one, or one that is not there yet",
		       path);
		return;
	}
	if (st.st_uid != account->uid) {
		hd_log(HD_LOG_NOTICE, "state directory %s is given to user %s", path,
		       account->name[0] ? account->name : "root");
		sub = openat(fd, SUBDIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0) {
			each(sub, give_file, account);
			if (fchown(sub, account->uid, account->gid) < 0)
				hd_log(HD_LOG_WARNING, "%s/" SUBDIR ": %s", path, strerror(errno));
			close(sub);
		}
		each(fd, give_file, account);
		if (fchown(fd, account->uid, account->gid) < 0)
			hd_log(HD_LOG_ERR, "state directory %s: giving it to user %s: %s", path,
			       account->name, strerror(errno));
	}
	if ((st.st_mode & 07777) != 0700 && fchmod(fd, 0700) < 0)
		hd_log(HD_LOG_WARNING, "state directory %s: %s", path, strerror(errno));
}

int state_dir_open(const char *path, const struct account *account, struct hd_err *err)
{
	struct account self = {.uid = geteuid(), .gid = getegid()};
	bool made;
	int fd = safe_dir_open(path, "state directory", 0700,
			       account->own ? account->uid : geteuid(), &made, err);

	if (fd < 0)
		return fd;
	if (account->own)
		give_dir(fd, path, account);
	else if (geteuid() == 0)
		give_dir(fd, path, &self);
	close(fd);
	return 0;
}

static void remove_file(int dir_fd, const char *name, const void *arg)
{
	static const char *const ours[] = {"startup.conf", "boot", "log", "base", "lock"};
	struct stat st;

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		size_t len = strlen(ours[i]);

		if (strncmp(name, ours[i], len) == 0 && (name[len] == '\0' || name[len] == '.') &&
		    fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st.st_mode))
			unlinkat(dir_fd, name, 0);
	}
}

void state_dir_remove(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), sub;

	if (fd < 0)
		return;
	sub = openat(fd, SUBDIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (sub >= 0) {
		each(sub, remove_file, NULL);
		close(sub);
		unlinkat(fd, SUBDIR, AT_REMOVEDIR);
	}
	each(fd, remove_file, NULL);
	close(fd);
	rmdir(path);
}
