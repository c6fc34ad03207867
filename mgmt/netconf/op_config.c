/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-config: how a session works on candidate, its changes, and the history.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/child.h"
#include "mgmt/netconf/op_config.h"
#include "mgmt/netconf/state.h"
#include "mgmt/netconf/text.h"

#define NS "urn:heddle:yang:heddle-config"

static void leaf(struct evbuffer *out, const char *name, const char *value)
{
	evbuffer_add_printf(out, "<%s>", name);
	nc_text(out, value);
	evbuffer_add_printf(out, "</%s>", name);
}

static const char *time_text(time_t t, char text[32])
{
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return text;
}

/*
 * Who has edited or committed is known to whoever may read who is connected, and to themselves. @session
 * may be long gone.
 */
static bool knows_user(const struct nc_call *call, const char *user, uint32_t session)
{
	char path[160];

	snprintf(
		path, sizeof(path),
		"/ietf-netconf-monitoring:netconf-state/sessions/session[session-id='%u']/username",
		session);
	return !strcmp(user, call->peer->who.user) || nc_call_reads(call, path);
}

struct listing {
	const struct nc_call *call;
	struct evbuffer *out;
};

static void add_change(const struct st_unit_change *change, void *arg)
{
	const struct listing *l = arg;
	struct evbuffer *out = l->out;
	char when[32];

	if (!nc_call_reads(l->call, change->path))
		return;

	evbuffer_add_printf(out, "<change xmlns=\"" NS "\">");
	leaf(out, "path", change->path);
	leaf(out, "operation", !change->before ? "create" : !change->after ? "delete" : "modify");
	if (knows_user(l->call, change->user, change->session))
		leaf(out, "user", change->user);
	evbuffer_add_printf(out, "<session-id>%u</session-id>", change->session);
	leaf(out, "time", time_text(change->time, when));
	evbuffer_add_printf(out, "</change>");
}

static void send_changes(struct nc_call *call)
{
	struct evbuffer *body = evbuffer_new();
	struct listing listing = {call, body};

	st_changes(call->server->st, &call->peer->who, add_change, &listing);
	if (evbuffer_get_length(body))
		nc_call_data(call, body);
	else
		nc_call_ok(call);
	evbuffer_free(body);
}

static void open_configuration(struct nc_call *call)
{
	const char *mode = ds_value(call->op, NULL, "mode");
	struct ds_errors errs = {.n = 0};

	st_open(call->server->st, &call->peer->who,
		mode && !strcmp(mode, "exclusive") ? ST_EXCLUSIVE
		: mode && !strcmp(mode, "private") ? ST_PRIVATE
						   : ST_SHARED,
		&errs);
	if (ds_errors_none(&errs))
		send_changes(call);
	else
		nc_call_errors(call, &errs);
	ds_errors_clear(&errs);
}

static void close_configuration(struct nc_call *call)
{
	struct ds_errors errs = {.n = 0};

	st_close(call->server->st, &call->peer->who, &errs);
	nc_done(&errs, call);
	ds_errors_clear(&errs);
}

static void get_history(struct nc_call *call)
{
	unsigned int limit = ds_number(call->op, NULL, "limit", ST_HISTORY_MAX);
	struct evbuffer *body = evbuffer_new();
	struct st_history e;
	char when[32];

	for (unsigned int i = 0; i < limit && st_history(call->server->st, i, &e); i++) {
		evbuffer_add_printf(body,
				    "<entry xmlns=\"" NS "\"><index>%u</index>"
				    "<generation>%llu</generation>",
				    i, (unsigned long long)e.generation);
		leaf(body, "time", time_text(e.time, when));
		if (knows_user(call, e.user, UINT32_MAX))
			leaf(body, "user", e.user);
		leaf(body, "client", e.client);
		if (e.comment[0])
			leaf(body, "comment", e.comment);
		evbuffer_add_printf(body, "%s</entry>", e.pending ? "<pending/>" : "");
	}
	if (evbuffer_get_length(body))
		nc_call_data(call, body);
	else
		nc_call_ok(call);
	evbuffer_free(body);
}

struct past {
	unsigned int index;
	struct lyd_node *tree; /* in the child */
};

static bool find_past(struct nc_call *call, void *arg, struct ds_errors *errs)
{
	struct past *past = arg;

	past->tree = st_history_tree(call->server->st, past->index, errs);
	if (!nc_call_reads_all(call))
		nc_call_prune(call, &past->tree);
	return ds_errors_none(errs);
}

static void print_past(struct nc_call *call, void *arg, FILE *out)
{
	const struct past *past = arg;
	char *text = nc_print(past->tree, 0);

	fprintf(out, "<config xmlns=\"" NS "\">%s</config>", text ? text : "");
	free(text);
}

/* Undoing fifty commits of a large configuration takes a while. */
static void get_history_config(struct nc_call *call)
{
	static const struct nc_work work = {find_past, print_past, free};
	struct past *past = ds_alloc(sizeof(*past));

	past->index = ds_number(call->op, NULL, "index", 0);
	nc_child_run(call, &work, past);
}

static void rollback(struct nc_call *call)
{
	struct ds_errors errs = {.n = 0};

	st_rollback(call->server->st, &call->peer->who, ds_number(call->op, NULL, "index", 0),
		    &errs);
	nc_done(&errs, call);
	ds_errors_clear(&errs);
}

NC_REGISTER(open_op) = {"heddle-config", "open-configuration", open_configuration};
NC_REGISTER(close_op) = {"heddle-config", "close-configuration", close_configuration};
NC_REGISTER(changes_op) = {"heddle-config", "get-changes", send_changes};
NC_REGISTER(history_op) = {"heddle-config", "get-history", get_history};
NC_REGISTER(history_config_op) = {"heddle-config", "get-history-config", get_history_config};
NC_REGISTER(rollback_op) = {"heddle-config", "rollback", rollback};

static void add_state(struct nc_state *all, const void *facts)
{
	const struct nc_server *server = all->server;
	struct lyd_node *state =
		nc_top(&all->tree, server->ctx, "heddle-config", "configuration-state");
	struct lyd_node *confirmed;
	const char *file = st_startup_file(server->st);
	struct st_pending pending;
	char when[32];

	if (file) {
		nc_leaf(state, NULL, "startup-file", file);
		nc_leaf(state, NULL, "startup-differs",
			st_startup_differs(server->st) ? "true" : "false");
	}
	if (st_startup_fixed(server->st))
		nc_leaf(state, NULL, "startup-fixed", "");
	if (st_startup_problem(server->st))
		nc_leaf(state, NULL, "startup-problem", st_startup_problem(server->st));
	st_pending(server->st, &pending);
	if (!pending.is)
		return;
	confirmed = nc_inner(state, NULL, "confirmed-commit");
	nc_leaf(confirmed, NULL, "user", pending.user);
	if (pending.session)
		nc_number(confirmed, NULL, "session-id", pending.session);
	nc_leaf(confirmed, NULL, "deadline", time_text(pending.deadline, when));
}

NC_STATE_REGISTER(configuration_state) = {
	.module = "heddle-config", .name = "configuration-state", .add = add_state};
