/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOG_LINE_MAX       1024
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
static bool log_journal;

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
	log_journal = stderr_is_journal();
}

void hd_log_level_set(enum hd_log_level level)
{
	__atomic_store_n(&log_level, (int)level, __ATOMIC_RELAXED);
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

static void log_write(int level, const char *port, const char *fmt, va_list args)
{
	char line[LOG_LINE_MAX];
	int saved_errno = errno, n;
	size_t used, room = sizeof(line) - 1; /* the newline */

	if (level > __atomic_load_n(&log_level, __ATOMIC_RELAXED))
		return;
	if (log_journal)
		n = snprintf(line, room, "<%d>%s: ", level, log_plane);
	else
		n = snprintf(line, room, "%s: %s", log_plane, level_mark(level));
	used = n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
	if (port) {
		n = snprintf(line + used, room - used, "port %s: ", port);
		used += n < 0 ? 0 : (size_t)n < room - used ? (size_t)n : room - used - 1;
	}
	n = vsnprintf(line + used, room - used, fmt, args);
	used += n < 0 ? 0 : (size_t)n < room - used ? (size_t)n : room - used - 1;
	line_clean(line, used);
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
	log_write((int)level, NULL, fmt, args);
	va_end(args);
}

void hd_log_port(enum hd_log_level level, const char *port, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_write((int)level, port, fmt, args);
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
