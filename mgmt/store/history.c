/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/explain.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/store/confirm.h"
#include "mgmt/store/history.h"
#include "mgmt/store/unit.h"

char *hs_print(const struct lyd_node *node)
{
	char *text = NULL;

	if (node)
		lyd_print_mem(&text, node, LYD_XML, LYD_PRINT_SHRINK);
	return text;
}

/* The top-level node that @path starts with; *@deeper says whether it goes on. */
static struct lyd_node *new_top(const struct ly_ctx *ctx, const char *path, bool *deeper)
{
	char module[128], name[128];
	struct lyd_node *top = NULL;
	const struct lys_module *mod;
	int n = 0;

	if (sscanf(path, "/%127[^:/]:%127[^/[]%n", module, name, &n) != 2 || !n)
		return NULL;
	*deeper = path[n] == '/';
	mod = ly_ctx_get_module_implemented(ctx, module);
	if (mod && *deeper)
		lyd_new_inner(NULL, mod, name, 0, &top);
	return top;
}

/* Reads a unit; it stands in *@top, which the caller frees. */
static struct lyd_node *parse(const struct ly_ctx *ctx, const char *path, const char *text,
			      struct lyd_node **top)
{
	struct ly_in *in = NULL;
	struct lyd_node *tree = NULL;
	bool deeper = false;
	LY_ERR rc;

	*top = new_top(ctx, path, &deeper);
	if ((deeper && !*top) || ly_in_new_memory(text, &in) != LY_SUCCESS)
		return NULL;
	ly_err_clean((struct ly_ctx *)ctx, NULL);
	rc = lyd_parse_data(ctx, *top, in, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_STRICT, 0,
			    deeper ? NULL : &tree);
	ly_in_free(in, 0);
	if (!deeper)
		*top = tree;
	if (rc != LY_SUCCESS)
		return NULL;
	return deeper ? lyd_child(*top) : tree;
}

static struct lyd_node *find(const struct ov *ov, const char *path)
{
	struct lyd_node *node = NULL;

	return lyd_find_path(ov->base->tree, path, 0, &node) == LY_SUCCESS ? node : NULL;
}

static bool set_unit(struct ov *ov, const char *path, const char *text, struct ds_errors *errs)
{
	struct lyd_node *top = NULL, *node, *shown = find(ov, path);

	if (!text) {
		if (shown) {
			ov_touch(ov, shown);
			ov_remove(ov, shown);
		}
		return true;
	}
	node = parse(ov->base->ctx, path, text, &top);
	if (!node) {
		ds_explain_last(ov->base->ctx, errs);
		lyd_free_all(top);
		return false;
	}
	shown = ov_touch(ov, node);
	if (shown)
		ov_swap(shown, node);
	else
		un_put_copy(&ov->base->tree, node);
	lyd_free_all(top);
	return true;
}

bool hs_apply(struct ov *ov, const struct jr_record *record, bool after, struct ds_errors *errs)
{
	for (size_t i = 0; i < record->n; i++) {
		const struct jr_unit *u = &record->units[i];

		if (!set_unit(ov, u->path, after ? u->after : u->before, errs))
			return false;
	}
	return true;
}

unsigned int st_history_count(const struct st *st)
{
	return st->jr ? jr_count(st->jr) : 0;
}

static const struct jr_record *record(const struct st *st, unsigned int index)
{
	unsigned int n = st_history_count(st);

	return index < n ? jr_get(st->jr, n - 1 - index) : NULL;
}

bool st_history(const struct st *st, unsigned int index, struct st_history *entry)
{
	const struct jr_record *r = record(st, index);

	if (!r)
		return false;
	*entry = (struct st_history){
		.generation = r->generation,
		.time = r->time,
		.user = r->user ? r->user : "",
		.client = r->client ? r->client : "",
		.comment = r->comment ? r->comment : "",
		.boot = r->kind == JR_BOOT,
		.pending = r->pending && st->confirm->is,
	};
	return true;
}

static bool too_old(const struct st *st, unsigned int index, struct ds_errors *errs)
{
	ds_errors_add(errs, DS_INVALID_VALUE, NULL,
		      "there is no configuration %u in the history, which has %u: see "
		      "get-history",
		      index, st_history_count(st));
	return false;
}

bool hs_go_back(struct st *st, struct ov *ov, unsigned int index, struct ds_errors *errs)
{
	if (index > st_history_count(st))
		return too_old(st, index, errs);
	for (unsigned int i = 0; i < index; i++)
		if (!hs_apply(ov, record(st, i), false, errs))
			return false;
	ov_complete(ov);
	return true;
}

struct lyd_node *st_history_tree(const struct st *st, unsigned int index, struct ds_errors *errs)
{
	struct st *mutable = (struct st *)st; /* what it shows is no part of it */
	struct ov *ov = ov_new(&mutable->running);
	struct lyd_node *copy = NULL;

	ov_show(&mutable->running, ov, NULL);
	if (hs_go_back(mutable, ov, index, errs))
		lyd_dup_siblings(st->running.tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS,
				 &copy);
	ov_free(ov);
	return copy;
}

/* May @who make candidate that? Then it is in @ov, of which nothing is shown. */
static bool may_go_back(struct st *st, const struct nacm_subject *who, struct ov *ov,
			unsigned int index, struct ds_errors *errs)
{
	if (index &&
	    index == st_history_count(st)) /* it can be looked at: what the oldest changed */
		return too_old(st, index, errs);
	ov_show(&st->running, ov, NULL);
	if (!hs_go_back(st, ov, index, errs))
		return false;
	for (size_t i = 0; i < ov->n_struck; i++)
		st_check_access(st, who, ov_before(ov->struck[i]), ov_shown(ov, ov->struck[i]),
				errs);
	return ds_errors_none(errs);
}

void st_rollback(struct st *st, const struct nacm_subject *who, unsigned int index,
		 struct ds_errors *errs)
{
	struct ov *ov = st_overlay(st, who), *attempt = ov_new(&st->running);
	struct ds_errors more = {.n = 0};
	bool may = may_go_back(st, who, attempt, index, &more);

	ov_free(attempt);
	/* Only then are the edits that are there thrown away. */
	if (may)
		st_discard(st, who, &more);
	if (ds_errors_none(&more) && index) {
		ov_show(&st->running, ov, NULL);
		hs_go_back(st, ov, index, &more);
		ov_keep(ov, who);
	}
	ds_errors_move(errs, &more);
}
