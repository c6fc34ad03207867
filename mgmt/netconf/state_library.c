/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The YANG library (RFC 8525), and the list of modules that it replaced.
 */
#include <string.h>

#include "mgmt/netconf/caps.h"
#include "mgmt/netconf/state.h"

#define LIBRARY "ietf-yang-library"

/* All datastores have all modules (RFC 8525 3). */
static void add_datastores(struct lyd_node *library)
{
	static const char *const names[] = {
		"ietf-datastores:running", "ietf-datastores:candidate",
		"ietf-datastores:startup", "ietf-datastores:intended",
		"heddle-config:transient", "ietf-datastores:operational",
	};
	struct lyd_node *schema, *entry;
	const char *name = NULL;

	LY_LIST_FOR(lyd_child(library), schema)
		if (!strcmp(schema->schema->name, "schema"))
			name = lyd_get_value(lyd_child(schema));
	for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++) {
		entry = nc_entry(library, "datastore", names[i]);
		if (entry)
			nc_leaf(entry, NULL, "schema", name);
	}
}

/* Where libyang found a file says nothing to a client: all are had with get-schema. */
static void drop_locations(struct lyd_node *node)
{
	struct lyd_node *child, *next;

	LY_LIST_FOR_SAFE(lyd_child(node), next, child)
	{
		if (!strcmp(child->schema->name, "location") ||
		    (!strcmp(child->schema->name, "schema") &&
		     !strcmp(node->schema->name, "module")))
			lyd_free_tree(child);
		else
			drop_locations(child);
	}
}

static void add(struct nc_state *state, const char *wanted)
{
	const struct ly_ctx *ctx = state->server->ctx;
	struct lyd_node *all = NULL, *node, *next;
	char id[24];

	if (ly_ctx_get_yanglib_data(ctx, &all, "%s", nc_caps_content_id(ctx, id)) != LY_SUCCESS)
		return;
	for (node = all; node; node = next) {
		next = node->next;
		if (strcmp(node->schema->name, wanted) != 0) {
			lyd_free_tree(node);
			continue;
		}
		lyd_unlink_tree(node);
		drop_locations(node);
		if (!strcmp(wanted, "yang-library"))
			add_datastores(node);
		lyd_insert_sibling(state->tree, node, &state->tree);
	}
}

static void add_library(struct nc_state *state, const void *facts)
{
	add(state, "yang-library");
}

static void add_modules(struct nc_state *state, const void *facts)
{
	add(state, "modules-state");
}

NC_STATE_REGISTER(library_part) = {.module = LIBRARY, .name = "yang-library", .add = add_library};

NC_STATE_REGISTER(modules_part) = {.module = LIBRARY, .name = "modules-state", .add = add_modules};
