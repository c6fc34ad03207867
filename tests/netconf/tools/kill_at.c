/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Kills the process that it is preloaded into at an exact place: before the N-th call that changes
 * a file or tells another process something, or in the middle of it, when it writes.
 *
 *	KILL_AT=FILE	once FILE is there, calls are counted; it holds N, and "half" when the N-th,
 *			if it is a write, is to be done by half first
 *
 * When the process lives on, FILE.count has how many calls there were.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static bool counting, half;
static unsigned long wanted, calls;

/* Reads FILE without a call that is counted. */
static bool armed(void)
{
	const char *path = getenv("KILL_AT");
	char text[64] = "";
	int fd;

	if (counting || !path)
		return counting;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, text, sizeof(text) - 1) > 0) {
		wanted = strtoul(text, NULL, 10);
		half = strstr(text, "half") != NULL;
		counting = true;
	}
	close(fd);
	return counting;
}

/* True when this is the call. */
static bool now(void)
{
	return armed() && ++calls == wanted;
}

static void die(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

#define REAL(type, name, ...)             \
	static type (*real)(__VA_ARGS__); \
	if (!real)                        \
	*(void **)&real = dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *data, size_t size)
{
	REAL(ssize_t, "write", int, const void *, size_t);
	if (now()) {
		if (half)
			real(fd, data, size / 2);
		die();
	}
	return real(fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
	REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
	if (now()) {
		if (half)
			real(fd, data, size / 2, at);
		die();
	}
	return real(fd, data, size, at);
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	REAL(ssize_t, "sendmsg", int, const struct msghdr *, int);
	if (now())
		die();
	return real(fd, msg, flags);
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
	REAL(ssize_t, "send", int, const void *, size_t, int);
	if (now())
		die();
	return real(fd, data, size, flags);
}

ssize_t writev(int fd, const struct iovec *iov, int n)
{
	REAL(ssize_t, "writev", int, const struct iovec *, int);
	if (now())
		die();
	return real(fd, iov, n);
}

int ftruncate64(int fd, off64_t size)
{
	REAL(int, "ftruncate64", int, off64_t);
	if (now())
		die();
	return real(fd, size);
}

int fsync(int fd)
{
	REAL(int, "fsync", int);
	if (now())
		die();
	return real(fd);
}

int rename(const char *from, const char *to)
{
	REAL(int, "rename", const char *, const char *);
	if (now())
		die();
	return real(from, to);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	REAL(int, "renameat", int, const char *, int, const char *);
	if (now())
		die();
	return real(from_fd, from, to_fd, to);
}
