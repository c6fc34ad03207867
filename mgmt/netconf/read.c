/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/child.h"
#include "mgmt/netconf/read.h"
#include "mgmt/netconf/select.h"
#include "mgmt/netconf/state.h"
#include "mgmt/netconf/text.h"

#define INLINE_UNITS 100 /* entries of lists near the top: a tree of so many is small */
#define DUP          (LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS)

/* A read under way. */
struct job {
	struct nc_read read;
	struct nc_facts *facts;     /* operational */
	const struct lyd_node *out; /* what is printed, with its siblings */
	struct lyd_node *own;       /* the same, when it is a copy */
};

static void job_free(void *arg)
{
	struct job *job = arg;

	lyd_free_all(job->own);
	nc_facts_free(job->facts);
	free(job->read.origins);
	free(job);
}

uint32_t nc_read_defaults(const char *mode)
{
	if (mode && !strcmp(mode, "report-all"))
		return LYD_PRINT_WD_ALL;
	if (mode && !strcmp(mode, "report-all-tagged"))
		return LYD_PRINT_WD_IMPL_TAG; /* what was set to its default is none by "explicit" */
	if (mode && !strcmp(mode, "trim"))
		return LYD_PRINT_WD_TRIM;
	return 0 /* explicit */;
}

/* Are there more entries than are looked at in one go? */
static bool is_large(const struct lyd_node *tree)
{
	const struct lyd_node *top, *node;
	unsigned int n = 0;

	LY_LIST_FOR(tree, top) {
		LY_LIST_FOR(lyd_child(top), node) {
			const struct lyd_node *child = lyd_child(node);

			for (; child && n <= INLINE_UNITS; child = child->next)
				n += child->schema && child->schema->nodetype == LYS_LIST;
			if (++n > INLINE_UNITS)
				return true;
		}
	}
	return false;
}

/* What the evaluation looks at: a tree of its own, or a borrowed one. */
struct view {
	const struct lyd_node *tree;
	struct lyd_node *own;
	bool owned;
};

static void own(struct view *view, struct lyd_node *tree)
{
	if (view->owned)
		lyd_free_all(view->own);
	view->tree = view->own = tree;
	view->owned = true;
}

static void make_own(struct view *view)
{
	struct lyd_node *copy = NULL;

	if (view->owned)
		return;
	if (view->tree)
		lyd_dup_siblings(view->tree, NULL, DUP, &copy);
	own(view, copy);
}

static void hide(struct nc_call *call, struct view *view)
{
	make_own(view);
	nc_call_prune(call, &view->own);
	view->tree = view->own;
}

static bool evaluate(struct nc_call *call, void *arg, struct ds_errors *errs)
{
	struct job *job = arg;
	const struct nc_read *read = &job->read;
	/* A filter must not be able to ask about what may not be read (RFC 8341 3.2.4). */
	bool all = nc_call_reads_all(call);
	bool first = !all && nc_filter_cost(&read->filter, call->server->ctx) != NC_COST_KEYED;
	struct view view = {.own = NULL};
	struct lyd_node *selected = NULL;
	bool right = true;

	if (read->operational)
		own(&view, nc_state_build(call->server, &read->filter, job->facts));
	else
		view.tree = nc_call_tree(call, read->ds);
	if (first)
		hide(call, &view);
	if (read->filter.given || read->filter.max_depth) {
		if (view.owned)
			right = nc_filter_take(&read->filter, view.own, &selected, errs);
		else
			right = nc_filter_apply(&read->filter, view.tree, &selected, errs);
		view.owned = false; /* it was taken, or is borrowed */
		own(&view, selected);
	}
	if (!all && !first)
		hide(call, &view);
	if (right && (read->config >= 0 || read->with_origin || read->origins)) {
		make_own(&view);
		nc_select(read, call, &view.own);
		view.tree = view.own;
	}
	job->own = view.owned ? view.own : NULL;
	job->out = view.tree;
	return right;
}

static void print(struct nc_call *call, void *arg, FILE *file)
{
	const struct job *job = arg;
	struct ly_out *out;
	char *text;

	fputs(job->read.open, file);
	if (job->out && job->read.print & LYD_PRINT_WD_IMPL_TAG) {
		text = nc_print(job->out, job->read.print);
		if (text) {
			nc_tag_defaults(text);
			fputs(text, file);
		}
		free(text);
	} else if (job->out && (out = nc_out(file))) {
		lyd_print_all(out, job->out, LYD_XML, job->read.print | LYD_PRINT_SHRINK);
		ly_out_free(out, NULL, 0);
	}
	fputs(job->read.close, file);
}

static void answer_now(struct nc_call *call, struct job *job)
{
	struct ds_errors errs = {.n = 0};
	struct evbuffer *body;
	char *text = NULL;
	FILE *file;
	size_t n;

	if (!evaluate(call, job, &errs)) {
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
		job_free(job);
		return;
	}
	body = evbuffer_new();
	file = open_memstream(&text, &n);
	if (file) {
		print(call, job, file);
		fclose(file);
		evbuffer_add(body, text, n);
	}
	free(text);
	job_free(job);
	nc_call_data(call, body);
	evbuffer_free(body);
}

static const struct nc_work beside = {evaluate, print, job_free};

static void run(struct nc_call *call, struct job *job)
{
	enum nc_cost cost = nc_filter_cost(&job->read.filter, call->server->ctx);
	const struct lyd_node *tree =
		nc_call_tree(call, job->read.operational ? ST_RUNNING : job->read.ds);

	if (cost != NC_COST_OPEN &&
	    ((cost == NC_COST_KEYED && !job->read.operational) || !is_large(tree)))
		answer_now(call, job);
	else
		nc_child_run(call, &beside, job);
}

struct gathering {
	struct nc_call *call;
	struct job *job;
};

static void on_facts(struct nc_facts *facts, void *arg)
{
	struct gathering *g = arg;

	g->job->facts = facts;
	if (facts) {
		run(g->call, g->job);
	} else {
		job_free(g->job);
		nc_call_free(g->call);
	}
	free(g);
}

void nc_read(struct nc_call *call, const struct nc_read *read)
{
	struct job *job = ds_alloc(sizeof(*job));
	struct gathering *g;

	job->read = *read;
	if (!read->operational) {
		run(call, job);
		return;
	}
	g = ds_alloc(sizeof(*g));
	g->call = call;
	g->job = job;
	nc_facts_gather(call->server, call->session_id, &job->read.filter, on_facts, g);
}
