/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mgmt/bind/bind.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/state.h"

#define PATIENCE_MS 1000
#define DUP         (LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS)

/* Of one part that asks. */
struct fact {
	struct fact *next;
	const struct nc_state_part *part;
	void *facts;
};

struct nc_facts {
	struct fact *first;
	nc_facts_fn fn;
	void *arg;
};

static struct nc_state_part *parts;

static int compare(const struct nc_state_part *a, const struct nc_state_part *b)
{
	int order = strcmp(a->module, b->module);

	if (!order)
		order = strcmp(a->name, b->name);
	return order ? order : strcmp(a->feature ? a->feature : "", b->feature ? b->feature : "");
}

void nc_state_register(struct nc_state_part *part)
{
	struct nc_state_part **at = &parts;

	while (*at && compare(*at, part) < 0)
		at = &(*at)->next;
	part->next = *at;
	*at = part;
}

static bool wants(const struct nc_server *server, const struct nc_filter *filter,
		  const char *module, const char *name)
{
	return !filter || nc_filter_wants(filter, server->ctx, module, name);
}

#define SCHEMAS_MAX 64

/* What the filter says of nodes, asked once for each schema. */
struct wanted {
	const struct nc_filter *filter;
	const struct lysc_node *schema[SCHEMAS_MAX];
	bool is[SCHEMAS_MAX];
	size_t n;
};

static bool is_wanted(struct wanted *w, const struct lysc_node *schema)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->schema[i] == schema)
			return w->is[i];
	if (w->n == SCHEMAS_MAX)
		return true;
	w->schema[w->n] = schema;
	w->is[w->n] = lysc_is_key(schema) || nc_filter_wants_node(w->filter, schema);
	return w->is[w->n++];
}

/* Copies what may be selected of an entry: most of it is defaults that nobody asked for. */
static void copy_entry(struct wanted *w, const struct lyd_node *from, struct lyd_node *parent)
{
	struct lyd_node *copy;
	const struct lyd_node *child;

	if (!is_wanted(w, from->schema) || lyd_dup_single(from, (struct lyd_node_inner *)parent,
							  LYD_DUP_WITH_FLAGS, &copy) != LY_SUCCESS)
		return;
	LY_LIST_FOR(lyd_child(from), child)
		if (!lysc_is_key(child->schema))
			copy_entry(w, child, copy);
}

/* The entries that may be selected. A filter by name is the usual one, and there may be thousands. */
static struct lyd_node *copy_interfaces(const struct nc_filter *filter, const struct lyd_node *all)
{
	struct wanted w = {.filter = filter};
	struct lyd_node *copy = NULL;
	const struct lyd_node *node;

	lyd_dup_single(all, NULL, LYD_DUP_WITH_FLAGS, &copy);
	LY_LIST_FOR(copy ? lyd_child(all) : NULL, node)
		if (node->schema->nodetype != LYS_LIST ||
		    nc_filter_wants_entry(filter, node->schema, lyd_get_value(lyd_child(node))))
			copy_entry(&w, node, copy);
	return copy;
}

/* What is configured, as far as the filter can select something of it. */
static struct lyd_node *copy_config(const struct nc_server *server, const struct nc_filter *filter,
				    const struct lyd_node *config)
{
	struct lyd_node *tree = NULL, *copy;
	const struct lyd_node *node;

	LY_LIST_FOR(config, node) {
		if (!node->schema ||
		    !wants(server, filter, node->schema->module->name, node->schema->name))
			continue;
		copy = NULL;
		if (!strcmp(node->schema->name, "interfaces"))
			copy = copy_interfaces(filter, node);
		else
			lyd_dup_single(node, NULL, DUP, &copy);
		if (copy)
			lyd_insert_sibling(tree, copy, &tree);
	}
	return tree;
}

static const void *facts_of(const struct nc_facts *facts, const struct nc_state_part *part)
{
	const struct fact *f = facts->first;

	while (f && f->part != part)
		f = f->next;
	return f ? f->facts : NULL;
}

struct lyd_node *nc_state_build(const struct nc_server *server, const struct nc_filter *filter,
				const struct nc_facts *facts)
{
	const struct bd_config *config = nc_in_force(server);
	const struct lyd_node *running = st_operational(server->st);
	struct bd_model model;
	struct nc_state state = {.tree = copy_config(server, filter, running),
				 .server = server,
				 .filter = filter,
				 .model = &model};

	bd_model_init(&model, server->ctx, running);
	bd_numbers_assign(&model, config ? &config->numbers : NULL);
	bd_model_resolve(&model);
	for (const struct nc_state_part *p = parts; p; p = p->next)
		if (wants(server, filter, p->module, p->name))
			p->add(&state, facts_of(facts, p));
	bd_model_free(&model);
	return state.tree;
}

void nc_facts_free(struct nc_facts *facts)
{
	struct fact *f, *next;

	for (f = facts ? facts->first : NULL; f; f = next) {
		next = f->next;
		if (f->part->facts_free)
			f->part->facts_free(f->facts);
		free(f->facts);
		free(f);
	}
	free(facts);
}

/* What has not come in time is left out. */
static void gathered(int status, void *arg)
{
	struct nc_facts *facts = arg;
	nc_facts_fn fn = facts->fn;
	void *whose = facts->arg;

	if (status == -ECANCELED) {
		nc_facts_free(facts);
		facts = NULL;
	}
	fn(facts, whose);
}

void nc_facts_gather(struct nc_server *server, uint32_t session, const struct nc_filter *filter,
		     nc_facts_fn fn, void *arg)
{
	struct nc_facts *facts = ds_alloc(sizeof(*facts));
	struct nc_ask *ask = nc_ask_new(server, session, PATIENCE_MS, gathered, facts);

	facts->fn = fn;
	facts->arg = arg;
	for (const struct nc_state_part *p = parts; p; p = p->next) {
		struct fact *f;

		if (!p->ask || !wants(server, filter, p->module, p->name))
			continue;
		f = ds_alloc(sizeof(*f));
		*f = (struct fact){facts->first, p, ds_alloc(p->facts_size)};
		facts->first = f;
		p->ask(ask, f->facts);
	}
	nc_ask_wait(ask);
}

static const struct lys_module *module_of(const struct lyd_node *parent, const char *module)
{
	return module ? ly_ctx_get_module_implemented(LYD_CTX(parent), module)
		      : parent->schema->module;
}

void nc_leaf(struct lyd_node *parent, const char *module, const char *name, const char *value)
{
	lyd_new_term(parent, module_of(parent, module), name, value, 0, NULL);
}

void nc_number(struct lyd_node *parent, const char *module, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	nc_leaf(parent, module, name, text);
}

struct lyd_node *nc_inner(struct lyd_node *parent, const char *module, const char *name)
{
	const struct lys_module *mod = module_of(parent, module);
	struct lyd_node *node;

	/* A container of the configuration may be there already, with its defaults. */
	LY_LIST_FOR(lyd_child(parent), node)
		if (node->schema->module == mod && !strcmp(node->schema->name, name))
			return node;
	return lyd_new_inner(parent, mod, name, 0, &node) == LY_SUCCESS ? node : NULL;
}

struct lyd_node *nc_entry(struct lyd_node *parent, const char *name, const char *key)
{
	struct lyd_node *node;

	return lyd_new_list(parent, parent->schema->module, name, 0, &node, key) == LY_SUCCESS
		       ? node
		       : NULL;
}

struct lyd_node *nc_top(struct lyd_node **tree, const struct ly_ctx *ctx, const char *module,
			const char *name)
{
	const struct lys_module *mod = ly_ctx_get_module_implemented(ctx, module);
	struct lyd_node *node;

	LY_LIST_FOR(*tree, node)
		if (node->schema->module == mod && !strcmp(node->schema->name, name))
			return node;
	if (lyd_new_inner(NULL, mod, name, 0, &node) != LY_SUCCESS)
		return NULL;
	lyd_insert_sibling(*tree, node, tree);
	return node;
}

const char *nc_time(double seconds_ago, char text[32])
{
	struct timespec now;
	struct tm tm;
	time_t t;

	clock_gettime(CLOCK_REALTIME, &now);
	t = now.tv_sec + now.tv_nsec / 1e9 - seconds_ago;
	gmtime_r(&t, &tm);
	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return text;
}
