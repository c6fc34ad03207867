/* SPDX-License-Identifier: BSD-3-Clause */
/* hd_chan_call(): the call that waits. */
#define _GNU_SOURCE /* pipe2 */

#include "lib/ipc/side_test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit.h"

/*
 * Opens @a here, and its peer in a child that serves until the channel closes. @first runs there.
 */
static pid_t open_child(struct side *a, void (*first)(struct side *))
{
	struct side b;
	int fds[2];
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	pid = fork();
	CU_ASSERT_TRUE_FATAL(pid >= 0);
	if (pid > 0) {
		close(fds[1]);
		side_open(a, fds[0], HD_PLANE_DATA, 7);
		return pid;
	}
	alarm(30);
	close(fds[0]);
	side_open(&b, fds[1], HD_PLANE_MGMT, 9);
	if (first)
		first(&b);
	for (;;) {
		struct pollfd p = {fds[1], hd_chan_events(b.chan), 0};

		if (!hd_chan_process(b.chan))
			_exit(0);
		poll(&p, 1, -1);
	}
}

static void send_events(struct side *s)
{
	struct test_number n;

	for (n.value = 1; n.value <= 5; n.value++)
		hd_chan_event(s->chan, TEST_EVENT, &n);
	hd_chan_request(s->chan, TEST_ADD, &n, side_on_reply, s);
}

static void test_call(void)
{
	unsigned int n_fds = 4, before = test_fds_open();
	struct test_number n = {13}, out = {0};
	struct hd_err err = {0};
	struct side a;
	int fds[4];
	pid_t pid;

	pid = open_child(&a, send_events);
	CU_ASSERT_EQUAL(hd_chan_call(a.chan, TEST_ADD, &n, &out, NULL, NULL, 10000, &err), -ERANGE);
	CU_ASSERT_STRING_EQUAL(err.text, "13 is unlucky");
	n.value = 1;
	CU_ASSERT_EQUAL(hd_chan_call(a.chan, TEST_ADD, &n, &out, fds, &n_fds, 10000, &err), 0);
	CU_ASSERT_EQUAL(out.value, 2);
	CU_ASSERT_EQUAL(n_fds, 0);
	/* What came meanwhile waits, and asks for the loop by itself. */
	CU_ASSERT_EQUAL(a.events, 0);
	CU_ASSERT_EQUAL(a.hellos, 0);
	CU_ASSERT_TRUE(a.want_write);
	CU_ASSERT_TRUE(hd_chan_process(a.chan));
	CU_ASSERT_EQUAL(a.hellos, 1);
	CU_ASSERT_EQUAL(a.events, 5);
	CU_ASSERT_EQUAL(a.last, 5);
	CU_ASSERT_FALSE(a.want_write);
	hd_chan_free(a.chan);
	CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
	CU_ASSERT_EQUAL(test_fds_open(), before);
}

static void test_call_fds(void)
{
	unsigned int before = test_fds_open(), n_fds = 1;
	struct hd_err err = {0};
	int got[1] = {-1};
	struct side a;
	pid_t pid;

	pid = open_child(&a, NULL);
	/* Two descriptors come; one has room, the other must not leak. */
	CU_ASSERT_EQUAL(hd_chan_call(a.chan, TEST_GIVE, NULL, NULL, got, &n_fds, 10000, &err), 0);
	CU_ASSERT_EQUAL(n_fds, 1);
	CU_ASSERT_TRUE(got[0] >= 0 && fcntl(got[0], F_GETFD) == FD_CLOEXEC);
	close(got[0]);
	CU_ASSERT_EQUAL(hd_chan_call(a.chan, TEST_GIVE, NULL, NULL, NULL, NULL, 10000, &err), 0);
	hd_chan_free(a.chan);
	CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
	CU_ASSERT_EQUAL(test_fds_open(), before);
}

static void test_call_timeout(void)
{
	struct test_number n = {1}, out = {10};
	struct hd_chan_counters c;
	struct hd_err err = {0};
	struct side a, b;

	side_open_pair(&a, &b);
	side_settle(&a, &b);
	b.late = true;
	CU_ASSERT_EQUAL(hd_chan_call(a.chan, TEST_ADD, &n, &out, NULL, NULL, 20, &err), -ETIMEDOUT);
	CU_ASSERT_STRING_EQUAL(err.text, "no answer from heddle-mgmt within 20 ms");
	side_settle(&a, &b);
	/* The reply that comes too late is dropped, not a fault of the peer. */
	hd_chan_reply(b.chan, &b.kept, &out, sizeof(out), NULL, 0);
	side_settle(&a, &b);
	hd_chan_counters(a.chan, &c);
	CU_ASSERT_EQUAL(c.bad, 0);
	CU_ASSERT_EQUAL(out.value, 10);
	hd_chan_free(b.chan);
	CU_ASSERT_EQUAL(hd_chan_call(a.chan, TEST_ADD, &n, &out, NULL, NULL, 20, &err), -EPIPE);
	CU_ASSERT_EQUAL(a.closed, 0);
	while (hd_chan_process(a.chan))
		;
	CU_ASSERT_EQUAL(a.closed, 1);
	hd_chan_free(a.chan);
}

UNIT_MAIN("chan-call", {"call", test_call}, {"call-fds", test_call_fds},
	  {"call-timeout", test_call_timeout});
