/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Directories that nobody else can replace. heddled makes sockets and files in them as root. A user
 * who could replace such a directory, or one above it, could make heddled create files anywhere.
 */
#ifndef SUPERVISOR_SAFE_DIR_H
#define SUPERVISOR_SAFE_DIR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "heddle/base/err.h"

/*
 * Returns how many user ids the user namespace has, from the file @map (UID_MAP,
 * user_namespaces(7)); USERS_ALL if there is no such file.
 */
#define UID_MAP   "/proc/self/uid_map"
#define USERS_ALL UINT32_MAX
uint64_t users_known(const char *map);

/* True in a user namespace that does not map all users: there the real root looks like nobody. */
bool users_partial(void);

/*
 * Opens the directory at the absolute @path. If @mode is not 0, makes it and those above it, where
 * they do not exist; then *@made is set. Each directory of the path must belong to root or to us
 * (the last one may belong to user @also), and others must not be able to write it; above the last
 * one a directory with the sticky bit (/tmp) is allowed. Symbolic links are followed if they belong
 * to root or to us. @what is "run directory" or the like, for messages. Returns a descriptor, or
 * -errno with @err, which names the directory and what would be right; -EPERM: somebody else could
 * replace it.
 */
int safe_dir_open(const char *path, const char *what, mode_t mode, uid_t also, bool *made,
		  struct hd_err *err);

#endif
