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

/* Lives until it was told and nothing is asked any more. */
struct gather {
	struct rn *rn;
	struct bk *bk;
	unsigned int parts;
	unsigned int asked;
	struct event *timer;
	struct nc_facts facts;
	nc_state_fn fn; /* NULL: told */
	void *arg;
};

static struct lyd_node *build(struct gather *g)
{
	const struct bd_config *config = g->rn->config;
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree = NULL;
	struct bd_model model;

	if (config && config->tree)
		lyd_dup_siblings(config->tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &tree);
	bd_model_init(&model, g->rn->ctx, config ? config->tree : NULL);
	bd_numbers_assign(&model, config ? &config->numbers : NULL, &errs);
	bd_model_resolve(&model);
	if (g->parts & NC_STATE_PORTS)
		nc_state_ports(&tree, &model, g->bk);
	if (g->parts & NC_STATE_SWITCHES)
		nc_state_switches(tree, &model, &g->facts);
	if (g->parts & NC_STATE_SYSTEM)
		nc_state_system(&tree, g->rn->ctx, g->bk, &g->facts);
	bd_model_free(&model);
	ds_errors_clear(&errs);
	return tree;
}

static void tell(struct gather *g)
{
	nc_state_fn fn = g->fn;

	g->fn = NULL;
	if (fn)
		fn(build(g), g->arg);
	if (g->asked)
		return;
	event_free(g->timer);
	free(g->facts.domains);
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
	struct nc_facts *f = &g->facts;

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
		   hd_str_terminated(p->last_exit, sizeof(p->last_exit))) {
		g->facts.planes[p->plane] = *p;
		g->facts.plane_known[p->plane] = true;
	}
}

void nc_state_gather(struct rn *rn, struct bk *bk, unsigned int parts, nc_state_fn fn, void *arg)
{
	static const struct timeval patience = {PATIENCE_S, 0};
	struct gather *g = ds_alloc(sizeof(*g));
	struct hd_nothing nothing;

	g->rn = rn;
	g->bk = bk;
	g->parts = parts;
	g->fn = fn;
	g->arg = arg;
	g->timer = evtimer_new(bk->base, on_timer, g);
	evtimer_add(g->timer, &patience);
	g->asked = 1; /* so that an answer that comes at once does not end it here */
	if (parts & NC_STATE_SWITCHES && bk_data(bk) &&
	    hd_chan_request_stream(bk_data(bk), DOMAIN_LIST, &nothing, on_domain, g) == 0)
		g->asked++;
	if (parts & NC_STATE_SYSTEM && bk->supervisor &&
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
