/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/base/program.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where a build tree has them, from its root. */
static const struct {
	const char *name, *folder;
} built[] = {
	{"heddled", "supervisor"},
	{"heddle-dp", "dataplane"},
	{"heddle-cp", "ctrlplane"},
	{"heddle-mgmt", "mgmt"},
};

static const char *folder_of(const char *name)
{
	for (size_t i = 0; i < sizeof(built) / sizeof(built[0]); i++)
		if (strcmp(built[i].name, name) == 0)
			return built[i].folder;
	return ".";
}

static bool try(char *path, size_t size, const char *dir, const char *folder, const char *name)
{
	int n = snprintf(path, size, "%s%s%s/%s", dir, *folder ? "/" : "", folder, name);

	return n > 0 && (size_t)n < size && access(path, X_OK) == 0;
}

/* Cuts @n names off the end of a path. False: it has not so many. */
static bool cut(char *path, unsigned int n)
{
	for (; n > 0; n--) {
		char *slash = strrchr(path, '/');

		if (!slash)
			return false;
		*slash = '\0';
	}
	return true;
}

int hd_program_find(const char *name, unsigned int up, const char *const *installed, char *path,
		    size_t size)
{
	const char *build = getenv("HEDDLE_BUILD_DIR"), *folder = folder_of(name);
	char own[PATH_MAX], root[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);
	bool has_own;

	own[n > 0 ? n : 0] = '\0';
	has_own = cut(own, 1);
	if (build && *build && try(path, size, build, folder, name))
		return HD_PROGRAM_BUILT;
	strcpy(root, own);
	if (has_own && cut(root, up) && try(path, size, root, folder, name))
		return HD_PROGRAM_BUILT;
	for (; *installed; installed++) {
		bool absolute = **installed == '/';

		if (absolute && try(path, size, *installed, "", name))
			return HD_PROGRAM_INSTALLED;
		if (!absolute && has_own && try(path, size, own, *installed, name))
			return HD_PROGRAM_INSTALLED;
	}
	return -ENOENT;
}
