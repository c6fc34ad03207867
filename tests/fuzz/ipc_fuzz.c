/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hostile peer on the other end of a channel.
 *
 * Input: a byte of switches (1: the peer greets properly first; 2: the owner also makes a call), then
 * datagrams: u16 length (little endian), a byte whose low two bits say how many descriptors go along,
 * the bytes. What must hold: no crash, each request called back finally exactly once, no descriptor left.
 */
#define _GNU_SOURCE

#include "lib/ipc/test_msgs.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "heddle-build.h"
#include "heddle/base/log.h"
#include "tests/fuzz/fuzz.h"

#define REQUESTS 2

static unsigned int finals[REQUESTS];

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void serve(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	must(msg->hdr->len == sizeof(struct test_number) || msg->hdr->len == 0);
	if (msg->hdr->flags == HD_MSG_F_REQUEST)
		hd_chan_reply(chan, msg->hdr, msg->body, msg->hdr->len, msg->fds, msg->n_fds);
}

static const struct hd_handler handlers[] = {
	HD_HANDLER(TEST_ADD, serve),
	HD_HANDLER(TEST_FDS, serve),
	HD_EVENT_HANDLER(TEST_EVENT, serve),
};

static void on_reply(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	unsigned int *mine = arg;

	must(*mine == 0);
	if (status < 0)
		must(msg->hdr->len == sizeof(struct hd_msg_error) &&
		     memchr(msg->body, 0, sizeof(struct hd_msg_error)));
	*mine += final;
}

static void greet(int fd)
{
	struct {
		struct hd_msg_hdr hdr;
		struct hd_hello hello;
	} out = {
		.hdr = {.magic = HD_MSG_MAGIC, .flags = HD_MSG_F_EVENT, .type = HD_HELLO},
		.hello = {.version = HD_PROTO_VERSION, .plane = HD_PLANE_MGMT, .build = HD_BUILD},
	};

	out.hdr.len = sizeof(out.hello);
	must(send(fd, &out, sizeof(out), 0) == sizeof(out));
}

/* Returns how many bytes of the input it used. */
static size_t say(int fd, const uint8_t *data, size_t size)
{
	size_t len = (size_t)data[0] | (size_t)data[1] << 8;
	unsigned int n_fds = data[2] & 3;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(3 * sizeof(int))] = {0};
	int fds[3] = {fd, fd, fd};
	struct iovec iov = {(void *)(uintptr_t)(data + 3), 0};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (len > size - 3)
		len = size - 3;
	iov.iov_len = len;
	if (n_fds) {
		struct cmsghdr *cmsg = (struct cmsghdr *)control;

		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(cmsg), fds, n_fds * sizeof(int));
	}
	/* It may fail: the channel closed, or does not read. */
	if (sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		len = size - 3;
	return 3 + len;
}

static void run(struct hd_chan *chan, int peer, const uint8_t *data, size_t size)
{
	struct test_number n = {1}, out = {0};
	unsigned char sink[4096];
	size_t at = 1;
	bool call = data[0] & 2;

	if (data[0] & 1)
		greet(peer);
	hd_chan_request(chan, TEST_ADD, &n, on_reply, &finals[0]);
	hd_chan_request_stream(chan, TEST_LIST, NULL, on_reply, &finals[1]);
	while (size - at >= 3) {
		at += say(peer, data + at, size - at);
		if (call) {
			hd_chan_call(chan, TEST_ADD, &n, &out, NULL, NULL, 0, NULL);
			call = false;
		}
		if (!hd_chan_process(chan))
			break;
		while (recv(peer, sink, sizeof(sink), MSG_DONTWAIT) > 0)
			;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hd_chan_config config = {.self = HD_PLANE_DATA};
	static int next_fd = -1;
	struct hd_chan *chan;
	int fds[2], probe;

	if (size == 0)
		return 0;
	hd_log_level_set(0);
	memset(finals, 0, sizeof(finals));
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == 0);
	chan = hd_chan_new(fds[0], &config);
	must(chan != NULL);
	hd_chan_handlers(chan, handlers, sizeof(handlers) / sizeof(handlers[0]), NULL);
	run(chan, fds[1], data, size);
	hd_chan_free(chan);
	close(fds[1]);
	for (int i = 0; i < REQUESTS; i++)
		must(finals[i] == 1);
	/* The lowest free descriptor is the same after each input, or one was left open. */
	probe = dup(STDERR_FILENO);
	must(probe >= 0 && (next_fd < 0 || probe == next_fd));
	next_fd = probe;
	close(probe);
	return 0;
}
