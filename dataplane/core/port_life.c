/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Opens, watches and closes ports. A commit may add or remove thousands of ports, and the kernel
 * may need long for each, so the work is done in slices, between which the control thread does
 * other work.
 */
#include <errno.h>
#include <string.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/core/blame.h"
#include "dataplane/core/idle.h"
#include "dataplane/core/opener.h"
#include "dataplane/core/port_life.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/rcu.h"

#define RETRY_FIRST_MS 50
#define RETRY_LAST_MS  2000u
#define SLICE_NS       (2 * HD_NS_PER_MS)
#define GRACE_NS       (HD_NS_PER_MS / 2)  /* between two looks at a token */
#define POLL_NS        (45 * HD_NS_PER_MS) /* a little less than the period of the service */
#define POLL_LAST_NS   (495 * HD_NS_PER_MS)
#define POLL_SHARE     50 /* a round may have one part in so many of the control thread's time */

static struct dp_port_listener *listeners;

static struct {
	struct dp_port *first, **end;
	uint32_t asked, done;
	uint32_t since; /* asked, when the last time nothing was left to do */
} closings = {.end = &closings.first};

static uint32_t openings; /* ports of this batch that were tried */

static bool slice_over(uint64_t began_ns)
{
	return hd_now_ns() - began_ns >= SLICE_NS;
}

void dp_port_listen(struct dp_port_listener *listener)
{
	listener->next = listeners;
	listeners = listener;
}

uint32_t dp_port_closings_asked(void)
{
	return closings.asked;
}

void dp_port_close_later(struct dp_port *port)
{
	bool again = atomic_exchange(&port->closing, true);

	atomic_store(&port->up, false);
	port->token = dp_rcu_start();
	if (again)
		return;
	port->next_closing = NULL;
	*closings.end = port;
	closings.end = &port->next_closing;
	closings.asked++;
}

static void close_first(void)
{
	struct dp_port *port = closings.first;

	closings.first = port->next_closing;
	if (!closings.first)
		closings.end = &closings.first;
	closings.done++;
	if (port->is_open) {
		for (uint16_t q = 0; q < port->queues; q++)
			dp_idle_forget(port, q);
		dp_blame_enter(port, HD_DOING_CONTROL);
		port->ops->close(port);
		dp_blame_leave();
	}
	port->is_open = false;
	atomic_store(&port->closing, false);
	if (atomic_load(&port->disabled) && !port->gone)
		dp_opener_down(port->name);
	if (!port->gone)
		return;
	if (!port->kept)
		dp_opener_release(port->name);
	dp_port_free(port);
}

static uint64_t close_some(void)
{
	uint64_t began = hd_now_ns();

	while (closings.first) {
		if (!dp_rcu_over(closings.first->token))
			return GRACE_NS;
		close_first();
		if (closings.first && slice_over(began))
			return 0;
	}
	closings.since = closings.asked;
	return UINT64_MAX;
}

void dp_port_adjust(struct dp_port *port, bool enabled, uint16_t mtu)
{
	port->mtu = mtu;
	if (enabled == port->want_open && port->adjusted)
		return;
	port->adjusted = true;
	port->want_open = enabled;
	atomic_store(&port->disabled, !enabled);
	port->retry_ns = 0;
	port->retry_step = 0;
	if (enabled)
		return;
	dp_blame_forgive(port->name);
	port->was_disabled = true;
	dp_port_set_down(port, HD_PORT_DISABLED, DP_PORT_DISABLED_TEXT);
	if (port->is_open)
		dp_port_close_later(port);
	else
		dp_opener_down(port->name);
}

void dp_port_reopen(struct dp_port *port, enum hd_port_reason reason, const char *text)
{
	if (!port->is_open || port->closing)
		return;
	dp_port_set_down(port, reason, text);
	dp_port_close_later(port);
	port->retry_ns = 0;
	port->retry_step = 0;
}

void dp_port_stop_all(void)
{
	for (uint16_t id = 0; id < dp_port_id_end(); id++)
		if (dp_port_by_id(id) && dp_port_by_id(id)->is_open)
			dp_port_close_later(dp_port_by_id(id));
	dp_rcu_synchronize();
	while (closings.first)
		close_first();
}

/* True while the port is held back because heddle-dp died in it. */
static bool port_held(struct dp_port *port, uint64_t now_ns)
{
	char text[sizeof(port->text)];
	uint64_t until = dp_blame_holds(port->name, now_ns, text, sizeof(text));

	if (!until)
		return false;
	dp_port_set_down(port, HD_PORT_HELD_BACK, text);
	port->retry_step = RETRY_FIRST_MS;
	port->retry_ns = until;
	return true;
}

static void port_open(struct dp_port *port, uint64_t now_ns)
{
	enum hd_port_reason reason = HD_PORT_ERROR;
	struct hd_err err = {0};
	bool news;
	int rc;

	if (port_held(port, now_ns))
		return;
	dp_blame_enter(port, HD_DOING_CONTROL);
	rc = port->ops->open(port, &reason, &err);
	dp_blame_leave();
	if (rc == 0) {
		port->is_open = true;
		port->retry_step = 0;
		if (port->reason == HD_PORT_OPENING)
			dp_port_set_down(port, HD_PORT_OPENING, "waiting for the link");
		return;
	}
	news = port->reason != reason || strncmp(port->text, err.text, sizeof(port->text) - 1);
	if (news) {
		hd_log_port(HD_LOG_WARNING, port->name, "%s", err.text);
		dp_port_set_down(port, reason, err.text);
	}
	port->retry_step =
		port->retry_step ? RTE_MIN(port->retry_step * 2, RETRY_LAST_MS) : RETRY_FIRST_MS;
	port->retry_ns = now_ns + port->retry_step * HD_NS_PER_MS;
	if (reason == HD_PORT_ERROR && rc == -EINVAL)
		port->want_open = false; /* waiting cannot mend it */
}

static bool is_first_try(const struct dp_port *port)
{
	return port->want_open && !port->is_open && !port->retry_step;
}

/* An open port that waits to be closed is opened again after that. */
static bool may_open(const struct dp_port *port, uint64_t now_ns)
{
	return port->want_open && !port->is_open && !port->closing && now_ns >= port->retry_ns &&
	       (int32_t)(closings.done - port->after) >= 0;
}

/*
 * Ports that were not tried yet, and ports that are tried again, have a slice each, and in both the
 * ports take turns: so no port waits for thousands that cannot be opened.
 */
static uint64_t open_some(bool first_try, uint64_t now_ns)
{
	static uint16_t next[2];
	uint64_t began = hd_now_ns();
	bool more = false;

	for (uint16_t i = dp_port_id_end(); i > 0; i--) {
		struct dp_port *port;

		if (next[first_try] >= dp_port_id_end())
			next[first_try] = 0;
		port = dp_port_by_id(next[first_try]++);
		if (!port || is_first_try(port) != first_try)
			continue;
		if (!may_open(port, now_ns)) {
			more = true;
			continue;
		}
		port_open(port, now_ns);
		openings += first_try;
		if (slice_over(began))
			return 0;
	}
	if (first_try && !more)
		openings = 0;
	return UINT64_MAX;
}

static void port_poll(struct dp_port *port)
{
	int rc;

	if (!port->is_open || port->closing || !port->ops->poll)
		return;
	dp_blame_enter(port, HD_DOING_CONTROL);
	rc = port->ops->poll(port);
	dp_blame_leave();
	if (rc >= 0)
		return;
	if (atomic_load(&port->up))
		dp_port_set_down(port, HD_PORT_OPENING, "reopening");
	dp_port_close_later(port);
	port->retry_ns = 0;
}

/* A round over all ports. Many TAPs are many system calls: then the next one comes later. */
static uint64_t poll_some(uint64_t now_ns)
{
	static uint64_t begun_ns, due_ns, spent_ns; /* of the round */
	static uint16_t next;                       /* 0: no round is under way */
	uint64_t began = hd_now_ns();

	if (!next && now_ns < due_ns)
		return UINT64_MAX;
	if (!next) {
		begun_ns = now_ns;
		spent_ns = 0;
	}
	while (next < dp_port_id_end()) {
		struct dp_port *port = dp_port_by_id(next++);

		if (port)
			port_poll(port);
		if (slice_over(began)) {
			spent_ns += hd_now_ns() - began;
			return 0;
		}
	}
	next = 0;
	spent_ns += hd_now_ns() - began;
	due_ns = RTE_MAX(spent_ns * POLL_SHARE, POLL_NS);
	due_ns = begun_ns + RTE_MIN(due_ns, POLL_LAST_NS);
	return UINT64_MAX;
}

static void port_tell(struct dp_port *port)
{
	uint32_t up = atomic_load(&port->up_events), down = atomic_load(&port->down_events);

	for (struct dp_port_listener *l = listeners; l; l = l->next) {
		if (down != port->down_seen && l->down)
			l->down(port);
		if (l->changed)
			l->changed(port);
	}
	port->up_seen = up;
	port->down_seen = down;
}

static bool has_news(struct dp_port *port)
{
	return atomic_load(&port->up_events) != port->up_seen ||
	       atomic_load(&port->down_events) != port->down_seen;
}

static uint64_t tell_some(void)
{
	static uint16_t next;
	uint64_t began = hd_now_ns();

	for (uint16_t i = dp_port_id_end(); i > 0; i--) {
		struct dp_port *port;

		if (next >= dp_port_id_end())
			next = 0;
		port = dp_port_by_id(next++);
		if (!port || !has_news(port))
			continue;
		port_poll(port); /* the port may be closed, and wait to be opened again */
		port_tell(port);
		if (slice_over(began))
			return 0;
	}
	return UINT64_MAX;
}

uint64_t dp_port_service(uint64_t now_ns)
{
	uint64_t wait = close_some();

	wait = RTE_MIN(wait, open_some(true, now_ns));
	wait = RTE_MIN(wait, open_some(false, now_ns));
	wait = RTE_MIN(wait, poll_some(now_ns));
	return RTE_MIN(wait, tell_some());
}

void dp_port_work(struct dp_port_work *work)
{
	*work = (struct dp_port_work){
		.closing = closings.asked - closings.done,
		.closings = closings.asked - closings.since,
	};
	for (uint16_t id = 0; id < dp_port_id_end(); id++)
		if (dp_port_by_id(id) && is_first_try(dp_port_by_id(id)))
			work->opening++;
	work->openings = openings + work->opening;
}

bool dp_port_settled(void)
{
	struct dp_port_work work;

	dp_port_work(&work);
	return !work.closing && !work.opening;
}
