/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE /* pipe2 */

#include <errno.h>
#include <string.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "heddle/base/err.h"
#include "heddle/base/hash.h"
#include "heddle/base/log.h"
#include "heddle/base/name.h"
#include "heddle/base/program.h"
#include "heddle/base/random.h"
#include "tests/unit/unit.h"

static void test_err(void)
{
	char longer[2 * HD_ERR_TEXT_MAX];
	struct hd_err err;

	CU_ASSERT_EQUAL(hd_err_set(&err, EINVAL, "VLAN %d", 4095), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "VLAN 4095");
	CU_ASSERT_EQUAL(hd_err_prefix(&err, "port %s", "p1"), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "port p1: VLAN 4095");
	CU_ASSERT_EQUAL(hd_err_set(NULL, EPERM, "x"), -EPERM);
	CU_ASSERT_EQUAL(hd_err_prefix(NULL, "x"), 0);

	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	hd_err_set(&err, E2BIG, "%s", longer);
	CU_ASSERT_EQUAL(strlen(err.text), HD_ERR_TEXT_MAX - 1);
	hd_err_prefix(&err, "%s", longer);
	CU_ASSERT_EQUAL(strlen(err.text), HD_ERR_TEXT_MAX - 1);
	CU_ASSERT_EQUAL(err.code, E2BIG);
}

static void test_name(void)
{
	char unterminated[4] = {'a', 'b', 'c', 'd'};
	char dst[4];

	CU_ASSERT_TRUE(hd_name_valid("web1", HD_NAME_MAX));
	CU_ASSERT_TRUE(hd_name_valid("0a.b_c-d", HD_NAME_MAX));
	CU_ASSERT_FALSE(hd_name_valid("", 1));
	CU_ASSERT_FALSE(hd_name_valid("..", 3));
	CU_ASSERT_FALSE(hd_name_valid("-x", 3));
	CU_ASSERT_FALSE(hd_name_valid("a/b", 4));
	CU_ASSERT_FALSE(hd_name_valid("a b", 4));
	CU_ASSERT_FALSE(hd_name_valid("\xc3\xa4", 3));
	CU_ASSERT_FALSE(hd_name_valid(unterminated, sizeof(unterminated)));
	CU_ASSERT_FALSE(hd_name_valid("abc", 3));
	CU_ASSERT_TRUE(hd_str_terminated("abc", 4));
	CU_ASSERT_FALSE(hd_str_terminated(unterminated, sizeof(unterminated)));
	CU_ASSERT_EQUAL(hd_str_copy(dst, sizeof(dst), "abc"), 0);
	CU_ASSERT_STRING_EQUAL(dst, "abc");
	CU_ASSERT_EQUAL(hd_str_copy(dst, sizeof(dst), "wxyz"), -ENAMETOOLONG);
	CU_ASSERT_STRING_EQUAL(dst, "wxy");
}

static void test_clock(void)
{
	uint64_t before = hd_now_ns();

	CU_ASSERT_TRUE(hd_now_ns() >= before);
	hd_clock_set_virtual(42);
	CU_ASSERT_EQUAL(hd_now_ns(), 42);
	CU_ASSERT_EQUAL(hd_now_ns(), 42);
	hd_clock_set_virtual(7);
	CU_ASSERT_EQUAL(hd_now_ns(), 7);
	hd_clock_set_real();
	CU_ASSERT_TRUE(hd_now_ns() >= before);
}

static void test_random(void)
{
	uint64_t first[16];
	bool differs = false;

	CU_ASSERT_NOT_EQUAL(hd_random_u64(), hd_random_u64());
	hd_random_fix(1);
	for (int i = 0; i < 16; i++)
		first[i] = hd_random_u64();
	hd_random_fix(1);
	for (int i = 0; i < 16; i++)
		CU_ASSERT_EQUAL(hd_random_u64(), first[i]);
	hd_random_fix(2);
	for (int i = 0; i < 16; i++)
		differs |= hd_random_u64() != first[i];
	CU_ASSERT_TRUE(differs);
}

/* Runs @fn with stderr in a pipe; what it wrote is in @out. */
static void capture(void (*fn)(void), char *out, size_t size)
{
	int pipe_fds[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	CU_ASSERT_EQUAL_FATAL(pipe2(pipe_fds, O_NONBLOCK), 0);
	dup2(pipe_fds[1], STDERR_FILENO);
	fn();
	dup2(saved, STDERR_FILENO);
	n = read(pipe_fds[0], out, size - 1);
	out[n > 0 ? n : 0] = '\0';
	close(saved);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

static void log_some(void)
{
	hd_log(HD_LOG_INFO, "plain %d", 1);
	hd_log(HD_LOG_DEBUG, "never seen");
	hd_log(HD_LOG_ERR, "two\nlines\x1b[0m");
	hd_log_port(HD_LOG_WARNING, "p1", "down");
}

static void log_many(void)
{
	for (int i = 0; i < 25; i++)
		hd_log_limited(HD_LOG_INFO, "line");
}

static void log_long(void)
{
	char text[4000];

	memset(text, 'y', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	hd_log(HD_LOG_INFO, "%s", text);
}

/* Takes the time off each line; false when one has none, as RFC 3339 writes it. */
static bool without_times(char *text)
{
	char *to = text;
	struct tm tm;

	while (*text) {
		const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
		size_t len = strcspn(text, "\n") + 1;
		int end = 0;

		if (!rest || sscanf(rest, ".%*3d%*3d:%*2d %n", &end) < 0 || !end)
			return false;
		len -= (size_t)(rest + end - text);
		memmove(to, rest + end, len);
		text = (char *)rest + end + len;
		to += len;
	}
	*to = '\0';
	return true;
}

static void test_log(void)
{
	char out[4096];
	unsigned int lines = 0;

	hd_log_init("unit");
	capture(log_some, out, sizeof(out));
	CU_ASSERT(without_times(out));
	CU_ASSERT_STRING_EQUAL(out, "unit: plain 1\nunit: error: two?lines?[0m\n"
				    "unit: warning: port p1: down\n");
	capture(log_many, out, sizeof(out));
	for (char *p = out; (p = strchr(p, '\n')); p++)
		lines++;
	CU_ASSERT_EQUAL(lines, 10);
	capture(log_long, out, sizeof(out));
	CU_ASSERT_TRUE(strlen(out) > 900 && strlen(out) <= 1024);
	CU_ASSERT_EQUAL(out[strlen(out) - 1], '\n');
	CU_ASSERT_EQUAL(hd_log_level_parse("notice"), HD_LOG_NOTICE);
	CU_ASSERT_EQUAL(hd_log_level_parse("loud"), -EINVAL);
}

static void log_with_fields(void)
{
	const struct hd_log_field fields[] = {{"HEDDLE_USER", "ann\nPRIORITY=0"}, {NULL, NULL}};

	hd_log_fields(HD_LOG_NOTICE, fields, "committed by %s", "ann");
	hd_log_port(HD_LOG_WARNING, "p1", "down\nMESSAGE=forged");
}

static void log_in_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		hd_log(HD_LOG_INFO, "of a child");
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

/* Fields in the journal's own protocol, a datagram a line; without the journal a line on stderr. */
static void test_log_journal(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	char dir[] = "/tmp/heddle-log-XXXXXX", data[1024], out[1024];
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ssize_t n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/socket", dir);
	CU_ASSERT_EQUAL(hd_log_journal(addr.sun_path), -ENOENT);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	CU_ASSERT_EQUAL(hd_log_journal(addr.sun_path), 0);
	capture(log_with_fields, out, sizeof(out));
	CU_ASSERT_STRING_EQUAL(out, "");
	n = recv(fd, data, sizeof(data) - 1, MSG_DONTWAIT);
	data[n > 0 ? n : 0] = '\0';
	CU_ASSERT_STRING_EQUAL(data, "SYSLOG_IDENTIFIER=heddled\nPRIORITY=5\nHEDDLE_PLANE=unit\n"
				     "MESSAGE=unit: committed by ann\n"
				     "HEDDLE_USER=ann?PRIORITY=0\n");
	n = recv(fd, data, sizeof(data) - 1, MSG_DONTWAIT);
	data[n > 0 ? n : 0] = '\0';
	CU_ASSERT_STRING_EQUAL(data, "SYSLOG_IDENTIFIER=heddled\nPRIORITY=4\nHEDDLE_PLANE=unit\n"
				     "HEDDLE_PORT=p1\n"
				     "MESSAGE=unit: port p1: down?MESSAGE=forged\n");
	/* A child may have another file where the socket was. */
	capture(log_in_child, out, sizeof(out));
	CU_ASSERT(without_times(out));
	CU_ASSERT_STRING_EQUAL(out, "unit: of a child\n");
	CU_ASSERT_EQUAL(recv(fd, data, sizeof(data), MSG_DONTWAIT), -1);
	close(fd);
	unlink(addr.sun_path);
	rmdir(dir);
	capture(log_with_fields, out, sizeof(out)); /* nobody reads any more */
	CU_ASSERT(without_times(out));
	CU_ASSERT_STRING_EQUAL(out, "unit: committed by ann\n"
				    "unit: warning: port p1: down?MESSAGE=forged\n");
}

/* The vectors of its authors. */
static void test_hash(void)
{
	uint8_t key[16], data[15];

	for (uint8_t i = 0; i < 16; i++)
		key[i] = i;
	memcpy(data, key, sizeof(data));
	CU_ASSERT_EQUAL(hd_hash(key, data, 0), 0x726fdb47dd0e0e31);
	CU_ASSERT_EQUAL(hd_hash(key, data, 8), 0x93f5f5799a932462);
	CU_ASSERT_EQUAL(hd_hash(key, data, 15), 0xa129ca6149be45e5);
	key[0] = 1;
	CU_ASSERT_NOT_EQUAL(hd_hash(key, data, 15), 0xa129ca6149be45e5);
}

static void test_log_window(void)
{
	struct hd_log_limit limit = {0};
	char out[512];

	for (int i = 0; i < 10; i++)
		CU_ASSERT_TRUE(hd_log_allowed(&limit));
	CU_ASSERT_FALSE(hd_log_allowed(&limit));
	CU_ASSERT_EQUAL(limit.suppressed, 1);
	limit.window_ns = 1; /* long ago: a new window opens */
	capture(log_long, out, sizeof(out));
	CU_ASSERT_TRUE(hd_log_allowed(&limit));
	CU_ASSERT_EQUAL(limit.suppressed, 0);
}

/* An empty file that can be run. */
static void program_make(const char *dir, const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT, 0755);
	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
}

static void test_program(void)
{
	char top[] = "/tmp/heddle-base-XXXXXX", folder[64], path[256], want[256];
	const char *installed[] = {"nowhere", top, NULL};

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(top));
	snprintf(folder, sizeof(folder), "%s/ctrlplane", top);
	CU_ASSERT_EQUAL_FATAL(mkdir(folder, 0700), 0);
	unsetenv("HEDDLE_BUILD_DIR");
	CU_ASSERT_EQUAL(hd_program_find("heddle-cp", 9, installed, path, sizeof(path)), -ENOENT);
	program_make(top, "heddle-cp");
	CU_ASSERT_EQUAL(hd_program_find("heddle-cp", 9, installed, path, sizeof(path)),
			HD_PROGRAM_INSTALLED);
	snprintf(want, sizeof(want), "%s/heddle-cp", top);
	CU_ASSERT_STRING_EQUAL(path, want);
	CU_ASSERT_EQUAL(hd_program_find("heddle-cp", 9, installed, path, 8), -ENOENT);
	unlink(want);
	/* a build tree comes first */
	program_make(folder, "heddle-cp");
	setenv("HEDDLE_BUILD_DIR", top, 1);
	CU_ASSERT_EQUAL(hd_program_find("heddle-cp", 9, installed, path, sizeof(path)),
			HD_PROGRAM_BUILT);
	snprintf(want, sizeof(want), "%s/heddle-cp", folder);
	CU_ASSERT_STRING_EQUAL(path, want);
	CU_ASSERT_EQUAL(hd_program_find("heddle-dp", 9, installed, path, sizeof(path)), -ENOENT);
	unsetenv("HEDDLE_BUILD_DIR");
	unlink(want);
	rmdir(folder);
	rmdir(top);
}

UNIT_MAIN("base", {"err", test_err}, {"name", test_name}, {"clock", test_clock},
	  {"random", test_random}, {"hash", test_hash}, {"log", test_log},
	  {"log-window", test_log_window}, {"log-journal", test_log_journal},
	  {"program", test_program});
