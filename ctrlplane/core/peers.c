/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctrlplane/core/peers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <event2/event.h>

#include "heddle/api/supervisor.h"
#include "heddle/base/log.h"
#include "heddle/config/bracket.h"
#include "heddle/ipc/link.h"
#include "ctrlplane/core/feature.h"
#include "ctrlplane/core/packet.h"

static struct event_base *loop;
static struct hd_link peers[HD_PLANE_COUNT];
static bool stopping;

static void on_up(struct hd_link *link, const struct hd_hello *hello, void *arg)
{
	if (hello->plane != (uint32_t)link->peer)
		hd_log(HD_LOG_WARNING, "%s says on the channel of %s that it is the plane %u",
		       hd_plane_name(hello->plane), hd_plane_name(link->peer), hello->plane);
	else
		hd_log(HD_LOG_DEBUG, "connected to %s, configuration %llu",
		       hd_plane_name(link->peer), (unsigned long long)hello->generation);
	if (link->peer == HD_PLANE_DATA)
		cp_packet_up(link->chan);
}

static void on_down(struct hd_link *link, void *arg)
{
	if (link->peer == HD_PLANE_MGMT)
		hd_bracket_lost();
	if (link->peer == HD_PLANE_DATA)
		cp_packet_down();
	if (link->peer == HD_PLANE_SUPERVISOR) {
		hd_log(HD_LOG_ERR, "heddled is gone: ending");
		event_base_loopbreak(loop);
		return;
	}
	hd_log(stopping ? HD_LOG_DEBUG : HD_LOG_NOTICE, "the channel to %s closed",
	       hd_plane_name(link->peer));
}

/* Takes over @fd, also when it fails. */
static int peer_connect(enum hd_plane plane, int fd, struct hd_err *err)
{
	int rc = hd_link_open(&peers[plane], fd, hd_bracket_generation());

	return rc < 0 ? hd_err_set(err, -rc, "channel to %s: %s", hd_plane_name(plane),
				   strerror(-rc))
		      : 0;
}

static void serve(enum hd_plane plane, struct hd_chan *chan)
{
	if (plane == HD_PLANE_DATA) {
		cp_packet_serve(chan);
		return;
	}
	hd_bracket_serve(chan);
	for (const struct cp_feature *f = cp_feature_first(); f; f = f->next)
		if (f->from_mgmt)
			hd_chan_handlers(chan, f->from_mgmt, f->n_from_mgmt, NULL);
}

static void on_peer(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_peer *peer = msg->body;
	struct hd_err err;
	int fd;

	if ((peer->plane != HD_PLANE_DATA && peer->plane != HD_PLANE_MGMT) || msg->n_fds != 1) {
		hd_log_limited(HD_LOG_WARNING,
			       "heddled sent a peer that heddle-cp does not know: "
			       "plane %u with %u descriptors",
			       peer->plane, msg->n_fds);
		return;
	}
	fd = msg->fds[0];
	msg->fds[0] = -1;
	if (peer_connect(peer->plane, fd, &err) < 0) {
		hd_log(HD_LOG_ERR, "%s", err.text);
		return;
	}
	serve(peer->plane, peers[peer->plane].chan);
}

static void on_stop(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	stopping = true;
	event_base_loopexit(loop, NULL);
}

static const struct hd_handler supervisor_handlers[] = {
	HD_EVENT_HANDLER(PEER, on_peer),
	HD_EVENT_HANDLER(PLANE_STOP, on_stop),
};

int cp_peers_start(struct event_base *base, int supervisor_fd, struct hd_err *err)
{
	int rc;

	loop = base;
	for (size_t i = 0; i < HD_PLANE_COUNT; i++)
		peers[i] = (struct hd_link){.base = base,
					    .self = HD_PLANE_CONTROL,
					    .peer = (enum hd_plane)i,
					    .up = on_up,
					    .down = on_down};
	rc = peer_connect(HD_PLANE_SUPERVISOR, supervisor_fd, err);
	if (rc < 0)
		return rc;
	hd_chan_handlers(peers[HD_PLANE_SUPERVISOR].chan, supervisor_handlers,
			 sizeof(supervisor_handlers) / sizeof(supervisor_handlers[0]), NULL);
	for (const struct cp_feature *f = cp_feature_first(); f; f = f->next)
		if (f->from_heddled)
			hd_chan_handlers(peers[HD_PLANE_SUPERVISOR].chan, f->from_heddled,
					 f->n_from_heddled, NULL);
	return 0;
}

void cp_peers_ready(void)
{
	struct hd_plane_ready ready = {.generation = hd_bracket_generation()};

	snprintf(ready.text, sizeof(ready.text), "watching the kernel's interfaces");
	hd_chan_event(peers[HD_PLANE_SUPERVISOR].chan, PLANE_READY, &ready);
}

struct hd_chan *cp_peer(enum hd_plane plane)
{
	return peers[plane].chan;
}

int cp_peers_orphaned(void)
{
	return !stopping && !peers[HD_PLANE_SUPERVISOR].chan;
}

void cp_peers_stop(void)
{
	stopping = true;
	for (size_t i = 0; i < HD_PLANE_COUNT; i++)
		hd_link_close(&peers[i]);
}
