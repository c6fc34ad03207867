/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "mgmt/backend/link.h"

static void on_ready(evutil_socket_t fd, short what, void *arg);

static void watch(struct bk_link *link, bool writing)
{
	short what = EV_READ | EV_PERSIST | (writing ? EV_WRITE : 0);

	if (link->event)
		event_free(link->event);
	link->writing = writing;
	link->event = event_new(link->base, hd_chan_fd(link->chan), what, on_ready, link);
	event_add(link->event, NULL);
}

static void drop(struct bk_link *link)
{
	struct hd_chan *chan = link->chan;

	if (link->event)
		event_free(link->event);
	link->event = NULL;
	link->chan = NULL;
	hd_chan_free(chan);
}

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct bk_link *link = arg;

	hd_chan_process(link->chan);
	/* A peer that was replaced, or closed, from a handler has no event any more. */
}

static void on_hello(struct hd_chan *chan, const struct hd_hello *peer, void *arg)
{
	struct bk_link *link = arg;

	if (link->chan == chan && link->up)
		link->up(link, peer, link->arg);
}

static void on_closed(struct hd_chan *chan, void *arg)
{
	struct bk_link *link = arg;

	if (link->chan != chan)
		return;
	drop(link);
	if (link->down)
		link->down(link, link->arg);
}

static void on_want_write(struct hd_chan *chan, bool want, void *arg)
{
	struct bk_link *link = arg;

	if (link->chan == chan && link->event && want != link->writing && hd_chan_open(chan))
		watch(link, want);
}

int bk_link_open(struct bk_link *link, int fd, uint64_t generation)
{
	struct hd_chan_config config = {
		.self = HD_PLANE_MGMT,
		.generation = generation,
		.hello = on_hello,
		.closed = on_closed,
		.want_write = on_want_write,
		.arg = link,
	};
	bool was = link->chan != NULL;
	int rc;

	bk_link_close(link);
	if (was && link->down)
		link->down(link, link->arg);
	link->chan = hd_chan_new(fd, &config);
	if (!link->chan) {
		rc = errno ? -errno : -ENOMEM;
		close(fd);
		return rc;
	}
	watch(link, hd_chan_events(link->chan) & POLLOUT);
	return 0;
}

void bk_link_close(struct bk_link *link)
{
	if (link->chan)
		drop(link);
}

bool bk_link_ready(const struct bk_link *link)
{
	return link->chan && hd_chan_ready(link->chan);
}
