/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Errors that a person has to understand.
 *
 * Functions return 0 (or a count) on success and -errno on failure. Where the reason needs words,
 * they also fill a struct hd_err: what is wrong, where, and what would be right.
 */
#ifndef HEDDLE_BASE_ERR_H
#define HEDDLE_BASE_ERR_H

#define HD_ERR_TEXT_MAX 256

struct hd_err {
	int code;                   /* positive errno, 0: no error */
	char text[HD_ERR_TEXT_MAX]; /* one line, without a trailing newline */
};

/*
 * Fills @err (which may be NULL) and returns -@code, so that a caller can write
 * `return hd_err_set(err, EINVAL, "VLAN %u is not in 1..4094", vlan);`.
 * Text that does not fit is cut. Any thread.
 */
int hd_err_set(struct hd_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#ifdef __clang_analyzer__ /* shows the analyser that the result is not 0 */
#define hd_err_set(err, code, ...) ((void)hd_err_set(err, code, __VA_ARGS__), -(code))
#endif

/*
 * Puts "@fmt: " in front of the text of @err, to say where the error happened. Returns -@err->code.
 * Any thread.
 */
int hd_err_prefix(struct hd_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
