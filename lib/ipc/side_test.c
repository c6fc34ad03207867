/* SPDX-License-Identifier: BSD-3-Clause */
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

void side_open(struct side *s, int fd, enum hd_plane self, uint64_t generation)
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

void side_open_pair(struct side *a, struct side *b)
{
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	side_open(a, fds[0], HD_PLANE_DATA, 7);
	side_open(b, fds[1], HD_PLANE_MGMT, 9);
}

void side_close_pair(struct side *a, struct side *b)
{
	hd_chan_free(a->chan);
	hd_chan_free(b->chan);
}

void side_settle(struct side *a, struct side *b)
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

void side_on_reply(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
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
