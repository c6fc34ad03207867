/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/ipc/chan_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "heddle/base/log.h"

/* Room for the descriptors of one message; the union aligns it. */
union chan_control {
	struct cmsghdr align;
	char data[CMSG_SPACE(HD_MSG_FDS_MAX * sizeof(int))];
};

const char *chan_peer_name(const struct hd_chan *chan)
{
	return chan->peer == HD_PLANE_NONE ? "a new peer" : hd_plane_name(chan->peer);
}

struct chan_packet *chan_packet_new(size_t len)
{
	struct chan_packet *packet = malloc(sizeof(*packet) + len);

	if (!packet)
		return NULL;
	packet->len = len;
	packet->n_fds = 0;
	return packet;
}

void chan_fds_close(int *fds, unsigned int n_fds)
{
	for (unsigned int i = 0; i < n_fds; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

void chan_packets_free(struct chan_packets *packets)
{
	struct chan_packet *packet;

	while ((packet = STAILQ_FIRST(packets))) {
		STAILQ_REMOVE_HEAD(packets, next);
		chan_fds_close(packet->fds, packet->n_fds);
		free(packet);
	}
}

bool chan_wants_write(const struct hd_chan *chan)
{
	return !chan->closed && (!STAILQ_EMPTY(&chan->tx) || !STAILQ_EMPTY(&chan->kept));
}

void chan_want_update(struct hd_chan *chan)
{
	bool want = chan_wants_write(chan);

	if (chan->freed || want == chan->want_write)
		return;
	chan->want_write = want;
	if (chan->config.want_write)
		chan->config.want_write(chan, want, chan->config.arg);
}

void chan_break(struct hd_chan *chan)
{
	if (chan->broken)
		return;
	chan->broken = true;
	chan_packets_free(&chan->tx);
	chan->tx_bytes = 0;
	/* Makes our side readable up to its end, so that the owner's loop comes to close it. */
	shutdown(chan->fd, SHUT_RDWR);
}

/* Returns 0, -EAGAIN (queue it), or another -errno that is final. */
static int send_now(struct hd_chan *chan, struct iovec *iov, size_t n_iov, const int *fds,
		    unsigned int n_fds)
{
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = n_iov};
	union chan_control control;
	struct cmsghdr *cmsg;
	ssize_t n;

	if (n_fds) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = control.data;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(cmsg), fds, n_fds * sizeof(int));
	}
	do {
		n = sendmsg(chan->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n >= 0) {
		chan->counters.tx++;
		return 0;
	}
	switch (errno) {
	case EAGAIN:
	case ENOBUFS:
	case ENOMEM:
	case ETOOMANYREFS: /* too many descriptors under way: the peer takes them by and by */
		return -EAGAIN;
	default: return -errno;
	}
}

static int queue_add(struct hd_chan *chan, const struct hd_msg_hdr *hdr, const void *body,
		     const int *fds, unsigned int n_fds)
{
	struct chan_packet *packet;
	size_t len = sizeof(*hdr) + hdr->len;
	int fd;

	if (chan->tx_bytes + len > HD_CHAN_QUEUE_MAX) {
		hd_log(HD_LOG_ERR, "channel to %s: it does not read what is sent to it, closing",
		       chan_peer_name(chan));
		chan_break(chan);
		return -EPIPE;
	}
	packet = chan_packet_new(len);
	if (!packet)
		return -ENOMEM;
	memcpy(packet->data, hdr, sizeof(*hdr));
	if (hdr->len)
		memcpy(packet->data + sizeof(*hdr), body, hdr->len);
	for (unsigned int i = 0; i < n_fds; i++) {
		fd = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
		if (fd < 0) {
			int code = errno;

			chan_fds_close(packet->fds, packet->n_fds);
			free(packet);
			return -code;
		}
		packet->fds[packet->n_fds++] = fd;
	}
	STAILQ_INSERT_TAIL(&chan->tx, packet, next);
	chan->tx_bytes += len;
	return 0;
}

int chan_send(struct hd_chan *chan, const struct hd_msg_hdr *hdr, const void *body, const int *fds,
	      unsigned int n_fds)
{
	struct iovec iov[2] = {
		{.iov_base = (void *)(uintptr_t)hdr, .iov_len = sizeof(*hdr)},
		{.iov_base = (void *)(uintptr_t)body, .iov_len = hdr->len},
	};
	int rc = -EAGAIN;

	if (chan->broken)
		return -EPIPE;
	if (hdr->len > HD_MSG_MAX - sizeof(*hdr) || n_fds > HD_MSG_FDS_MAX) {
		hd_log(HD_LOG_ERR, "channel to %s: message %#x of %u bytes is too long to be sent",
		       chan_peer_name(chan), hdr->type, hdr->len);
		return -EMSGSIZE;
	}
	if (STAILQ_EMPTY(&chan->tx))
		rc = send_now(chan, iov, hdr->len ? 2 : 1, fds, n_fds);
	if (rc == -EAGAIN) {
		rc = queue_add(chan, hdr, body, fds, n_fds);
		if (rc == 0)
			chan_want_update(chan);
		return rc;
	}
	if (rc == 0 || rc == -EBADF)
		return rc; /* EBADF: one of @fds is none, the caller's mistake */
	if (rc != -EPIPE && rc != -ECONNRESET)
		hd_log(HD_LOG_ERR, "channel to %s: sending failed: %s", chan_peer_name(chan),
		       strerror(-rc));
	chan_break(chan);
	return -EPIPE;
}

void chan_flush(struct hd_chan *chan)
{
	struct chan_packet *packet;
	struct iovec iov;
	int rc;

	while (!chan->broken && (packet = STAILQ_FIRST(&chan->tx))) {
		iov.iov_base = packet->data;
		iov.iov_len = packet->len;
		rc = send_now(chan, &iov, 1, packet->fds, packet->n_fds);
		if (rc == -EAGAIN)
			break;
		if (rc < 0) {
			chan_break(chan);
			break;
		}
		STAILQ_REMOVE_HEAD(&chan->tx, next);
		chan->tx_bytes -= packet->len;
		chan_fds_close(packet->fds, packet->n_fds);
		free(packet);
	}
}

/* Takes the descriptors out of what came, so that each of them is known and closed some day. */
static bool control_take(struct msghdr *msg, struct chan_packet *packet)
{
	bool whole = !(msg->msg_flags & MSG_CTRUNC);

	packet->n_fds = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t n;
		int fd;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (packet->n_fds < HD_MSG_FDS_MAX) {
				packet->fds[packet->n_fds++] = fd;
			} else {
				close(fd);
				whole = false;
			}
		}
	}
	return whole;
}

int chan_recv(struct hd_chan *chan, struct chan_packet *packet)
{
	struct iovec iov = {.iov_base = packet->data, .iov_len = HD_MSG_MAX};
	union chan_control control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.data,
		.msg_controllen = sizeof(control.data),
	};
	ssize_t n;

	packet->n_fds = 0;
	do {
		n = recvmsg(chan->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? -EAGAIN : 0;
	if (!control_take(&msg, packet) || (msg.msg_flags & MSG_TRUNC)) {
		chan_fds_close(packet->fds, packet->n_fds);
		packet->n_fds = 0;
		chan->counters.rx++;
		return -EBADMSG;
	}
	if (n == 0) {
		/* The end, or a datagram without a byte, which no peer of ours sends. */
		chan_fds_close(packet->fds, packet->n_fds);
		packet->n_fds = 0;
		return 0;
	}
	packet->len = (size_t)n;
	chan->counters.rx++;
	return 1;
}
