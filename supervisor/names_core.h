/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Small checks of names, numbers and paths that come from outside. Pure.
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

/* True if none of the @size bytes is a control character (a tab may be) or a NUL. */
bool text_printable(const char *text, size_t size);

/* True if @name, within @size bytes, is terminated and could be a user, a group or a number of one. */
bool user_name_valid(const char *name, size_t size);

/* True if @name, within @size bytes, is terminated and could be a network device of Linux. */
bool netdev_name_valid(const char *name, size_t size);

/*
 * True if @path, within @size bytes, is terminated and leads strictly downwards: not absolute, no
 * empty part, no "." or "..", printable.
 */
bool path_beneath(const char *path, size_t size);

/*
 * What is written on a TAP of ours (its alias: 255 bytes at the most), so that a later heddled of the
 * same run directory knows it: "heddle tap PORT in RUN-DIR".
 */
void tap_mark(const char *run_dir, bool vm, const char *port, char *text, size_t size);

/* True if @mark was written by a heddled of @run_dir; *@vm: on a TAP for a VM. */
bool tap_mark_ours(const char *run_dir, const char *mark, bool *vm);

/* The port that a mark of ours names. */
void tap_mark_port(const char *mark, char *port, size_t size);

/* Edits that make one name of the other, or @limit when there are as many or more. */
unsigned int name_distance(const char *a, const char *b, unsigned int limit);

#endif
