/* SPDX-License-Identifier: BSD-3-Clause */
#include "supervisor/watch.h"

#include <errno.h>
#include <stdlib.h>

#include <systemd/sd-daemon.h>

#include "heddle/base/clock.h"
#include "supervisor/opener.h"
#include "supervisor/plane.h"

static void on_pong(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		    void *arg)
{
	struct plane *plane = arg;

	if (status == -EPIPE)
		return; /* not an answer: its channel is gone */
	plane->pinged = false;
	plane->answered_ns = hd_now_ns();
}

static void watch_plane(struct plane *plane, uint64_t now)
{
	uint64_t silence = plane->ready ? WATCH_SILENCE_MS : WATCH_START_SILENCE_MS;

	if (!plane->pid || plane->expired)
		return;
	if (!plane->link) {
		if (now - plane->lost_ns > WATCH_LOST_MS * HD_NS_PER_MS)
			plane_kill(plane, "it closed its connection and lives on");
		return;
	}
	if (now - plane->answered_ns > silence * HD_NS_PER_MS) {
		plane_kill(plane, plane->ready ? "no answer for 10 s" : "no answer for 60 s");
		return;
	}
	if (!plane->pinged &&
	    hd_chan_request(link_chan(plane->link), PING, NULL, on_pong, plane) == 0)
		plane->pinged = true;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * When heddled itself stood still (a debugger, a frozen cgroup, a stopped virtual machine), so did the
 * planes, most likely: that time does not count as their silence.
 */
static void forgive(struct heddled *heddled, uint64_t now)
{
	uint64_t still = now - heddled->watched_ns;

	if (!heddled->watched_ns || still < 2 * WATCH_PERIOD_NS)
		return;
	still -= WATCH_PERIOD_NS;
	for (int i = 0; i < PLANES; i++) {
		struct plane *plane = &heddled->planes[i];

		plane->answered_ns = earlier(plane->answered_ns + still, now);
		if (plane->lost_ns)
			plane->lost_ns = earlier(plane->lost_ns + still, now);
	}
}

static void on_second(evutil_socket_t fd, short what, void *arg)
{
	struct heddled *heddled = arg;
	uint64_t now = hd_now_ns();

	if (heddled->stopping)
		return;
	forgive(heddled, now);
	heddled->watched_ns = now;
	for (int i = 0; i < PLANES; i++)
		watch_plane(&heddled->planes[i], now);
	opener_watch_names(heddled);
}

static void on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	sd_notify(0, "WATCHDOG=1");
}

static int every(struct event_base *base, uint64_t usec, event_callback_fn fn, void *arg)
{
	struct timeval tv = {.tv_sec = (time_t)(usec / 1000000),
			     .tv_usec = (suseconds_t)(usec % 1000000)};
	struct event *event = event_new(base, -1, EV_PERSIST, fn, arg);

	return event && event_add(event, &tv) == 0 ? 0 : -ENOMEM;
}

int watch_start(struct heddled *heddled)
{
	uint64_t usec = 0;
	int rc = every(heddled->base, WATCH_PERIOD_NS / 1000, on_second, heddled);

	/* Twice as often as it asks for, so that one late round is not the end. */
	if (rc == 0 && sd_watchdog_enabled(0, &usec) > 0 && usec > 1)
		rc = every(heddled->base, usec / 2, on_watchdog, NULL);
	return rc;
}
