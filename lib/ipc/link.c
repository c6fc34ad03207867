/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/ipc/link.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include <event2/event.h>

#define GREEDY_MORE 100 /* times as many messages as hd_chan_process() serves */

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct hd_link *link = arg;

	/* A handler may close the link, or open it on another descriptor. */
	hd_chan_process(link->chan);
	for (int i = 0; link->greedy && i < GREEDY_MORE; i++) {
		if (!link->chan || hd_chan_fd(link->chan) != fd || poll(&p, 1, 0) <= 0)
			break;
		hd_chan_process(link->chan);
	}
}

static void on_hello(struct hd_chan *chan, const struct hd_hello *peer, void *arg)
{
	struct hd_link *link = arg;

	if (link->chan == chan && link->up)
		link->up(link, peer, link->arg);
}

static void on_closed(struct hd_chan *chan, void *arg)
{
	struct hd_link *link = arg;

	if (link->chan != chan)
		return;
	hd_link_close(link);
	if (link->down)
		link->down(link, link->arg);
}

static void on_want_write(struct hd_chan *chan, bool want, void *arg)
{
	struct hd_link *link = arg;

	if (link->chan != chan || !link->writable)
		return;
	if (want)
		event_add(link->writable, NULL);
	else
		event_del(link->writable);
}

int hd_link_open(struct hd_link *link, int fd, uint64_t generation)
{
	struct hd_chan_config config = {
		.self = link->self,
		.generation = generation,
		.hello = on_hello,
		.closed = on_closed,
		.want_write = on_want_write,
		.arg = link,
	};
	bool was_open = link->chan != NULL;
	int code;

	hd_link_close(link);
	if (was_open && link->down)
		link->down(link, link->arg);
	link->chan = hd_chan_new(fd, &config);
	if (!link->chan) {
		code = errno ? errno : ENOMEM;
		close(fd);
		return -code;
	}
	link->readable = event_new(link->base, fd, EV_READ | EV_PERSIST, on_ready, link);
	link->writable = event_new(link->base, fd, EV_WRITE | EV_PERSIST, on_ready, link);
	if (!link->readable || !link->writable || event_add(link->readable, NULL) < 0) {
		hd_link_close(link);
		return -ENOMEM;
	}
	/* The hello may have been queued before there was an event for it. */
	on_want_write(link->chan, hd_chan_events(link->chan) & POLLOUT, link);
	return 0;
}

void hd_link_close(struct hd_link *link)
{
	struct hd_chan *chan = link->chan;

	/* Before the descriptor closes, so that the loop does not watch what takes its number. */
	if (link->readable)
		event_free(link->readable);
	if (link->writable)
		event_free(link->writable);
	link->readable = link->writable = NULL;
	link->chan = NULL;
	hd_chan_free(chan);
}

bool hd_link_ready(const struct hd_link *link)
{
	return link->chan && hd_chan_ready(link->chan);
}
