/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mgmt/bind/bind.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/state.h"

#define PATIENCE_S  1
#define DOMAINS_MAX 65536
#define DUP         (LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS)

/* Lives until it was told and nothing is asked any more. */
struct gather {
	unsigned int asked;
	struct event *timer;
	struct nc_facts *facts;
	nc_facts_fn fn; /* NULL: told */
	void *arg;
};

static struct nc_state_part *parts;

void nc_state_register(struct nc_state_part *part)
{
	part->next = parts;
	parts = part;
}

static bool wants(const struct nc_server *server, const struct nc_filter *filter,
		  const char *module, const char *name)
{
	return !filter || nc_filter_wants(filter, server->ctx, module, name);
}

unsigned int nc_state_asks(const struct nc_server *server, const struct nc_filter *filter)
{
	unsigned int asks = 0;

	if (wants(server, filter, "heddle-switch", "switches"))
		asks |= NC_ASK_DOMAINS;
	if (wants(server, filter, "heddle-system", "system"))
		asks |= NC_ASK_PLANES;
	return asks;
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

struct lyd_node *nc_state_build(const struct nc_server *server, const struct nc_filter *filter,
				const struct nc_facts *facts)
{
	const struct bd_config *config = nc_in_force(server);
	const struct lyd_node *running = st_operational(server->st);
	struct lyd_node *tree = copy_config(server, filter, running);
	struct bd_model model;

	bd_model_init(&model, server->ctx, running);
	bd_numbers_assign(&model, config ? &config->numbers : NULL);
	bd_model_resolve(&model);
	if (wants(server, filter, "ietf-interfaces", "interfaces"))
		nc_state_ports(&tree, &model, server, filter);
	if (wants(server, filter, "heddle-switch", "switches"))
		nc_state_switches(tree, &model, facts);
	if (wants(server, filter, "heddle-system", "system"))
		nc_state_system(&tree, server->ctx, server->bk, facts);
	for (struct nc_state_part *p = parts; p; p = p->next)
		if (wants(server, filter, p->module, p->name))
			p->add(&tree, server);
	bd_model_free(&model);
	return tree;
}

void nc_facts_free(struct nc_facts *facts)
{
	if (facts)
		free(facts->domains);
	free(facts);
}

static void tell(struct gather *g)
{
	nc_facts_fn fn = g->fn;
	struct nc_facts *facts = g->facts;

	g->fn = NULL;
	if (fn) {
		/* What comes late goes nowhere. */
		g->facts = ds_alloc(sizeof(*facts));
		fn(facts, g->arg);
	}
	if (g->asked)
		return;
	event_free(g->timer);
	nc_facts_free(g->facts);
	free(g);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	tell(arg);
}

static void answered(struct gather *g)
{
	if (--g->asked == 0)
		tell(g);
}

static void on_domain(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		      void *arg)
{
	const struct hd_domain_state *d = msg->body;
	struct gather *g = arg;
	struct nc_facts *f = g->facts;

	if (final) {
		answered(g);
		return;
	}
	if (f->n_domains >= DOMAINS_MAX ||
	    !hd_str_terminated(d->switch_name, sizeof(d->switch_name)) ||
	    !hd_str_terminated(d->segment, sizeof(d->segment)))
		return;
	if ((f->n_domains & (f->n_domains - 1)) == 0)
		f->domains =
			ds_realloc(f->domains, f->n_domains ? f->n_domains * 2 : 1, sizeof(*d));
	f->domains[f->n_domains++] = *d;
}

static void on_plane(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	const struct hd_plane_state *p = msg->body;
	struct gather *g = arg;

	if (final) {
		answered(g);
	} else if (p->plane < HD_PLANE_COUNT &&
		   hd_str_terminated(p->last_exit, sizeof(p->last_exit)) &&
		   hd_str_terminated(p->doing, sizeof(p->doing))) {
		g->facts->planes[p->plane] = *p;
		g->facts->plane_known[p->plane] = true;
	}
}

void nc_facts_gather(struct nc_server *server, unsigned int asks, nc_facts_fn fn, void *arg)
{
	static const struct timeval patience = {PATIENCE_S, 0};
	struct gather *g = ds_alloc(sizeof(*g));
	struct bk *bk = server->bk;
	struct hd_nothing nothing;

	g->facts = ds_alloc(sizeof(*g->facts));
	g->fn = fn;
	g->arg = arg;
	g->timer = evtimer_new(bk->base, on_timer, g);
	evtimer_add(g->timer, &patience);
	g->asked = 1; /* so that an answer that comes at once does not end it here */
	if (asks & NC_ASK_DOMAINS && bk_data(bk) &&
	    hd_chan_request_stream(bk_data(bk), DOMAIN_LIST, &nothing, on_domain, g) == 0)
		g->asked++;
	if (asks & NC_ASK_PLANES && bk->supervisor &&
	    hd_chan_request_stream(bk->supervisor, PLANE_LIST, &nothing, on_plane, g) == 0)
		g->asked++;
	answered(g);
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
