/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Closes descriptors whose close() waits: TCP sockets that linger, since the peer did not read the
 * data. The kernel first removes such a descriptor from the table and then waits.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "dataplane/core/closer.h"
#include "tests/unit/unit.h"

#define SOCKETS  (DP_CLOSERS_MAX + 8)
#define LINGER_S 60 /* longer than any test takes */
#define WAIT_MS  30000

static int here[SOCKETS], peer[SOCKETS];

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static unsigned int n_open(unsigned int n)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < n; i++)
		found += is_open(here[i]);
	return found;
}

/* Connects @n pairs; each has more to send than the peer has room for. */
static void begin(unsigned int n)
{
	static const char frame[65536];
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct linger linger = {.l_onoff = 1, .l_linger = LINGER_S};
	int listener = socket(AF_INET, SOCK_STREAM, 0), small = 4096;
	socklen_t len = sizeof(addr);

	CU_ASSERT_FATAL(listener >= 0);
	setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	CU_ASSERT_EQUAL_FATAL(bind(listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	CU_ASSERT_EQUAL_FATAL(listen(listener, SOCKETS), 0);
	getsockname(listener, (struct sockaddr *)&addr, &len);
	for (unsigned int i = 0; i < n; i++) {
		here[i] = socket(AF_INET, SOCK_STREAM, 0);
		CU_ASSERT_FATAL(here[i] >= 0);
		CU_ASSERT_EQUAL_FATAL(connect(here[i], (struct sockaddr *)&addr, len), 0);
		peer[i] = accept(listener, NULL, NULL);
		CU_ASSERT_FATAL(peer[i] >= 0);
		setsockopt(here[i], SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
		while (send(here[i], frame, sizeof(frame), MSG_DONTWAIT) > 0)
			;
	}
	close(listener);
}

/* Resets the connections: nobody has to wait for them any longer. */
static void peers_go(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		close(peer[i]);
}

/* Nobody waits for whoever waits, and those that wait do it at the same time. */
static void test_together(void)
{
	begin(DP_CLOSERS_MAX);
	for (unsigned int i = 0; i < DP_CLOSERS_MAX; i++)
		dp_close_later(here[i]);
	for (int ms = 0; n_open(DP_CLOSERS_MAX) && ms < WAIT_MS; ms++)
		dp_close_wait(1);
	CU_ASSERT_EQUAL(n_open(DP_CLOSERS_MAX), 0);
	CU_ASSERT_FALSE(dp_close_wait(1));
	peers_go(DP_CLOSERS_MAX);
	CU_ASSERT_TRUE(dp_close_wait(WAIT_MS));
}

/* More than there may be threads: some have to wait for their turn, and get it. */
static void test_bounded(void)
{
	begin(SOCKETS);
	for (unsigned int i = 0; i < SOCKETS; i++)
		dp_close_later(here[i]);
	for (int ms = 0; n_open(SOCKETS) > SOCKETS - DP_CLOSERS_MAX && ms < WAIT_MS; ms++)
		dp_close_wait(1);
	CU_ASSERT_FALSE(dp_close_wait(20));
	CU_ASSERT_EQUAL(n_open(SOCKETS), SOCKETS - DP_CLOSERS_MAX);
	peers_go(SOCKETS);
	CU_ASSERT_TRUE(dp_close_wait(WAIT_MS));
	CU_ASSERT_EQUAL(n_open(SOCKETS), 0);
}

/* The threads end, and others are started for what comes then. No signal is theirs. */
static void test_again(void)
{
	int fds[2];

	for (int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
		dp_close_later(fds[0]);
		dp_close_later(fds[1]);
		dp_close_later(-1);
		CU_ASSERT_TRUE(dp_close_wait(WAIT_MS));
		CU_ASSERT_FALSE(is_open(fds[0]));
		CU_ASSERT_FALSE(is_open(fds[1]));
	}
}

static bool is_mapped(void *at)
{
	unsigned char there;

	return mincore(at, 4096, &there) == 0;
}

/* Memory goes as descriptors do, and the two do not mix. */
static void test_memory(void)
{
	const size_t len = 64 << 20;
	int fds[2];
	void *at;

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
		  0);
	CU_ASSERT_FATAL(at != MAP_FAILED && is_mapped(at));
	dp_unmap_later(at, len);
	dp_unmap_later(NULL, 0);
	dp_close_later(fds[0]);
	CU_ASSERT_TRUE(dp_close_wait(WAIT_MS));
	CU_ASSERT_FALSE(is_mapped(at));
	CU_ASSERT_FALSE(is_open(fds[0]));
	CU_ASSERT_TRUE(is_open(fds[1]));
	close(fds[1]);
}

static volatile sig_atomic_t got_signal;

static void on_signal(int sig)
{
	got_signal = 1;
}

/* While this thread blocks a signal, the process has nobody who would take it. */
static void test_signals(void)
{
	sigset_t one, before, pending;

	begin(1);
	signal(SIGUSR1, on_signal);
	dp_close_later(here[0]);
	sigemptyset(&one);
	sigaddset(&one, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &one, &before);
	kill(getpid(), SIGUSR1);
	CU_ASSERT_FALSE(dp_close_wait(50)); /* one that took it would not wait any longer */
	sigpending(&pending);
	CU_ASSERT_TRUE(sigismember(&pending, SIGUSR1));
	CU_ASSERT_FALSE(got_signal);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	CU_ASSERT_TRUE(got_signal);
	signal(SIGUSR1, SIG_DFL);
	peers_go(1);
	CU_ASSERT_TRUE(dp_close_wait(WAIT_MS));
}

/* In a process that may not start threads: it is closed all the same. */
static void test_no_thread(void)
{
	struct rlimit none = {0};
	int status = -1;
	pid_t child = fork();

	CU_ASSERT_FATAL(child >= 0);
	if (child == 0) {
		int fd = dup(0);

		if (getuid() == 0 && setuid(65534) != 0) /* the limit is not for root */
			_exit(2);
		setrlimit(RLIMIT_NPROC, &none);
		dp_close_later(fd);
		_exit(is_open(fd) || !dp_close_wait(0));
	}
	CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
	CU_ASSERT_EQUAL(status, 0);
}

UNIT_MAIN("closer", {"no thread", test_no_thread}, {"together", test_together},
	  {"bounded", test_bounded}, {"again", test_again}, {"memory", test_memory},
	  {"signals", test_signals});
