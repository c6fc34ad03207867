/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/store/boot.h"
#include "mgmt/store/keep.h"
#include "mgmt/store/saver.h"

#define AGAIN_MS 50 /* while a change is under way */

struct fold {
	struct st *st;
	size_t keep;
	uint64_t point;
};

/* In the child: the configuration as it was before the oldest record that stays. */
static int write_base(void *arg, struct hd_err *err)
{
	const struct fold *fold = arg;
	struct st *st = fold->st;
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree = st_history_tree(st, fold->keep, &errs);
	size_t n = jr_count(st->jr);
	char *text = NULL;

	if (!ds_errors_none(&errs))
		return hd_err_set(err, EINVAL, "%s", errs.list[0].message);
	if (tree)
		lyd_print_mem(&text, tree, LYD_JSON, LYD_PRINT_WITHSIBLINGS);
	return jr_rebase_write(st->jr, text ? text : "{}\n",
			       jr_get(st->jr, n - 1 - fold->keep)->generation, fold->point, err);
}

static void on_written(const struct hd_err *err, void *arg)
{
	struct st *st = arg;
	struct hd_err why = *err;

	st->fold = NULL;
	if (!why.code)
		jr_rebase_finish(st->jr, st->fold_point, &why);
	/* It is only longer than it need be; the next record tries again. */
	if (why.code)
		hd_log_limited(HD_LOG_WARNING, "the journal could not be folded: %s", why.text);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval again = {0, AGAIN_MS * 1000};
	struct st *st = arg;
	struct hd_err err = {0};
	struct fold fold = {.st = st};

	if (!st->jr || st->fold || !jr_wants_base(st->jr))
		return;
	if (st->active) { /* the tree may show something else just now */
		evtimer_add(st->fold_timer, &again);
		return;
	}
	fold.keep = jr_keep(st->jr);
	fold.point = st->fold_point = jr_rebase_point(st->jr, fold.keep);
	st->fold = sv_start(st->base, write_base, &fold, on_written, st, &err);
	if (!st->fold)
		hd_log_limited(HD_LOG_WARNING, "the journal could not be folded: %s", err.text);
}

void kp_look(struct st *st)
{
	static const struct timeval now = {0, 0};

	if (!st->jr || st->fold || !jr_wants_base(st->jr))
		return;
	if (!st->fold_timer)
		st->fold_timer = evtimer_new(st->base, on_time, st);
	evtimer_add(st->fold_timer, &now);
}

void kp_free(struct st *st)
{
	if (st->fold)
		sv_finish(st->fold);
	if (st->fold_timer)
		event_free(st->fold_timer);
	st->fold_timer = NULL;
}

/* What runs is where the records that follow start from. */
static int begin_with_running(struct st *st, struct jr *jr, struct hd_err *err)
{
	struct ov *one = st->running.n_view > 0 ? st->running.view[0] : NULL;
	struct ov *two = st->running.n_view > 1 ? st->running.view[1] : NULL;
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree = st_history_tree(st, 0, &errs);
	char *text = NULL;
	int rc;

	ov_show(&st->running, one, two); /* the change that is under way */
	if (tree)
		lyd_print_mem(&text, tree, LYD_JSON, LYD_PRINT_WITHSIBLINGS);
	if (jr_open_intent(jr))
		jr_revert(jr, NULL);
	rc = jr_rebase(jr, text ? text : "{}\n", st->bk->generation, 0, err);
	if (rc == 0)
		rc = bo_booted(st->jr_dir, err);
	lyd_free_all(tree);
	free(text);
	ds_errors_clear(&errs);
	return rc;
}

int kp_ready(struct st *st, struct hd_err *err)
{
	const char *folder = st->state_dir ? st->state_dir : st->run_dir;
	uint64_t generation;
	char note[256], *base;
	struct jr *jr;
	int rc;

	if (st->jr || !st->jr_dir)
		return 0;
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return hd_err_set(err, errno, "cannot make %s: %s", folder, strerror(errno));
	jr = jr_open(st->jr_dir, &base, &generation, note, sizeof(note), err);
	if (!jr)
		return -err->code;
	free(base);
	rc = begin_with_running(st, jr, err);
	if (rc < 0) {
		jr_close(jr);
		return rc;
	}
	hd_log(HD_LOG_NOTICE, "%s can be written again", st->jr_dir);
	st->jr = jr;
	return 0;
}
