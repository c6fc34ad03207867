/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Paths in a configuration are names below a root that somebody else sets. Pure.
 */
#ifndef MGMT_BIND_PATH_H
#define MGMT_BIND_PATH_H

#include <stdbool.h>

/* True if @path stays below its root: not absolute, no empty, "." or ".." part, nothing unprintable. */
bool bd_path_below(const char *path);

#endif
