/* SPDX-License-Identifier: BSD-3-Clause */
#include "supervisor/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/safe_dir.h"

#define CONF_SIZE_MAX 65536

static int check_owner(const struct stat *st, const char *path, struct hd_err *err)
{
	if (!S_ISREG(st->st_mode))
		return hd_err_set(err, EINVAL, "%s is not a file", path);
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return hd_err_set(err, EPERM, "%s can be written by others: chmod go-w %s", path,
				  path);
	if (st->st_uid != 0 && st->st_uid != geteuid() && !users_partial())
		return hd_err_set(err, EPERM, "%s belongs to somebody else: chown root %s", path,
				  path);
	return 0;
}

static int read_file(int fd, const char *path, char *text, size_t *len, struct hd_err *err)
{
	ssize_t n;

	*len = 0;
	while ((n = read(fd, text + *len, CONF_SIZE_MAX - *len)) > 0)
		*len += (size_t)n;
	if (n < 0)
		return hd_err_set(err, errno, "%s: %s", path, strerror(errno));
	if (*len == CONF_SIZE_MAX)
		return hd_err_set(err, EFBIG, "%s is larger than %d bytes", path,
				  CONF_SIZE_MAX - 1);
	return 0;
}

static int load_file(struct settings *settings, const char *path, bool needed, struct hd_err *err)
{
	static char text[CONF_SIZE_MAX];
	struct stat st;
	size_t len = 0;
	int fd, rc;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && !needed && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return hd_err_set(err, errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) < 0)
		rc = hd_err_set(err, errno, "%s: %s", path, strerror(errno));
	else
		rc = check_owner(&st, path, err);
	if (rc == 0)
		rc = read_file(fd, path, text, &len, err);
	close(fd);
	return rc < 0 ? rc : settings_conf(settings, text, len, path, err);
}

int conf_load(struct settings *settings, int argc, const char *const *argv, struct hd_err *err)
{
	char path[SETTINGS_PATH_MAX];
	bool given;
	int rc;

	/* Once to learn of --conf, then again over what the file says. */
	settings_default(settings);
	rc = settings_args(settings, argc, argv, err);
	if (rc < 0 || settings->help || settings->version)
		return rc;
	memcpy(path, settings->conf, sizeof(path));
	given = settings->conf_given;
	settings_default(settings);
	rc = load_file(settings, path, given, err);
	return rc < 0 ? rc : settings_args(settings, argc, argv, err);
}
