/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/dirs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "heddle/base/name.h"
#include "supervisor/front.h"
#include "supervisor/safe_dir.h"
#include "supervisor/state_dir.h"

#define LOCK_NAME     "heddled.lock"
#define SOCKET_NAME   "netconf.sock"
#define DEFAULT_RUN   "/run/heddle"
#define DEFAULT_STATE "/var/lib/heddle/mgmt"

/* Puts the working directory in front of a relative path. */
static int absolute(char *path, size_t size, const char *given, const char *what,
		    struct hd_err *err)
{
	char cwd[SETTINGS_PATH_MAX];
	int n;

	if (given[0] == '/') {
		n = snprintf(path, size, "%s", given);
	} else {
		if (!getcwd(cwd, sizeof(cwd)))
			return hd_err_set(err, errno, "the working directory: %s", strerror(errno));
		n = snprintf(path, size, "%s/%s", cwd, given);
	}
	if (n < 0 || (size_t)n >= size)
		return hd_err_set(err, ENAMETOOLONG, "%s \"%.80s...\" is too long", what, given);
	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	return 0;
}

static int open_run(struct dirs *dirs, struct hd_err *err)
{
	bool made;
	int fd;

	if (strlen(dirs->run) + sizeof("/" SOCKET_NAME) >
	    sizeof(((struct sockaddr_un *)0)->sun_path))
		return hd_err_set(err, ENAMETOOLONG,
				  "run directory %s is too long: a socket's path has at most %zu "
				  "characters, so choose one of at most %zu",
				  dirs->run, sizeof(((struct sockaddr_un *)0)->sun_path) - 1,
				  sizeof(((struct sockaddr_un *)0)->sun_path) -
					  sizeof("/" SOCKET_NAME));
	fd = safe_dir_open(dirs->run, "run directory", 0755, geteuid(), &made, err);
	if (fd == -EACCES)
		return hd_err_set(err, EACCES,
				  "run directory %s: %s: run as root, or name another one, such as "
				  "--run-dir $XDG_RUNTIME_DIR/heddle",
				  dirs->run, strerror(EACCES));
	if (fd < 0)
		return fd;
	dirs->run_made |= made;
	dirs->run_fd = fd;
	return 0;
}

/* Tells who has the lock, as far as the file says it. */
static int lock_taken(const struct dirs *dirs, int fd, struct hd_err *err)
{
	char pid[16] = "";
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	if (n > 0)
		pid[strspn(pid, "0123456789")] = '\0';
	return hd_err_set(err, EBUSY,
			  "another heddled (pid %s) uses run directory %s: stop it, or give this "
			  "one another --run-dir",
			  pid[0] ? pid : "unknown", dirs->run);
}

/* True if the name in the run directory is that of the file or socket which has this identity. */
static bool is_named(const struct dirs *dirs, const char *name, const struct stat *what)
{
	struct stat there;

	return fstatat(dirs->run_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       what->st_ino == there.st_ino && what->st_dev == there.st_dev;
}

static bool has_lock(const struct dirs *dirs)
{
	struct stat ours;

	return dirs->lock_fd >= 0 && fstat(dirs->lock_fd, &ours) == 0 &&
	       is_named(dirs, LOCK_NAME, &ours);
}

static int take_lock(struct dirs *dirs, struct hd_err *err)
{
	int fd;

	/* One that is just ending may remove the file between our open and lock. */
	while (!has_lock(dirs)) {
		fd = openat(dirs->run_fd, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			    0644);
		if (fd < 0)
			return hd_err_set(err, errno, "%s/" LOCK_NAME ": %s", dirs->run,
					  strerror(errno));
		if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
			lock_taken(dirs, fd, err);
			close(fd);
			return -err->code;
		}
		if (dirs->lock_fd >= 0)
			close(dirs->lock_fd);
		dirs->lock_fd = fd;
	}
	if (ftruncate(dirs->lock_fd, 0) < 0 || dprintf(dirs->lock_fd, "%d\n", (int)getpid()) < 0)
		return hd_err_set(err, errno, "%s/" LOCK_NAME ": %s", dirs->run, strerror(errno));
	return 0;
}

/*
 * The root of the sockets: whoever could write to it could take the place of a port's directory. All may
 * pass to those that are theirs; the group may list it.
 */
static int vhost_root(struct dirs *dirs, const struct settings *settings, struct hd_err *err)
{
	struct group *group;
	bool made;
	int fd = safe_dir_open(dirs->vhost, "socket directory", 0751, geteuid(), &made, err);

	if (fd < 0)
		return fd;
	dirs->vhost_fd = fd;
	dirs->vhost_made |= made;
	if (!made)
		return 0; /* as the administrator made it */
	group = getgrnam(settings->vhost_group);
	if (group && fchown(dirs->vhost_fd, (uid_t)-1, group->gr_gid) < 0 && geteuid() == 0)
		hd_log(HD_LOG_WARNING, "socket directory %s: giving it to group %s failed: %s",
		       dirs->vhost, settings->vhost_group, strerror(errno));
	if (!group && settings->vhost_group_given)
		hd_log(HD_LOG_WARNING, "there is no group %s (vhost-group): addgroup --system %s",
		       settings->vhost_group, settings->vhost_group);
	/* Ports' directories inherit the bit where a unit forbids setting it. */
	if (fchmod(dirs->vhost_fd, 02751) < 0 && fchmod(dirs->vhost_fd, 0751) < 0)
		return hd_err_set(err, errno, "%s", strerror(errno));
	return 0;
}

/* A missing one is no reason not to start: ports on it say so. */
static void open_vhost(struct dirs *dirs, const struct settings *settings)
{
	struct hd_err err = {0};

	if (vhost_root(dirs, settings, &err) == 0)
		return;
	hd_log(HD_LOG_WARNING, "%s: vhost-user ports will not open", err.text);
	hd_str_copy(dirs->vhost_text, sizeof(dirs->vhost_text), err.text);
}

static int find_paths(struct dirs *dirs, const struct settings *settings, struct hd_err *err)
{
	char vhost[SETTINGS_PATH_MAX + 8], state[SETTINGS_PATH_MAX + 8];

	if (absolute(dirs->run, sizeof(dirs->run), settings->run_dir, "run directory", err) < 0)
		return -err->code;
	if (settings->config[0] && absolute(dirs->config, sizeof(dirs->config), settings->config,
					    "configuration", err) < 0)
		return -err->code;
	if (absolute(dirs->initial_config, sizeof(dirs->initial_config), settings->initial_config,
		     "first configuration", err) < 0)
		return -err->code;
	snprintf(vhost, sizeof(vhost), "%s%s",
		 settings->vhost_dir[0] ? settings->vhost_dir : dirs->run,
		 settings->vhost_dir[0] ? "" : "/vhost");
	if (absolute(dirs->vhost, sizeof(dirs->vhost), vhost, "socket directory", err) < 0)
		return -err->code;
	if (settings->state_dir[0])
		snprintf(state, sizeof(state), "%s", settings->state_dir);
	else if (!strcmp(dirs->run, DEFAULT_RUN))
		snprintf(state, sizeof(state), DEFAULT_STATE);
	else
		snprintf(state, sizeof(state), "%s/state", dirs->run);
	return absolute(dirs->state, sizeof(dirs->state), state, "state directory", err);
}

static int open_front(struct dirs *dirs, struct hd_err *err)
{
	int fd = front_listen(dirs->run_fd, SOCKET_NAME, err);

	if (fd < 0)
		return hd_err_prefix(err, "run directory %s", dirs->run);
	if (dirs->netconf_fd >= 0)
		close(dirs->netconf_fd);
	dirs->netconf_fd = fd;
	if (fstatat(dirs->run_fd, SOCKET_NAME, &dirs->front, AT_SYMLINK_NOFOLLOW) < 0)
		return hd_err_set(err, errno, "%s/" SOCKET_NAME ": %s", dirs->run, strerror(errno));
	return 0;
}

static int open_all(struct dirs *dirs, const struct settings *settings,
		    const struct account *account, struct hd_err *err)
{
	int rc = open_run(dirs, err);

	if (rc == 0)
		rc = take_lock(dirs, err);
	if (rc < 0)
		return rc;
	rc = state_dir_open(dirs->state, account, err);
	if (rc == 0)
		rc = open_front(dirs, err);
	if (rc < 0)
		unlinkat(dirs->run_fd, LOCK_NAME, 0);
	return rc;
}

int dirs_open(struct dirs *dirs, const struct settings *settings, const struct account *account,
	      struct hd_err *err)
{
	int rc;

	memset(dirs, 0, sizeof(*dirs));
	dirs->run_fd = dirs->lock_fd = dirs->vhost_fd = dirs->netconf_fd = -1;
	rc = find_paths(dirs, settings, err);
	if (rc == 0)
		rc = open_all(dirs, settings, account, err);
	if (rc < 0) {
		if (dirs->lock_fd >= 0)
			close(dirs->lock_fd);
		if (dirs->run_fd >= 0)
			close(dirs->run_fd);
		if (dirs->run_made)
			rmdir(dirs->run);
		return rc;
	}
	open_vhost(dirs, settings);
	/* Each start begins with the same file, so what was done to it goes with the run directory. */
	dirs->state_passes = dirs->run_made && dirs->config[0] && !settings->state_dir[0] &&
			     strcmp(dirs->run, DEFAULT_RUN) != 0;
	return 0;
}

/* True if the path leads to what the descriptor stands for. */
static bool is_at(const char *path, int fd)
{
	struct stat at, ours;

	return fd >= 0 && stat(path, &at) == 0 && fstat(fd, &ours) == 0 &&
	       at.st_ino == ours.st_ino && at.st_dev == ours.st_dev;
}

/* Steps into the run directory that is at the path now, if need be made anew. */
static int renew_run(struct dirs *dirs, struct hd_err *err)
{
	int before = dirs->run_fd, rc = open_run(dirs, err);

	if (rc < 0)
		return rc;
	close(before);
	hd_log(HD_LOG_WARNING, "run directory %s was removed: made anew", dirs->run);
	return 0;
}

bool dirs_renew(struct dirs *dirs, const struct settings *settings, const struct account *account)
{
	static struct hd_log_limit limit;
	struct hd_err err = {0};
	bool front = false;
	int rc = 0;

	if (!is_at(dirs->run, dirs->run_fd))
		rc = renew_run(dirs, &err);
	if (rc == 0 && !has_lock(dirs))
		rc = take_lock(dirs, &err);
	if (rc == 0 && access(dirs->state, F_OK) < 0 && errno == ENOENT)
		rc = state_dir_open(dirs->state, account, &err);
	if (rc == 0 && !is_named(dirs, SOCKET_NAME, &dirs->front)) {
		rc = open_front(dirs, &err);
		front = rc == 0;
	}
	if (rc < 0 && hd_log_allowed(&limit))
		hd_log(HD_LOG_ERR, "%s; it is tried again", err.text);
	if (rc == 0 && dirs->vhost_fd >= 0 && !is_at(dirs->vhost, dirs->vhost_fd)) {
		close(dirs->vhost_fd);
		dirs->vhost_fd = -1;
		open_vhost(dirs, settings);
	}
	return front;
}

static void remove_file(const struct dirs *dirs, const char *name, bool sockets_only)
{
	struct stat st;

	if (fstatat(dirs->run_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (S_ISSOCK(st.st_mode) || (S_ISREG(st.st_mode) && !sockets_only)))
		unlinkat(dirs->run_fd, name, 0);
}

/* A run directory that heddled made holds nothing but what its planes put there. */
static void empty_run(const struct dirs *dirs)
{
	int fd = fcntl(dirs->run_fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, LOCK_NAME) != 0)
			remove_file(dirs, entry->d_name, false);
	closedir(dir);
}

void dirs_close(struct dirs *dirs)
{
	close(dirs->netconf_fd);
	remove_file(dirs, SOCKET_NAME, true);
	if (dirs->state_passes)
		state_dir_remove(dirs->state);
	if (dirs->vhost_fd >= 0)
		close(dirs->vhost_fd);
	if (dirs->vhost_made)
		rmdir(dirs->vhost); /* stays when somebody's sockets are in it */
	if (dirs->run_made)
		empty_run(dirs);
	unlinkat(dirs->run_fd, LOCK_NAME, 0);
	if (dirs->run_made)
		rmdir(dirs->run);
	close(dirs->lock_fd);
	close(dirs->run_fd);
}
