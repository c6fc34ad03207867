/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "heddle-build.h"
#include "heddle/api/supervisor.h"
#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "heddle/base/random.h"
#include "heddle/base/sandbox.h"
#include "supervisor/conf.h"
#include "supervisor/heddled.h"
#include "supervisor/netns_helper.h"
#include "supervisor/opener.h"
#include "supervisor/plane.h"
#include "supervisor/spawn.h"
#include "supervisor/watch.h"

#define STOP_WAIT_S 2

struct plane *heddled_plane(struct heddled *heddled, enum hd_plane id)
{
	for (int i = 0; i < PLANES; i++)
		if (heddled->planes[i].id == id)
			return &heddled->planes[i];
	return NULL;
}

static void kill_all(struct heddled *heddled)
{
	for (int i = 0; i < PLANES; i++) {
		struct plane *plane = &heddled->planes[i];

		if (!plane->pid)
			continue;
		hd_log(HD_LOG_WARNING, "%s (pid %d) did not end by itself: killed",
		       hd_plane_name(plane->id), (int)plane->pid);
		kill(plane->pid, SIGKILL);
	}
}

static void on_stop_timeout(evutil_socket_t fd, short what, void *arg)
{
	kill_all(arg);
}

void heddled_stop(struct heddled *heddled, int status)
{
	struct timeval wait = {.tv_sec = STOP_WAIT_S};

	if (heddled->stopping)
		return;
	heddled->stopping = true;
	heddled->status = status;
	sd_notify(0, "STOPPING=1");
	for (int i = 0; i < PLANES; i++) {
		struct plane *plane = &heddled->planes[i];

		event_del(plane->restart);
		if (plane->link.chan)
			hd_chan_event(plane->link.chan, PLANE_STOP, NULL);
	}
	if (!planes_any(heddled) ||
	    event_base_once(heddled->base, -1, EV_TIMEOUT, on_stop_timeout, heddled, &wait) < 0)
		event_base_loopbreak(heddled->base);
}

static void on_stop_signal(evutil_socket_t sig, short what, void *arg)
{
	struct heddled *heddled = arg;

	if (heddled->stopping)
		return; /* timeout(1) and the like send it twice; 2 s are short enough */
	hd_log(HD_LOG_NOTICE, "stopping");
	heddled_stop(heddled, 0);
}

static void on_hangup(evutil_socket_t sig, short what, void *arg)
{
	hd_log(HD_LOG_NOTICE,
	       "a configuration is applied with `heddle load replace FILE`; nothing to do on "
	       "SIGHUP");
}

static void on_child(evutil_socket_t sig, short what, void *arg)
{
	planes_reap(arg);
}

static void on_restart(evutil_socket_t fd, short what, void *arg)
{
	plane_start(arg);
}

static int loop_init(struct heddled *heddled)
{
	static const struct {
		int sig;
		event_callback_fn fn;
	} signals[] = {{SIGTERM, on_stop_signal},
		       {SIGINT, on_stop_signal},
		       {SIGHUP, on_hangup},
		       {SIGCHLD, on_child}};
	struct event *event;

	heddled->base = event_base_new();
	if (!heddled->base)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		event = evsignal_new(heddled->base, signals[i].sig, signals[i].fn, heddled);
		if (!event || event_add(event, NULL) < 0)
			return -ENOMEM;
	}
	for (int i = 0; i < PLANES; i++) {
		struct plane *plane = &heddled->planes[i];

		plane->heddled = heddled;
		plane->restart = evtimer_new(heddled->base, on_restart, plane);
		if (!plane->restart)
			return -ENOMEM;
	}
	return watch_start(heddled);
}

/* Thousands of ports are thousands of descriptors; locked memory is what vhost and XDP take. */
static void limits_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	limit.rlim_cur = limit.rlim_max = RLIM_INFINITY;
	if (setrlimit(RLIMIT_MEMLOCK, &limit) < 0 && getrlimit(RLIMIT_MEMLOCK, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_MEMLOCK, &limit);
	}
}

static int run(struct heddled *heddled)
{
	if (loop_init(heddled) < 0) {
		hd_log(HD_LOG_ERR, "out of memory");
		return 1;
	}
	heddled->opener = opener_new(heddled->base, &heddled->settings, &heddled->dirs,
				     heddled_plane(heddled, HD_PLANE_DATA)->account.uid);
	if (!heddled->opener) {
		hd_log(HD_LOG_ERR, "out of memory");
		return 1;
	}
	for (int i = 0; i < PLANES; i++)
		plane_start(&heddled->planes[i]);
	planes_status(heddled);
	event_base_dispatch(heddled->base);
	for (int i = 0; i < PLANES; i++)
		hd_link_close(&heddled->planes[i].link);
	opener_free(heddled->opener);
	return heddled->status;
}

static int find_accounts(struct heddled *heddled, struct hd_err *err)
{
	int rc = 0;

	for (int i = 0; i < PLANES && rc == 0; i++) {
		struct plane *plane = &heddled->planes[i];

		rc = account_find(&plane->account, plane->id, &heddled->settings,
				  heddled->installed, err);
		if (rc == 0)
			rc = spawn_may_start(plane, err);
	}
	return rc;
}

int main(int argc, char **argv)
{
	static struct heddled heddled;
	struct settings *settings = &heddled.settings;
	struct hd_err err = {0};
	int status;

	hd_log_init("heddled");
	heddled.started_ns = hd_now_ns();
	if (conf_load(settings, argc, (const char *const *)(uintptr_t)argv, &err) < 0) {
		hd_log(HD_LOG_ERR, "%s", err.text);
		return 2;
	}
	if (settings->help)
		return fputs(settings_usage, stdout) < 0;
	if (settings->version)
		return printf("heddled %s (%s)\n", HD_VERSION, HD_BUILD) < 0;
	hd_log_level_set((enum hd_log_level)settings->log_level);
	snprintf(heddled.instance, sizeof(heddled.instance), "%d-%016llx", (int)getpid(),
		 (unsigned long long)hd_random_u64());
	/* First, so that it inherits nothing. */
	heddled.netns_helper = netns_helper_start(settings->netns_helper, &err);
	if (heddled.netns_helper < 0 || spawn_find(&heddled, &err) < 0 ||
	    find_accounts(&heddled, &err) < 0 ||
	    dirs_open(&heddled.dirs, settings, &heddled_plane(&heddled, HD_PLANE_MGMT)->account,
		      &err) < 0) {
		hd_log(HD_LOG_ERR, "%s", err.text);
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	limits_raise();
	if (hd_sandbox_enter(HD_SANDBOX_SUPERVISOR, &err) < 0) {
		hd_log(HD_LOG_ERR, "%s", err.text);
		dirs_close(&heddled.dirs);
		return 1;
	}
	status = run(&heddled);
	dirs_close(&heddled.dirs);
	return status;
}
