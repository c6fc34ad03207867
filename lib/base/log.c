/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LOG_LINE_MAX       1024
#define LOG_JOURNAL_MAX    4096
#define LOG_JOURNAL        "/run/systemd/journal/socket"
#define LOG_LIMIT_LINES    10
#define LOG_LIMIT_WINDOW_S 5

static const struct {
	const char *name;
	enum hd_log_level level;
	const char *mark; /* what a reader of a terminal sees before the text */
} levels[] = {
	{"error", HD_LOG_ERR, "error: "},   {"warning", HD_LOG_WARNING, "warning: "},
	{"notice", HD_LOG_NOTICE, ""},      {"info", HD_LOG_INFO, ""},
	{"debug", HD_LOG_DEBUG, "debug: "},
};

static const char *log_plane = "heddle";
static int log_level = HD_LOG_INFO;
static bool log_stream;      /* stderr is the journal's: lines begin with <level> */
static int log_journal = -1; /* its socket, for lines with fields */
static pid_t log_pid;        /* whose socket: a child may have closed it, and opened another file */

/* True if stderr is the very stream that systemd connected to the journal. */
static bool stderr_is_journal(void)
{
	const char *env = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	if (!env || sscanf(env, "%llu:%llu", &dev, &ino) != 2 || fstat(STDERR_FILENO, &st) < 0)
		return false;
	return st.st_dev == dev && st.st_ino == ino;
}

void hd_log_init(const char *plane)
{
	log_plane = plane;
	tzset(); /* a sandbox may keep the zone's file away later */
	log_stream = stderr_is_journal();
	if (log_stream)
		hd_log_journal(LOG_JOURNAL);
}

int hd_log_journal(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd, rc;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		rc = -errno;
		close(fd);
		return rc;
	}
	if (log_journal >= 0)
		close(log_journal);
	log_journal = fd;
	log_pid = getpid();
	return 0;
}

void hd_log_level_set(enum hd_log_level level)
{
	__atomic_store_n(&log_level, (int)level, __ATOMIC_RELAXED);
}

bool hd_log_wants(enum hd_log_level level)
{
	return (int)level <= __atomic_load_n(&log_level, __ATOMIC_RELAXED);
}

int hd_log_level_parse(const char *name)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (!strcmp(name, levels[i].name))
			return (int)levels[i].level;
	return -EINVAL;
}

static const char *level_mark(int level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if ((int)levels[i].level == level)
			return levels[i].mark;
	return "";
}

/* What a peer or a guest put into a text must not forge further lines. */
static void line_clean(char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = line[i] == '\t' ? ' ' : '?';
}

/* Appends to @buf of @size, of which *@used are full: what fits, without control characters. */
static void add(char *buf, size_t size, size_t *used, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void vadd(char *buf, size_t size, size_t *used, const char *fmt, va_list args)
{
	size_t end;
	int n;

	if (*used >= size)
		return;
	n = vsnprintf(buf + *used, size - *used, fmt, args);
	end = n < 0 ? *used : *used + (size_t)n < size ? *used + (size_t)n : size - 1;
	line_clean(buf + *used, end - *used);
	*used = end;
}

static void add(char *buf, size_t size, size_t *used, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vadd(buf, size, used, fmt, args);
	va_end(args);
}

/* The journal's own protocol: NAME=value lines in one datagram. False when it does not take it. */
static bool journal_write(int level, const char *port, const char *text,
			  const struct hd_log_field *fields)
{
	char data[LOG_JOURNAL_MAX];
	size_t used = 0, room = sizeof(data) - 1; /* the last newline */

	add(data, room, &used, "SYSLOG_IDENTIFIER=heddled");
	data[used++] = '\n';
	add(data, room, &used, "PRIORITY=%d", level);
	data[used++] = '\n';
	add(data, room, &used, "HEDDLE_PLANE=%s", log_plane);
	data[used++] = '\n';
	if (port) {
		add(data, room, &used, "HEDDLE_PORT=%s", port);
		data[used++] = '\n';
	}
	add(data, room, &used, "MESSAGE=%s: %s", log_plane, text);
	data[used++] = '\n';
	for (; fields && fields->name && used < room - 1; fields++) {
		add(data, room, &used, "%s=%s", fields->name, fields->value);
		data[used++] = '\n';
	}
	return write(log_journal, data, used) == (ssize_t)used;
}

/* "2026-11-20T20:00:00.123+01:00 " */
static void add_time(char *buf, size_t size, size_t *used)
{
	struct timespec now;
	char zone[8] = "", text[32] = "";
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	if (!localtime_r(&now.tv_sec, &tm))
		return;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm); /* +0100 */
	add(buf, size, used, "%s.%03ld%.3s:%s ", text, now.tv_nsec / 1000000, zone, zone + 3);
}

static void log_write(int level, const char *port, const struct hd_log_field *fields,
		      const char *fmt, va_list args)
{
	char line[LOG_LINE_MAX], text[LOG_LINE_MAX];
	size_t used = 0, text_used = 0, room = sizeof(line) - 1; /* the newline */
	int saved_errno = errno;

	if (!hd_log_wants((enum hd_log_level)level))
		return;
	if (port)
		add(text, sizeof(text), &text_used, "port %s: ", port);
	vadd(text, sizeof(text), &text_used, fmt, args);
	if (log_journal >= 0 && log_pid == getpid() && journal_write(level, port, text, fields)) {
		errno = saved_errno;
		return;
	}
	if (log_stream)
		add(line, room, &used, "<%d>%s: %s", level, log_plane, text);
	else {
		add_time(line, room, &used);
		add(line, room, &used, "%s: %s%s", log_plane, level_mark(level), text);
	}
	line[used++] = '\n';
	/* One write, so that lines of several processes do not mix; a lost log line is no error. */
	if (write(STDERR_FILENO, line, used) < 0) {
		/* nothing to tell it to */
	}
	errno = saved_errno;
}

void hd_log(enum hd_log_level level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_write((int)level, NULL, NULL, fmt, args);
	va_end(args);
}

void hd_log_port(enum hd_log_level level, const char *port, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_write((int)level, port, NULL, fmt, args);
	va_end(args);
}

void hd_log_fields(enum hd_log_level level, const struct hd_log_field *fields, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_write((int)level, NULL, fields, fmt, args);
	va_end(args);
}

bool hd_log_allowed(struct hd_log_limit *limit)
{
	unsigned long long now, start;
	unsigned int missed;
	struct timespec ts;

	/* Real time on purpose: in a replay the virtual clock may stand still. */
	clock_gettime(CLOCK_MONOTONIC, &ts);
	now = (unsigned long long)ts.tv_sec * 1000000000ull + (unsigned long long)ts.tv_nsec;
	start = __atomic_load_n(&limit->window_ns, __ATOMIC_RELAXED);
	if (start == 0 || now - start >= LOG_LIMIT_WINDOW_S * 1000000000ull) {
		__atomic_store_n(&limit->window_ns, now, __ATOMIC_RELAXED);
		__atomic_store_n(&limit->lines, 0, __ATOMIC_RELAXED);
		missed = __atomic_exchange_n(&limit->suppressed, 0, __ATOMIC_RELAXED);
		if (missed)
			hd_log(HD_LOG_WARNING, "%u more lines like the next one were left out",
			       missed);
	}
	if (__atomic_fetch_add(&limit->lines, 1, __ATOMIC_RELAXED) < LOG_LIMIT_LINES)
		return true;
	__atomic_fetch_add(&limit->suppressed, 1, __ATOMIC_RELAXED);
	return false;
}
