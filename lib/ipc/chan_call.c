/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/ipc/chan_int.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "heddle/base/log.h"

static int request_send(struct hd_chan *chan, uint32_t seq, uint32_t type, const void *body,
			size_t len, const int *fds, unsigned int n_fds)
{
	struct hd_msg_hdr hdr = {
		.magic = HD_MSG_MAGIC,
		.flags = HD_MSG_F_REQUEST,
		.type = type,
		.seq = seq,
		.len = (uint32_t)len,
	};

	return chan_send(chan, &hdr, body, fds, n_fds);
}

int hd_chan_request_raw(struct hd_chan *chan, uint32_t type, const void *body, size_t len,
			const int *fds, unsigned int n_fds, size_t item_size, size_t rep_size,
			hd_reply_fn fn, void *arg)
{
	struct chan_pending *p;
	int rc;

	if (chan->broken)
		return -EPIPE;
	p = chan_pending_add(chan, ++chan->seq, type);
	if (!p)
		return -ENOMEM;
	p->item_size = item_size;
	p->rep_size = rep_size;
	p->fn = fn;
	p->arg = arg;
	rc = request_send(chan, p->seq, type, body, len, fds, n_fds);
	if (rc < 0) {
		LIST_REMOVE(p, next);
		free(p);
	}
	return rc;
}

int hd_chan_event_raw(struct hd_chan *chan, uint32_t type, const void *body, size_t len,
		      const int *fds, unsigned int n_fds)
{
	struct hd_msg_hdr hdr = {
		.magic = HD_MSG_MAGIC,
		.flags = HD_MSG_F_EVENT,
		.type = type,
		.len = (uint32_t)len,
	};

	return chan_send(chan, &hdr, body, fds, n_fds);
}

static int reply_send(struct hd_chan *chan, const struct hd_msg_hdr *req, uint16_t flags,
		      int status, const void *body, size_t len, const int *fds, unsigned int n_fds)
{
	struct hd_msg_hdr hdr = {
		.magic = HD_MSG_MAGIC,
		.flags = (uint16_t)(HD_MSG_F_REPLY | flags),
		.type = req->type,
		.seq = req->seq,
		.status = status,
		.len = (uint32_t)len,
	};

	/* An event is not answered, even when a peer sent a request's type as one. */
	if (req->flags != HD_MSG_F_REQUEST)
		return 0;
	return chan_send(chan, &hdr, body, fds, n_fds);
}

void chan_reply_text(struct hd_chan *chan, const struct hd_msg_hdr *req, int code, const char *text)
{
	struct hd_msg_error error = {{0}};

	snprintf(error.text, sizeof(error.text), "%s", text);
	/* Somebody who waits for ever for an answer is worse off than one whose channel closes. */
	if (reply_send(chan, req, 0, -code, &error, sizeof(error), NULL, 0) < 0)
		chan_break(chan);
}

void hd_chan_reply(struct hd_chan *chan, const struct hd_msg_hdr *req, const void *body, size_t len,
		   const int *fds, unsigned int n_fds)
{
	int rc = reply_send(chan, req, 0, 0, body, len, fds, n_fds);

	if (rc < 0 && rc != -EPIPE)
		hd_chan_reply_error(chan, req, -rc, "the answer could not be sent: %s",
				    strerror(-rc));
}

void hd_chan_reply_item(struct hd_chan *chan, const struct hd_msg_hdr *req, const void *item,
			size_t len)
{
	if (reply_send(chan, req, HD_MSG_F_MORE, 0, item, len, NULL, 0) < 0)
		chan_break(chan); /* a list with a hole would be a lie */
}

void hd_chan_reply_error(struct hd_chan *chan, const struct hd_msg_hdr *req, int code,
			 const char *fmt, ...)
{
	char text[sizeof(struct hd_msg_error)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	chan_reply_text(chan, req, code, text);
}

/* Real time on purpose: a virtual clock stands still while a call waits. */
static int64_t real_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Puts @packet aside for the next hd_chan_process(). Takes its descriptors. */
static int keep(struct hd_chan *chan, struct chan_packet *packet)
{
	struct chan_packet *copy;

	copy = chan->kept_bytes + packet->len <= HD_CHAN_QUEUE_MAX ? chan_packet_new(packet->len)
								   : NULL;
	if (!copy) {
		hd_log(HD_LOG_ERR, "channel to %s: too much came while a call waited, closing",
		       chan_peer_name(chan));
		chan_fds_close(packet->fds, packet->n_fds);
		chan_break(chan);
		return -EPIPE;
	}
	memcpy(copy->data, packet->data, packet->len);
	memcpy(copy->fds, packet->fds, packet->n_fds * sizeof(int));
	copy->n_fds = packet->n_fds;
	STAILQ_INSERT_TAIL(&chan->kept, copy, next);
	chan->kept_bytes += copy->len;
	return 0;
}

struct call {
	uint32_t seq;
	uint32_t type;
	void *reply;
	size_t rep_size;
	int *fds;
	unsigned int *n_fds;
	struct hd_err *err;
};

/* The reply came. Returns its status. */
static int call_finish(struct hd_chan *chan, const struct call *call, struct chan_packet *packet)
{
	struct hd_msg_hdr hdr;
	const unsigned char *body = packet->data + sizeof(hdr);
	unsigned int room = call->n_fds ? *call->n_fds : 0, n = 0;

	memcpy(&hdr, packet->data, sizeof(hdr));
	if (chan_reply_check(&hdr, body, call->type, 0, call->rep_size) < 0) {
		chan->counters.bad++;
		chan_fds_close(packet->fds, packet->n_fds);
		return hd_err_set(call->err, EBADMSG, "the reply of %s has a wrong size or type",
				  chan_peer_name(chan));
	}
	if (hdr.status < 0) {
		chan_fds_close(packet->fds, packet->n_fds);
		return hd_err_set(call->err, -hdr.status, "%s", (const char *)body);
	}
	if (call->rep_size)
		memcpy(call->reply, body, call->rep_size);
	for (; n < packet->n_fds && n < room; n++) {
		call->fds[n] = packet->fds[n];
		packet->fds[n] = -1;
	}
	if (call->n_fds)
		*call->n_fds = n;
	chan_fds_close(packet->fds, packet->n_fds);
	return 0;
}

/* Takes one datagram while a call waits. Returns 1: it was the answer, with its status in @status. */
static int call_take(struct hd_chan *chan, const struct call *call, struct chan_packet *packet,
		     int *status)
{
	struct hd_msg_hdr hdr;

	if (chan_check(packet) < 0)
		return keep(chan, packet); /* counted and answered with the others */
	memcpy(&hdr, packet->data, sizeof(hdr));
	if (hdr.flags == HD_MSG_F_EVENT && hdr.type == HD_HELLO && !chan->greeted) {
		if (!chan_hello_right(packet, call->err)) {
			*status = -EPROTO;
			keep(chan, packet); /* hd_chan_process() refuses it, and closes */
			return 1;
		}
		chan->greeted = true;
	}
	if (!(hdr.flags & HD_MSG_F_REPLY) || hdr.seq != call->seq || !chan->greeted)
		return keep(chan, packet);
	*status = call_finish(chan, call, packet);
	return 1;
}

/* Reads until the answer is there. Returns 1 with @status, 0 at the deadline, or -EPIPE. */
static int call_wait(struct hd_chan *chan, const struct call *call, struct chan_packet *packet,
		     int64_t deadline, int *status)
{
	struct pollfd pfd = {.fd = chan->fd};
	int64_t left;
	int rc;

	for (;;) {
		chan_flush(chan);
		rc = chan_recv(chan, packet);
		if (rc == 0) {
			chan_break(chan);
			return -EPIPE;
		}
		if (rc == -EBADMSG) {
			chan->counters.bad++;
			continue;
		}
		if (rc == 1) {
			rc = call_take(chan, call, packet, status);
			if (rc != 0)
				return rc;
			continue;
		}
		left = deadline - real_ms();
		if (left <= 0)
			return 0;
		pfd.events = (short)(STAILQ_EMPTY(&chan->tx) ? POLLIN : POLLIN | POLLOUT);
		poll(&pfd, 1, left > INT32_MAX ? INT32_MAX : (int)left);
	}
}

int hd_chan_call_raw(struct hd_chan *chan, uint32_t type, const void *body, size_t len, void *reply,
		     size_t rep_size, int *fds, unsigned int *n_fds, int timeout_ms,
		     struct hd_err *err)
{
	struct call call = {++chan->seq, type, reply, rep_size, fds, n_fds, err};
	struct chan_packet *packet = chan_packet_new(HD_MSG_MAX);
	int64_t deadline = timeout_ms < 0 ? INT64_MAX : real_ms() + timeout_ms;
	int rc, status = 0;

	if (!packet)
		return hd_err_set(err, ENOMEM, "out of memory");
	rc = request_send(chan, call.seq, type, body, len, NULL, 0);
	if (rc == 0)
		rc = call_wait(chan, &call, packet, deadline, &status);
	else if (rc != -EPIPE)
		status = hd_err_set(err, -rc, "the request could not be sent: %s", strerror(-rc));
	if (rc == -EPIPE) {
		status = hd_err_set(err, EPIPE, "the connection to %s is lost",
				    chan_peer_name(chan));
	} else if (rc == 0) {
		chan_pending_add(chan, call.seq, type); /* a late reply is not held against it */
		status = hd_err_set(err, ETIMEDOUT, "no answer from %s within %d ms",
				    chan_peer_name(chan), timeout_ms);
	}
	if (n_fds && status < 0)
		*n_fds = 0;
	free(packet);
	chan_want_update(chan);
	return status;
}
