/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changes of the configuration and confirmed commits, told of as RFC 6470 has it.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/notify.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/state.h"

#define MODULE    "ietf-netconf-notifications"
#define EDITS_MAX 100 /* that are named in one notification; RFC 6470 lets it be none */

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

static void add_edit(struct lyd_node *event, const char *target, const char *operation)
{
	struct lyd_node *edit;

	if (lyd_new_list(event, event->schema->module, "edit", 0, &edit) != LY_SUCCESS)
		return;
	nc_leaf(edit, NULL, "target", target);
	nc_leaf(edit, NULL, "operation", operation);
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
	for (size_t i = 0; i < e->n_units && i < EDITS_MAX; i++) {
		const struct st_unit_change *unit = &e->units[i];

		add_edit(event, unit->path,
			 !unit->before  ? "create"
			 : !unit->after ? "delete"
					: "replace");
	}
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
