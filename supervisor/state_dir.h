/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The directory that heddle-mgmt keeps its configuration in: its own, mode 0700.
 */
#ifndef SUPERVISOR_STATE_DIR_H
#define SUPERVISOR_STATE_DIR_H

#include <stdbool.h>

#include "heddle/base/err.h"
#include "supervisor/account.h"

/*
 * Makes @path when it is not there, and gives it, with the files in it, to @account, when it is root's.
 * Returns 0, or -errno with @err: -EPERM: it is somebody else's, or others could replace it, so what is
 * in it is not to be believed. What else fails is logged: heddle-mgmt starts without it, and refuses to
 * change anything.
 */
int state_dir_open(const char *path, const struct account *account, struct hd_err *err);

/* Removes it with what heddle-mgmt puts there. What is not of it stays, and the directory with it. */
void state_dir_remove(const char *path);

#endif
