/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SUPERVISOR_CAPTURE_H
#define SUPERVISOR_CAPTURE_H

#include <stdbool.h>

#include "heddle/base/err.h"

/*
 * Opens the regular file @name (path_beneath() is true) below the directory @root, for reading, or
 * (@write) for writing from the start. Locks the file, so that two ports never write one file, and
 * no port reads a file that another one writes. The lock lasts until the descriptor and all its
 * copies are closed. Returns the descriptor, or -errno with @err.
 */
int capture_open(const char *root, const char *name, bool write, struct hd_err *err);

#endif
