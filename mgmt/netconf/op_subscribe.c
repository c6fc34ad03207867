/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * create-subscription (RFC 5277 2.1.1), and the list of streams (3.2.5.1).
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/child.h"
#include "mgmt/netconf/notify.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/session.h"
#include "mgmt/netconf/state.h"

#define WIDE_MAX 2

/*
 * It is evaluated for each event, so it must not be able to explode: at most so many steps that go
 * through all there is.
 */
static bool is_cheap(const struct nc_filter *filter, struct ds_errors *errs)
{
	unsigned int wide = 0;
	char quote = 0;

	for (const char *c = filter->xpath ? filter->xpath : ""; *c; c++) {
		if (quote) {
			quote = *c == quote ? 0 : quote;
		} else if (*c == '\'' || *c == '"') {
			quote = *c;
		} else if (*c == '*' || (c[0] == '/' && c[1] == '/') ||
			   (c[0] == ':' && c[1] == ':')) {
			wide++;
			c += *c != '*';
		}
	}
	if (wide <= WIDE_MAX)
		return true;
	ds_errors_add(errs, DS_RESOURCE_DENIED, NULL,
		      "the filter of a subscription is evaluated for each event: it may have %d "
		      "steps with //, * or an axis, and has %u; name what is wanted, as in "
		      "/he:port-down[he:name='web1']",
		      WIDE_MAX, wide);
	return false;
}

static void bad(struct ds_errors *errs, enum ds_tag tag, const char *element, const char *text)
{
	ds_error_bad(ds_errors_add(errs, tag, NULL, "%s", text), element);
}

static bool later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static void read_times(struct nc_subscribe *wish, const struct lyd_node *op, struct ds_errors *errs)
{
	const char *start = ds_value(op, NULL, "startTime");
	const char *stop = ds_value(op, NULL, "stopTime");
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	wish->replay = start && ly_time_str2ts(start, &wish->start) == LY_SUCCESS;
	wish->stops = stop && ly_time_str2ts(stop, &wish->stop) == LY_SUCCESS;
	if (stop && !start)
		bad(errs, DS_MISSING_ELEMENT, "startTime",
		    "a stopTime needs a startTime: it ends a replay");
	else if (wish->replay && later(&wish->start, &now))
		bad(errs, DS_BAD_ELEMENT, "startTime",
		    "the startTime is in the future: leave it out to be told from now on");
	else if (wish->stops && !later(&wish->stop, &wish->start))
		bad(errs, DS_BAD_ELEMENT, "stopTime", "the stopTime is not after the startTime");
}

static bool try_filter(struct nc_call *call, void *arg, struct ds_errors *errs)
{
	const struct nc_subscribe *wish = arg;

	return nc_log_try(call->server->log, &wish->filter, errs);
}

static void print_ok(struct nc_call *call, void *arg, FILE *out)
{
	fputs("<ok/>", out);
}

/* The subscription keeps the operation, for its filter. */
static void begin(struct nc_call *call, void *wish)
{
	struct nc_session *session = nc_call_session(call);
	struct lyd_node *op = call->op;

	if (!session)
		return;
	call->op = NULL;
	nc_subscribe(session, wish, op);
}

static const struct nc_work trying = {try_filter, print_ok, free, begin};

static void create_subscription(struct nc_call *call)
{
	struct nc_session *session = nc_call_session(call);
	const char *stream = ds_value(call->op, NULL, "stream");
	struct nc_subscribe wish = {.replay = false};
	struct ds_errors errs = {.n = 0};
	const struct lyd_node *op = call->op;

	if (session->sub)
		ds_errors_add(&errs, DS_IN_USE, NULL,
			      "this session has a subscription: it ends with the session");
	else if (stream && strcmp(stream, NC_STREAM) != 0)
		ds_errors_add(&errs, DS_INVALID_VALUE, NULL,
			      "there is no stream \"%s\": there is " NC_STREAM, stream);
	else
		read_times(&wish, op, &errs);
	if (!ds_errors_none(&errs) || !nc_filter_read(&wish.filter, op, &errs) ||
	    !is_cheap(&wish.filter, &errs)) {
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
		return;
	}
	if (nc_filter_cost(&wish.filter, call->server->ctx) == NC_COST_OPEN) {
		struct nc_subscribe *kept = ds_alloc(sizeof(*kept));

		*kept = wish;
		nc_child_run(call, &trying, kept);
		return;
	}
	begin(call, &wish);
	nc_call_ok(call);
}

NC_REGISTER(create_subscription_op) = {"notifications", "create-subscription", create_subscription};

static void add_streams(struct nc_state *state, const void *facts)
{
	const struct nc_server *server = state->server;
	struct lyd_node *top = nc_top(&state->tree, server->ctx, "nc-notifications", "netconf"),
			*stream;
	struct timespec began = nc_log_began(server->log);
	char *text = NULL;

	if (!top)
		return;
	stream = nc_entry(nc_inner(top, NULL, "streams"), "stream", NC_STREAM);
	nc_leaf(stream, NULL, "description",
		"All events of the switch: ports, addresses, configuration, sessions.");
	nc_leaf(stream, NULL, "replaySupport", "true");
	ly_time_ts2str(&began, &text);
	nc_leaf(stream, NULL, "replayLogCreationTime", text);
	free(text);
}

NC_STATE_REGISTER(streams_part) = {
	.module = "nc-notifications", .name = "netconf", .add = add_streams};
