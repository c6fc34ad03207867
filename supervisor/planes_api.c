/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages of planes about themselves, and heddled's reports about planes, to heddle-mgmt and
 * systemd.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "heddle/api/supervisor.h"
#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "supervisor/plane.h"
#include "supervisor/watch.h"

static const struct plane *not_ready(const struct heddled *heddled)
{
	for (int i = 0; i < PLANES; i++)
		if (!heddled->planes[i].ready)
			return &heddled->planes[i];
	return NULL;
}

void planes_status(struct heddled *heddled)
{
	const struct plane *down = not_ready(heddled);

	if (heddled->stopping)
		return;
	if (!down)
		sd_notifyf(0, "STATUS=forwarding, %s", heddled_plane(heddled, HD_PLANE_MGMT)->text);
	else if (down->pid)
		sd_notifyf(0, "STATUS=waiting for %s", hd_plane_name(down->id));
	else
		sd_notifyf(0, "STATUS=%s is down (%s), starting it again", hd_plane_name(down->id),
			   down->last_exit);
}

static void serve_ready(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_plane_ready *in = msg->body;
	struct plane *plane = arg;
	struct heddled *heddled = plane->heddled;

	snprintf(plane->text, sizeof(plane->text), "%.*s", (int)sizeof(in->text) - 1, in->text);
	/* It goes to systemd line by line: no further lines from a plane. */
	for (char *c = plane->text; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
	plane->ready = plane->ever_ready = true;
	if (plane->restarts)
		hd_log(HD_LOG_NOTICE, "%s is back", hd_plane_name(plane->id));
	if (planes_ready(heddled) && !heddled->announced && !heddled->stopping) {
		heddled->announced = true;
		hd_log(HD_LOG_NOTICE, "forwarding, %s",
		       heddled_plane(heddled, HD_PLANE_MGMT)->text);
		sd_notify(0, "READY=1");
	}
	planes_status(heddled);
}

static void serve_work(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	watch_work(arg, msg->body);
}

/* Resident memory of the process whose statm this is, 0 when it cannot be read. */
static uint64_t rss_bytes(int statm)
{
	unsigned long long total, resident = 0;
	char text[128];
	ssize_t n = pread(statm, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	if (sscanf(text, "%llu %llu", &total, &resident) != 2)
		return 0;
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Of heddled itself. */
static uint64_t own_rss_bytes(void)
{
	int statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	uint64_t bytes = rss_bytes(statm);

	if (statm >= 0)
		close(statm);
	return bytes;
}

static void plane_state(const struct plane *plane, struct hd_plane_state *out)
{
	uint64_t now = hd_now_ns();

	memset(out, 0, sizeof(*out));
	out->plane = plane->id;
	out->pid = plane->pid;
	out->restarts = plane->restarts;
	out->ready = plane->ready;
	out->uptime_ns = now - (plane->pid ? plane->started_ns : plane->ended_ns);
	out->rss_bytes = plane->pid ? rss_bytes(plane->statm) : 0;
	snprintf(out->last_exit, sizeof(out->last_exit), "%s", plane->last_exit);
	watch_doing(plane, out->doing, sizeof(out->doing));
}

static void serve_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct heddled *heddled = ((struct plane *)arg)->heddled;
	struct hd_plane_state state = {
		.plane = HD_PLANE_SUPERVISOR,
		.pid = getpid(),
		.ready = planes_ready(heddled),
		.uptime_ns = hd_now_ns() - heddled->started_ns,
		.rss_bytes = own_rss_bytes(),
	};

	hd_chan_reply_item(chan, msg->hdr, &state, sizeof(state));
	for (int i = 0; i < PLANES; i++) {
		plane_state(&heddled->planes[i], &state);
		hd_chan_reply_item(chan, msg->hdr, &state, sizeof(state));
	}
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

/*
 * heddle-mgmt asks for it: for heddled, for the planes that run, and for those that are started
 * later.
 */
static void serve_log_level(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_log_level_msg *in = msg->body;
	const struct plane *from = arg;
	struct heddled *heddled = from->heddled;

	if (from->id != HD_PLANE_MGMT || !hd_log_level_take(in))
		return;
	heddled->settings.log_level = (int)in->level;
	for (int i = 0; i < PLANES; i++)
		if (heddled->planes[i].link.chan)
			hd_chan_event(heddled->planes[i].link.chan, LOG_LEVEL, in);
}

const struct hd_handler planes_handlers[] = {
	HD_EVENT_HANDLER(LOG_LEVEL, serve_log_level),
	HD_EVENT_HANDLER(PLANE_READY, serve_ready),
	HD_EVENT_HANDLER(PLANE_WORK, serve_work),
	HD_HANDLER(PLANE_LIST, serve_list),
};
const size_t planes_handlers_n = sizeof(planes_handlers) / sizeof(planes_handlers[0]);
