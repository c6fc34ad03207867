/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers, times and sizes as people write them. Pure; any thread.
 */
#ifndef MGMT_CLI_TERM_FORMAT_H
#define MGMT_CLI_TERM_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLI_NUM_MAX 32 /* bytes that hold any of the strings below, with the NUL */

/*
 * 0..9999 as it is, then three digits and a unit of 1000: "12.3k", "1.5M", "340G".
 * With @exact the plain number. Returns @str.
 */
const char *cli_fmt_count(uint64_t n, bool exact, char str[CLI_NUM_MAX]);

/* Bytes in units of 1000: "512 B", "1.5 MB"; with @exact the number alone. Returns @str. */
const char *cli_fmt_bytes(uint64_t n, bool exact, char str[CLI_NUM_MAX]);

/* A length of time in its two largest units: "3d 4h", "5m 12s", "42s", "350ms". Returns @str. */
const char *cli_fmt_duration(uint64_t ns, char str[CLI_NUM_MAX]);

/*
 * How long before @now_s (seconds since 1970) a date and time as YANG writes it was:
 * "2026-11-20T19:00:00+00:00" is "5m 12s". Returns @str, or @date when it is something else.
 */
const char *cli_fmt_ago(const char *date, int64_t now_s, char str[CLI_NUM_MAX]);

/*
 * A date and time as YANG writes it, here and now: "2026-11-20 20:00:00". Returns @str, or @date.
 */
const char *cli_fmt_local(const char *date, char str[CLI_NUM_MAX]);

/*
 * The one form of times in JSON: UTC, with Z and the fraction of a second that @date has:
 * "2026-11-20T19:00:00.25Z". Returns @str, or @date when it is something else.
 */
const char *cli_fmt_utc(const char *date, char str[CLI_NUM_MAX]);

/*
 * A difference of two readings of a counter as a rate a second. A counter that went back (the
 * program that writes it was restarted) counts from 0. 0 when @ns is 0.
 */
uint64_t cli_rate(uint64_t before, uint64_t after, uint64_t ns);

/*
 * How many single-letter changes (insert, delete, replace, swap of neighbours) make @b of @a.
 * Letters beyond the 31st are ignored.
 */
unsigned int cli_edit_distance(const char *a, const char *b);

#endif
