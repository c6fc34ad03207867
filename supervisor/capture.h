/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SUPERVISOR_CAPTURE_H
#define SUPERVISOR_CAPTURE_H

#include <stdbool.h>

#include "heddle/base/err.h"

/*
 * Opens the regular file @name (path_beneath()) below the directory @root, for reading or for writing it
 * anew, and locks it: two ports never write one file, and none reads what another writes. The lock lasts
 * as long as the descriptor or a copy of it. Returns the descriptor, or -errno with @err.
 */
int capture_open(const char *root, const char *name, bool write, struct hd_err *err);

#endif
