/* SPDX-License-Identifier: BSD-3-Clause */
#include "supervisor/link.h"

#include <stdlib.h>

struct link {
	struct hd_chan *chan;
	struct event *readable, *writable;
	struct link_config config;
};

static void on_hello(struct hd_chan *chan, const struct hd_hello *peer, void *arg)
{
	struct link *link = arg;

	if (link->config.hello)
		link->config.hello(peer, link->config.arg);
}

static void on_closed(struct hd_chan *chan, void *arg)
{
	struct link *link = arg;

	event_del(link->readable);
	event_del(link->writable);
	link->config.lost(link->config.arg);
}

static void on_want_write(struct hd_chan *chan, bool want, void *arg)
{
	struct link *link = arg;

	/* Gone already when the channel is freed: what is left unsent stays so. */
	if (!link->writable)
		return;
	if (want)
		event_add(link->writable, NULL);
	else
		event_del(link->writable);
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	struct link *link = arg;

	hd_chan_process(link->chan);
}

struct link *link_new(struct event_base *base, int fd, const struct link_config *config)
{
	struct link *link = calloc(1, sizeof(*link));
	struct hd_chan_config chan_config = {
		.self = HD_PLANE_SUPERVISOR,
		.hello = on_hello,
		.closed = on_closed,
		.want_write = on_want_write,
		.arg = link,
	};

	if (!link)
		return NULL;
	link->config = *config;
	link->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_event, link);
	link->writable = event_new(base, fd, EV_WRITE | EV_PERSIST, on_event, link);
	if (link->readable && link->writable)
		link->chan = hd_chan_new(fd, &chan_config);
	if (!link->chan) {
		link_free(link);
		return NULL;
	}
	event_add(link->readable, NULL);
	return link;
}

void link_free(struct link *link)
{
	if (!link)
		return;
	/* Before the descriptor closes, so that the loop does not watch what takes its number. */
	if (link->readable)
		event_free(link->readable);
	if (link->writable)
		event_free(link->writable);
	link->readable = link->writable = NULL;
	hd_chan_free(link->chan);
	free(link);
}

struct hd_chan *link_chan(struct link *link)
{
	return link->chan;
}
