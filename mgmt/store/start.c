/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first configuration: what ran, or what a boot takes (boot.h).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/store/boot.h"
#include "mgmt/store/check.h"
#include "mgmt/store/commit.h"
#include "mgmt/store/confirm.h"
#include "mgmt/store/history.h"
#include "mgmt/store/record.h"

struct start {
	struct st *st;
	st_done_fn done;
	void *arg;
};

static void say_from(struct st *st, const char *from)
{
	free(st->from);
	st->from = ds_strdup(from);
	*st->from_out = st->from;
}

static void open_journal(struct st *st, char **base)
{
	const char *folder = st->state_dir ? st->state_dir : st->run_dir;
	struct hd_err err = {0};
	uint64_t generation = 0;
	char note[512] = "";

	*base = NULL;
	if (!folder)
		return;
	st->jr_dir = ds_printf("%s/journal", folder);
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		hd_err_set(&err, errno, "cannot make %s: %s", folder, strerror(errno));
	else
		st->jr = jr_open(st->jr_dir, base, &generation, note, sizeof(note), &err);
	if (!st->jr) {
		/* The switch starts all the same; kp_ready() tries again. */
		hd_log(HD_LOG_ERR, "%s: no change is taken until it can be written", err.text);
		return;
	}
	if (note[0])
		hd_log(HD_LOG_WARNING, "%s", note);
	if (jr_count(st->jr))
		generation = jr_get(st->jr, jr_count(st->jr) - 1)->generation;
	st->jr_generation = generation;
}

/* Makes running what the journal says that ran. */
static bool read_journal(struct st *st, const char *base, struct ds_errors *errs)
{
	struct ov *ov = ov_new(&st->running);
	struct lyd_node *tree = NULL;
	bool right = true;

	ov_show(&st->running, ov, NULL);
	if (base) {
		right = lyd_parse_data_mem(st->ctx, base, LYD_JSON,
					   LYD_PARSE_ONLY | LYD_PARSE_STRICT, 0,
					   &tree) == LY_SUCCESS;
		if (right)
			ed_apply(ov, tree, ST_REPLACE, errs);
		else
			ds_errors_add(errs, DS_OPERATION_FAILED, NULL,
				      "the base of the journal cannot be read: %s",
				      ly_errmsg(st->ctx));
		lyd_free_all(tree);
	}
	for (size_t i = 0; right && i < jr_count(st->jr); i++)
		right = hs_apply(ov, jr_get(st->jr, i), true, errs);
	ov_complete(ov);
	right = right && ds_errors_none(errs) && ck_units(ov, true, st->alone, errs);
	if (right)
		ov_fold(ov);
	ov_free(ov);
	return right;
}

static void keep_numbers(struct st *st)
{
	size_t n = jr_count(st->jr);
	const char *text = n ? jr_get(st->jr, n - 1)->extra : NULL;

	bd_numbers_free(&st->numbers);
	bd_numbers_parse(&st->numbers, text ? text : "");
}

/* Running is what the journal says: is it right, and can the planes go on with it? */
static bool go_on(struct st *st, struct ds_errors *errs)
{
	uint64_t generation = tr_load(st);

	keep_numbers(st);
	ov_show(&st->running, st->on_top, NULL);
	st->config = bd_config_bind(st->ctx, st->running.tree, &st->numbers, errs);
	if (!st->config && st->on_top->n) {
		hd_log(HD_LOG_ERR, "the transient ports cannot be used any more, and are gone: %s",
		       errs->list[0].message);
		ds_errors_clear(errs);
		tr_forget(st);
		st->config = bd_config_bind(st->ctx, st->running.tree, &st->numbers, errs);
	}
	if (!st->config)
		return false;
	if (st->nacm)
		nacm_load(st->nacm, st_tree(st, NULL, ST_RUNNING));
	if (generation < st->jr_generation)
		generation = st->jr_generation;
	bk_adopt(st->bk, &st->config->objects, generation);
	say_from(st, st->jr_dir);
	cf_restore(st);
	hd_log(HD_LOG_NOTICE, "configuration %llu goes on", (unsigned long long)generation);
	return true;
}

static bool boot(struct st *st, struct ds_errors *errs, st_done_fn done, void *arg)
{
	struct bo_files files = {st->config_file, st->state_dir, st->initial};
	struct bo_startup startup;
	struct ch *change;
	bool right = bo_startup(st->ctx, &files, &startup, errs);

	say_from(st, startup.from);
	tr_forget(st);
	if (right) {
		if (st->jr && jr_open_intent(st->jr))
			jr_revert(st->jr, NULL);
		st->bk->generation = st->jr_generation;
		change = ch_new(st, CH_START, NULL, done, arg);
		change->wait_ms = -1;
		change->ov = ov_new(&st->running);
		change->own = true;
		ov_show(&st->running, change->ov, NULL);
		ed_apply(change->ov, startup.config->tree, ST_REPLACE, errs);
		/* It was found right; now libyang knows which when-conditions are true. */
		ck_units(change->ov, true, st->alone, errs);
		ov_keep(change->ov, &change->who->subject);
		ch_enqueue(change);
	}
	st->warning = startup.warning;
	startup.warning = NULL;
	bo_startup_clear(&startup);
	return right;
}

static void restart(struct st *st, struct start *start)
{
	struct ds_errors errs = {.n = 0};
	struct start s = *start;

	free(start);
	st->start = NULL;
	ch_next(st);
	if (go_on(st, &errs)) {
		if (st->state_dir && !st->config_file)
			st->warning = bo_still_refused(st->state_dir);
		s.done(&errs, s.arg);
	} else {
		hd_log(HD_LOG_ERR, "what ran cannot be used any more (%s): starting as at a boot",
		       errs.list[0].message);
		ds_errors_clear(&errs);
		if (!boot(st, &errs, s.done, s.arg))
			s.done(&errs, s.arg);
	}
	ds_errors_clear(&errs);
}

/* Whether the planes took what was under way. */
static void on_decided(bool taken, void *arg)
{
	struct start *start = arg;
	struct st *st = start->st;
	struct ds_errors errs = {.n = 0};
	struct hd_err err = {0};
	struct ov *ov;

	st->decision = NULL;
	if (taken) {
		uint64_t generation = jr_open_intent(st->jr)->generation;

		ov = ov_new(&st->running);
		ov_show(&st->running, ov, NULL);
		hs_apply(ov, jr_open_intent(st->jr), true, &errs);
		ov_complete(ov);
		ck_units(ov, true, st->alone, &errs);
		ov_fold(ov);
		ov_free(ov);
		jr_end(st->jr, generation, &err);
		st->jr_generation = generation;
		hd_log(HD_LOG_NOTICE, "configuration %llu was under way, and is completed",
		       (unsigned long long)generation);
	} else {
		jr_revert(st->jr, &err);
		hd_log(HD_LOG_NOTICE, "a change that was under way was not taken: it is undone");
	}
	if (err.code)
		hd_log(HD_LOG_ERR, "%s", err.text);
	ds_errors_clear(&errs);
	restart(st, start);
}

bool st_start(struct st *st, const char *restarts, const char **from, struct ds_errors *errs,
	      st_done_fn done, void *arg)
{
	struct ds_errors old = {.n = 0};
	struct start *start;
	char *base;
	bool known;

	st->from_out = from;
	say_from(st, st->config_file ? st->config_file : "startup");
	open_journal(st, &base);
	known = st->jr && read_journal(st, base, &old);
	free(base);
	if (!ds_errors_none(&old)) {
		hd_log(HD_LOG_ERR, "the history cannot be used any more, and ends here: %s",
		       old.list[0].message);
		if (jr_open_intent(st->jr))
			jr_revert(st->jr, NULL);
		jr_rebase(st->jr, "{}\n", st->jr_generation, 0, NULL);
	}
	ds_errors_clear(&old);
	if (!known || !bo_restarted(st->jr_dir, restarts) ||
	    (!jr_count(st->jr) && !jr_open_intent(st->jr)))
		return boot(st, errs, done, arg);
	start = ds_alloc(sizeof(*start));
	*start = (struct start){st, done, arg};
	if (jr_open_intent(st->jr)) {
		st->start = start;
		st->decision =
			bo_decide(st->bk, jr_open_intent(st->jr)->generation, on_decided, start);
	} else {
		restart(st, start);
	}
	return true;
}
