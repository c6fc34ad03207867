/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state directory, in which heddle-mgmt keeps its configuration. heddle-mgmt owns it; its mode
 * is 0700.
 */
#ifndef SUPERVISOR_STATE_DIR_H
#define SUPERVISOR_STATE_DIR_H

#include <stdbool.h>

#include "heddle/base/err.h"
#include "supervisor/account.h"

/*
 * Makes @path if it does not exist. If root owns it, gives it and the files in it to @account; if
 * that fails, a line in the log says so, and heddle-mgmt starts without it and refuses to change
 * anything. Returns 0, or -errno with @err; -EPERM: somebody else owns it or could replace it, so
 * its files cannot be trusted.
 */
int state_dir_open(const char *path, const struct account *account, struct hd_err *err);

/*
 * Removes heddle-mgmt's files and the directory. If it has other files, these and the directory
 * stay.
 */
void state_dir_remove(const char *path);

#endif
