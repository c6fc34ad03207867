/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/plane.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heddle/api/blame.h"
#include "heddle/api/supervisor.h"
#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "supervisor/opener.h"
#include "supervisor/spawn.h"

/* What heddle-mgmt ends with when the configuration cannot be loaded: it has said why. */
#define EXIT_CONFIG 3
/* What every plane ends with when its command line is wrong: another start would not help. */
#define EXIT_USAGE 2

static void on_hello(struct hd_link *link, const struct hd_hello *peer, void *arg)
{
	struct plane *plane = arg;

	if (peer->plane == (uint32_t)plane->id)
		return;
	hd_log(HD_LOG_ERR, "%s says that it is %s", hd_plane_name(plane->id),
	       hd_plane_name(peer->plane));
	plane_kill(plane, "it is another program");
}

/* Mostly it is about to end, and SIGCHLD tells how. watch.c kills one that lives on without it. */
static void on_lost(struct hd_link *link, void *arg)
{
	struct plane *plane = arg;

	plane->lost_ns = hd_now_ns();
}

/* Gives @a one end of a new socket pair, for its channel to @b. */
static void hand_end(struct plane *a, const struct plane *b, int fd)
{
	struct hd_peer peer = {.plane = b->id};

	hd_chan_event_raw(a->link.chan, HD_PEER, &peer, sizeof(peer), &fd, 1);
	close(fd);
}

static void hand_peers(struct plane *plane)
{
	struct heddled *heddled = plane->heddled;
	int fds[2];

	for (int i = 0; i < PLANES; i++) {
		struct plane *other = &heddled->planes[i];

		if (other == plane || !other->link.chan)
			continue;
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
			/* Without it the plane is of no use; ended, it is tried again later. */
			hd_log(HD_LOG_ERR, "a socket pair: %s", strerror(errno));
			plane_kill(plane, "no socket pair could be made");
			return;
		}
		hand_end(plane, other, fds[0]);
		hand_end(other, plane, fds[1]);
	}
}

/*
 * Did heddle-dp write down that it died inside a port? The next one holds that port back, so nobody else
 * is to wait for it. What it wrote may be a lie: all that it can gain is to be started sooner.
 */
static bool blames_port(struct plane *plane)
{
	size_t len = strlen(plane->last_exit);
	struct hd_blame_last last;

	if (plane->id != HD_PLANE_DATA ||
	    !opener_shm_read(plane->heddled->opener, HD_BLAME_NAME, &last, sizeof(last)) ||
	    last.seq == plane->blame_seq)
		return false;
	plane->blame_seq = last.seq;
	if (!hd_name_valid(last.port, sizeof(last.port)))
		return false;
	snprintf(plane->last_exit + len, sizeof(plane->last_exit) - len, " inside port %s",
		 last.port);
	return true;
}

void planes_listen(struct heddled *heddled)
{
	struct plane *mgmt = heddled_plane(heddled, HD_PLANE_MGMT);

	if (mgmt->link.chan)
		hd_chan_event_raw(mgmt->link.chan, HD_NETCONF_LISTEN, NULL, 0,
				  &heddled->dirs.netconf_fd, 1);
}

static void restart_later(struct plane *plane, uint64_t lived_ns)
{
	uint64_t lived_ms = lived_ns / HD_NS_PER_MS;
	uint32_t ms = blames_port(plane) ? backoff_blamed(&plane->backoff, lived_ms,
							  hd_now_ns() / HD_NS_PER_MS)
					 : backoff_wait(&plane->backoff, lived_ms);
	struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};

	hd_log(HD_LOG_WARNING, "%s: %s; starting it again in %u ms", hd_plane_name(plane->id),
	       plane->last_exit, ms);
	event_add(plane->restart, &tv);
}

void plane_start(struct plane *plane)
{
	struct heddled *heddled = plane->heddled;
	struct hd_err err = {0};

	plane->started_ns = plane->answered_ns = hd_now_ns();
	plane->lost_ns = plane->worked_ns = 0;
	plane->work = (struct hd_plane_work){0};
	plane->ready = plane->pinged = plane->expired = false;
	plane->text[0] = '\0';
	plane->link = (struct hd_link){
		.base = heddled->base,
		.self = HD_PLANE_SUPERVISOR,
		.peer = plane->id,
		.up = on_hello,
		.down = on_lost,
		.arg = plane,
	};
	if (spawn_plane(plane, &err) < 0) {
		hd_log(HD_LOG_ERR, "%s: %s", hd_plane_name(plane->id), err.text);
		strcpy(plane->last_exit, "could not be started");
		plane->ended_ns = plane->started_ns;
		restart_later(plane, 0);
		return;
	}
	hd_log(HD_LOG_DEBUG, "%s runs with pid %d", hd_plane_name(plane->id), (int)plane->pid);
	hd_chan_handlers(plane->link.chan, planes_handlers, planes_handlers_n, plane);
	opener_attach(heddled->opener, plane);
	hand_peers(plane);
}

void plane_kill(struct plane *plane, const char *why)
{
	if (!plane->pid || plane->expired)
		return;
	hd_log(HD_LOG_ERR, "%s (pid %d): %s: killed", hd_plane_name(plane->id), (int)plane->pid,
	       why);
	snprintf(plane->last_exit, sizeof(plane->last_exit), "%s: killed", why);
	plane->expired = true;
	kill(plane->pid, SIGKILL);
}

static void exit_text(struct plane *plane, int status)
{
	if (plane->expired)
		return; /* we did it, and said why */
	if (WIFSIGNALED(status))
		snprintf(plane->last_exit, sizeof(plane->last_exit), "killed by signal %d",
			 WTERMSIG(status));
	else
		snprintf(plane->last_exit, sizeof(plane->last_exit), "exit status %d",
			 WEXITSTATUS(status));
}

/* True if this end, at the very start, says that there is no sense in going on. */
static bool hopeless(const struct plane *plane, int status)
{
	if (plane->ever_ready || plane->expired || !WIFEXITED(status))
		return false;
	if (plane->id == HD_PLANE_MGMT && WEXITSTATUS(status) == EXIT_CONFIG)
		return true; /* the message is printed already */
	if (WEXITSTATUS(status) != EXIT_USAGE)
		return false;
	hd_log(HD_LOG_ERR, "%s refuses how it was started", hd_plane_name(plane->id));
	return true;
}

static void plane_ended(struct plane *plane, int status)
{
	struct heddled *heddled = plane->heddled;

	hd_link_close(&plane->link);
	plane->work = (struct hd_plane_work){0};
	plane->pid = 0;
	if (plane->statm >= 0)
		close(plane->statm);
	plane->statm = -1;
	plane->ready = false;
	plane->ended_ns = hd_now_ns();
	exit_text(plane, status);
	opener_plane_ended(heddled->opener, plane);
	if (heddled->stopping) {
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			hd_log(HD_LOG_INFO, "%s: %s", hd_plane_name(plane->id), plane->last_exit);
		return;
	}
	if (hopeless(plane, status)) {
		heddled_stop(heddled, 1);
		return;
	}
	plane->restarts++;
	restart_later(plane, plane->ended_ns - plane->started_ns);
	planes_status(heddled);
}

void planes_reap(struct heddled *heddled)
{
	int status;

	if (heddled->netns_helper &&
	    waitpid(heddled->netns_helper, &status, WNOHANG) == heddled->netns_helper) {
		hd_log(HD_LOG_ERR, "the helper for namespaces has ended, and only a heddled that "
				   "starts can make one: heddled ends");
		heddled->netns_helper = 0;
		heddled_stop(heddled, 1);
	}

	for (int i = 0; i < PLANES; i++) {
		struct plane *plane = &heddled->planes[i];

		if (plane->pid && waitpid(plane->pid, &status, WNOHANG) == plane->pid)
			plane_ended(plane, status);
	}
	if (heddled->stopping && !planes_any(heddled))
		event_base_loopbreak(heddled->base);
}

bool planes_any(const struct heddled *heddled)
{
	for (int i = 0; i < PLANES; i++)
		if (heddled->planes[i].pid)
			return true;
	return false;
}

bool planes_ready(const struct heddled *heddled)
{
	for (int i = 0; i < PLANES; i++)
		if (!heddled->planes[i].ready)
			return false;
	return true;
}
