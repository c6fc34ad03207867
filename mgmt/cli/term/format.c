/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/term/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_MS ((uint64_t)1000000)
#define NS_PER_S  ((uint64_t)1000000000)

/*
 * Three digits of n in the unit that fits: n = digits * 10^-decimals * 1000^unit, rounded to
 * nearest. One decimal below 100, as people write: 1.5M, 12.3M, 123M.
 */
static const char *scale(uint64_t n, char *str, size_t size, const char *const units[],
			 unsigned int n_units)
{
	uint64_t div = 1;
	unsigned int unit = 0;

	while (unit + 1 < n_units && n / div >= 1000) {
		div *= 1000;
		unit++;
	}
	/* 999.95k rounds to 1000.0k: that is 1M */
	if (unit + 1 < n_units && unit > 0 && n / div >= 999 && n % div >= div / 2) {
		div *= 1000;
		unit++;
	}
	if (unit == 0) {
		snprintf(str, size, "%" PRIu64 "%s", n, units[0]);
		return str;
	}
	if (n / div < 100) {
		uint64_t tenths = n / (div / 10) + (n % (div / 10) >= div / 20);

		if (tenths < 1000) {
			if (tenths % 10)
				snprintf(str, size, "%" PRIu64 ".%" PRIu64 "%s", tenths / 10,
					 tenths % 10, units[unit]);
			else
				snprintf(str, size, "%" PRIu64 "%s", tenths / 10, units[unit]);
			return str;
		}
	}
	snprintf(str, size, "%" PRIu64 "%s", n / div + (n % div >= div / 2), units[unit]);
	return str;
}

const char *cli_fmt_count(uint64_t n, bool exact, char str[CLI_NUM_MAX])
{
	static const char *const units[] = {"", "k", "M", "G", "T", "P", "E"};

	if (exact || n < 10000) {
		snprintf(str, CLI_NUM_MAX, "%" PRIu64, n);
		return str;
	}
	return scale(n, str, CLI_NUM_MAX, units, 7);
}

const char *cli_fmt_bytes(uint64_t n, bool exact, char str[CLI_NUM_MAX])
{
	static const char *const units[] = {" B", " kB", " MB", " GB", " TB", " PB", " EB"};

	if (exact) {
		snprintf(str, CLI_NUM_MAX, "%" PRIu64, n);
		return str;
	}
	return scale(n, str, CLI_NUM_MAX, units, 7);
}

const char *cli_fmt_duration(uint64_t ns, char str[CLI_NUM_MAX])
{
	uint64_t s = ns / NS_PER_S;

	if (s == 0)
		snprintf(str, CLI_NUM_MAX, "%" PRIu64 "ms", ns / NS_PER_MS);
	else if (s < 60)
		snprintf(str, CLI_NUM_MAX, "%" PRIu64 "s", s);
	else if (s < 3600)
		snprintf(str, CLI_NUM_MAX, "%" PRIu64 "m %" PRIu64 "s", s / 60, s % 60);
	else if (s < 86400)
		snprintf(str, CLI_NUM_MAX, "%" PRIu64 "h %" PRIu64 "m", s / 3600, s / 60 % 60);
	else
		snprintf(str, CLI_NUM_MAX, "%" PRIu64 "d %" PRIu64 "h", s / 86400, s / 3600 % 24);
	return str;
}

/* Seconds east of Greenwich of "Z", "+01:00" or "-05:30"; false when it is none of these. */
static bool read_zone(const char *text, int *offset_s)
{
	int hours, minutes, end = 0;

	*offset_s = 0;
	if (strcmp(text, "Z") == 0)
		return true;
	if ((*text != '+' && *text != '-') ||
	    sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &end) != 2 || text[1 + end])
		return false;
	*offset_s = (hours * 60 + minutes) * 60 * (*text == '-' ? -1 : 1);
	return true;
}

/* Reads a date and time; its fraction of a second is the @n characters at *@fraction. */
static bool read_date(const char *date, time_t *when, const char **fraction, int *n)
{
	struct tm tm = {0};
	const char *rest = strptime(date, "%Y-%m-%dT%H:%M:%S", &tm);
	int offset_s;

	if (!rest)
		return false;
	*fraction = rest;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	*n = (int)(rest - *fraction);
	if (!read_zone(rest, &offset_s))
		return false;
	*when = timegm(&tm) - offset_s;
	return true;
}

const char *cli_fmt_ago(const char *date, int64_t now_s, char str[CLI_NUM_MAX])
{
	const char *fraction;
	time_t when;
	int n;

	if (!read_date(date, &when, &fraction, &n))
		return date;
	if (now_s <= when)
		return strcpy(str, "0s");
	return cli_fmt_duration((uint64_t)(now_s - when) * NS_PER_S, str);
}

const char *cli_fmt_local(const char *date, char str[CLI_NUM_MAX])
{
	const char *fraction;
	struct tm tm;
	time_t when;
	int n;

	if (!read_date(date, &when, &fraction, &n) || !localtime_r(&when, &tm) ||
	    !strftime(str, CLI_NUM_MAX, "%Y-%m-%d %H:%M:%S", &tm))
		return date;
	return str;
}

const char *cli_fmt_utc(const char *date, char str[CLI_NUM_MAX])
{
	const char *fraction;
	struct tm tm;
	time_t when;
	size_t len;
	int n;

	if (!read_date(date, &when, &fraction, &n) || !gmtime_r(&when, &tm))
		return date;
	len = strftime(str, CLI_NUM_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	if (!len || snprintf(str + len, CLI_NUM_MAX - len, "%.*sZ", n, fraction) >=
			    (int)(CLI_NUM_MAX - len))
		return date;
	return str;
}

uint64_t cli_rate(uint64_t before, uint64_t after, uint64_t ns)
{
	uint64_t delta = after >= before ? after - before : after;

	if (ns == 0)
		return 0;
	return (uint64_t)((long double)delta * NS_PER_S / ns + 0.5L);
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned int cli_edit_distance(const char *a, const char *b)
{
	unsigned int d[32][32];
	unsigned int la = strnlen(a, 31), lb = strnlen(b, 31);

	for (unsigned int i = 0; i <= la; i++)
		d[i][0] = i;
	for (unsigned int j = 0; j <= lb; j++)
		d[0][j] = j;
	for (unsigned int i = 1; i <= la; i++) {
		for (unsigned int j = 1; j <= lb; j++) {
			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1,
				       d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	}
	return d[la][lb];
}
