/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "heddle/api/replay.h"
#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "heddle/ipc/chan.h"
#include "dataplane/core/api.h"
#include "dataplane/core/config.h"
#include "dataplane/core/deadline.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/options.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/tick.h"
#include "dataplane/replay/replay.h"

#define BAR_WIDTH     40
#define BAR_CHECK     4096          /* packets between looks at the clock */
#define BAR_AFTER_NS  1000000000ull /* a short replay needs no bar */
#define BAR_PERIOD_NS 100000000ull

static struct hd_chan *mgmt;
static bool done;
static int status = 1;
static volatile sig_atomic_t stopped; /* by a signal */

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

/* The clock is virtual here; how long it takes is the only thing that the real one is for. */
static uint64_t real_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * HD_NS_PER_S + t.tv_nsec;
}

static void bar(uint64_t started, bool last)
{
	static uint64_t drawn;
	const struct dp_replay_progress *p = dp_replay_progress();
	uint64_t now = real_ns();
	double part = p->file_total ? (double)p->file_bytes / (double)p->file_total : 1;
	int full;

	if (!drawn && (last || now - started < BAR_AFTER_NS))
		return;
	if (!last && now - drawn < BAR_PERIOD_NS)
		return;
	drawn = now;
	part = last || part > 1 ? 1 : part;
	full = (int)(part * BAR_WIDTH);
	fprintf(stderr, "\rreplay [%.*s%*s] %3.0f %%  %.1f M packets, %.1f M/s ", full,
		"########################################", BAR_WIDTH - full, "", part * 100,
		(double)p->packets / 1e6, (double)p->packets * 1e3 / (double)(now - started + 1));
	if (last)
		fputc('\n', stderr);
	fflush(stderr);
}

/* Packet by packet in time; between them, what is due by then. */
static void run(struct hd_replay_done *result)
{
	struct dp_worker *w = dp_worker_get(0);
	uint64_t started = real_ns(), first = 0, drawn_at = 0, now;

	if (dp_replay_next(&first))
		dp_ticks_start(first);
	while (!stopped && dp_replay_next(&now)) {
		bool is_due = dp_deadline_is_due(w, now);
		uint64_t due = dp_deadline_next(w);

		/* A worker's deadline has its own time; no packet belongs to that loop. */
		now = RTE_MIN(now, due);
		dp_ticks_run(now);
		hd_clock_set_virtual(now);
		dp_replay_batch(is_due ? 0 : dp_options()->batch, RTE_MIN(due, dp_ticks_next()));
		dp_worker_loop(w);
		result->virtual_ns = now - first;
		if (dp_options()->progress &&
		    dp_replay_progress()->packets - drawn_at > BAR_CHECK) {
			drawn_at = dp_replay_progress()->packets;
			bar(started, false);
		}
	}
	if (dp_options()->progress)
		bar(started, true);
	if (dp_options()->explain > dp_replay_progress()->packets)
		hd_log(HD_LOG_WARNING, "there is no packet %u to explain: the captures have %llu",
		       dp_options()->explain, (unsigned long long)dp_replay_progress()->packets);
	result->packets = dp_replay_progress()->packets;
	result->bytes = dp_replay_progress()->bytes;
	result->elapsed_ns = real_ns() - started;
}

/* All that can refuse, before anything is changed. */
static int prepare(struct hd_err *err)
{
	const struct sigaction stop = {.sa_handler = on_signal};
	int rc = dp_replay_open_inputs(err);

	if (!rc)
		rc = dp_replay_bind_inputs(err);
	if (rc)
		return rc;
	/* from here on there is something to clean up */
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	return dp_replay_folder_begin(err);
}

static int run_all(struct hd_replay_done *result, struct hd_err *err)
{
	int rc = dp_replay_begin_outputs(err);

	if (rc)
		return rc;
	dp_port_service(0);
	run(result);
	rc = stopped ? hd_err_set(err, EINTR, "it was stopped by a signal")
		     : dp_replay_input_error(err);
	/* The summary first: closing the ports takes their counters' names away. */
	if (!rc)
		rc = dp_replay_write_summary(err);
	dp_port_stop_all();
	if (!rc)
		rc = dp_replay_end_outputs(err);
	return rc ? rc : dp_replay_folder_end(err);
}

static void on_run(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct hd_replay_done result = {0};
	struct hd_err err = {0};
	int rc = prepare(&err);

	(void)arg;
	if (!rc) {
		rc = run_all(&result, &err);
		if (rc)
			dp_replay_folder_abort();
	}
	if (rc)
		hd_chan_reply_error(chan, msg->hdr, -rc, "%s", err.text);
	else
		hd_chan_reply(chan, msg->hdr, &result, sizeof(result), NULL, 0);
	status = rc != 0;
	done = true;
}

static const struct hd_handler replay_table[] = {
	HD_HANDLER(REPLAY_RUN, on_run),
};

int dp_replay_main(struct hd_err *err)
{
	const struct hd_chan_config config = {.self = HD_PLANE_DATA};

	mgmt = hd_chan_new(dp_options()->mgmt_fd, &config);
	if (!mgmt)
		return hd_err_set(err, errno, "no channel to heddle-mgmt");
	dp_api_attach(mgmt);
	hd_chan_handlers(mgmt, replay_table, 1, NULL);
	while (hd_chan_open(mgmt) && !stopped) {
		struct pollfd p = {.fd = hd_chan_fd(mgmt), .events = hd_chan_events(mgmt)};

		if (done && !(p.events & POLLOUT))
			break;
		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			break;
		if (!hd_chan_process(mgmt))
			break;
	}
	dp_api_detach();
	hd_chan_free(mgmt);
	dp_replay_close_inputs();
	return status;
}
