/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/setform/setform.h"
#include "mgmt/store/saver.h"
#include "mgmt/store/startup.h"

char *su_path(const char *state_dir)
{
	return ds_printf("%s/startup.conf", state_dir);
}

char *su_good_path(const char *state_dir)
{
	return ds_printf("%s/startup.conf.good", state_dir);
}

/* Does @text give @tree again? */
static bool reads_back(const struct ly_ctx *ctx, const char *text, const struct lyd_node *tree)
{
	struct lyd_node *again = NULL, *diff = NULL;
	struct ds_errors errs = {.n = 0};
	bool same = ds_tree_parse(ctx, text, strlen(text), &again, &errs) &&
		    lyd_diff_siblings(again, tree, 0, &diff) == LY_SUCCESS && !diff;

	lyd_free_all(diff);
	lyd_free_all(again);
	ds_errors_clear(&errs);
	return same;
}

char *su_print(const struct ly_ctx *ctx, const struct lyd_node *tree)
{
	static const char head[] =
		"# What the switch starts with. Every commit that is saved writes this file anew:\n"
		"# `configure` in the command heddle changes it; by hand only while the switch does not run.\n";
	char *lines = sf_print_text(ctx, tree, 0), *text = ds_printf("%s%s", head, lines);

	free(lines);
	if (!tree || reads_back(ctx, text, tree))
		return text;
	/* A boot that takes something else than what was saved is worse than a file that is ugly. */
	hd_log(HD_LOG_WARNING, "startup cannot be said in lines of set: it is written as JSON");
	free(text);
	text = NULL;
	lyd_print_mem(&text, tree, LYD_JSON, LYD_PRINT_WITHSIBLINGS);
	return text;
}

/* Those who wait for one save. */
struct waiter {
	struct waiter *next;
	su_done_fn done;
	void *arg;
};

struct su {
	struct event_base *base;
	const struct ly_ctx *ctx;
	char *path, *good;
	struct sv *sv; /* under way */
	struct waiter *now;
	bool again; /* another one, of what follows */
	struct lyd_node *next;
	struct waiter *then;
	struct hd_err start_err;
	struct event *failed; /* it could not be started: told from the loop */
};

static void answer(struct waiter **list, const struct hd_err *err)
{
	struct waiter *waiter = *list;

	*list = NULL;
	while (waiter) {
		struct waiter *next = waiter->next;

		waiter->done(err, waiter->arg);
		free(waiter);
		waiter = next;
	}
}

static void add(struct waiter **list, su_done_fn done, void *arg)
{
	struct waiter *waiter = ds_alloc(sizeof(*waiter));

	while (*list)
		list = &(*list)->next;
	waiter->done = done;
	waiter->arg = arg;
	*list = waiter;
}

struct job {
	const struct su *su;
	const struct lyd_node *tree;
};

/* In the child: both copies, or none. */
static int write_both(void *arg, struct hd_err *err)
{
	const struct job *job = arg;
	char *text = su_print(job->su->ctx, job->tree);
	int rc;

	if (!text)
		return hd_err_set(err, ENOMEM, "it could not be printed");
	rc = ds_file_prepare(job->su->path, text, err);
	if (rc < 0)
		return rc;
	rc = ds_file_prepare(job->su->good, text, err);
	if (rc == 0)
		rc = ds_file_commit(job->su->path, err);
	if (rc == 0)
		return ds_file_commit(job->su->good, err);
	ds_file_abort(job->su->path);
	ds_file_abort(job->su->good);
	return rc;
}

static void on_saved(const struct hd_err *err, void *arg);

static void start(struct su *su, const struct lyd_node *tree)
{
	static const struct timeval now = {0, 0};
	struct job job = {su, tree};

	su->sv = sv_start(su->base, write_both, &job, on_saved, su, &su->start_err);
	if (!su->sv)
		evtimer_add(su->failed, &now);
}

static void next(struct su *su)
{
	struct lyd_node *tree = su->next;

	if (!su->again)
		return;
	su->again = false;
	su->next = NULL;
	su->now = su->then;
	su->then = NULL;
	start(su, tree);
	lyd_free_all(tree);
}

static void on_saved(const struct hd_err *err, void *arg)
{
	struct su *su = arg;

	su->sv = NULL;
	answer(&su->now, err);
	if (!su->sv)
		next(su);
}

static void on_failed(evutil_socket_t fd, short what, void *arg)
{
	struct su *su = arg;
	struct hd_err err = su->start_err;

	on_saved(&err, su);
}

struct su *su_new(struct event_base *base, const struct ly_ctx *ctx, const char *state_dir)
{
	struct su *su = ds_alloc(sizeof(*su));

	su->base = base;
	su->ctx = ctx;
	su->path = su_path(state_dir);
	su->good = su_good_path(state_dir);
	su->failed = evtimer_new(base, on_failed, su);
	return su;
}

void su_free(struct su *su)
{
	struct hd_err err = {0};

	if (!su)
		return;
	hd_err_set(&err, ECANCELED, "heddle-mgmt is stopping: startup is as it was");
	answer(&su->then, &err);
	lyd_free_all(su->next);
	su->next = NULL;
	su->again = false;
	if (su->sv)
		sv_finish(su->sv);
	answer(&su->now, &err);
	event_free(su->failed);
	free(su->path);
	free(su->good);
	free(su);
}

void su_save(struct su *su, const struct lyd_node *tree, su_done_fn done, void *arg)
{
	if (!su->now) {
		add(&su->now, done, arg);
		start(su, tree);
		return;
	}
	/* One is under way: a copy waits for the end of it. */
	add(&su->then, done, arg);
	lyd_free_all(su->next);
	su->next = NULL;
	su->again = true;
	if (tree)
		lyd_dup_siblings(tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &su->next);
}

int su_remove(const char *state_dir, struct hd_err *err)
{
	char *paths[] = {su_path(state_dir), su_good_path(state_dir)};
	int rc = 0;

	for (size_t i = 0; i < 2; i++) {
		if (rc == 0 && unlink(paths[i]) < 0 && errno != ENOENT)
			rc = hd_err_set(err, errno, "cannot remove %s: %s", paths[i],
					strerror(errno));
		free(paths[i]);
	}
	return rc;
}
