/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whole datastores: copy-config, delete-config, and startup.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/store/boot.h"
#include "mgmt/store/check.h"
#include "mgmt/store/internal.h"
#include "mgmt/store/startup.h"

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* What the startup file has: a tree of the caller's. */
static struct lyd_node *read_startup(const struct st *st, struct ds_errors *errs)
{
	struct lyd_node *tree = NULL;
	struct hd_err err = {0};
	size_t len;
	char *text = st->config_file ? bo_read(st->startup_path, &len, &err)
				     : ds_file_read(st->startup_path, &len, &err);

	if (!text)
		ds_errors_add(errs, DS_OPERATION_FAILED, NULL, "%s", err.text);
	else
		ds_tree_parse(st->ctx, text, len, &tree, errs);
	free(text);
	return tree;
}

/* The file is read again when it changed: people may edit it. */
const struct lyd_node *st_startup(struct st *st)
{
	const char *path = st->startup_path;
	struct ds_errors errs = {.n = 0};
	struct stat now = {0};

	if (path && stat(path, &now) < 0)
		memset(&now, 0, sizeof(now));
	if (!same_file(&now, &st->startup_stat) || !st->startup) {
		lyd_free_all(st->startup);
		st->startup = now.st_ino ? read_startup(st, &errs) : NULL;
		st->startup_stat = now;
		st->compared = 0;
		if (!ds_errors_none(&errs))
			hd_log(HD_LOG_WARNING, "%s: %s", path, errs.list[0].message);
		if (!st->startup)
			lyd_new_implicit_all(&st->startup, st->ctx, LYD_IMPLICIT_NO_STATE, NULL);
		ds_errors_clear(&errs);
	}
	return st->startup;
}

void st_startup_check(const struct st *st, struct ds_errors *errs)
{
	struct stat now;

	if (st->startup_path && stat(st->startup_path, &now) == 0)
		lyd_free_all(read_startup(st, errs));
}

const char *st_startup_problem(const struct st *st)
{
	return st->warning;
}

bool st_startup_fixed(const struct st *st)
{
	return st->config_file != NULL;
}

const char *st_startup_file(const struct st *st)
{
	return st->startup_path;
}

/* Entries of a container of units: as many, and each with the same content? */
static bool same_units(const struct lyd_node *a, struct lyd_node *tree, const struct lyd_node *b)
{
	const struct lyd_node *unit, *same;
	size_t n = 0;

	LY_LIST_FOR(lyd_child(a), unit) {
		same = ov_find(tree, unit);
		if (!same || lyd_compare_single(unit, same,
						LYD_COMPARE_FULL_RECURSION |
							LYD_COMPARE_DEFAULTS) != LY_SUCCESS)
			return false;
		n++;
	}
	LY_LIST_FOR(lyd_child(b), unit)
		n--;
	return n == 0;
}

static bool same_tree(const struct lyd_node *a, struct lyd_node *b)
{
	const struct lyd_node *node;
	struct lyd_node *same;

	LY_LIST_FOR(a, node) {
		same = NULL;
		lyd_find_sibling_first(b, node, &same);
		if (!same)
			return false;
		if (ov_is_split(node->schema)
			    ? !same_units(node, b, same)
			    : lyd_compare_single(node, same,
						 LYD_COMPARE_FULL_RECURSION | LYD_COMPARE_DEFAULTS))
			return false;
	}
	return true;
}

bool st_startup_differs(const struct st *st)
{
	struct st *mutable = (struct st *)st;
	const struct lyd_node *startup;
	struct stat now;

	/* Mostly it was saved from what runs: then it need not be read again. */
	if (st->saved && st->saved == st->version && stat(st->startup_path, &now) == 0 &&
	    same_file(&now, &st->saved_stat))
		return false;
	startup = st_startup(mutable);
	if (st->compared != st->version) {
		ov_show(&mutable->running, NULL, NULL);
		mutable->startup_differs = !same_tree(startup, st->running.tree);
		mutable->compared = st->version;
	}
	return st->startup_differs;
}

struct save {
	struct st *st;
	struct nacm_subject who; /* by name and number only */
	char *user;
	st_done_fn done;
	void *arg;
	const char *prefix;
	uint64_t version; /* of running, when it is that */
};

/* That startup is another now; what differs is not worth knowing. */
static void tell_startup(struct st *st, const struct nacm_subject *who)
{
	const struct st_event event = {.kind = ST_EVENT_CHANGED, .ds = ST_STARTUP, .who = who};

	st_tell(st, &event);
}

static void on_saved(const struct hd_err *err, void *arg)
{
	struct ds_errors errs = {.n = 0};
	struct save save = *(struct save *)arg;

	free(arg);
	if (err->code)
		ds_errors_add(&errs, DS_OPERATION_FAILED, NULL, "%s%s", save.prefix, err->text);
	else
		tell_startup(save.st, &save.who);
	if (!err->code) {
		free(save.st->warning); /* what was refused is not there any more */
		save.st->warning = NULL;
	}
	save.st->saved = !err->code && stat(save.st->startup_path, &save.st->saved_stat) == 0
				 ? save.version
				 : 0;
	free(save.user);
	st_answer(save.done, save.arg, &errs);
}

void st_save(struct st *st, const struct nacm_subject *who, const struct lyd_node *tree,
	     const char *prefix, st_done_fn done, void *arg)
{
	struct save *save = ds_alloc(sizeof(*save));
	char *user = ds_strdup(who->user);

	*save = (struct save){st, {.session = who->session, .user = user}, user, done, arg, prefix,
			      0};
	if (tree == st->running.tree && !st->running.n_view)
		save->version = st->version;
	su_save(st->su, tree, on_saved, save);
}

/* False with an error when startup is not ours to write. */
static bool may_write_startup(const struct st *st, const struct nacm_subject *who,
			      struct ds_errors *errs)
{
	if (st->config_file)
		ds_errors_add(errs, DS_OPERATION_NOT_SUPPORTED, NULL,
			      "the switch was started with %s, which it never writes: change that "
			      "file, or start heddled without -c",
			      st->config_file);
	else if (!st->su)
		ds_errors_add(errs, DS_OPERATION_NOT_SUPPORTED, NULL,
			      "there is no folder for startup: start heddled with --state-dir");
	else
		return st_may_change(st, who, ST_STARTUP, errs);
	return false;
}

/* Is @config (taken over) one? Then it becomes startup. */
static void replace_startup(struct st *st, const struct nacm_subject *who, struct lyd_node *config,
			    st_done_fn done, void *arg)
{
	const struct st_edit edit = {.default_op = ST_REPLACE};
	struct ov *ov = ov_new(&st->running);
	struct ds_errors errs = {.n = 0};

	ov_show(&st->running, ov, NULL);
	/* What differs from startup counts, not what differs from running. */
	if (st_stroke(st, NULL, ov, &edit, config, true, &errs))
		bd_config_free(st_translate(st, ov, NULL, &errs));
	ov_show(&st->running, ov, NULL);
	if (ds_errors_none(&errs))
		st_check_access_all(st, who, st_startup(st), st->running.tree, &errs);
	if (ds_errors_none(&errs))
		st_save(st, who, st->running.tree, "", done, arg);
	else
		st_answer(done, arg, &errs);
	ov_free(ov);
	lyd_free_all(config);
}

void st_replace(struct st *st, const struct nacm_subject *who, enum st_ds target,
		struct lyd_node *config, const char *comment, st_done_fn done, void *arg)
{
	const struct st_edit edit = {
		.target = target, .default_op = ST_REPLACE, .comment = comment};
	struct ds_errors errs = {.n = 0};

	if (target != ST_STARTUP) {
		st_edit(st, who, &edit, config, done, arg);
	} else if (may_write_startup(st, who, &errs)) {
		replace_startup(st, who, config, done, arg);
	} else {
		lyd_free_all(config);
		st_answer(done, arg, &errs);
	}
}

void st_copy(struct st *st, const struct nacm_subject *who, enum st_ds source, enum st_ds target,
	     st_done_fn done, void *arg)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *copy = NULL;

	if (source == target) {
		ds_errors_add(&errs, DS_INVALID_VALUE, NULL,
			      "source and target are the same datastore: %s", st_ds_name(source));
		st_answer(done, arg, &errs);
		return;
	}
	/* RFC 8341 3.2.6: who may do it may do this. */
	if (source == ST_RUNNING && target == ST_STARTUP) {
		if (may_write_startup(st, who, &errs))
			st_save(st, who, st_tree(st, who, ST_RUNNING), "", done, arg);
		else
			st_answer(done, arg, &errs);
		return;
	}
	lyd_dup_siblings(st_tree(st, who, source), NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS,
			 &copy);
	if (st->nacm)
		nacm_prune(st->nacm, who, &copy);
	st_replace(st, who, target, copy, NULL, done, arg);
}

void st_delete(struct st *st, const struct nacm_subject *who, enum st_ds target, st_done_fn done,
	       void *arg)
{
	struct ds_errors errs = {.n = 0};
	struct hd_err err = {0};

	if (target != ST_STARTUP)
		ds_errors_add(&errs, DS_OPERATION_NOT_SUPPORTED, NULL,
			      "%s cannot be deleted: only startup can", st_ds_name(target));
	else if (may_write_startup(st, who, &errs) && su_remove(st->state_dir, &err) < 0)
		ds_errors_add(&errs, DS_OPERATION_FAILED, NULL, "%s", err.text);
	else if (ds_errors_none(&errs))
		tell_startup(st, who);
	st_answer(done, arg, &errs);
}
