/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names that people give to ports, switches and segments.
 */
#ifndef HEDDLE_BASE_NAME_H
#define HEDDLE_BASE_NAME_H

#include <stdbool.h>
#include <stddef.h>

#define HD_NAME_MAX 64  /* bytes with the final NUL */
#define HD_KEY_MAX  144 /* "switch/segment" and the like, with the final NUL */

/*
 * True if the @size bytes at @name hold a NUL-terminated, non-empty name of letters, digits and
 * "._-", that starts with a letter or a digit. Never reads beyond @size.
 */
bool hd_name_valid(const char *name, size_t size);

/*
 * True if one of the first @size bytes is a NUL. Every string that was received is checked with
 * this.
 */
bool hd_str_terminated(const char *str, size_t size);

/*
 * Copies @src to the @size bytes at @dst, and always terminates @dst. Returns 0, or -ENAMETOOLONG;
 * then @dst holds the beginning of @src.
 */
int hd_str_copy(char *dst, size_t size, const char *src);

#endif
