/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/store/boot.h"
#include "mgmt/store/check.h"
#include "mgmt/store/commit.h"
#include "mgmt/store/confirm.h"
#include "mgmt/store/startup.h"
#include "mgmt/store/keep.h"

const char *st_ds_name(enum st_ds ds)
{
	static const char *const names[] = {"running", "candidate", "startup", "transient"};

	return names[ds];
}

struct st_private *st_private_of(const struct st *st, const struct nacm_subject *who)
{
	struct st_private *p = st->privates;

	while (p && (!who || p->gone || p->session != who->session))
		p = p->next;
	return p;
}

struct ov *st_overlay(const struct st *st, const struct nacm_subject *who)
{
	const struct st_private *p = st_private_of(st, who);

	return p ? p->ov : st->candidate;
}

const struct lyd_node *st_tree(const struct st *st, const struct nacm_subject *who, enum st_ds ds)
{
	struct ov_base *running = &((struct st *)st)->running; /* it shows one thing or another */

	switch (ds) {
	case ST_RUNNING: ov_show(running, NULL, NULL); return running->tree;
	case ST_CANDIDATE: ov_show(running, st_overlay(st, who), NULL); return running->tree;
	case ST_STARTUP: return st_startup((struct st *)st);
	case ST_TRANSIENT:
		/* Not what the planes are being asked about. */
		ov_show(&((struct st *)st)->transient, NULL, NULL);
		return st->transient.tree;
	default: return NULL;
	}
}

const struct lyd_node *st_operational(const struct st *st)
{
	struct ov_base *running = &((struct st *)st)->running;

	ov_show(running, st->on_top, NULL);
	return running->tree;
}

const struct bd_config *st_config(const struct st *st)
{
	return st->config;
}

void st_answer(st_done_fn done, void *arg, struct ds_errors *errs)
{
	if (done)
		done(errs, arg);
	ds_errors_clear(errs);
}

void st_listen(struct st *st, struct st_listener *listener)
{
	listener->next = st->listeners;
	st->listeners = listener;
}

const char *st_warning(const struct st *st)
{
	return st->warning;
}

void st_unlisten(struct st *st, struct st_listener *listener)
{
	struct st_listener **at = &st->listeners;

	while (*at && *at != listener)
		at = &(*at)->next;
	if (*at)
		*at = listener->next;
}

void st_tell(struct st *st, const struct st_event *event)
{
	for (struct st_listener *l = st->listeners; l; l = l->next)
		l->fn(event, l->arg);
}

/* The units of @ov, as the translation wants to know of them. */
static void add_touched(struct bd_touched *touched, const char **names, const struct ov *ov)
{
	for (size_t i = 0; ov && i < ov->n; i++) {
		const struct lyd_node *key = ov->list[i]->key;

		if (!strcmp(key->schema->name, "interface") &&
		    !strcmp(key->schema->module->name, "ietf-interfaces"))
			names[touched->n++] = ds_value(key, NULL, "name");
		else
			touched->others = true;
	}
}

struct bd_config *st_translate(struct st *st, struct ov *ov, const struct ov *transient,
			       struct ds_errors *errs)
{
	const char **names =
		ds_alloc((ov->n + (transient ? transient->n : 0) + 1) * sizeof(*names));
	struct bd_touched touched = {.interfaces = names};
	struct ds_errors more = {.n = 0};
	struct bd_config *config;

	add_touched(&touched, names, ov);
	add_touched(&touched, names, transient);
	ov_show(&st->running, ov, st->on_top);
	config = bd_config_update(st->ctx, st->config, st->running.tree, &touched, &more);
	ds_errors_move(errs, &more);
	free(names);
	return config;
}

static bool stroke(struct st *st, const struct nacm_subject *who, struct ov *ov,
		   const struct st_edit *edit, const struct lyd_node *config, bool check,
		   struct ds_errors *errs)
{
	static const enum ed_op ops[] = {ED_MERGE, ED_REPLACE, ED_NONE};
	struct ds_errors more = {.n = 0};
	bool right;

	if (!ed_check(st->ctx, config, ops[edit->default_op], errs))
		return false;
	ed_apply(ov, config, edit->default_op, errs);
	st_hide_existence(st, who, config, errs);
	right = ds_errors_none(errs) || edit->on_error == ST_CONTINUE;
	if (right) {
		for (size_t i = 0; i < ov->n_struck; i++)
			st_check_access(st, who, ov_before(ov->struck[i]),
					ov_shown(ov, ov->struck[i]), &more);
		if (ds_errors_none(&more) && check)
			ck_units(ov, true, st->alone, &more);
		right = ds_errors_none(&more);
	}
	ds_errors_move(errs, &more);
	if (!right)
		ov_undo(ov);
	return right;
}

/* A top-level node of <config>, or a container of units with the one that is @unit: a copy. */
static struct lyd_node *part_of(const struct lyd_node *top, const struct lyd_node *unit)
{
	struct lyd_node *part = NULL;

	lyd_dup_single(top, NULL, LYD_DUP_WITH_FLAGS | (unit ? 0 : LYD_DUP_RECURSIVE), &part);
	if (unit)
		lyd_dup_single(unit, (struct lyd_node_inner *)part,
			       LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, NULL);
	return part;
}

/* Can it be done by itself? Then it goes to *@good, to be done with the others; else it is told. */
static void sift_part(struct st *st, const struct nacm_subject *who, struct ov *ov,
		      const struct st_edit *edit, struct lyd_node *part, struct lyd_node **good,
		      struct ds_errors *errs)
{
	struct ds_errors own = {.n = 0};
	struct lyd_node *same = NULL;

	if (stroke(st, who, ov, edit, part, edit->test != ST_SET, &own)) {
		ov_undo(ov);
		if (part->schema && ov_is_split(part->schema))
			same = ds_same(*good, part);
		if (same && lyd_child(part))
			lyd_insert_child(same, lyd_child(part));
		else if (!same)
			lyd_insert_sibling(*good, part, good);
		if (!same)
			part = NULL;
	} else {
		ds_errors_move(errs, &own);
	}
	lyd_free_tree(part);
	ds_errors_clear(&own);
}

/* continue-on-error: the units of @config that are right by themselves. */
static struct lyd_node *sift(struct st *st, const struct nacm_subject *who, struct ov *ov,
			     const struct st_edit *edit, const struct lyd_node *config,
			     struct ds_errors *errs)
{
	const struct lyd_node *top, *unit;
	struct lyd_node *good = NULL;

	LY_LIST_FOR(config, top) {
		bool split = top->schema && ov_is_split(top->schema) && !ed_has_op(top) &&
			     lyd_child(top);

		if (!split)
			sift_part(st, who, ov, edit, part_of(top, NULL), &good, errs);
		else
			LY_LIST_FOR(lyd_child(top), unit)
				sift_part(st, who, ov, edit, part_of(top, unit), &good, errs);
	}
	return good;
}

bool st_stroke(struct st *st, const struct nacm_subject *who, struct ov *ov,
	       const struct st_edit *edit, struct lyd_node *config, bool check,
	       struct ds_errors *errs)
{
	struct ds_errors own = {.n = 0};
	struct lyd_node *good;
	bool right;

	/* What replaces all would take away what is wrong in it. */
	if (edit->on_error != ST_CONTINUE || edit->default_op == ST_REPLACE)
		return stroke(st, who, ov, edit, config, check, errs);
	good = sift(st, who, ov, edit, config, errs);
	right = stroke(st, who, ov, edit, good, check, &own);
	ds_errors_move(errs, &own);
	lyd_free_all(good);
	return right;
}

/* An edit of candidate, now. */
static void edit_candidate(struct st *st, const struct nacm_subject *who,
			   const struct st_edit *edit, struct lyd_node *config,
			   struct ds_errors *errs)
{
	struct ov *ov = st_overlay(st, who);

	if (!st_may_change(st, who, ST_CANDIDATE, errs))
		return;
	ov_show(&st->running, ov, NULL);
	if (!st_stroke(st, who, ov, edit, config, edit->test != ST_SET, errs))
		return;
	if (edit->test == ST_TEST_ONLY) {
		bd_config_free(st_translate(st, ov, NULL, errs));
		ov_show(&st->running, ov, NULL);
		ov_undo(ov);
	} else {
		ov_keep(ov, who);
	}
}

void st_edit_now(struct ch *change)
{
	edit_candidate(change->st, &change->who->subject, &change->edit, change->config,
		       &change->errs);
}

void st_edit(struct st *st, const struct nacm_subject *who, const struct st_edit *edit,
	     struct lyd_node *config, st_done_fn done, void *arg)
{
	struct ds_errors errs = {.n = 0};
	struct ch *change;

	if (edit->target == ST_STARTUP) {
		ds_errors_add(
			&errs, DS_OPERATION_NOT_SUPPORTED, NULL,
			"startup is not edited: edit and commit, then copy running to startup");
		lyd_free_all(config);
		st_answer(done, arg, &errs);
		return;
	}
	if (edit->target == ST_CANDIDATE && !st_frozen(st, st_overlay(st, who))) {
		edit_candidate(st, who, edit, config, &errs);
		lyd_free_all(config);
		st_answer(done, arg, &errs);
		return;
	}
	change = ch_new(st, CH_EDIT, who, done, arg);
	change->target = edit->target;
	change->edit = *edit;
	change->config = config;
	change->comment = edit->comment ? ds_strdup(edit->comment) : NULL;
	ch_enqueue(change);
}

struct bd_config *st_preview(struct st *st, const struct nacm_subject *who, struct ds_errors *errs)
{
	struct ov *ov = st_overlay(st, who);

	ov_show(&st->running, ov, NULL);
	if (!st_check_names(st, ov, errs) || !ck_units(ov, false, st->alone, errs))
		return NULL;
	return st_translate(st, ov, NULL, errs);
}

void st_validate(struct st *st, const struct nacm_subject *who, enum st_ds ds,
		 struct lyd_node *config, bool given, struct ds_errors *errs)
{
	struct st_edit edit = {.default_op = ST_REPLACE};
	struct ov *ov;

	if (!given && ds == ST_CANDIDATE) {
		bd_config_free(st_preview(st, who, errs));
		return;
	}
	if (!given && ds != ST_STARTUP)
		return; /* it is in force, so it was found right */
	if (!given) {
		st_startup_check(st, errs);
		if (!ds_errors_none(errs))
			return;
		lyd_dup_siblings(st_startup(st), NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS,
				 &config);
	}
	ov = ov_new(&st->running);
	ov_show(&st->running, ov, NULL);
	if (st_stroke(st, NULL, ov, &edit, config, true, errs))
		bd_config_free(st_translate(st, ov, NULL, errs));
	ov_free(ov);
	lyd_free_all(config);
}

struct st *st_new(struct event_base *base, const struct ly_ctx *ctx, struct bk *bk,
		  struct nacm *nacm, const struct st_options *options)
{
	struct st *st = ds_alloc(sizeof(*st));

	st->base = base;
	st->ctx = ctx;
	st->bk = bk;
	st->nacm = nacm;
	st->run_dir = options->run_dir ? ds_strdup(options->run_dir) : NULL;
	st->state_dir = options->state_dir ? ds_strdup(options->state_dir) : NULL;
	st->config_file = options->config ? ds_strdup(options->config) : NULL;
	st->initial = options->initial ? ds_strdup(options->initial) : NULL;
	if (st->config_file)
		st->startup_path = ds_strdup(st->config_file);
	else if (st->state_dir)
		st->startup_path = su_path(st->state_dir);
	st->version = 1;
	st->alone = ck_units_are_alone(ctx);
	ov_base_init(&st->running, ctx);
	ov_base_init(&st->transient, ctx);
	st->candidate = ov_new(&st->running);
	st->on_top = ov_new(&st->running);
	st->next = evtimer_new(base, ch_on_next, st);
	cf_init(st);
	if (st->state_dir)
		st->su = su_new(base, ctx, st->state_dir);
	return st;
}

void st_free(struct st *st)
{
	if (!st)
		return;
	if (st->decision)
		bo_decide_cancel(st->decision);
	free(st->start);
	st_stop(st);
	event_free(st->next);
	while (st->privates)
		st_private_free(st, st->privates);
	if (st->su)
		su_free(st->su);
	cf_clear(st);
	kp_free(st);
	jr_close(st->jr);
	ov_free(st->candidate);
	ov_free(st->on_top);
	ov_base_clear(&st->running);
	ov_base_clear(&st->transient);
	lyd_free_all(st->startup);
	bd_config_free(st->config);
	bd_numbers_free(&st->numbers);
	free(st->run_dir);
	free(st->state_dir);
	free(st->startup_path);
	free(st->config_file);
	free(st->initial);
	free(st->from);
	free(st->jr_dir);
	free(st->warning);
	free(st);
}
