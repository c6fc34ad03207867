/* SPDX-License-Identifier: BSD-3-Clause */
#include "supervisor/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void watch_work(struct plane *plane, const struct hd_plane_work *work)
{
	bool further = work->done > plane->work.done ||
		       strncmp(work->what, plane->work.what, sizeof(work->what)) != 0;

	plane->work = *work;
	plane->work.what[sizeof(plane->work.what) - 1] = '\0';
	for (char *c = plane->work.what; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = ' ';
	if (!plane->work.what[0])
		plane->worked_ns = 0;
	else if (further)
		plane->worked_ns = hd_now_ns();
}

void watch_doing(const struct plane *plane, char *text, size_t size)
{
	const struct hd_plane_work *w = &plane->work;

	if (w->total)
		snprintf(text, size, "%s: %llu of %llu", w->what, (unsigned long long)w->done,
			 (unsigned long long)w->total);
	else
		snprintf(text, size, "%s", w->what);
}

/* It does not answer, but it says what it does, and goes on with it. */
static bool works(const struct plane *plane, uint64_t now, uint64_t silence_ms)
{
	return plane->worked_ns && now - plane->worked_ns <= silence_ms * HD_NS_PER_MS &&
	       now - plane->answered_ns <= WATCH_WORK_MS * HD_NS_PER_MS;
}

static void kill_silent(struct plane *plane, uint64_t silence_ns)
{
	char doing[sizeof(plane->work.what) + 48], why[sizeof(doing) + 32];

	watch_doing(plane, doing, sizeof(doing));
	snprintf(why, sizeof(why), "no answer for %u s%s%s",
		 (unsigned int)(silence_ns / HD_NS_PER_S), doing[0] ? ", " : "", doing);
	plane_kill(plane, why);
}

static void watch_plane(struct plane *plane, uint64_t now)
{
	uint64_t silence = plane->ready ? WATCH_SILENCE_MS : WATCH_START_SILENCE_MS;

	if (!plane->pid || plane->expired)
		return;
	if (!plane->link.chan) {
		if (now - plane->lost_ns > WATCH_LOST_MS * HD_NS_PER_MS)
			plane_kill(plane, "it closed its connection and lives on");
		return;
	}
	if (now - plane->answered_ns > silence * HD_NS_PER_MS && !works(plane, now, silence)) {
		kill_silent(plane, now - plane->answered_ns);
		return;
	}
	if (!plane->pinged && hd_chan_request(plane->link.chan, PING, NULL, on_pong, plane) == 0)
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

	if (still < 2 * WATCH_PERIOD_NS)
		return;
	still -= WATCH_PERIOD_NS;
	for (int i = 0; i < PLANES; i++) {
		struct plane *plane = &heddled->planes[i];

		plane->answered_ns = earlier(plane->answered_ns + still, now);
		if (plane->worked_ns)
			plane->worked_ns = earlier(plane->worked_ns + still, now);
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
	if (dirs_renew(&heddled->dirs, &heddled->settings,
		       &heddled_plane(heddled, HD_PLANE_MGMT)->account))
		planes_listen(heddled);
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

	heddled->watched_ns = hd_now_ns(); /* it may stand still in its first second */

	/* Twice as often as it asks for, so that one late round is not the end. */
	if (rc == 0 && sd_watchdog_enabled(0, &usec) > 0 && usec > 1)
		rc = every(heddled->base, usec / 2, on_watchdog, NULL);
	return rc;
}
