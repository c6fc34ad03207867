/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Logging: one line a call, with a syslog level.
 *
 * Under systemd (JOURNAL_STREAM names stderr) a line goes to the journal, with the fields PRIORITY,
 * HEDDLE_PLANE, HEDDLE_PORT and those of hd_log_fields(). Elsewhere it goes to stderr, and starts
 * with the local time (RFC 3339) and the plane's name. Workers of the data plane never call this:
 * they count, and other threads log.
 */
#ifndef HEDDLE_BASE_LOG_H
#define HEDDLE_BASE_LOG_H

#include <stdbool.h>

enum hd_log_level {
	HD_LOG_ERR = 3,
	HD_LOG_WARNING = 4,
	HD_LOG_NOTICE = 5,
	HD_LOG_INFO = 6,
	HD_LOG_DEBUG = 7,
};

/*
 * Names the program in each line ("dp", "cp", "mgmt", "heddled"). @plane must outlive the program.
 * Call once, before other threads start.
 */
void hd_log_init(const char *plane);

/*
 * From now on lines go to the journal that listens at @path (see systemd's
 * JOURNAL_NATIVE_PROTOCOL). A line that the journal does not take goes to stderr, and so do the
 * lines of a forked child. hd_log_init() calls this for the system's journal. Call before other
 * threads start. 0 or -errno.
 */
int hd_log_journal(const char *path);

/* Lines above @level are not written. Any thread, at any time. The default is HD_LOG_INFO. */
void hd_log_level_set(enum hd_log_level level);

/* True for a level whose lines are written. Any thread, at any time. */
bool hd_log_wants(enum hd_log_level level);

/* Parses "error", "warning", "notice", "info", "debug". Returns the level, or -EINVAL. */
int hd_log_level_parse(const char *name);

/* Writes one line. Any thread except workers. @fmt has no newline at its end. Keeps errno. */
void hd_log(enum hd_log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* As hd_log(), about a port: the line starts with "port NAME: ". */
void hd_log_port(enum hd_log_level level, const char *port, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A field of a line, for programs; only the journal gets fields. A list ends with a NULL name. */
struct hd_log_field {
	const char *name; /* "HEDDLE_USER": capital letters, digits and _ */
	const char *value;
};

/* As hd_log(), with fields. All fields together are cut at 4 KB. */
void hd_log_fields(enum hd_log_level level, const struct hd_log_field *fields, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* State of one rate-limited call site: at most 10 lines in 5 seconds, then a count of the rest. */
struct hd_log_limit {
	unsigned long long window_ns;
	unsigned int lines;
	unsigned int suppressed;
};

/*
 * True if a line may be written now. When a new window opens, logs how many lines were suppressed
 * in the one before.
 */
bool hd_log_allowed(struct hd_log_limit *limit);

/* Writes a rate-limited line: for everything that a guest, a peer or the wire can cause. */
#define hd_log_limited(level, ...)                                  \
	do {                                                        \
		static struct hd_log_limit limit_;                  \
		if (hd_log_wants(level) && hd_log_allowed(&limit_)) \
			hd_log(level, __VA_ARGS__);                 \
	} while (0)

#endif
