/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The transient datastore: ports of machines that come and go, on top of running.
 *
 * It has a tree of its own. What runs is running with copies of its units on top, which are an
 * overlay of running that is never committed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/explain.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/store/check.h"
#include "mgmt/store/record.h"
#include "mgmt/store/unit.h"

static bool is_port(const struct ov_unit *u)
{
	const struct lysc_node *s = u->key->schema;

	return !strcmp(s->name, "interface") && !strcmp(s->module->name, "ietf-interfaces");
}

void tr_check(struct ch *change)
{
	struct st *st = change->st;
	const struct ov *ov = change->transient;

	ov_show(&st->running, NULL, NULL);
	for (size_t i = 0; i < ov->n; i++) {
		const struct ov_unit *u = ov->list[i];

		if (!is_port(u))
			ds_errors_add(&change->errs, DS_OPERATION_NOT_SUPPORTED, u->path,
				      "only ports can be transient: configure this in candidate "
				      "or running");
		else if (ov_of_overlay(ov, u) && ov_find(st->running.tree, u->key))
			ds_errors_add(&change->errs, DS_DATA_EXISTS, u->path,
				      "a port of this name is configured: choose another name, or "
				      "change that one");
	}
}

/* As running has the unit of that path, or NULL. */
static struct lyd_node *under(const struct ov *top, const char *path)
{
	return ov_of_base(top, ov_unit(top, path));
}

void tr_put_on_top(struct st *st, const struct ov *edit)
{
	struct ov *top = st->on_top;

	ov_show(&st->running, top, NULL);
	for (size_t i = 0; i < edit->n; i++) {
		const struct ov_unit *u = edit->list[i];
		struct lyd_node *mine = ov_of_overlay(edit, u), *shown;

		shown = ov_touch(top, mine ? mine : u->other);
		if (shown)
			ov_remove(top, shown);
		if (!mine) /* what a revert may have brought back under it, after all */
			mine = under(top, u->path);
		if (mine)
			un_put_copy(&st->running.tree, mine);
	}
}

static char *file_of(const struct st *st)
{
	return ds_printf("%s/transient", st->run_dir);
}

/* A line with the generation, then the ports. */
int tr_intend(struct ch *change, uint64_t generation, struct hd_err *err)
{
	struct st *st = change->st;
	char *path, *text, *ports = NULL;
	int rc;

	if (!st->run_dir)
		return 0;
	ov_show(&st->transient, change->transient, NULL);
	lyd_print_mem(&ports, st->transient.tree, LYD_JSON,
		      LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK);
	path = file_of(st);
	text = ds_printf("%llu\n%s\n", (unsigned long long)generation, ports ? ports : "{}");
	rc = ds_file_prepare(path, text, err);
	free(path);
	free(text);
	free(ports);
	return rc;
}

void tr_end(struct st *st, bool done)
{
	struct hd_err err = {0};
	char *path;

	if (!st->run_dir)
		return;
	path = file_of(st);
	if (!done)
		ds_file_abort(path);
	else if (ds_file_commit(path, &err) < 0)
		hd_log(HD_LOG_ERR,
		       "%s: a restart of heddle-mgmt would go back to the transient ports before",
		       err.text);
	free(path);
}

/* Reads the ports into the tree of their own and puts them on top of running. */
static bool take(struct st *st, const char *text, struct ds_errors *errs)
{
	struct ov *ov = ov_new(&st->transient);
	struct lyd_node *tree = NULL;

	if (lyd_parse_data_mem(st->ctx, text, LYD_JSON, LYD_PARSE_ONLY | LYD_PARSE_STRICT, 0,
			       &tree) == LY_SUCCESS) {
		ov_show(&st->transient, ov, NULL);
		ed_apply(ov, tree, ST_REPLACE, errs);
		if (ck_units(ov, true, st->alone, errs)) {
			tr_put_on_top(st, ov);
			ov_keep(st->on_top, &(struct nacm_subject){.user = ""});
			ov_fold(ov);
		}
	} else {
		ds_explain_last(st->ctx, errs);
	}
	lyd_free_all(tree);
	ov_free(ov);
	return ds_errors_none(errs);
}

uint64_t tr_load(struct st *st)
{
	struct ds_errors errs = {.n = 0};
	struct hd_err err = {0};
	unsigned long long generation = 0;
	char *path, *text, *end;
	size_t len;

	if (!st->run_dir)
		return 0;
	path = file_of(st);
	text = ds_file_read(path, &len, &err);
	end = text ? strchr(text, '\n') : NULL;
	if (end && sscanf(text, "%llu", &generation) == 1 && !take(st, end + 1, &errs)) {
		hd_log(HD_LOG_ERR, "%s cannot be used, the transient ports are gone: %s", path,
		       errs.list[0].message);
		generation = 0;
	}
	ds_errors_clear(&errs);
	free(text);
	free(path);
	return generation;
}

void tr_forget(struct st *st)
{
	char *path = st->run_dir ? file_of(st) : NULL;

	if (path)
		unlink(path);
	free(path);
	ov_clear(st->on_top);
	ov_base_clear(&st->transient);
	ov_base_init(&st->transient, st->ctx);
}
