/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "heddle/base/name.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/store/check.h"
#include "mgmt/store/commit.h"
#include "mgmt/store/confirm.h"
#include "mgmt/store/record.h"

bool st_check_names(const struct st *st, const struct ov *new, struct ds_errors *errs)
{
	const struct ov *other = st->on_top;
	bool right = true;

	for (size_t i = 0; i < new->n; i++) {
		const struct ov_unit *u = new->list[i], *same = ov_unit(other, u->path);

		if (!same || !ov_of_overlay(other, same) || !ov_of_overlay(new, u))
			continue;
		ds_errors_add(errs, DS_DATA_EXISTS, u->path,
			      "a transient port has this name: choose another one, or remove the "
			      "transient port first");
		right = false;
	}
	return right;
}

/* What is committed was changed in running by another since it was begun. */
static void check_conflicts(struct ch *change)
{
	for (size_t i = 0; i < change->ov->n; i++) {
		const struct ov_unit *u = change->ov->list[i];
		char when[32];

		if (!u->foreign.time)
			continue;
		strftime(when, sizeof(when), "%H:%M:%S", localtime(&u->foreign.time));
		st_error_session(
			ds_errors_add(&change->errs, DS_IN_USE, u->path,
				      "%s (session %u) changed this at %s, after it was edited "
				      "here: discard these edits and make them again on what runs "
				      "now",
				      u->foreign.user, u->foreign.session, when),
			u->foreign.session,
			"another changed this after it was edited here: discard these edits and "
			"make them again on what runs now");
	}
}

static bool begin_commit(struct ch *change)
{
	const struct nacm_subject *who = &change->who->subject;
	struct st *st = change->st;
	struct ov *ov = st_overlay(st, who);

	change->ov = ov;
	if (ov != st->candidate)
		check_conflicts(change);
	ov_show(&st->running, ov, NULL);
	st_check_names(st, ov, &change->errs);
	if (!ds_errors_none(&change->errs))
		return false;
	if (!ck_units(ov, false, st->alone, &change->errs))
		return false;
	for (size_t i = 0; i < ov->n; i++)
		st_check_access(st, who, ov->list[i]->other, ov_shown(ov, ov->list[i]),
				&change->errs);
	return ds_errors_none(&change->errs);
}

/* An edit of running itself: on an overlay of its own. */
static bool begin_edit(struct ch *change)
{
	struct st *st = change->st;
	struct ov *ov = ov_new(&st->running);

	change->ov = ov;
	change->own = true;
	ov_show(&st->running, ov, NULL);
	if (!st_stroke(st, &change->who->subject, ov, &change->edit, change->config, true,
		       &change->errs))
		return false;
	ov_keep(ov, &change->who->subject);
	return st_check_names(st, ov, &change->errs);
}

/* The transient ports' own tree is edited, then the copies of them on top of running. */
static bool begin_transient(struct ch *change)
{
	struct st *st = change->st;
	struct ov *ov = ov_new(&st->transient);

	change->transient = ov;
	change->ov = ov_new(&st->running);
	change->own = true;
	ov_show(&st->transient, ov, NULL);
	if (!st_stroke(st, &change->who->subject, ov, &change->edit, change->config, true,
		       &change->errs))
		return false;
	ov_keep(ov, &change->who->subject);
	tr_check(change);
	if (!ds_errors_none(&change->errs))
		return false;
	tr_put_on_top(st, ov);
	return true;
}

/* Will startup be written when this is in force? Then nobody else may have it locked. */
static bool may_save(struct ch *change)
{
	struct st *st = change->st;
	const struct cf *cf = st->confirm;

	if (!st->su || st->config_file ||
	    !(change->commit.save || (cf->is && cf->save && !change->commit.confirmed)))
		return true;
	return st_may_change(st, &change->who->subject, ST_STARTUP, &change->errs);
}

static bool begin(struct ch *change)
{
	struct st *st = change->st;
	const struct nacm_subject *who = &change->who->subject;

	if (change->kind == CH_START)
		return true;
	if (change->kind == CH_REVERT)
		return cf_begin_revert(change);
	if (!st_may_change(st, who, change->target, &change->errs))
		return false;
	if (change->target == ST_RUNNING && !cf_may(st, who, change->persist_id, &change->errs))
		return false;
	if (change->kind == CH_COMMIT)
		return st_may_change(st, who, ST_CANDIDATE, &change->errs) && may_save(change) &&
		       begin_commit(change);
	return change->target == ST_TRANSIENT ? begin_transient(change) : begin_edit(change);
}

/* Nothing of it stays. */
static void undo(struct ch *change)
{
	struct st *st = change->st;

	if (change->target != ST_TRANSIENT || !st->on_top->n_struck)
		return;
	ov_show(&st->running, st->on_top, NULL);
	ov_undo(st->on_top);
}

static void rebase(struct ov *other, const struct ov *ov, const struct ov_mark *mark)
{
	if (other == ov)
		return;
	for (size_t i = 0; i < ov->n && other->n; i++)
		ov_rebased(other, ov->list[i]->path, mark);
	ov_rebase_end(other);
}

/* The other candidates have a new base under them. */
static void rebase_others(struct st *st, const struct ov *ov, const struct nacm_subject *who)
{
	struct ov_mark mark = {.session = who->session, .time = time(NULL)};

	hd_str_copy(mark.user, sizeof(mark.user), who->user);
	rebase(st->candidate, ov, &mark);
	for (struct st_private *p = st->privates; p; p = p->next)
		rebase(p->ov, ov, &mark);
}

static void take_running(struct ch *change)
{
	struct st *st = change->st;
	struct ov *ov = change->ov;
	bool rules = false;

	rc_tell(change);
	cf_changed(change);
	ov_show(&st->running, ov, NULL);
	st->running.n_view = 0; /* it is what runs now */
	st->version++;
	for (size_t i = 0; i < ov->n; i++) {
		const struct lysc_node *schema = ov->list[i]->key->schema;

		rules |= !strcmp(schema->module->name, "ietf-netconf-acm");
	}
	rebase_others(st, ov, &change->who->subject);
	ov_clear(ov);
	if (rules && st->nacm)
		nacm_load(st->nacm, st->running.tree);
}

static void take_over(struct ch *change)
{
	struct st *st = change->st;

	bd_config_free(st->config);
	st->config = change->next_config;
	change->next_config = NULL;
	if (change->target == ST_TRANSIENT) {
		rc_tell(change);
		ov_show(&st->running, st->on_top, NULL);
		ov_keep(st->on_top, &change->who->subject);
		ov_fold(change->transient);
	} else {
		take_running(change);
	}
}

/* It is in force; startup may be to come. */
static void finish(struct ch *change)
{
	struct st *st = change->st;

	if (change->commit.save && ds_errors_none(&change->errs) && st->su && !st->config_file) {
		ov_show(&st->running, NULL, NULL);
		st_save(st, &change->who->subject, st->running.tree,
			"the commit is in force, but startup is as it was: ", change->done,
			change->arg);
		change->done = NULL;
	}
	ch_end(change);
}

static void on_committed(int status, const struct hd_err *err,
			 const struct hd_config_result *result, void *arg)
{
	struct ch *change = arg;
	struct st *st = change->st;

	if (status == 0) {
		rc_end(change);
		take_over(change);
		rc_log(change, result);
	} else {
		if (status != -ECANCELED) /* then nobody knows: the next start finds out */
			rc_revert(change);
		undo(change);
		ds_errors_add(&change->errs,
			      status == -EAGAIN ? DS_RESOURCE_DENIED : DS_OPERATION_FAILED, NULL,
			      "%s", err->text);
		if (change->kind == CH_REVERT && status != -ECANCELED)
			cf_revert_failed(st, &change->errs);
	}
	finish(change);
}

/* What is the matter is with the transient ports, which were right before. */
static void blame_transient(struct ch *change)
{
	struct st *st = change->st;

	for (size_t i = 0; i < change->errs.n && change->target == ST_RUNNING; i++) {
		struct ds_error *err = &change->errs.list[i];
		char *text;

		for (size_t k = 0; err->path && k < st->on_top->n; k++) {
			const char *path = st->on_top->list[k]->path;

			if (strncmp(err->path, path, strlen(path)) != 0)
				continue;
			text = ds_printf("%s (a transient port, which this would break)",
					 err->message);
			free(err->message);
			err->message = text;
			break;
		}
	}
}

/* Nothing changes: the planes need not be asked, nor be there. */
static void take_unchanged(struct ch *change)
{
	struct hd_err err = {0};

	if (rc_intend(change, &err) < 0) {
		ds_errors_add(&change->errs, DS_RESOURCE_DENIED, NULL, "%s, so nothing was changed",
			      err.text);
		ch_end(change);
		return;
	}
	rc_end(change);
	cf_changed(change);
	finish(change);
}

static bool start(struct ch *change)
{
	struct st *st = change->st;
	struct hd_err err = {0};
	int rc;

	if (!begin(change))
		return false;
	change->next_config = st_translate(st, change->ov, change->transient, &change->errs);
	if (!change->next_config) {
		blame_transient(change);
		return false;
	}
	if (change->kind == CH_EDIT && change->edit.test == ST_TEST_ONLY)
		return false;
	if (!change->ov->n && change->kind != CH_EDIT && change->kind != CH_START) {
		take_unchanged(change);
		return true;
	}
	rc = rc_intend(change, &err);
	if (rc == 0) {
		rc = bk_commit(st->bk, &change->next_config->objects, change->wait_ms, on_committed,
			       change);
		if (rc < 0)
			rc_revert(change);
	}
	if (rc == 0)
		return true;
	ds_errors_add(&change->errs, DS_RESOURCE_DENIED, NULL, "%s, so nothing was changed",
		      err.code ? err.text : strerror(-rc));
	return false;
}

/*
 * While it waited its turn, what it is about may have gone. A revert that nobody asked for is of the
 * commit that ran out of time, not of one that came in the meantime.
 */
static bool is_void(struct ch *change)
{
	struct st *st = change->st;

	if (change->gone && (change->kind == CH_EDIT || change->kind == CH_COMMIT))
		ds_errors_add(&change->errs, DS_OPERATION_FAILED, NULL, "the session ended");
	else if (change->in_private && !st_private_of(st, &change->who->subject))
		ds_errors_add(&change->errs, DS_OPERATION_FAILED, NULL,
			      "the private candidate is gone");
	else if (change->kind == CH_REVERT &&
		 (!st->confirm->is || (!change->done && change->serial != st->confirm->serial)))
		ds_errors_add(&change->errs, DS_OPERATION_FAILED, NULL,
			      "no commit waits to be confirmed any more");
	return !ds_errors_none(&change->errs);
}

void cm_run(struct ch *change)
{
	if (is_void(change)) {
		ch_end(change);
	} else if (change->kind == CH_EDIT && change->target == ST_CANDIDATE) {
		st_edit_now(change);
		ch_end(change);
	} else if (!start(change)) {
		if (change->kind == CH_REVERT)
			cf_revert_failed(change->st, &change->errs);
		undo(change);
		ch_end(change);
	}
}

void st_commit(struct st *st, const struct nacm_subject *who, const struct st_commit *commit,
	       st_done_fn done, void *arg)
{
	struct ch *change = ch_new(st, CH_COMMIT, who, done, arg);

	change->commit = *commit;
	change->comment = commit->comment ? ds_strdup(commit->comment) : NULL;
	change->persist = commit->persist ? ds_strdup(commit->persist) : NULL;
	change->persist_id = commit->persist_id ? ds_strdup(commit->persist_id) : NULL;
	ch_enqueue(change);
}

bool st_frozen(const struct st *st, const struct ov *ov)
{
	return st->active && st->first->ov == ov;
}
