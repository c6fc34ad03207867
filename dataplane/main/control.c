/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <event2/event.h>
#include <rte_common.h>

#include "heddle/api/opener.h"
#include "heddle/api/port.h"
#include "heddle/api/supervisor.h"
#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "heddle/ipc/link.h"
#include "dataplane/core/api.h"
#include "dataplane/core/blame.h"
#include "dataplane/core/config.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/opener.h"
#include "dataplane/core/options.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/stall.h"
#include "dataplane/core/tick.h"
#include "dataplane/main/control.h"
#include "dataplane/punt/punt.h"

#define SERVICE_MS   50
#define WORK_LONG_NS (200 * HD_NS_PER_MS) /* is told */
#define WORK_TELL_NS (250 * HD_NS_PER_MS) /* again */

static struct event_base *base;
static struct hd_link supervisor, mgmt;
static int wake_fd = -1;
static struct event *wake_event, *service_event, *again_event, *signal_event[2];
static uint64_t work_told_ns; /* to heddled, and not told yet that it is over; 0: nothing is told */
static uint64_t work_since_ns;

static void on_supervisor_down(struct hd_link *link, void *arg)
{
	hd_log(HD_LOG_NOTICE, "heddled is gone");
	event_base_loopbreak(base);
}

static void on_mgmt_down(struct hd_link *link, void *arg)
{
	dp_api_detach();
}

static void on_peer(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_peer *peer = msg->body;
	int fd;

	(void)chan;
	(void)arg;
	if (msg->n_fds != 1 || (peer->plane != HD_PLANE_MGMT && peer->plane != HD_PLANE_CONTROL))
		return;
	fd = msg->fds[0];
	msg->fds[0] = -1;
	if (peer->plane == HD_PLANE_CONTROL)
		dp_punt_connect(fd);
	else if (hd_link_open(&mgmt, fd, dp_config_running()->generation) < 0)
		hd_log(HD_LOG_ERR, "no channel to heddle-mgmt: out of memory");
	else
		dp_api_attach(mgmt.chan);
}

static void on_stop(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	(void)chan;
	(void)msg;
	(void)arg;
	event_base_loopbreak(base);
}

/* From any thread: a port changed. The control thread and the workers look at it now. */
static void wake(void)
{
	uint64_t one = 1;

	dp_workers_wake();
	if (wake_fd >= 0 && write(wake_fd, &one, sizeof(one)) < 0)
		return; /* full: it will wake anyway */
}

static void on_open_lost(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_open_lost *lost = msg->body;
	struct dp_port *port;

	(void)chan;
	(void)arg;
	if (!hd_str_terminated(lost->port, sizeof(lost->port)))
		return;
	port = dp_port_by_name(lost->port);
	if (port)
		dp_port_reopen(port, HD_PORT_NO_NAMESPACE, "its network namespace is gone");
	wake();
}

static const struct hd_handler supervisor_table[] = {
	HD_EVENT_HANDLER(PEER, on_peer),
	HD_EVENT_HANDLER(PLANE_STOP, on_stop),
	HD_EVENT_HANDLER(OPEN_LOST, on_open_lost),
};

int dp_control_connect(struct hd_err *err)
{
	const char *text = getenv("HEDDLE_SUPERVISOR_FD");

	if (!text)
		return hd_err_set(err, ENOTCONN,
				  "heddle-dp is started by heddled: run `heddled -c FILE`");
	base = event_base_new();
	if (!base)
		return hd_err_set(err, ENOMEM, "out of memory");
	/* A commit of thousands of ports comes in tens of thousands of messages. */
	mgmt = (struct hd_link){.base = base,
				.self = HD_PLANE_DATA,
				.peer = HD_PLANE_MGMT,
				.greedy = true,
				.down = on_mgmt_down};
	supervisor = (struct hd_link){.base = base,
				      .self = HD_PLANE_DATA,
				      .peer = HD_PLANE_SUPERVISOR,
				      .greedy = true,
				      .down = on_supervisor_down};
	if (hd_link_open(&supervisor, atoi(text), 0) < 0)
		return hd_err_set(err, ENOTCONN, "no channel to heddled on descriptor %s", text);
	hd_chan_handlers(supervisor.chan, supervisor_table,
			 sizeof(supervisor_table) / sizeof(supervisor_table[0]), NULL);
	dp_opener_init(supervisor.chan);
	return 0;
}

/* Tells heddled what takes long, and that it is over. */
static void tell_work(uint64_t now_ns)
{
	struct hd_plane_work work = {0};
	struct dp_port_work ports;

	dp_port_work(&ports);
	if (!ports.closing && !ports.opening) {
		if (work_told_ns)
			hd_chan_event(supervisor.chan, PLANE_WORK, &work);
		work_told_ns = work_since_ns = 0;
		return;
	}
	if (!work_since_ns)
		work_since_ns = now_ns;
	if (now_ns - work_since_ns < WORK_LONG_NS || now_ns - work_told_ns < WORK_TELL_NS)
		return;
	work.total = ports.closing ? ports.closings : ports.openings;
	work.done = work.total - (ports.closing ? ports.closing : ports.opening);
	strcpy(work.what, ports.closing ? "closing ports" : "opening ports");
	hd_chan_event(supervisor.chan, PLANE_WORK, &work);
	work_told_ns = now_ns;
}

/* Does what is due, and has itself called again while something is left to do. */
static void turn(void)
{
	uint64_t now = hd_now_ns(), wait = dp_port_service(now);
	struct timeval again;

	if (!dp_api_settle())
		wait = RTE_MIN(wait, HD_NS_PER_MS);
	if (dp_opener_sweep_is_due() && dp_port_settled() && !dp_blame_any(now))
		dp_opener_sweep();
	tell_work(now);
	dp_stall_look(now);
	if (now >= dp_ticks_next())
		dp_ticks_run(now);
	/* A call to heddled may have left messages that no descriptor announces any more. */
	if (supervisor.chan)
		hd_chan_process(supervisor.chan);
	if (wait > SERVICE_MS * HD_NS_PER_MS)
		return;
	/* Not at once, even if there is work: what came meanwhile is served first. */
	again = (struct timeval){.tv_usec = (suseconds_t)(wait / 1000)};
	event_add(again_event, &again);
}

static void service(evutil_socket_t fd, short what, void *arg)
{
	uint64_t count;

	(void)arg;
	if (what & EV_READ && read(fd, &count, sizeof(count)) < 0)
		return;
	turn();
}

/* A kind also tells when only its detail changed: that is for management, not for the log. */
static void on_port_changed(struct dp_port *port)
{
	struct hd_port_state state;

	dp_port_describe(port, &state);
	if (state.reason != port->told)
		hd_log_port(state.up ? HD_LOG_INFO : HD_LOG_NOTICE, port->name, "%s%s",
			    state.up ? "" : "down: ", hd_port_reason_name(state.reason));
	port->told = state.reason;
	if (mgmt.chan && hd_chan_ready(mgmt.chan))
		hd_chan_event(mgmt.chan, PORT_STATE, &state);
}

static struct dp_port_listener port_listener = {.changed = on_port_changed};

static void on_signal(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	event_base_loopbreak(base);
}

static void say_ready(void)
{
	struct hd_plane_ready ready = {0};

	snprintf(ready.text, sizeof(ready.text), "%u worker%s", dp_options()->workers,
		 dp_options()->workers == 1 ? "" : "s");
	hd_chan_event(supervisor.chan, PLANE_READY, &ready);
}

/*
 * What no port asked for, once each was tried, is of ports that are gone. (Swept before that, the TAPs of
 * a killed heddle-dp would go, and their addresses: also that of a port that is held back.)
 */
static void on_first_commit(void)
{
	dp_opener_sweep_later();
	wake();
}

int dp_control_run(void)
{
	const struct timeval period = {.tv_usec = SERVICE_MS * 1000};

	wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (wake_fd < 0)
		return 1;
	wake_event = event_new(base, wake_fd, EV_READ | EV_PERSIST, service, NULL);
	service_event = event_new(base, -1, EV_PERSIST, service, NULL);
	again_event = event_new(base, -1, 0, service, NULL);
	signal_event[0] = evsignal_new(base, SIGTERM, on_signal, NULL);
	signal_event[1] = evsignal_new(base, SIGINT, on_signal, NULL);
	if (!wake_event || !service_event || !again_event || !signal_event[0] || !signal_event[1])
		return 1;
	event_add(wake_event, NULL);
	event_add(service_event, &period);
	event_add(signal_event[0], NULL);
	event_add(signal_event[1], NULL);
	dp_port_set_waker(wake);
	dp_port_listen(&port_listener);
	dp_api_on_first_commit(on_first_commit);
	dp_api_on_unsettled(wake);
	dp_ticks_start(hd_now_ns());
	say_ready();
	event_base_dispatch(base);
	return 0;
}
