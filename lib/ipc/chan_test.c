/* SPDX-License-Identifier: BSD-3-Clause */
/* Two channels that talk to each other as planes do. */
#define _GNU_SOURCE /* pipe2 */

#include "lib/ipc/test_msgs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/unit.h"

struct side {
	struct hd_chan *chan;
	uint64_t bigs;
	unsigned int hellos, closed, items, finals, events;
	int status;
	uint64_t last;
	char text[256];
	uint64_t generation;
	bool late; /* keep the request and answer when told */
	struct hd_msg_hdr kept;
	int fd_taken;
	bool want_write;
};

static void on_hello(struct hd_chan *chan, const struct hd_hello *peer, void *arg)
{
	struct side *s = arg;

	s->hellos++;
	s->generation = peer->generation;
}

static void on_closed(struct hd_chan *chan, void *arg)
{
	((struct side *)arg)->closed++;
}

static void on_want_write(struct hd_chan *chan, bool want, void *arg)
{
	((struct side *)arg)->want_write = want;
}

static void serve_add(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct test_number *in = msg->body;
	struct test_number out = {in->value + 1};
	struct side *s = arg;

	if (in->value == 13) {
		hd_chan_reply_error(chan, msg->hdr, ERANGE, "%d is unlucky", 13);
	} else if (s->late) {
		s->kept = *msg->hdr;
		s->last = in->value;
	} else {
		hd_chan_reply(chan, msg->hdr, &out, sizeof(out), NULL, 0);
	}
}

static void serve_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct test_number item;

	for (item.value = 0; item.value < 200; item.value++)
		hd_chan_reply_item(chan, msg->hdr, &item, sizeof(item));
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static void serve_event(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct test_number *in = msg->body;
	struct side *s = arg;

	s->events++;
	s->last = in->value;
	if (msg->n_fds) {
		s->fd_taken = msg->fds[0];
		msg->fds[0] = -1;
	}
}

static void serve_big(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct test_big *in = msg->body;
	struct side *s = arg;

	CU_ASSERT_EQUAL(in->value, s->bigs);
	s->bigs++;
}

/* Hands the descriptors that came back to who sent them. */
static void serve_fds(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	hd_chan_reply(chan, msg->hdr, NULL, 0, msg->fds, msg->n_fds);
}

/* Answers with two descriptors of its own. */
static void serve_give(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0) {
		hd_chan_reply_error(chan, msg->hdr, errno, "pipe2");
		return;
	}
	hd_chan_reply(chan, msg->hdr, NULL, 0, fds, 2);
	close(fds[0]);
	close(fds[1]);
}

static const struct hd_handler handlers[] = {
	HD_HANDLER(TEST_GIVE, serve_give),         HD_HANDLER(TEST_ADD, serve_add),
	HD_HANDLER(TEST_LIST, serve_list),         HD_HANDLER(TEST_FDS, serve_fds),
	HD_EVENT_HANDLER(TEST_EVENT, serve_event), HD_EVENT_HANDLER(TEST_BIG, serve_big),
};

static void side_open(struct side *s, int fd, enum hd_plane self, uint64_t generation)
{
	struct hd_chan_config config = {
		.self = self,
		.generation = generation,
		.hello = on_hello,
		.closed = on_closed,
		.want_write = on_want_write,
		.arg = s,
	};

	memset(s, 0, sizeof(*s));
	s->fd_taken = -1;
	s->chan = hd_chan_new(fd, &config);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->chan);
	hd_chan_handlers(s->chan, handlers, sizeof(handlers) / sizeof(handlers[0]), s);
}

static void open_pair(struct side *a, struct side *b)
{
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	side_open(a, fds[0], HD_PLANE_DATA, 7);
	side_open(b, fds[1], HD_PLANE_MGMT, 9);
}

static void close_pair(struct side *a, struct side *b)
{
	hd_chan_free(a->chan);
	hd_chan_free(b->chan);
}

/* Lets both sides work until nothing moves any more. */
static void settle(struct side *a, struct side *b)
{
	struct hd_chan_counters c[4];

	do {
		hd_chan_counters(a->chan, &c[0]);
		hd_chan_counters(b->chan, &c[1]);
		hd_chan_process(a->chan);
		hd_chan_process(b->chan);
		hd_chan_counters(a->chan, &c[2]);
		hd_chan_counters(b->chan, &c[3]);
	} while (memcmp(&c[0], &c[2], 2 * sizeof(c[0])) != 0);
}

static void on_reply(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	struct side *s = arg;

	s->items += !final;
	s->finals += final;
	s->status = status;
	if (status < 0)
		snprintf(s->text, sizeof(s->text), "%s",
			 ((const struct hd_msg_error *)msg->body)->text);
	else if (msg->hdr->len >= sizeof(struct test_number))
		s->last = ((const struct test_number *)msg->body)->value;
}

static void test_hello(void)
{
	struct side a, b;

	open_pair(&a, &b);
	CU_ASSERT_FALSE(hd_chan_ready(a.chan));
	settle(&a, &b);
	CU_ASSERT_TRUE(hd_chan_ready(a.chan) && hd_chan_ready(b.chan));
	CU_ASSERT_EQUAL(a.hellos, 1);
	CU_ASSERT_EQUAL(a.generation, 9);
	CU_ASSERT_EQUAL(b.generation, 7);
	close_pair(&a, &b);
}

static void test_request(void)
{
	struct test_number n = {41};
	struct side a, b;

	open_pair(&a, &b);
	CU_ASSERT_EQUAL(hd_chan_request(a.chan, TEST_ADD, &n, on_reply, &a), 0);
	settle(&a, &b);
	CU_ASSERT_EQUAL(a.finals, 1);
	CU_ASSERT_EQUAL(a.status, 0);
	CU_ASSERT_EQUAL(a.last, 42);
	n.value = 13;
	hd_chan_request(a.chan, TEST_ADD, &n, on_reply, &a);
	hd_chan_request(a.chan, PING, NULL, on_reply, &a);
	hd_chan_process(b.chan);
	settle(&a, &b);
	CU_ASSERT_EQUAL(a.finals, 3);
	CU_ASSERT_STRING_EQUAL(a.text, "13 is unlucky");
	close_pair(&a, &b);
}

static void test_late_reply(void)
{
	struct test_number n = {5}, out = {50};
	struct side a, b;

	open_pair(&a, &b);
	b.late = true;
	hd_chan_request(a.chan, TEST_ADD, &n, on_reply, &a);
	settle(&a, &b);
	CU_ASSERT_EQUAL(a.finals, 0);
	hd_chan_reply(b.chan, &b.kept, &out, sizeof(out), NULL, 0);
	settle(&a, &b);
	CU_ASSERT_EQUAL(a.finals, 1);
	CU_ASSERT_EQUAL(a.last, 50);
	close_pair(&a, &b);
}

static void test_stream(void)
{
	struct side a, b;

	open_pair(&a, &b);
	hd_chan_request_stream(a.chan, TEST_LIST, NULL, on_reply, &a);
	settle(&a, &b);
	CU_ASSERT_EQUAL(a.items, 200);
	CU_ASSERT_EQUAL(a.finals, 1);
	CU_ASSERT_EQUAL(a.last, 199);
	CU_ASSERT_EQUAL(a.status, 0);
	close_pair(&a, &b);
}

static void test_fds(void)
{
	unsigned int before = test_fds_open();
	struct test_number n = {1};
	struct side a, b;
	char byte = 0;
	int fds[2];

	open_pair(&a, &b);
	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_CLOEXEC), 0);
	/* One descriptor is taken, the other closed after the handler. */
	CU_ASSERT_EQUAL(hd_chan_event_raw(a.chan, HD_TEST_EVENT, &n, sizeof(n), fds, 2), 0);
	settle(&a, &b);
	CU_ASSERT_TRUE_FATAL(b.fd_taken >= 0);
	CU_ASSERT_EQUAL(fcntl(b.fd_taken, F_GETFD), FD_CLOEXEC);
	CU_ASSERT_EQUAL(write(fds[1], "x", 1), 1);
	CU_ASSERT_EQUAL(read(b.fd_taken, &byte, 1), 1);
	CU_ASSERT_EQUAL(byte, 'x');
	close(b.fd_taken);
	/* Replies carry them too; those that the handler leaves are closed. */
	CU_ASSERT_EQUAL(
		hd_chan_request_raw(a.chan, HD_TEST_FDS, NULL, 0, fds, 2, 0, 0, on_reply, &a), 0);
	settle(&a, &b);
	CU_ASSERT_EQUAL(a.finals, 1);
	close(fds[0]);
	close(fds[1]);
	close_pair(&a, &b);
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

	open_pair(&a, &b);
	settle(&a, &b);
	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_CLOEXEC), 0);
	for (int i = 0; i < 500; i++) {
		big.value = (uint64_t)i;
		CU_ASSERT_EQUAL(hd_chan_event(a.chan, TEST_BIG, &big), 0);
	}
	CU_ASSERT_EQUAL(hd_chan_event_raw(a.chan, HD_TEST_EVENT, &n, sizeof(n), fds, 1), 0);
	close(fds[0]);
	CU_ASSERT_TRUE(a.want_write);
	CU_ASSERT_EQUAL(hd_chan_events(a.chan), POLLIN | POLLOUT);
	settle(&a, &b);
	CU_ASSERT_FALSE(a.want_write);
	CU_ASSERT_EQUAL(hd_chan_events(a.chan), POLLIN);
	CU_ASSERT_EQUAL(b.bigs, 500);
	CU_ASSERT_EQUAL(b.last, 77);
	CU_ASSERT_TRUE_FATAL(b.fd_taken >= 0);
	close(b.fd_taken);
	close(fds[1]);
	close_pair(&a, &b);
	CU_ASSERT_EQUAL(test_fds_open(), before);
}

static void test_queue_limit(void)
{
	struct test_big big = {0};
	struct side a, b;
	int rc = 0, sent;

	open_pair(&a, &b);
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
	close_pair(&a, &b);
}

static void test_peer_closes(void)
{
	struct test_number n = {1};
	struct side a, b;

	open_pair(&a, &b);
	settle(&a, &b);
	b.late = true;
	hd_chan_request(a.chan, TEST_ADD, &n, on_reply, &a);
	hd_chan_request_stream(a.chan, TEST_LIST, NULL, on_reply, &a);
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
	CU_ASSERT_EQUAL(hd_chan_request(a.chan, TEST_ADD, &n, on_reply, &a), -EPIPE);
	CU_ASSERT_EQUAL(a.finals, 2);
	hd_chan_free(a.chan);
}

/* Opens @a here, and its peer in a child that serves until the channel closes. @first runs there. */
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
	hd_chan_request(s->chan, TEST_ADD, &n, on_reply, s);
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

	open_pair(&a, &b);
	settle(&a, &b);
	b.late = true;
	CU_ASSERT_EQUAL(hd_chan_call(a.chan, TEST_ADD, &n, &out, NULL, NULL, 20, &err), -ETIMEDOUT);
	CU_ASSERT_STRING_EQUAL(err.text, "no answer from heddle-mgmt within 20 ms");
	settle(&a, &b);
	/* The reply that comes too late is dropped, not a fault of the peer. */
	hd_chan_reply(b.chan, &b.kept, &out, sizeof(out), NULL, 0);
	settle(&a, &b);
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

	open_pair(&a, &b);
	settle(&a, &b);
	hd_chan_request(a.chan, TEST_ADD, &n, free_in_reply, &a);
	hd_chan_process(b.chan);
	hd_chan_request(a.chan, TEST_ADD, &n, on_reply, &a);
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
	  {"queue-limit", test_queue_limit}, {"peer-closes", test_peer_closes}, {"call", test_call},
	  {"call-fds", test_call_fds}, {"call-timeout", test_call_timeout},
	  {"free-inside", test_free_inside});
