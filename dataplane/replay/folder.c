/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The folder of the results. A replay makes its files in a folder inside, and moves them out at its
 * end, summary.json last: so the results there are of one replay, and complete. The results of an
 * earlier replay (its summary.json names the ports) are removed when this one begins to run.
 * Nothing else is touched.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "heddle/base/name.h"
#include "dataplane/core/config.h"
#include "dataplane/core/options.h"
#include "dataplane/replay/replay.h"

#define STAGE ".replay"
#define OLD   "old.json" /* in the stage: the summary whose results are being removed */

static int dir_fd = -1, stage_fd = -1;

static int failed(struct hd_err *err, const char *name)
{
	int code = errno;

	return hd_err_set(err, code, "-o %.100s: %.100s: %s", dp_options()->out_dir, name,
			  strerror(code));
}

/* Makes the folder, with those above it. */
static int make_dir(struct hd_err *err)
{
	char *path = strdup(dp_options()->out_dir);
	int rc = path ? 0 : -ENOMEM;

	for (char *at = path; rc == 0 && *at;) {
		at = strchrnul(at + 1, '/');
		char was = *at;

		*at = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			rc = -errno;
		*at = was;
	}
	free(path);
	return rc ? hd_err_set(err, -rc, "-o %.150s: %s", dp_options()->out_dir, strerror(-rc)) : 0;
}

static int open_folders(struct hd_err *err)
{
	dir_fd = open(dp_options()->out_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return hd_err_set(err, errno, "-o %.150s: %s", dp_options()->out_dir,
				  strerror(errno));
	if (mkdirat(dir_fd, STAGE, 0777) < 0 && errno != EEXIST)
		return failed(err, STAGE);
	stage_fd = openat(dir_fd, STAGE, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (stage_fd < 0)
		return failed(err, STAGE);
	if (flock(stage_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	close(stage_fd);
	stage_fd = -1; /* it is the other's to remove */
	return hd_err_set(err, EBUSY, "-o %.150s: another replay writes there",
			  dp_options()->out_dir);
}

/* @name in the folder will be replaced or removed: is it what we read? */
static int check_name(const char *name, struct hd_err *err)
{
	const char *port;
	struct stat st;

	if (fstatat(dir_fd, name, &st, 0) < 0)
		return 0;
	port = dp_replay_input_of(st.st_dev, st.st_ino);
	if (port)
		return hd_err_set(err, EBUSY,
				  "-o %.80s: %.80s in it is the capture that comes in by port %s, "
				  "and would be replaced; choose another folder",
				  dp_options()->out_dir, name, port);
	if (S_ISDIR(st.st_mode))
		return hd_err_set(err, EISDIR, "-o %.80s: %.80s in it is a folder",
				  dp_options()->out_dir, name);
	return 0;
}

static int remove_name(const char *name, struct hd_err *err)
{
	return unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT ? failed(err, name) : 0;
}

/*
 * Calls @fn for each capture that the summary @file in @fd names. A file that is none names none.
 */
static int each_named(int fd, const char *file, int (*fn)(const char *name, struct hd_err *err),
		      struct hd_err *err)
{
	int in = openat(fd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), rc = 0;
	json_t *root = in < 0 ? NULL : json_loadfd(in, 0, NULL);
	const char *port;
	json_t *value;

	if (in >= 0)
		close(in);
	json_object_foreach(json_object_get(root, "ports"), port, value)
	{
		char name[HD_NAME_MAX + 8];

		if (rc || !hd_name_valid(port, strlen(port) + 1))
			continue;
		snprintf(name, sizeof(name), "%s" DP_REPLAY_SUFFIX, port);
		rc = fn(name, err);
	}
	json_decref(root);
	return rc;
}

static int check_all(struct hd_err *err)
{
	const struct dp_config *tree = dp_config_running();
	int rc = check_name(DP_REPLAY_SUMMARY, err);

	for (uint32_t id = 0; id < tree->n_ports && !rc; id++) {
		char name[HD_NAME_MAX + 8];

		if (!tree->ports[id])
			continue;
		snprintf(name, sizeof(name), "%s" DP_REPLAY_SUFFIX, tree->ports[id]->name);
		rc = check_name(name, err);
	}
	if (!rc)
		rc = each_named(dir_fd, DP_REPLAY_SUMMARY, check_name, err);
	if (!rc)
		rc = each_named(stage_fd, OLD, check_name, err);
	return rc ? rc : each_named(stage_fd, DP_REPLAY_SUMMARY, check_name, err);
}

/* The results of a replay before, also of one that ended while it removed or moved some. */
static int remove_old(struct hd_err *err)
{
	int rc = each_named(stage_fd, OLD, remove_name, err);

	if (!rc)
		rc = each_named(stage_fd, DP_REPLAY_SUMMARY, remove_name, err);
	if (!rc && renameat(dir_fd, DP_REPLAY_SUMMARY, stage_fd, OLD) < 0 && errno != ENOENT)
		rc = failed(err, DP_REPLAY_SUMMARY);
	return rc ? rc : each_named(stage_fd, OLD, remove_name, err);
}

/* Calls @fn for each file in the stage. */
static int each_staged(int (*fn)(const char *name, struct hd_err *err), struct hd_err *err)
{
	int fd = openat(stage_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		rc = failed(err, STAGE);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	while (!rc && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = fn(entry->d_name, err);
	closedir(dir);
	return rc;
}

static int unlink_staged(const char *name, struct hd_err *err)
{
	return unlinkat(stage_fd, name, 0) < 0 ? failed(err, name) : 0;
}

static int move_capture(const char *name, struct hd_err *err)
{
	if (!strcmp(name, DP_REPLAY_SUMMARY))
		return 0;
	return renameat(stage_fd, name, dir_fd, name) < 0 ? failed(err, name) : 0;
}

static void close_folders(void)
{
	if (dir_fd >= 0 && stage_fd >= 0)
		unlinkat(dir_fd, STAGE, AT_REMOVEDIR);
	if (stage_fd >= 0)
		close(stage_fd);
	if (dir_fd >= 0)
		close(dir_fd);
	dir_fd = stage_fd = -1;
}

int dp_replay_folder_begin(struct hd_err *err)
{
	int rc = make_dir(err);

	if (!rc)
		rc = open_folders(err);
	if (!rc)
		rc = check_all(err);
	if (!rc)
		rc = remove_old(err);
	if (!rc)
		rc = each_staged(unlink_staged, err);
	if (rc)
		close_folders();
	return rc;
}

FILE *dp_replay_folder_create(const char *name, struct hd_err *err)
{
	int fd = openat(stage_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file)
		failed(err, name);
	if (!file && fd >= 0)
		close(fd);
	return file;
}

int dp_replay_folder_end(struct hd_err *err)
{
	int rc = each_staged(move_capture, err);

	if (!rc && renameat(stage_fd, DP_REPLAY_SUMMARY, dir_fd, DP_REPLAY_SUMMARY) < 0)
		rc = failed(err, DP_REPLAY_SUMMARY);
	if (!rc)
		close_folders();
	return rc;
}

void dp_replay_folder_abort(void)
{
	struct hd_err err;

	if (stage_fd < 0)
		return;
	/* also what was moved already */
	each_named(stage_fd, DP_REPLAY_SUMMARY, remove_name, &err);
	each_staged(unlink_staged, &err);
	close_folders();
}
