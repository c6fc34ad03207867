/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state of the NETCONF server itself (RFC 6022): capabilities, datastores with their locks,
 * schemas, sessions and counters.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "mgmt/netconf/caps.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/session.h"
#include "mgmt/netconf/state.h"

#define MONITORING "ietf-netconf-monitoring"

static const char *stamp(time_t when, char text[32])
{
	return nc_time(difftime(time(NULL), when), text);
}

static void add_capability(const char *uri, void *arg)
{
	nc_leaf(arg, NULL, "capability", uri);
}

static void add_datastore(struct lyd_node *list, const struct nc_server *server, const char *name,
			  enum st_ds ds)
{
	struct lyd_node *entry = nc_entry(list, "datastore", name), *lock;
	uint32_t session;
	time_t since = 0;
	char text[32];

	session = entry ? nc_locked(server, ds, &since) : 0;
	if (!session)
		return;
	lock = nc_inner(nc_inner(entry, NULL, "locks"), NULL, "global-lock");
	nc_number(lock, NULL, "locked-by-session", session);
	nc_leaf(lock, NULL, "locked-time", stamp(since, text));
}

static void add_schema(struct lyd_node *list, const char *name, const char *revision,
		       const char *format, const char *ns)
{
	const struct lys_module *mod = list->schema->module;
	struct lyd_node *entry;

	if (lyd_new_list(list, mod, "schema", 0, &entry, name, revision ? revision : "", format) !=
	    LY_SUCCESS)
		return;
	nc_leaf(entry, NULL, "namespace", ns);
	nc_leaf(entry, NULL, "location", "NETCONF");
}

static void add_schemas(struct lyd_node *list, const struct ly_ctx *ctx)
{
	const struct lys_module *mod;
	uint32_t index = 0;

	while ((mod = ly_ctx_get_module_iter(ctx, &index))) {
		LY_ARRAY_COUNT_TYPE i;

		add_schema(list, mod->name, mod->revision, "yang", mod->ns);
		if (!mod->parsed)
			continue;
		LY_ARRAY_FOR(mod->parsed->includes, i)
		{
			const struct lysp_submodule *sub = mod->parsed->includes[i].submodule;

			add_schema(list, sub->name,
				   LY_ARRAY_COUNT(sub->revs) ? sub->revs[0].date : "", "yang",
				   mod->ns);
		}
	}
}

static void add_counters(struct lyd_node *parent, const struct nc_counters *c)
{
	nc_number(parent, NULL, "in-rpcs", c->in_rpcs);
	nc_number(parent, NULL, "in-bad-rpcs", c->in_bad_rpcs);
	nc_number(parent, NULL, "out-rpc-errors", c->out_rpc_errors);
	nc_number(parent, NULL, "out-notifications", c->out_notifications);
}

static void add_session(struct lyd_node *list, const struct nc_session *session)
{
	struct lyd_node *entry;
	char text[32];

	snprintf(text, sizeof(text), "%u", session->id);
	entry = nc_entry(list, "session", text);
	if (!entry)
		return;
	nc_leaf(entry, NULL, "transport", "heddle-events:local");
	nc_leaf(entry, NULL, "username", session->user);
	nc_leaf(entry, NULL, "login-time", stamp(session->login, text));
	add_counters(entry, &session->counters);
}

static void add_statistics(struct lyd_node *node, const struct nc_server *server)
{
	char text[32];

	nc_leaf(node, NULL, "netconf-start-time", stamp(server->started, text));
	nc_number(node, NULL, "in-bad-hellos", server->bad_hellos);
	nc_number(node, NULL, "in-sessions", server->greeted);
	nc_number(node, NULL, "dropped-sessions", server->dropped);
	add_counters(node, &server->counters);
}

static void add_monitoring(struct nc_state *state, const void *facts)
{
	const struct nc_server *server = state->server;
	struct lyd_node *top = nc_top(&state->tree, server->ctx, MONITORING, "netconf-state"),
			*list;

	if (!top)
		return;
	nc_caps(server->ctx, add_capability, nc_inner(top, NULL, "capabilities"));
	list = nc_inner(top, NULL, "datastores");
	add_datastore(list, server, "running", ST_RUNNING);
	add_datastore(list, server, "candidate", ST_CANDIDATE);
	add_datastore(list, server, "startup", ST_STARTUP);
	add_schemas(nc_inner(top, NULL, "schemas"), server->ctx);
	list = nc_inner(top, NULL, "sessions");
	for (const struct nc_session *s = server->sessions; s; s = s->next)
		if (s->greeted)
			add_session(list, s);
	add_statistics(nc_inner(top, NULL, "statistics"), server);
}

NC_STATE_REGISTER(monitoring_part) = {
	.module = MONITORING, .name = "netconf-state", .add = add_monitoring};
