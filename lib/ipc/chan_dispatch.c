/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/ipc/chan_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"

static void packet_header(const struct chan_packet *packet, struct hd_msg_hdr *hdr)
{
	memcpy(hdr, packet->data, sizeof(*hdr));
}

/* A message of a wrong form whose sender waits for an answer that can be given. */
static bool answerable(const struct chan_packet *packet)
{
	struct hd_msg_hdr hdr;

	if (packet->len < sizeof(hdr))
		return false;
	packet_header(packet, &hdr);
	return hdr.magic == HD_MSG_MAGIC && hdr.flags == HD_MSG_F_REQUEST;
}

/* Returns false when the channel must be closed. */
static bool serve_hello(struct hd_chan *chan, const struct chan_packet *packet)
{
	struct hd_hello hello;
	struct hd_err err;

	if (chan->ready) {
		chan->counters.bad++;
		hd_log_limited(HD_LOG_WARNING, "channel to %s: a second hello",
			       chan_peer_name(chan));
		return true;
	}
	if (!chan_hello_right(packet, &err)) {
		chan->counters.bad++;
		hd_log(HD_LOG_ERR, "channel refused: %s", err.text);
		return false;
	}
	memcpy(&hello, packet->data + sizeof(struct hd_msg_hdr), sizeof(hello));
	chan->greeted = chan->ready = true;
	chan->peer = hello.plane;
	if (chan->config.hello)
		chan->config.hello(chan, &hello, chan->config.arg);
	return true;
}

/* Finds who serves @hdr. Returns 0, or the code to refuse it with and words for it. */
static int handler_select(const struct hd_chan *chan, const struct hd_msg_hdr *hdr,
			  const struct hd_handler **handler, void **arg, struct hd_err *err)
{
	if (!chan->ready)
		return hd_err_set(err, EPROTO, "message %#x came before the hello", hdr->type);
	for (unsigned int i = 0; i < chan->n_tables; i++) {
		const struct chan_table *table = &chan->tables[i];

		for (size_t j = 0; j < table->n; j++) {
			if (table->rows[j].type != hdr->type)
				continue;
			*handler = &table->rows[j];
			*arg = table->arg;
			if ((*handler)->form && (*handler)->form != hdr->flags)
				return hd_err_set(err, EBADMSG, "%s is a%s", (*handler)->name,
						  (*handler)->form == HD_MSG_F_REQUEST
							  ? " request, and came as an event"
							  : "n event, and came as a request");
			if ((*handler)->size != hdr->len)
				return hd_err_set(err, EBADMSG, "%s has %u bytes instead of %zu",
						  (*handler)->name, hdr->len, (*handler)->size);
			return 0;
		}
	}
	return hd_err_set(err, ENOSYS, "nobody here serves messages of type %#x", hdr->type);
}

bool hd_log_level_take(const struct hd_log_level_msg *in)
{
	if (in->level < HD_LOG_ERR || in->level > HD_LOG_DEBUG)
		return false;
	hd_log_level_set((enum hd_log_level)in->level);
	return true;
}

static void serve_request_or_event(struct hd_chan *chan, struct chan_packet *packet,
				   const struct hd_msg_hdr *hdr)
{
	struct hd_msg msg = {
		.hdr = hdr,
		.body = packet->data + sizeof(*hdr),
		.fds = packet->fds,
		.n_fds = packet->n_fds,
	};
	const struct hd_handler *handler = NULL;
	struct hd_err err;
	void *arg = NULL;
	int rc;

	if (hdr->type == HD_PING && hdr->flags == HD_MSG_F_REQUEST && hdr->len == 0 &&
	    chan->ready) {
		hd_chan_reply(chan, hdr, NULL, 0, NULL, 0);
		return;
	}
	if (hdr->type == HD_LOG_LEVEL && hdr->flags == HD_MSG_F_EVENT && chan->ready &&
	    chan->peer == HD_PLANE_SUPERVISOR && hdr->len == sizeof(struct hd_log_level_msg)) {
		hd_log_level_take(msg.body);
		return;
	}
	rc = handler_select(chan, hdr, &handler, &arg, &err);
	if (rc == 0) {
		handler->fn(chan, &msg, arg);
		return;
	}
	if (rc == -ENOSYS)
		chan->counters.unknown++;
	else
		chan->counters.bad++;
	hd_log_limited(HD_LOG_WARNING, "channel to %s: %s", chan_peer_name(chan), err.text);
	if (hdr->flags == HD_MSG_F_REQUEST)
		chan_reply_text(chan, hdr, -rc, err.text);
}

static void serve_reply(struct hd_chan *chan, struct chan_packet *packet,
			const struct hd_msg_hdr *hdr)
{
	struct chan_pending *p = chan_pending_find(chan, hdr->seq);
	bool final = !(hdr->flags & HD_MSG_F_MORE);
	struct hd_msg msg = {
		.hdr = hdr,
		.body = packet->data + sizeof(*hdr),
		.fds = packet->fds,
		.n_fds = packet->n_fds,
	};
	struct chan_pending copy;

	if (!chan->ready || !p) {
		chan->counters.bad++;
		hd_log_limited(HD_LOG_WARNING, "channel to %s: a reply that nobody asked for",
			       chan_peer_name(chan));
		return;
	}
	copy = *p;
	if (chan_reply_check(hdr, msg.body, p->type, p->item_size, p->rep_size) < 0 && p->fn) {
		/* What still comes of it is dropped: the owner has had its final word. */
		chan->counters.bad++;
		hd_log_limited(HD_LOG_WARNING,
			       "channel to %s: a reply of type %#x with %u bytes "
			       "that does not fit its request",
			       chan_peer_name(chan), hdr->type, hdr->len);
		p->fn = NULL;
		if (final) {
			LIST_REMOVE(p, next);
			free(p);
		}
		chan_pending_error(chan, &copy, -EBADMSG, "the reply has a wrong size or type");
		return;
	}
	if (final) {
		LIST_REMOVE(p, next);
		free(p);
	}
	if (copy.fn)
		copy.fn(chan, hdr->status, &msg, final, copy.arg);
}

bool chan_serve(struct hd_chan *chan, struct chan_packet *packet)
{
	struct hd_msg_hdr hdr;
	bool go_on = true;

	if (chan_check(packet) < 0) {
		chan->counters.bad++;
		hd_log_limited(HD_LOG_WARNING,
			       "channel to %s: a message of a wrong form (%zu bytes)",
			       chan_peer_name(chan), packet->len);
		if (answerable(packet)) {
			packet_header(packet, &hdr);
			chan_reply_text(chan, &hdr, EBADMSG, "the header of this request is wrong");
		}
	} else {
		packet_header(packet, &hdr);
		if (hdr.flags & HD_MSG_F_REPLY)
			serve_reply(chan, packet, &hdr);
		else if (hdr.flags == HD_MSG_F_EVENT && hdr.type == HD_HELLO)
			go_on = serve_hello(chan, packet);
		else
			serve_request_or_event(chan, packet, &hdr);
	}
	chan_fds_close(packet->fds, packet->n_fds);
	packet->n_fds = 0;
	return go_on;
}
