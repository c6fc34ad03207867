/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/ipc/chan_int.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "heddle-build.h"
#include "heddle/base/log.h"

/* So that a burst of configuration objects does not go through the queue; the kernel may cap it. */
#define CHAN_SNDBUF (1 << 20)

static void hello_send(struct hd_chan *chan)
{
	struct hd_hello hello = {
		.version = HD_PROTO_VERSION,
		.plane = chan->config.self,
		.generation = chan->config.generation,
	};
	struct hd_msg_hdr hdr = {
		.magic = HD_MSG_MAGIC,
		.flags = HD_MSG_F_EVENT,
		.type = HD_HELLO,
		.len = sizeof(hello),
	};

	strncpy(hello.build, HD_BUILD, sizeof(hello.build) - 1);
	chan_send(chan, &hdr, &hello, NULL, 0);
}

struct hd_chan *hd_chan_new(int fd, const struct hd_chan_config *config)
{
	struct hd_chan *chan = calloc(1, sizeof(*chan));
	int size = CHAN_SNDBUF, flags;

	if (!chan)
		goto no_memory;
	chan->rx = chan_packet_new(HD_MSG_MAX);
	if (!chan->rx)
		goto no_memory;
	chan->fd = fd;
	chan->config = *config;
	STAILQ_INIT(&chan->tx);
	STAILQ_INIT(&chan->kept);
	for (unsigned int i = 0; i < CHAN_PENDING_MAP; i++)
		LIST_INIT(&chan->pending[i]);
	flags = fcntl(fd, F_GETFL);
	if (flags >= 0)
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	hello_send(chan);
	return chan;
no_memory:
	free(chan);
	errno = ENOMEM;
	return NULL;
}

static void chan_destroy(struct hd_chan *chan)
{
	close(chan->fd);
	chan_packets_free(&chan->tx);
	chan_packets_free(&chan->kept);
	free(chan->rx);
	free(chan);
}

/* Nothing goes in or out any more. The descriptor stays ours until the owner frees the channel. */
static void chan_end(struct hd_chan *chan)
{
	chan_break(chan);
	chan->closed = true;
	chan_packets_free(&chan->kept);
	chan->kept_bytes = 0;
	chan_pending_fail(chan, -EPIPE);
}

void hd_chan_free(struct hd_chan *chan)
{
	if (!chan || chan->freed)
		return;
	chan->freed = true;
	chan->busy++;
	chan_end(chan);
	chan->busy--;
	if (!chan->busy)
		chan_destroy(chan);
}

static const struct hd_handler *handler_find(const struct hd_chan *chan, uint32_t type)
{
	for (unsigned int i = 0; i < chan->n_tables; i++)
		for (size_t j = 0; j < chan->tables[i].n; j++)
			if (chan->tables[i].rows[j].type == type)
				return &chan->tables[i].rows[j];
	return NULL;
}

void hd_chan_handlers(struct hd_chan *chan, const struct hd_handler *table, size_t n, void *arg)
{
	for (size_t i = 0; i < n; i++) {
		if (handler_find(chan, table[i].type) || chan->n_tables == CHAN_TABLES_MAX) {
			hd_log(HD_LOG_ERR, "two handlers for message %s", table[i].name);
			abort();
		}
	}
	chan->tables[chan->n_tables++] = (struct chan_table){.rows = table, .n = n, .arg = arg};
}

int hd_chan_fd(const struct hd_chan *chan)
{
	return chan->fd;
}

short hd_chan_events(const struct hd_chan *chan)
{
	if (chan->closed)
		return 0;
	return (short)(chan_wants_write(chan) ? POLLIN | POLLOUT : POLLIN);
}

/* Serves one message: what a call kept comes first. Returns 1, 0 at the end, or -EAGAIN. */
static int serve_next(struct hd_chan *chan, unsigned int *burst)
{
	struct chan_packet *kept = STAILQ_FIRST(&chan->kept);
	bool go_on;
	int rc;

	if (kept) {
		STAILQ_REMOVE_HEAD(&chan->kept, next);
		chan->kept_bytes -= kept->len;
		go_on = chan_serve(chan, kept);
		free(kept);
		return go_on;
	}
	if ((*burst)-- == 0)
		return -EAGAIN;
	rc = chan_recv(chan, chan->rx);
	if (rc == -EBADMSG) {
		chan->counters.bad++;
		hd_log_limited(HD_LOG_WARNING, "channel to %s: a message that is too long",
			       chan_peer_name(chan));
		return 1;
	}
	return rc == 1 ? chan_serve(chan, chan->rx) : rc;
}

bool hd_chan_process(struct hd_chan *chan)
{
	unsigned int burst = CHAN_BURST;
	bool open;
	int rc;

	/* Called from a handler of this channel: the loop below, further up the stack, goes on. */
	if (chan->closed || chan->busy)
		return !chan->closed;
	chan->busy++;
	do {
		rc = serve_next(chan, &burst);
	} while (rc == 1 && !chan->freed);
	if (rc == 0 && !chan->freed) {
		chan_end(chan);
		if (!chan->freed && chan->config.closed)
			chan->config.closed(chan, chan->config.arg);
	} else if (!chan->freed) {
		chan_flush(chan);
		chan_want_update(chan);
	}
	open = !chan->closed;
	chan->busy--;
	if (chan->freed)
		chan_destroy(chan);
	return open;
}

bool hd_chan_open(const struct hd_chan *chan)
{
	return !chan->broken;
}

bool hd_chan_ready(const struct hd_chan *chan)
{
	return chan->ready && !chan->broken;
}

void hd_chan_counters(const struct hd_chan *chan, struct hd_chan_counters *out)
{
	*out = chan->counters;
}
