/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/nacm/nacm.h"
#include "mgmt/netconf/child.h"
#include "mgmt/netconf/notify.h"
#include "mgmt/netconf/session.h"
#include "mgmt/netconf/state.h"
#include "mgmt/netconf/text.h"

#define NS_NOTIFICATION "urn:ietf:params:xml:ns:netconf:notification:1.0"
#define NS_MANAGE       "urn:ietf:params:xml:ns:netmod:notification"
#define NS_EVENTS       "urn:heddle:yang:heddle-events"
#define BURST           32 /* events that are looked at, before other sessions have their turn */
#define ASK_NS          (HD_NS_PER_S / 20) /* from one child of a subscription to its next */

struct entry {
	struct timespec time;
	char *text; /* XML, without the envelope */
	size_t len;
	struct lyd_node *tree;
};

/* A ring: event number N lies at N modulo room. */
struct nc_log {
	struct entry *entries;
	size_t room, bytes, most;
	uint64_t first, next; /* numbers of the oldest and of the one to come */
	struct timespec began;
};

struct nc_subscription {
	struct nc_session *session;
	uint64_t at;         /* number of the event that is looked at next */
	uint64_t replay_end; /* of the first event that is not replay */
	struct nc_subscribe wish;
	struct lyd_node *op;
	struct event *stop;
	/* A filter that only a child may evaluate: what one said of the events from @judged on. */
	bool beside;
	struct nc_child *child;
	uint64_t asked_ns, judged;
	size_t n_verdicts;
	char *verdicts;
};

struct nc_log *nc_log_new(const struct nc_limits *limits)
{
	struct nc_log *log = ds_alloc(sizeof(*log));

	log->room = limits->events;
	log->most = (size_t)limits->events_kb << 10;
	log->entries = ds_alloc(log->room * sizeof(*log->entries));
	clock_gettime(CLOCK_REALTIME, &log->began);
	return log;
}

static void drop_oldest(struct nc_log *log)
{
	struct entry *e = &log->entries[log->first++ % log->room];

	log->bytes -= e->len;
	free(e->text);
	lyd_free_all(e->tree);
	memset(e, 0, sizeof(*e));
}

void nc_log_free(struct nc_log *log)
{
	while (log->first != log->next)
		drop_oldest(log);
	free(log->entries);
	free(log);
}

struct timespec nc_log_began(const struct nc_log *log)
{
	return log->began;
}

struct lyd_node *nc_event(const struct nc_server *server, const char *module, const char *name)
{
	const struct lys_module *mod = ly_ctx_get_module_implemented(server->ctx, module);
	struct lyd_node *event = NULL;

	if (mod)
		lyd_new_inner(NULL, mod, name, 0, &event);
	return event;
}

void nc_publish(struct nc_server *server, struct lyd_node *event)
{
	struct nc_log *log = server->log;
	struct entry *e;
	char *text = nc_print(event, 0);

	if (!event)
		return;
	if (!text) {
		lyd_free_all(event);
		return;
	}
	while (log->first != log->next &&
	       (log->next - log->first == log->room || log->bytes + strlen(text) > log->most))
		drop_oldest(log);
	e = &log->entries[log->next++ % log->room];
	clock_gettime(CLOCK_REALTIME, &e->time);
	e->text = text;
	e->len = strlen(text);
	e->tree = event;
	log->bytes += e->len;
	for (struct nc_session *s = server->sessions; s; s = s->next)
		if (s->sub)
			nc_session_pump(s);
}

static void send_text(struct nc_session *session, const struct timespec *time, const char *text)
{
	struct evbuffer *body = evbuffer_new();
	char *stamp = NULL;

	ly_time_ts2str(time, &stamp);
	evbuffer_add_printf(body,
			    "<notification xmlns=\"" NS_NOTIFICATION "\"><eventTime>%s</eventTime>",
			    stamp ? stamp : "");
	evbuffer_add(body, text, strlen(text));
	evbuffer_add(body, "</notification>", 15);
	nc_session_send(session, body);
	evbuffer_free(body);
	free(stamp);
	session->counters.out_notifications++;
	session->server->counters.out_notifications++;
}

static void send_now(struct nc_session *session, const char *text)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	send_text(session, &now, text);
}

static int compare(const struct timespec *a, const struct timespec *b)
{
	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return a->tv_nsec < b->tv_nsec ? -1 : a->tv_nsec > b->tv_nsec;
}

void nc_subscription_free(struct nc_subscription *sub)
{
	if (!sub)
		return;
	if (sub->child)
		nc_child_cancel(sub->child);
	if (sub->stop)
		event_free(sub->stop);
	lyd_free_all(sub->op);
	free(sub->verdicts);
	free(sub);
}

static void end_subscription(struct nc_session *session)
{
	nc_subscription_free(session->sub);
	session->sub = NULL;
	session->since_ns = hd_now_ns();
}

/* It has told what there was up to its stop time. */
static void complete(struct nc_session *session)
{
	send_now(session, "<notificationComplete xmlns=\"" NS_MANAGE "\"/>");
	end_subscription(session);
}

/* In the child: a byte for each event in the log that the subscription has not looked at yet. */
static bool judge(struct nc_call *call, void *arg, struct ds_errors *errs)
{
	struct nc_subscription *sub = arg;
	const struct nc_log *log = sub->session->server->log;

	sub->judged = sub->at > log->first ? sub->at : log->first;
	sub->n_verdicts = log->next - sub->judged;
	sub->verdicts = ds_realloc(sub->verdicts, sub->n_verdicts, 1);
	for (size_t i = 0; i < sub->n_verdicts; i++) {
		const struct lyd_node *tree = log->entries[(sub->judged + i) % log->room].tree;
		struct lyd_node *copy;

		tree = nc_event_left(call->server->nacm, &call->peer->who, tree, &copy);
		sub->verdicts[i] = tree ? nc_filter_matches(&sub->wish.filter, tree) : 0;
		lyd_free_all(copy);
	}
	return true;
}

static void print_verdicts(struct nc_call *call, void *arg, FILE *out)
{
	const struct nc_subscription *sub = arg;

	fwrite(&sub->judged, sizeof(sub->judged), 1, out);
	fwrite(sub->verdicts, 1, sub->n_verdicts, out);
}

static void judged(void *arg)
{
}

static const struct nc_work judging = {judge, print_verdicts, .done = judged};

static void take_verdicts(void *arg, const char *why, struct evbuffer *printed)
{
	struct nc_subscription *sub = arg;
	struct nc_session *session = sub->session;
	size_t n = evbuffer_get_length(printed);
	char text[256];

	sub->child = NULL;
	if (why || n < sizeof(sub->judged)) {
		snprintf(text, sizeof(text),
			 "<subscription-ended xmlns=\"" NS_EVENTS
			 "\"><reason>the filter of this subscription cannot be evaluated: "
			 "%s</reason></subscription-ended>",
			 why ? why : "no answer");
		send_now(session, text);
		end_subscription(session);
		return;
	}
	evbuffer_remove(printed, &sub->judged, sizeof(sub->judged));
	sub->n_verdicts = n - sizeof(sub->judged);
	sub->verdicts = ds_realloc(sub->verdicts, sub->n_verdicts, 1);
	evbuffer_remove(printed, sub->verdicts, sub->n_verdicts);
	nc_session_pump(session);
}

/* Has the events judged that are there now; when many come, many at once. */
static void ask(struct nc_subscription *sub)
{
	uint64_t now = hd_now_ns(), left = sub->asked_ns + ASK_NS - now;
	struct timeval pause = {0, left / 1000 + 1};

	if (sub->child)
		return;
	if (sub->asked_ns && now - sub->asked_ns < ASK_NS) {
		evtimer_add(sub->session->pump, &pause);
		return;
	}
	sub->asked_ns = now;
	sub->child = nc_child_ask(sub->session, &judging, sub, take_verdicts);
}

/* Is it known what the filter says of the next event? */
static bool is_judged(const struct nc_subscription *sub)
{
	return !sub->beside || (sub->at >= sub->judged && sub->at - sub->judged < sub->n_verdicts);
}

static bool passes_filter(const struct nc_subscription *sub, const struct lyd_node *tree)
{
	return sub->beside ? sub->verdicts[sub->at - sub->judged]
			   : nc_filter_matches(&sub->wish.filter, tree);
}

/* Sends what the subscriber may know of an event, if it is for them. */
static void send_event(const struct nc_subscription *sub, const struct entry *e)
{
	struct nc_session *session = sub->session;
	const struct nacm_subject *who = &session->peer->who;
	struct nacm *nacm = session->server->nacm;
	const struct lyd_node *left;
	struct lyd_node *copy;
	char *text = NULL;

	if (sub->wish.replay && compare(&e->time, &sub->wish.start) < 0)
		return;
	left = nc_event_left(nacm, who, e->tree, &copy);
	if (left && passes_filter(sub, left) && (!nacm || nacm_may_notify(nacm, who, left))) {
		if (copy)
			lyd_print_mem(&text, copy, LYD_XML, LYD_PRINT_SHRINK);
		if (text || !copy)
			send_text(session, &e->time, copy ? text : e->text);
	}
	free(text);
	lyd_free_all(copy);
}

static void tell_lost(struct nc_subscription *sub, uint64_t first)
{
	char text[128];

	snprintf(text, sizeof(text),
		 "<events-lost xmlns=\"" NS_EVENTS "\"><count>%llu</count></events-lost>",
		 (unsigned long long)(first - sub->at));
	send_now(sub->session, text);
	hd_log_limited(HD_LOG_WARNING,
		       "netconf session %u of %s does not read its notifications: %llu lost",
		       sub->session->id, sub->session->user, (unsigned long long)(first - sub->at));
	sub->at = first;
}

/* True when its stop time is behind us, or behind what comes next. */
static bool is_over(const struct nc_subscription *sub, const struct timespec *time)
{
	return sub->wish.stops && compare(time, &sub->wish.stop) > 0;
}

enum next { NEXT_MORE, NEXT_NOTHING, NEXT_OVER };

/* One event, and what is to be done then. */
static enum next advance(struct nc_subscription *sub)
{
	struct nc_log *log = sub->session->server->log;
	const struct entry *e;
	struct timespec now;

	if (sub->at < log->first)
		tell_lost(sub, log->first);
	if (sub->wish.replay && sub->at >= sub->replay_end) {
		sub->wish.replay = false;
		send_now(sub->session, "<replayComplete xmlns=\"" NS_MANAGE "\"/>");
	}
	if (sub->at == log->next) {
		clock_gettime(CLOCK_REALTIME, &now);
		return is_over(sub, &now) ? NEXT_OVER : NEXT_NOTHING;
	}
	e = &log->entries[sub->at % log->room];
	if (is_over(sub, &e->time)) {
		if (!sub->wish.replay)
			return NEXT_OVER;
		sub->at = sub->replay_end; /* the rest is later still */
		return NEXT_MORE;
	}
	if (!is_judged(sub)) {
		ask(sub);
		return NEXT_NOTHING;
	}
	send_event(sub, e);
	sub->at++;
	return NEXT_MORE;
}

void nc_notify_deliver(struct nc_session *session)
{
	for (unsigned int i = 0; i < BURST; i++) {
		enum next next;

		if (!session->sub || !nc_session_takes(session))
			return;
		next = advance(session->sub);
		if (next == NEXT_OVER)
			complete(session);
		if (next != NEXT_MORE)
			return;
	}
	nc_session_pump(session);
}

static void on_stop(evutil_socket_t fd, short what, void *arg)
{
	struct nc_subscription *sub = arg;

	nc_session_pump(sub->session);
}

bool nc_log_try(const struct nc_log *log, const struct nc_filter *filter, struct ds_errors *errs)
{
	int rc = 0;

	for (uint64_t at = log->first; at != log->next && rc >= 0; at++)
		rc = nc_filter_matches(filter, log->entries[at % log->room].tree);
	if (rc < 0)
		nc_filter_xpath_error(LYD_CTX(log->entries[log->first % log->room].tree), errs);
	return rc >= 0;
}

void nc_subscribe(struct nc_session *session, const struct nc_subscribe *wish, struct lyd_node *op)
{
	struct nc_log *log = session->server->log;
	struct nc_subscription *sub = ds_alloc(sizeof(*sub));
	struct timeval left = {0, 10000};
	struct timespec now;

	sub->session = session;
	sub->wish = *wish;
	sub->op = op;
	sub->beside = nc_filter_cost(&wish->filter, session->server->ctx) == NC_COST_OPEN;
	sub->at = wish->replay ? log->first : log->next;
	sub->replay_end = log->next;
	if (wish->stops) {
		clock_gettime(CLOCK_REALTIME, &now);
		if (wish->stop.tv_sec >= now.tv_sec)
			left.tv_sec = wish->stop.tv_sec - now.tv_sec + 1;
		sub->stop = evtimer_new(session->server->base, on_stop, sub);
		evtimer_add(sub->stop, &left);
	}
	session->sub = sub;
	nc_session_pump(session);
}
