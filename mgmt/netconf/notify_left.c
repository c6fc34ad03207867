/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is left of a notification for somebody: it names ports, segments and changed nodes, and tells
 * nobody of those that they may not read.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/nacm/nacm.h"
#include "mgmt/netconf/notify.h"

struct reader {
	struct nacm *nacm;
	const struct nacm_subject *who;
};

/* Takes the edits that are hidden out of @event, or only counts them. Returns how many are left. */
static size_t edits_left(const struct reader *r, struct lyd_node *event, size_t *hidden, bool take)
{
	struct lyd_node *edit, *next;
	size_t left = 0;

	*hidden = 0;
	LY_LIST_FOR_SAFE(lyd_child(event), next, edit)
	{
		const char *target = ds_value(edit, NULL, "target");

		if (strcmp(edit->schema->name, "edit") != 0)
			continue;
		if (!target || nacm_may_read_path(r->nacm, r->who, target)) {
			left++;
			continue;
		}
		(*hidden)++;
		if (take)
			lyd_free_tree(edit);
	}
	return left;
}

static const struct lyd_node *change_left(const struct reader *r, const struct lyd_node *event,
					  struct lyd_node **copy)
{
	size_t hidden, left = edits_left(r, (struct lyd_node *)event, &hidden, false);

	if (!hidden)
		return event;
	if (!left || lyd_dup_single(event, NULL, LYD_DUP_RECURSIVE, copy) != LY_SUCCESS)
		return NULL;
	edits_left(r, *copy, &hidden, true);
	return *copy;
}

static bool reads(const struct reader *r, char *path)
{
	bool may = nacm_may_read_path(r->nacm, r->who, path);

	free(path);
	return may;
}

/* All that an event names; the features' events have the same words for it. */
static bool reads_names(const struct reader *r, const struct lyd_node *event)
{
	static const char *const ports[] = {"name", "port", "owner", "from", "to"};
	const char *sw = ds_value(event, NULL, "switch"), *seg = ds_value(event, NULL, "segment");
	const char *name;

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		name = ds_value(event, NULL, ports[i]);
		if (name &&
		    !reads(r, ds_printf("/ietf-interfaces:interfaces/interface[name='%s']", name)))
			return false;
	}
	if (sw && seg)
		return reads(r, ds_printf("/heddle-switch:switches/switch[name='%s']"
					  "/segment[name='%s']",
					  sw, seg));
	return !sw || reads(r, ds_printf("/heddle-switch:switches/switch[name='%s']", sw));
}

const struct lyd_node *nc_event_left(struct nacm *nacm, const struct nacm_subject *who,
				     const struct lyd_node *event, struct lyd_node **copy)
{
	const struct reader r = {nacm, who};

	*copy = NULL;
	if (!nacm || nacm_reads_all(nacm, who))
		return event;
	if (!strcmp(event->schema->name, "netconf-config-change"))
		return change_left(&r, event, copy);
	return reads_names(&r, event) ? event : NULL;
}
