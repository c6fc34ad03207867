/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/select.h"

#define ORIGIN "ietf-origin"

struct selection {
	const struct nc_read *read;
	const struct lys_module *module;  /* ietf-origin */
	const struct lyd_node *config;    /* what is in force */
	const struct lyd_node *transient; /* of that, what no person configured */
};

static bool has_entry(const struct lyd_node *tree, const struct lyd_node *entry)
{
	const struct lyd_node *node;
	struct lyd_node *match;

	LY_LIST_FOR(tree, node)
		if (node->schema == lyd_parent(entry)->schema)
			return lyd_find_sibling_first(lyd_child(node), entry, &match) == LY_SUCCESS;
	return false;
}

/* The origin of a node of the configuration whose parent's is @outer. */
static const char *origin_of(const struct selection *s, const struct lyd_node *node,
			     const char *outer)
{
	if (node->flags & LYD_DEFAULT && node->schema->nodetype & LYD_NODE_TERM)
		return "default";
	if (node->schema->nodetype != LYS_LIST || !lyd_parent(node) || lyd_parent(lyd_parent(node)))
		return outer;
	if (has_entry(s->transient, node))
		return "dynamic";
	return has_entry(s->config, node) ? outer : "system";
}

static const struct lysc_ident *identity(const struct selection *s, const char *name)
{
	LY_ARRAY_COUNT_TYPE i;

	LY_ARRAY_FOR(s->module->identities, i)
	if (!strcmp(s->module->identities[i].name, name))
		return &s->module->identities[i];
	return NULL;
}

static bool derived(const struct lysc_ident *ident, const struct lysc_ident *base)
{
	LY_ARRAY_COUNT_TYPE i;

	if (ident == base)
		return true;
	LY_ARRAY_FOR(base->derived, i)
	if (derived(ident, base->derived[i]))
		return true;
	return false;
}

static bool origin_fits(const struct selection *s, const char *origin)
{
	const struct lysc_ident *ident = identity(s, origin);
	bool found = false;

	for (size_t i = 0; i < s->read->n_origins && ident; i++)
		found |= derived(ident, s->read->origins[i]);
	return s->read->n_origins == 0 || found != s->read->negated;
}

static bool fits(const struct selection *s, const struct lyd_node *node, const char *origin)
{
	bool config = node->schema->flags & LYS_CONFIG_W;

	if (s->read->config >= 0 && config != (s->read->config == 1))
		return false;
	return !config || origin_fits(s, origin);
}

/* Returns whether anything of @node stays. A key stays with its entry. */
static bool visit(const struct selection *s, struct lyd_node *node, const char *outer)
{
	bool config = node->schema->flags & LYS_CONFIG_W;
	const char *origin = config ? origin_of(s, node, outer) : outer;
	bool keep =
		node->schema->nodetype & (LYD_NODE_TERM | LYD_NODE_ANY) && fits(s, node, origin);
	struct lyd_node *child, *next;

	if (config && s->read->with_origin && strcmp(origin, outer) != 0) {
		char value[64];

		snprintf(value, sizeof(value), ORIGIN ":%s", origin);
		lyd_new_meta(NULL, node, s->module, "origin", value, 0, NULL);
	}
	LY_LIST_FOR_SAFE(lyd_child_no_keys(node), next, child)
	keep |= visit(s, child, origin);
	/* What has nothing in it counts for itself: a presence container, an entry with only keys. */
	if (!keep && !lyd_child_no_keys(node) && node->schema->nodetype & LYD_NODE_INNER &&
	    !(node->flags & LYD_DEFAULT))
		keep = fits(s, node, origin);
	if (!keep)
		lyd_free_tree(node);
	return keep;
}

void nc_select(const struct nc_read *read, struct nc_call *call, struct lyd_node **tree)
{
	struct selection s = {
		.read = read,
		.module = ly_ctx_get_module_implemented(call->server->ctx, ORIGIN),
		.config = st_operational(call->server->st),
		.transient = nc_call_tree(call, ST_TRANSIENT),
	};
	struct lyd_node *node = *tree, *next;

	if (!s.module)
		return;
	*tree = NULL;
	for (; node; node = next) {
		next = node->next;
		if (visit(&s, node, "intended") && !*tree)
			*tree = node;
	}
	LY_LIST_FOR(*tree, node)
		if (read->with_origin && node->schema->flags & LYS_CONFIG_W)
			lyd_new_meta(NULL, node, s.module, "origin", ORIGIN ":intended", 0, NULL);
}
