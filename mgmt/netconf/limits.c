/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/netconf/limits.h"

#define PARSE_NS 250 /* an ordinary configuration takes a fifth of it */

#define ROW(name, start, min, max)                                       \
	{                                                                \
#name, offsetof(struct nc_limits, name), start, min, max \
	}

static const struct {
	const char *name;
	size_t offset;
	unsigned int start, min, max;
} rows[] = {
	ROW(sessions, 256, 1, 4096),
	ROW(user_sessions, 64, 1, 4096),
	ROW(message_mb, 16, 1, 64),
	ROW(request_kb, 64, 4, 65536),
	ROW(buffers_mb, 128, 1, 4096),
	ROW(output_kb, 256, 1, 65536),
	ROW(parse_ns, PARSE_NS, 10, 1000000),
	ROW(rate, 20000, 1, 10000000),
	ROW(hello_s, 10, 1, 3600),
	ROW(message_s, 300, 1, 86400),
	ROW(stall_s, 300, 1, 86400),
	ROW(idle_s, 0, 0, 2592000),
	ROW(reads, 3, 1, 64),
	ROW(read_cpu_s, 10, 1, 3600),
	ROW(read_s, 30, 1, 3600),
	ROW(read_mb, 512, 1, 65536),
	ROW(events, 2000, 1, 1000000),
	ROW(events_kb, 2048, 4, 1048576),
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static unsigned int *field(struct nc_limits *limits, size_t row)
{
	return (unsigned int *)((char *)limits + rows[row].offset);
}

void nc_limits_init(struct nc_limits *limits)
{
	for (size_t i = 0; i < ROWS; i++)
		*field(limits, i) = rows[i].start;
}

static int take(struct nc_limits *limits, const char *name, size_t n, const char *number,
		size_t digits, struct hd_err *err)
{
	for (size_t i = 0; i < ROWS; i++) {
		unsigned long value = 0;

		if (strlen(rows[i].name) != n || strncmp(rows[i].name, name, n) != 0)
			continue;
		if (digits && digits < 10 && strspn(number, "0123456789") == digits)
			value = strtoul(number, NULL, 10);
		else
			value = (unsigned long)rows[i].max + 1;
		if (value < rows[i].min || value > rows[i].max)
			return hd_err_set(err, EINVAL, "the limit %s is a number from %u to %u",
					  rows[i].name, rows[i].min, rows[i].max);
		*field(limits, i) = value;
		return 0;
	}
	return hd_err_set(err, EINVAL, "there is no limit \"%.*s\"", n < 64 ? (int)n : 64, name);
}

int nc_limits_parse(struct nc_limits *limits, const char *text, struct hd_err *err)
{
	struct nc_limits next = *limits;

	while (*text) {
		size_t n = strcspn(text, "=,"), digits;

		if (text[n] != '=')
			return hd_err_set(err, EINVAL, "limits are written name=number,...");
		digits = strcspn(text + n + 1, ",");
		if (take(&next, text, n, text + n + 1, digits, err) < 0)
			return -EINVAL;
		text += n + 1 + digits;
		text += *text == ',';
	}
	*limits = next;
	return 0;
}
