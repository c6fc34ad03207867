/* SPDX-License-Identifier: BSD-3-Clause */
/* Signals never wait, whatever the guest does with its descriptor. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dataplane/port/vhost_user/vhost_signal.h"
#include "tests/unit/unit.h"

static uint64_t count_of(int fd)
{
	uint64_t n = 0;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	return read(fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

static int setup(void)
{
	struct hd_err err;
	int rc;

	signal(SIGALRM, SIG_DFL); /* ends a test that waits */
	rc = vhost_signal_init(&err);
	return rc ? rc : vhost_signal_init(&err); /* once more does no harm */
}

/* One that is not full is signalled, each time, by each thread's number. */
static void test_signals(void)
{
	int fd = eventfd(0, EFD_CLOEXEC), semaphore = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);

	for (unsigned int i = 0; i < 100000; i++)
		vhost_signal(i % VHOST_SIGNALLERS, fd);
	CU_ASSERT_EQUAL(count_of(fd), 100000);
	CU_ASSERT_EQUAL(count_of(fd), 0);
	vhost_signal(0, fd);
	CU_ASSERT_EQUAL(count_of(fd), 1);
	vhost_signal(0, semaphore);
	vhost_signal(0, semaphore);
	CU_ASSERT_EQUAL(count_of(semaphore), 1);
	CU_ASSERT_EQUAL(count_of(semaphore), 1);
	CU_ASSERT_EQUAL(count_of(semaphore), 0);
	close(fd);
	close(semaphore);
}

/* One that is full stays full, and nobody waits, although a write would. */
static void test_full(void)
{
	uint64_t most = UINT64_MAX - 1;
	int fd = eventfd(0, EFD_CLOEXEC);

	CU_ASSERT_EQUAL(write(fd, &most, sizeof(most)), sizeof(most));
	CU_ASSERT_FALSE(fcntl(fd, F_GETFL) & O_NONBLOCK);
	alarm(10);
	for (unsigned int i = 0; i < 1000; i++)
		vhost_signal(0, fd);
	alarm(0);
	/* the kernel's own signals may use the last number, which a write may not */
	CU_ASSERT_TRUE(count_of(fd) >= most);
	vhost_signal(0, fd);
	CU_ASSERT_EQUAL(count_of(fd), 1);
	close(fd);
}

/* What is no event, or is nothing, is not signalled, and does no harm. */
static void test_others(void)
{
	int ends[2], fd;

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	alarm(10);
	vhost_signal(0, ends[1]);
	vhost_signal(0, -1);
	vhost_signal(0, 12345);
	alarm(0);
	fd = eventfd(0, EFD_CLOEXEC);
	vhost_signal(0, fd);
	CU_ASSERT_EQUAL(count_of(fd), 1);
	close(fd);
	close(ends[0]);
	close(ends[1]);
}

static void test_is_event(void)
{
	int fd = eventfd(0, EFD_CLOEXEC), ends[2], pair[2];
	int memory = memfd_create("[eventfd]", MFD_CLOEXEC), poll = epoll_create1(EPOLL_CLOEXEC);
	int again = dup(fd), dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	CU_ASSERT_TRUE(vhost_signal_is_event(fd));
	CU_ASSERT_TRUE(vhost_signal_is_event(again));
	for (unsigned int i = 0; i < 2; i++) {
		CU_ASSERT_FALSE(vhost_signal_is_event(ends[i]));
		CU_ASSERT_FALSE(vhost_signal_is_event(pair[i]));
		close(ends[i]);
		close(pair[i]);
	}
	CU_ASSERT_FALSE(vhost_signal_is_event(memory));
	CU_ASSERT_FALSE(vhost_signal_is_event(poll));
	CU_ASSERT_FALSE(vhost_signal_is_event(dir));
	CU_ASSERT_FALSE(vhost_signal_is_event(-1));
	close(fd);
	close(again);
	close(memory);
	close(poll);
	close(dir);
	CU_ASSERT_FALSE(vhost_signal_is_event(fd));
}

UNIT_MAIN_SETUP("vhost_signal", setup, {"signals", test_signals}, {"full", test_full},
		{"others", test_others}, {"is event", test_is_event});
