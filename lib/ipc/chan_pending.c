/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/ipc/chan_int.h"

#include <stdio.h>
#include <stdlib.h>

struct chan_pending *chan_pending_find(struct hd_chan *chan, uint32_t seq)
{
	struct chan_pending *p;

	LIST_FOREACH(p, &chan->pending[seq & (CHAN_PENDING_MAP - 1)], next)
		if (p->seq == seq)
			return p;
	return NULL;
}

struct chan_pending *chan_pending_add(struct hd_chan *chan, uint32_t seq, uint32_t type)
{
	struct chan_pending *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->seq = seq;
	p->type = type;
	LIST_INSERT_HEAD(&chan->pending[seq & (CHAN_PENDING_MAP - 1)], p, next);
	return p;
}

void chan_pending_error(struct hd_chan *chan, const struct chan_pending *p, int status,
			const char *text)
{
	struct hd_msg_error error = {{0}};
	struct hd_msg_hdr hdr = {
		.magic = HD_MSG_MAGIC,
		.flags = HD_MSG_F_REPLY,
		.type = p->type,
		.seq = p->seq,
		.status = status,
		.len = sizeof(error),
	};
	struct hd_msg msg = {.hdr = &hdr, .body = &error};

	snprintf(error.text, sizeof(error.text), "%s", text);
	p->fn(chan, status, &msg, true, p->arg);
}

void chan_pending_fail(struct hd_chan *chan, int status)
{
	struct chan_pending *p;
	char text[64];

	snprintf(text, sizeof(text), "the connection to %s is lost", chan_peer_name(chan));
	for (unsigned int i = 0; i < CHAN_PENDING_MAP; i++) {
		while ((p = LIST_FIRST(&chan->pending[i]))) {
			LIST_REMOVE(p, next);
			if (p->fn)
				chan_pending_error(chan, p, status, text);
			free(p);
		}
	}
}
