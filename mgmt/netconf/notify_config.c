/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changes of the configuration and confirmed commits, told of as RFC 6470 has it.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/notify.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/state.h"

#define MODULE        "ietf-netconf-notifications"
#define UNITS_MAX     100 /* that are named in one notification; RFC 6470 lets it be none */
#define EDITS_OF_UNIT 8   /* more of them are told of as one: it was replaced */

struct nc_config_watch {
	struct nc_server *server;
	struct st_listener listener;
};

/* changed-by-parms */
static void changed_by(struct lyd_node *event, const struct nacm_subject *who)
{
	struct lyd_node *by = nc_inner(event, NULL, "changed-by");

	if (who) {
		nc_leaf(by, NULL, "username", who->user);
		nc_number(by, NULL, "session-id", who->session);
	} else {
		lyd_new_term(by, by->schema->module, "server", NULL, 0, NULL);
	}
}

struct edits {
	struct lyd_node *event;
	const struct st_unit_change *unit;
	size_t skip; /* bytes of a path of the unit's own node */
	unsigned int n, most;
};

static void add_edit(struct edits *e, const char *target, const char *operation)
{
	struct lyd_node *edit;

	if (e->n++ >= e->most ||
	    lyd_new_list(e->event, e->event->schema->module, "edit", 0, &edit) != LY_SUCCESS)
		return;
	nc_leaf(edit, NULL, "target", target);
	nc_leaf(edit, NULL, "operation", operation);
}

/* @node is below the unit, which may or may not be linked to what it is in. */
static void add_below(struct edits *e, const struct lyd_node *node, const char *operation)
{
	char *path = ds_path(node), *target = ds_printf("%s%s", e->unit->path, path + e->skip);

	add_edit(e, target, operation);
	free(target);
	free(path);
}

/* A default counts as what is not there. */
static struct lyd_node *twin(const struct lyd_node *others, const struct lyd_node *node)
{
	struct lyd_node *match = NULL;

	if (node->schema->nodetype == LYS_LIST && node->schema->flags & LYS_KEYLESS)
		return NULL;
	if (lyd_find_sibling_first(others, node, &match) != LY_SUCCESS ||
	    (match->flags & LYD_DEFAULT && match->schema->nodetype & LYD_NODE_TERM))
		return NULL;
	return match;
}

static bool is_silent(const struct lyd_node *node)
{
	return node->flags & LYD_DEFAULT || lysc_is_key(node->schema);
}

/* The topmost nodes that were created, deleted or given another value. */
static void compare(struct edits *e, const struct lyd_node *before, const struct lyd_node *after)
{
	const struct lyd_node *node;

	LY_LIST_FOR(lyd_child(after), node) {
		const struct lyd_node *old = is_silent(node) ? NULL : twin(lyd_child(before), node);

		if (is_silent(node))
			continue;
		if (!old)
			add_below(e, node, "create");
		else if (node->schema->nodetype & LYD_NODE_INNER)
			compare(e, old, node);
		else if (lyd_compare_single(old, node, 0) != LY_SUCCESS)
			add_below(e, node, "replace");
	}
	LY_LIST_FOR(lyd_child(before), node)
		if (!is_silent(node) && !twin(lyd_child(after), node))
			add_below(e, node, "delete");
}

static void add_unit(struct lyd_node *event, const struct st_unit_change *unit)
{
	struct edits e = {.event = event, .unit = unit, .most = EDITS_OF_UNIT};
	struct edits probe = e;
	char *own;

	if (!unit->before || !unit->after) {
		add_edit(&e, unit->path, unit->after ? "create" : "delete");
		return;
	}
	own = ds_path(unit->after);
	e.skip = probe.skip = strlen(own);
	probe.most = 0; /* it only counts */
	compare(&probe, unit->before, unit->after);
	if (probe.n && probe.n <= EDITS_OF_UNIT)
		compare(&e, unit->before, unit->after);
	else
		add_edit(&e, unit->path, "replace");
	free(own);
}

static void changed(struct nc_server *server, const struct st_event *e)
{
	struct lyd_node *event;

	/* The stream has no word for other datastores. */
	if (e->ds != ST_RUNNING && e->ds != ST_STARTUP)
		return;
	event = nc_event(server, MODULE, "netconf-config-change");
	if (!event)
		return;
	changed_by(event, e->who);
	nc_leaf(event, NULL, "datastore", st_ds_name(e->ds));
	for (size_t i = 0; i < e->n_units && i < UNITS_MAX; i++)
		add_unit(event, &e->units[i]);
	nc_publish(server, event);
}

static const char *confirm_event(enum st_event_kind kind)
{
	switch (kind) {
	case ST_EVENT_CONFIRM_START: return "start";
	case ST_EVENT_CONFIRM_EXTEND: return "extend";
	case ST_EVENT_CONFIRM_COMPLETE: return "complete";
	case ST_EVENT_CONFIRM_CANCEL: return "cancel";
	case ST_EVENT_CONFIRM_TIMEOUT: return "timeout";
	default: return NULL;
	}
}

static void confirmed(struct nc_server *server, const struct st_event *e)
{
	struct lyd_node *event = nc_event(server, MODULE, "netconf-confirmed-commit");

	if (!event)
		return;
	/* The session may be gone by the time that it is reverted: then there is nobody to name. */
	if (e->kind != ST_EVENT_CONFIRM_TIMEOUT) {
		nc_leaf(event, NULL, "username", e->who ? e->who->user : "");
		nc_number(event, NULL, "session-id", e->who ? e->who->session : 0);
	}
	nc_leaf(event, NULL, "confirm-event", confirm_event(e->kind));
	if (e->kind == ST_EVENT_CONFIRM_START || e->kind == ST_EVENT_CONFIRM_EXTEND)
		nc_number(event, NULL, "timeout", e->timeout_s);
	nc_publish(server, event);
}

static void on_event(const struct st_event *event, void *arg)
{
	const struct nc_config_watch *w = arg;

	if (event->kind == ST_EVENT_CHANGED)
		changed(w->server, event);
	else
		confirmed(w->server, event);
}

struct nc_config_watch *nc_config_watch_new(struct nc_server *server)
{
	struct nc_config_watch *w = ds_alloc(sizeof(*w));

	w->server = server;
	w->listener = (struct st_listener){.fn = on_event, .arg = w};
	st_listen(server->st, &w->listener);
	return w;
}

void nc_config_watch_free(struct nc_config_watch *w)
{
	st_unlisten(w->server->st, &w->listener);
	free(w);
}
