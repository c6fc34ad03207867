/* SPDX-License-Identifier: BSD-3-Clause */
/* A channel whose peer is a bare socket and sends messages that no peer should send. */
#define _GNU_SOURCE /* pipe2 */

#include "lib/ipc/test_msgs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "heddle-build.h"
#include "heddle/base/log.h"
#include "tests/unit/unit.h"

struct world {
	struct hd_chan *chan;
	int peer; /* the bare socket */
	unsigned int hellos, closed, served, items, finals;
	int status;
	unsigned int fds_before;
};

static void on_hello(struct hd_chan *chan, const struct hd_hello *peer, void *arg)
{
	((struct world *)arg)->hellos++;
}

static void on_closed(struct hd_chan *chan, void *arg)
{
	((struct world *)arg)->closed++;
}

static void serve(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	((struct world *)arg)->served++;
	if (msg->hdr->flags == HD_MSG_F_REQUEST)
		hd_chan_reply(chan, msg->hdr, msg->body, msg->hdr->len, NULL, 0);
}

static void on_reply(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	struct world *w = arg;

	w->items += !final;
	w->finals += final;
	w->status = status;
	/* The promise to every user of a failed reply. */
	if (status < 0)
		CU_ASSERT_EQUAL(msg->hdr->len, sizeof(struct hd_msg_error));
}

static const struct hd_handler handlers[] = {
	HD_HANDLER(TEST_ADD, serve),
	HD_EVENT_HANDLER(TEST_EVENT, serve),
};

/* Sends @len bytes after the header, with descriptors. */
static void say(struct world *w, const struct hd_msg_hdr *hdr, const void *body, size_t len,
		const int *fds, unsigned int n_fds)
{
	struct iovec iov[2] = {{(void *)(uintptr_t)hdr, sizeof(*hdr)},
			       {(void *)(uintptr_t)body, len}};
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(64 * sizeof(int))] = {0};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};

	if (n_fds) {
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		CMSG_FIRSTHDR(&msg)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&msg)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&msg)->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&msg)), fds, n_fds * sizeof(int));
	}
	CU_ASSERT_EQUAL(sendmsg(w->peer, &msg, MSG_NOSIGNAL), (ssize_t)(sizeof(*hdr) + len));
}

static struct hd_msg_hdr header(uint16_t flags, uint32_t type, size_t len)
{
	return (struct hd_msg_hdr){.magic = HD_MSG_MAGIC,
				   .flags = flags,
				   .type = type,
				   .seq = 5,
				   .len = (uint32_t)len};
}

static void say_hello(struct world *w, uint32_t version, uint32_t plane, const char *build)
{
	struct hd_msg_hdr hdr = header(HD_MSG_F_EVENT, HD_HELLO, sizeof(struct hd_hello));
	struct hd_hello hello = {.version = version, .plane = plane};

	memset(hello.build, 'x', sizeof(hello.build));
	if (build)
		snprintf(hello.build, sizeof(hello.build), "%s", build);
	say(w, &hdr, &hello, sizeof(hello), NULL, 0);
}

static void world_open(struct world *w, bool greet)
{
	struct hd_chan_config config = {
		.self = HD_PLANE_DATA, .hello = on_hello, .closed = on_closed, .arg = w};
	char hello[512];
	int fds[2];

	memset(w, 0, sizeof(*w));
	w->fds_before = test_fds_open();
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	w->peer = fds[1];
	w->chan = hd_chan_new(fds[0], &config);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w->chan);
	hd_chan_handlers(w->chan, handlers, 2, w);
	CU_ASSERT_EQUAL(recv(w->peer, hello, sizeof(hello), 0),
			sizeof(struct hd_msg_hdr) + sizeof(struct hd_hello));
	if (greet) {
		say_hello(w, HD_PROTO_VERSION, HD_PLANE_MGMT, HD_BUILD);
		CU_ASSERT_TRUE(hd_chan_process(w->chan));
		CU_ASSERT_TRUE(hd_chan_ready(w->chan));
	}
}

static void world_close(struct world *w)
{
	close(w->peer);
	hd_chan_free(w->chan);
	CU_ASSERT_EQUAL(test_fds_open(), w->fds_before);
}

/* What the channel answered: its status, or 1 when it said nothing. */
static int answer(struct world *w)
{
	struct {
		struct hd_msg_hdr hdr;
		struct hd_msg_error error;
	} in;
	ssize_t n;

	hd_chan_process(w->chan);
	n = recv(w->peer, &in, sizeof(in), MSG_DONTWAIT);
	if (n < (ssize_t)sizeof(in.hdr))
		return 1;
	CU_ASSERT_EQUAL(in.hdr.flags, HD_MSG_F_REPLY);
	CU_ASSERT_EQUAL(in.hdr.seq, 5);
	if (in.hdr.status < 0) {
		CU_ASSERT_EQUAL(n, sizeof(in));
		CU_ASSERT_TRUE(in.error.text[0] != '\0');
	}
	return in.hdr.status;
}

static uint64_t bad(struct world *w)
{
	struct hd_chan_counters c;

	hd_chan_counters(w->chan, &c);
	return c.bad;
}

static void test_before_hello(void)
{
	struct hd_msg_hdr hdr = header(HD_MSG_F_REQUEST, HD_TEST_ADD, 8);
	struct test_number n = {1};
	struct world w;

	world_open(&w, false);
	say(&w, &hdr, &n, sizeof(n), NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), -EPROTO);
	hdr = header(HD_MSG_F_REQUEST, HD_PING, 0);
	say(&w, &hdr, NULL, 0, NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), -EPROTO);
	hdr = header(HD_MSG_F_EVENT, HD_TEST_EVENT, 8);
	say(&w, &hdr, &n, sizeof(n), NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), 1);
	CU_ASSERT_EQUAL(w.served, 0);
	CU_ASSERT_EQUAL(bad(&w), 3);
	CU_ASSERT_TRUE(hd_chan_open(w.chan));
	world_close(&w);
}

/* Each of these closes the channel at once. */
static void test_wrong_hello(void)
{
	struct hd_msg_hdr hdr = header(HD_MSG_F_EVENT, HD_HELLO, 8);
	struct test_number n = {1};
	struct world w;

	for (int i = 0; i < 6; i++) {
		world_open(&w, false);
		switch (i) {
		case 0: say_hello(&w, HD_PROTO_VERSION + 1, HD_PLANE_MGMT, HD_BUILD); break;
		case 1: say_hello(&w, HD_PROTO_VERSION, HD_PLANE_MGMT, "0.0.1-other"); break;
		case 2: say_hello(&w, HD_PROTO_VERSION, HD_PLANE_COUNT, HD_BUILD); break;
		case 3: say_hello(&w, HD_PROTO_VERSION, HD_PLANE_NONE, HD_BUILD); break;
		case 4: say_hello(&w, HD_PROTO_VERSION, HD_PLANE_MGMT, NULL); break;
		default: say(&w, &hdr, &n, sizeof(n), NULL, 0); break; /* another size */
		}
		CU_ASSERT_FALSE(hd_chan_process(w.chan));
		CU_ASSERT_EQUAL(w.hellos, 0);
		CU_ASSERT_EQUAL(w.closed, 1);
		CU_ASSERT_EQUAL(recv(w.peer, &n, sizeof(n), 0), 0);
		world_close(&w);
	}
}

/* The same in a call that does not come to read the hello before. */
static void test_wrong_hello_in_call(void)
{
	struct test_number n = {1}, out = {0};
	struct hd_err err = {0};
	struct world w;

	world_open(&w, false);
	say_hello(&w, HD_PROTO_VERSION, HD_PLANE_MGMT, "0.0.1-other");
	CU_ASSERT_EQUAL(hd_chan_call(w.chan, TEST_ADD, &n, &out, NULL, NULL, 5000, &err), -EPROTO);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "0.0.1-other"));
	CU_ASSERT_FALSE(hd_chan_process(w.chan));
	CU_ASSERT_EQUAL(w.closed, 1);
	world_close(&w);
}

static void test_second_hello(void)
{
	struct world w;

	world_open(&w, true);
	say_hello(&w, HD_PROTO_VERSION, HD_PLANE_MGMT, HD_BUILD);
	CU_ASSERT_TRUE(hd_chan_process(w.chan));
	CU_ASSERT_EQUAL(w.hellos, 1);
	CU_ASSERT_EQUAL(bad(&w), 1);
	world_close(&w);
}

static void test_wrong_forms(void)
{
	const struct hd_msg_hdr good = header(HD_MSG_F_REQUEST, HD_TEST_ADD, 8);
	struct test_number n[2] = {{1}};
	struct hd_msg_hdr hdr = good;
	struct world w;

	world_open(&w, true);
	say(&w, &good, n, 8, NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), 0);
	CU_ASSERT_EQUAL(w.served, 1);
	/* The header promises more, or less, than came. */
	say(&w, &good, n, 0, NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), -EBADMSG);
	say(&w, &good, n, 16, NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), -EBADMSG);
	/* It is right about itself, but the type has another size. */
	hdr.len = 16;
	say(&w, &hdr, n, 16, NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), -EBADMSG);
	hdr = good;
	hdr.zero = 1;
	say(&w, &hdr, n, 8, NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), -EBADMSG);
	hdr = good;
	hdr.status = -EPERM;
	say(&w, &hdr, n, 8, NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), -EBADMSG);
	/* An event that comes as a request, and the other way round. */
	hdr = header(HD_MSG_F_REQUEST, HD_TEST_EVENT, 8);
	say(&w, &hdr, n, 8, NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), -EBADMSG);
	hdr = header(HD_MSG_F_EVENT, HD_TEST_ADD, 8);
	say(&w, &hdr, n, 8, NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), 1);
	hdr = header(HD_MSG_F_REQUEST, 0xdeadbeef, 8);
	say(&w, &hdr, n, 8, NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), -ENOSYS);
	CU_ASSERT_EQUAL(w.served, 1);
	CU_ASSERT_EQUAL(bad(&w), 7);
	CU_ASSERT_TRUE(hd_chan_open(w.chan));
	world_close(&w);
}

static void test_silent_garbage(void)
{
	static const uint16_t flags[] = {0, 3, 6, 7, 9, 12, 8, 16, 0x8001, 0xffff};
	struct hd_msg_hdr hdr = header(HD_MSG_F_REQUEST, HD_TEST_ADD, 8);
	struct test_number n = {1};
	struct world w;

	world_open(&w, true);
	hdr.magic = 0x4443;
	say(&w, &hdr, &n, sizeof(n), NULL, 0);
	CU_ASSERT_EQUAL(answer(&w), 1);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		hdr = header(flags[i], HD_TEST_ADD, 8);
		say(&w, &hdr, &n, sizeof(n), NULL, 0);
		CU_ASSERT_EQUAL(answer(&w), 1);
	}
	for (size_t len = 1; len < sizeof(hdr); len++)
		CU_ASSERT_EQUAL(send(w.peer, &hdr, len, 0), (ssize_t)len);
	CU_ASSERT_EQUAL(answer(&w), 1);
	CU_ASSERT_EQUAL(w.served, 0);
	CU_ASSERT_EQUAL(bad(&w), 1 + sizeof(flags) / sizeof(flags[0]) + sizeof(hdr) - 1);
	CU_ASSERT_TRUE(hd_chan_open(w.chan));
	world_close(&w);
}

static void test_too_long(void)
{
	static char body[HD_MSG_MAX];
	struct hd_msg_hdr hdr = header(HD_MSG_F_REQUEST, HD_TEST_ADD, sizeof(body));
	struct world w;
	int fds[2];

	world_open(&w, true);
	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_CLOEXEC), 0);
	say(&w, &hdr, body, sizeof(body), fds, 2);
	close(fds[0]);
	close(fds[1]);
	CU_ASSERT_EQUAL(answer(&w), 1);
	CU_ASSERT_EQUAL(bad(&w), 1);
	CU_ASSERT_TRUE(hd_chan_open(w.chan));
	world_close(&w);
}

/* Descriptors that come with what is refused, or with too many others, are closed. */
static void test_fds_with_garbage(void)
{
	struct hd_msg_hdr hdr = header(HD_MSG_F_REQUEST, 0xdeadbeef, 8);
	int pipe_fds[2], fds[40];
	struct test_number n = {1};
	struct world w;

	world_open(&w, true);
	CU_ASSERT_EQUAL_FATAL(pipe2(pipe_fds, O_CLOEXEC), 0);
	for (int i = 0; i < 40; i++)
		fds[i] = pipe_fds[i & 1];
	say(&w, &hdr, &n, 8, fds, HD_MSG_FDS_MAX);
	CU_ASSERT_EQUAL(answer(&w), -ENOSYS);
	hdr.magic = 1;
	say(&w, &hdr, &n, 8, fds, 3);
	CU_ASSERT_EQUAL(answer(&w), 1);
	hdr = header(HD_MSG_F_REPLY, HD_TEST_ADD, 8);
	say(&w, &hdr, &n, 8, fds, 3);
	CU_ASSERT_EQUAL(answer(&w), 1);
	hdr = header(HD_MSG_F_REQUEST, HD_TEST_ADD, 8);
	say(&w, &hdr, &n, 8, fds, 40);
	CU_ASSERT_EQUAL(answer(&w), 1);
	/* A handler that does not look at descriptors gets them, and they are closed after it. */
	say(&w, &hdr, &n, 8, fds, 2);
	CU_ASSERT_EQUAL(answer(&w), 0);
	CU_ASSERT_EQUAL(w.served, 1);
	/* Those that nobody had read yet when the channel goes. */
	say(&w, &hdr, &n, 8, fds, 2);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	world_close(&w);
}

/* The request of seq @seq (ours count from 1) is answered with what does not fit it. */
static void test_wrong_replies(void)
{
	struct test_number n[2] = {{1}};
	struct hd_msg_hdr hdr;
	struct world w;
	char in[128];

	world_open(&w, true);
	hdr = header(HD_MSG_F_REPLY, HD_TEST_ADD, 8);
	say(&w, &hdr, n, 8, NULL, 0);
	hd_chan_process(w.chan);
	CU_ASSERT_EQUAL(bad(&w), 1);

	for (unsigned int i = 1; i <= 6; i++) {
		struct hd_msg_error error;

		memset(&error, 'x', sizeof(error)); /* not terminated */
		hd_chan_request(w.chan, TEST_ADD, n, on_reply, &w);
		CU_ASSERT_TRUE(recv(w.peer, in, sizeof(in), 0) > 0);
		hdr = header(HD_MSG_F_REPLY, HD_TEST_ADD, 8);
		hdr.seq = i;
		switch (i) {
		case 1: hdr.type = HD_TEST_FDS; break;
		case 2: hdr.len = 16; break;
		case 3: hdr.len = 0; break;
		case 4: hdr.flags |= HD_MSG_F_MORE; break; /* not a stream */
		case 5: hdr.status = -EPERM; break;        /* without a text */
		default:
			hdr.status = -EPERM;
			hdr.len = sizeof(error);
			break;
		}
		if (i == 6)
			say(&w, &hdr, &error, sizeof(error), NULL, 0);
		else
			say(&w, &hdr, n, hdr.len, NULL, 0);
		hd_chan_process(w.chan);
		CU_ASSERT_EQUAL(w.finals, i);
		CU_ASSERT_EQUAL(w.items, 0);
		CU_ASSERT_EQUAL(w.status, -EBADMSG);
		CU_ASSERT_EQUAL(bad(&w), 1 + i);
	}
	world_close(&w);
}

/* After an item of a wrong size the owner has had its final word; the rest is dropped. */
static void test_wrong_item(void)
{
	struct test_number n[2] = {{1}};
	struct hd_msg_hdr hdr;
	struct world w;
	char in[128];

	world_open(&w, true);
	hd_chan_request_stream(w.chan, TEST_LIST, NULL, on_reply, &w);
	CU_ASSERT_TRUE(recv(w.peer, in, sizeof(in), 0) > 0);
	hdr = header(HD_MSG_F_REPLY | HD_MSG_F_MORE, HD_TEST_LIST, 8);
	hdr.seq = 1;
	say(&w, &hdr, n, 8, NULL, 0);
	hdr.len = 16;
	say(&w, &hdr, n, 16, NULL, 0);
	hdr.len = 8;
	say(&w, &hdr, n, 8, NULL, 0);
	hdr.flags = HD_MSG_F_REPLY;
	hdr.len = 0;
	say(&w, &hdr, n, 0, NULL, 0);
	hd_chan_process(w.chan);
	CU_ASSERT_EQUAL(w.items, 1);
	CU_ASSERT_EQUAL(w.finals, 1);
	CU_ASSERT_EQUAL(w.status, -EBADMSG);
	CU_ASSERT_EQUAL(bad(&w), 1);
	/* Another answer to it is one that nobody asked for. */
	say(&w, &hdr, n, 0, NULL, 0);
	hd_chan_process(w.chan);
	CU_ASSERT_EQUAL(w.finals, 1);
	CU_ASSERT_EQUAL(bad(&w), 2);
	world_close(&w);
}

static void test_empty_datagram(void)
{
	struct world w;

	world_open(&w, true);
	CU_ASSERT_EQUAL(send(w.peer, "", 0, 0), 0);
	CU_ASSERT_FALSE(hd_chan_process(w.chan));
	CU_ASSERT_EQUAL(w.closed, 1);
	world_close(&w);
}

static int quiet(void)
{
	hd_log_level_set(0);
	return 0;
}

UNIT_MAIN_SETUP("chan-hostile", quiet, {"before-hello", test_before_hello},
		{"wrong-hello", test_wrong_hello},
		{"wrong-hello-in-call", test_wrong_hello_in_call},
		{"second-hello", test_second_hello}, {"wrong-forms", test_wrong_forms},
		{"silent-garbage", test_silent_garbage}, {"too-long", test_too_long},
		{"fds-with-garbage", test_fds_with_garbage}, {"wrong-replies", test_wrong_replies},
		{"wrong-item", test_wrong_item}, {"empty-datagram", test_empty_datagram});
