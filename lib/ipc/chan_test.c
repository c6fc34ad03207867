/* SPDX-License-Identifier: BSD-3-Clause */
/* Two channels that talk to each other, as those of planes do. */
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

static void test_hello(void)
{
	struct side a, b;

	side_open_pair(&a, &b);
	CU_ASSERT_FALSE(hd_chan_ready(a.chan));
	side_settle(&a, &b);
	CU_ASSERT_TRUE(hd_chan_ready(a.chan) && hd_chan_ready(b.chan));
	CU_ASSERT_EQUAL(a.hellos, 1);
	CU_ASSERT_EQUAL(a.generation, 9);
	CU_ASSERT_EQUAL(b.generation, 7);
	side_close_pair(&a, &b);
}

static void test_request(void)
{
	struct test_number n = {41};
	struct side a, b;

	side_open_pair(&a, &b);
	CU_ASSERT_EQUAL(hd_chan_request(a.chan, TEST_ADD, &n, side_on_reply, &a), 0);
	side_settle(&a, &b);
	CU_ASSERT_EQUAL(a.finals, 1);
	CU_ASSERT_EQUAL(a.status, 0);
	CU_ASSERT_EQUAL(a.last, 42);
	n.value = 13;
	hd_chan_request(a.chan, TEST_ADD, &n, side_on_reply, &a);
	hd_chan_request(a.chan, PING, NULL, side_on_reply, &a);
	hd_chan_process(b.chan);
	side_settle(&a, &b);
	CU_ASSERT_EQUAL(a.finals, 3);
	CU_ASSERT_STRING_EQUAL(a.text, "13 is unlucky");
	side_close_pair(&a, &b);
}

static void test_late_reply(void)
{
	struct test_number n = {5}, out = {50};
	struct side a, b;

	side_open_pair(&a, &b);
	b.late = true;
	hd_chan_request(a.chan, TEST_ADD, &n, side_on_reply, &a);
	side_settle(&a, &b);
	CU_ASSERT_EQUAL(a.finals, 0);
	hd_chan_reply(b.chan, &b.kept, &out, sizeof(out), NULL, 0);
	side_settle(&a, &b);
	CU_ASSERT_EQUAL(a.finals, 1);
	CU_ASSERT_EQUAL(a.last, 50);
	side_close_pair(&a, &b);
}

static void test_stream(void)
{
	struct side a, b;

	side_open_pair(&a, &b);
	hd_chan_request_stream(a.chan, TEST_LIST, NULL, side_on_reply, &a);
	side_settle(&a, &b);
	CU_ASSERT_EQUAL(a.items, 200);
	CU_ASSERT_EQUAL(a.finals, 1);
	CU_ASSERT_EQUAL(a.last, 199);
	CU_ASSERT_EQUAL(a.status, 0);
	side_close_pair(&a, &b);
}

static void test_fds(void)
{
	unsigned int before = test_fds_open();
	struct test_number n = {1};
	struct side a, b;
	char byte = 0;
	int fds[2];

	side_open_pair(&a, &b);
	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_CLOEXEC), 0);
	/* One descriptor is taken, the other closed after the handler. */
	CU_ASSERT_EQUAL(hd_chan_event_raw(a.chan, HD_TEST_EVENT, &n, sizeof(n), fds, 2), 0);
	side_settle(&a, &b);
	CU_ASSERT_TRUE_FATAL(b.fd_taken >= 0);
	CU_ASSERT_EQUAL(fcntl(b.fd_taken, F_GETFD), FD_CLOEXEC);
	CU_ASSERT_EQUAL(write(fds[1], "x", 1), 1);
	CU_ASSERT_EQUAL(read(b.fd_taken, &byte, 1), 1);
	CU_ASSERT_EQUAL(byte, 'x');
	close(b.fd_taken);
	/* Replies carry them too; those that the handler leaves are closed. */
	CU_ASSERT_EQUAL(
		hd_chan_request_raw(a.chan, HD_TEST_FDS, NULL, 0, fds, 2, 0, 0, side_on_reply, &a),
		0);
	side_settle(&a, &b);
	CU_ASSERT_EQUAL(a.finals, 1);
	close(fds[0]);
	close(fds[1]);
	side_close_pair(&a, &b);
	CU_ASSERT_EQUAL(test_fds_open(), before);
}

/* More than the socket takes: nothing is lost, order is kept, descriptors survive the queue. */
static void test_queue(void)
{
	unsigned int before = test_fds_open();
	struct test_big big = {0};
	struct test_number n = {77};
	struct side a, b;
	int fds[2];

	side_open_pair(&a, &b);
	side_settle(&a, &b);
	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_CLOEXEC), 0);
	for (int i = 0; i < 500; i++) {
		big.value = (uint64_t)i;
		CU_ASSERT_EQUAL(hd_chan_event(a.chan, TEST_BIG, &big), 0);
	}
	CU_ASSERT_EQUAL(hd_chan_event_raw(a.chan, HD_TEST_EVENT, &n, sizeof(n), fds, 1), 0);
	close(fds[0]);
	CU_ASSERT_TRUE(a.want_write);
	CU_ASSERT_EQUAL(hd_chan_events(a.chan), POLLIN | POLLOUT);
	side_settle(&a, &b);
	CU_ASSERT_FALSE(a.want_write);
	CU_ASSERT_EQUAL(hd_chan_events(a.chan), POLLIN);
	CU_ASSERT_EQUAL(b.bigs, 500);
	CU_ASSERT_EQUAL(b.last, 77);
	CU_ASSERT_TRUE_FATAL(b.fd_taken >= 0);
	close(b.fd_taken);
	close(fds[1]);
	side_close_pair(&a, &b);
	CU_ASSERT_EQUAL(test_fds_open(), before);
}

static void test_queue_limit(void)
{
	struct test_big big = {0};
	struct side a, b;
	int rc = 0, sent;

	side_open_pair(&a, &b);
	for (sent = 0; rc == 0 && sent < 6000; sent++, big.value++)
		rc = hd_chan_event(a.chan, TEST_BIG, &big);
	CU_ASSERT_EQUAL(rc, -EPIPE);
	CU_ASSERT_TRUE((size_t)sent * sizeof(big) > HD_CHAN_QUEUE_MAX - (1u << 20));
	CU_ASSERT_EQUAL(a.closed, 0); /* never from within a send */
	CU_ASSERT_FALSE(hd_chan_open(a.chan));
	while (hd_chan_process(a.chan))
		;
	CU_ASSERT_EQUAL(a.closed, 1);
	CU_ASSERT_FALSE(hd_chan_process(a.chan));
	CU_ASSERT_EQUAL(a.closed, 1);
	while (hd_chan_process(b.chan))
		;
	CU_ASSERT_EQUAL(b.closed, 1);
	side_close_pair(&a, &b);
}

static void test_peer_closes(void)
{
	struct test_number n = {1};
	struct side a, b;

	side_open_pair(&a, &b);
	side_settle(&a, &b);
	b.late = true;
	hd_chan_request(a.chan, TEST_ADD, &n, side_on_reply, &a);
	hd_chan_request_stream(a.chan, TEST_LIST, NULL, side_on_reply, &a);
	hd_chan_process(b.chan);
	n.value = 99;
	hd_chan_event(b.chan, TEST_EVENT, &n);
	hd_chan_free(b.chan);
	/* What it said before it went is still heard, also when our own send failed already. */
	CU_ASSERT_EQUAL(hd_chan_event(a.chan, TEST_EVENT, &n), -EPIPE);
	while (hd_chan_process(a.chan))
		;
	CU_ASSERT_EQUAL(a.events, 1);
	CU_ASSERT_EQUAL(a.last, 99);
	CU_ASSERT_EQUAL(a.items, 200);
	CU_ASSERT_EQUAL(a.finals, 2);
	CU_ASSERT_EQUAL(a.status, -EPIPE);
	CU_ASSERT_EQUAL(a.closed, 1);
	CU_ASSERT_STRING_EQUAL(a.text, "the connection to heddle-mgmt is lost");
	CU_ASSERT_EQUAL(hd_chan_request(a.chan, TEST_ADD, &n, side_on_reply, &a), -EPIPE);
	CU_ASSERT_EQUAL(a.finals, 2);
	hd_chan_free(a.chan);
}

static void free_in_reply(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
			  void *arg)
{
	struct side *s = arg;

	s->finals++;
	hd_chan_free(chan);
}

/* Freed from its own callback, with more messages waiting and a request open. */
static void test_free_inside(void)
{
	unsigned int before = test_fds_open();
	struct test_number n = {1};
	struct side a, b;

	side_open_pair(&a, &b);
	side_settle(&a, &b);
	hd_chan_request(a.chan, TEST_ADD, &n, free_in_reply, &a);
	hd_chan_process(b.chan);
	hd_chan_request(a.chan, TEST_ADD, &n, side_on_reply, &a);
	hd_chan_event(b.chan, TEST_EVENT, &n);
	CU_ASSERT_FALSE(hd_chan_process(a.chan));
	CU_ASSERT_EQUAL(a.finals, 2);
	CU_ASSERT_EQUAL(a.status, -EPIPE);
	CU_ASSERT_EQUAL(a.events, 0);
	CU_ASSERT_EQUAL(a.closed, 0);
	hd_chan_free(b.chan);
	CU_ASSERT_EQUAL(test_fds_open(), before);
}

UNIT_MAIN("chan", {"hello", test_hello}, {"request", test_request}, {"late-reply", test_late_reply},
	  {"stream", test_stream}, {"fds", test_fds}, {"queue", test_queue},
	  {"queue-limit", test_queue_limit}, {"peer-closes", test_peer_closes},
	  {"free-inside", test_free_inside});
