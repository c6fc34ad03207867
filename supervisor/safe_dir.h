/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Directories that nobody else can replace. heddled and its planes make sockets and files in them as
 * root; whoever could exchange one, or a directory above it, could have them made anywhere.
 */
#ifndef SUPERVISOR_SAFE_DIR_H
#define SUPERVISOR_SAFE_DIR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "heddle/base/err.h"

/*
 * How many users there are, as @map says it (UID_MAP, user_namespaces(7)); USERS_ALL where there is no
 * such file.
 */
#define UID_MAP   "/proc/self/uid_map"
#define USERS_ALL UINT32_MAX
uint64_t users_known(const char *map);

/* True in a user namespace that does not know all users: the real root is nobody there. */
bool users_partial(void);

/*
 * Opens the directory at the absolute @path. With a @mode, it is made, and those above it, when they are
 * not there; then *@made is set. Each part of the way has to belong to root or to us (the last one to
 * user @also as well), and must not be writable by others; above the last one, the sticky bit (/tmp) is
 * enough. Links of root's or ours are followed. @what is "run directory" or the like, for people. Returns a
 * descriptor, or -errno with @err, which names the part and what would be right: -EPERM: somebody else could replace it.
 */
int safe_dir_open(const char *path, const char *what, mode_t mode, uid_t also, bool *made,
		  struct hd_err *err);

#endif
