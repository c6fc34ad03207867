/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks of names, numbers and paths that come from outside. Pure.
 */
#ifndef SUPERVISOR_NAMES_CORE_H
#define SUPERVISOR_NAMES_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/base/err.h"

/* Parses a decimal number in @min..@max. Returns 0, or -EINVAL with @err. */
int number_parse(const char *text, unsigned int min, unsigned int max, unsigned int *out,
		 struct hd_err *err);

/* True for "3", "2,4-6" and the like, each below 1024. */
bool cpu_list_valid(const char *text);

/* True if none of the @size bytes is a NUL or a control character other than a tab. */
bool text_printable(const char *text, size_t size);

/*
 * True if @name is terminated within @size bytes and can be a user, a group, or the number of one.
 */
bool user_name_valid(const char *name, size_t size);

/* True if @name is terminated within @size bytes and can be a network device of Linux. */
bool netdev_name_valid(const char *name, size_t size);

/*
 * True if @path is terminated within @size bytes, is printable, and leads only downwards: it is not
 * absolute, and has no empty part and no part "." or "..".
 */
bool path_beneath(const char *path, size_t size);

/*
 * Writes the mark of heddled's TAPs: the alias (at most 255 bytes) by which a later heddled of the
 * same run directory recognizes them, "heddle tap PORT in RUN-DIR".
 */
void tap_mark(const char *run_dir, bool vm, const char *port, char *text, size_t size);

/* True if @mark is of a heddled of @run_dir; *@vm: the TAP is for a VM. */
bool tap_mark_ours(const char *run_dir, const char *mark, bool *vm);

/* Writes the port that @mark names, a mark for which tap_mark_ours() is true. */
void tap_mark_port(const char *mark, char *port, size_t size);

/* The number of edits that turn @a into @b; @limit if there are as many or more. */
unsigned int name_distance(const char *a, const char *b, unsigned int limit);

#endif
