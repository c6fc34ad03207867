/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "mgmt/backend/running.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

struct rn_change {
	struct rn_change *next;
	struct rn *rn;
	struct lyd_node *tree;    /* still to be checked; or */
	struct bd_config *config; /* checked */
	int wait_ms;
	rn_done_fn done;
	void *arg;
};

static void run_next(struct rn *rn);

static void on_next(evutil_socket_t fd, short what, void *arg)
{
	run_next(arg);
}

void rn_init(struct rn *rn, const struct ly_ctx *ctx, struct bk *bk, const char *run_dir)
{
	memset(rn, 0, sizeof(*rn));
	rn->ctx = ctx;
	rn->bk = bk;
	if (run_dir) {
		rn->file = ds_printf("%s/running.json", run_dir);
		rn->numbers_file = ds_printf("%s/running.vlans", run_dir);
	}
	rn->next = evtimer_new(bk->base, on_next, rn);
}

static void change_free(struct rn_change *change)
{
	lyd_free_all(change->tree);
	bd_config_free(change->config);
	free(change);
}

void rn_free(struct rn *rn)
{
	struct ds_errors errs = {.n = 0};

	ds_errors_add(&errs, DS_OPERATION_FAILED, NULL, "heddle-mgmt is stopping");
	while (rn->first) {
		struct rn_change *change = rn->first;

		rn->first = change->next;
		if (change->done)
			change->done(&errs, change->arg);
		change_free(change);
	}
	ds_errors_clear(&errs);
	event_free(rn->next);
	bd_config_free(rn->config);
	free(rn->file);
	free(rn->numbers_file);
	memset(rn, 0, sizeof(*rn));
}

static void end(struct rn_change *change, const struct ds_errors *errs)
{
	static const struct timeval now = {0, 0};
	struct rn *rn = change->rn;

	rn->first = change->next;
	if (!rn->first)
		rn->last = NULL;
	rn->active = false;
	if (change->done)
		change->done(errs, change->arg);
	change_free(change);
	if (rn->first)
		evtimer_add(rn->next, &now);
}

/* Which run of our parent this is: a restart by the same heddled finds what it wrote. */
static void boot_id(char id[64])
{
	unsigned long long start = 0;
	char path[64], stat[1024] = "";
	const char *rest;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/stat", getppid());
	in = fopen(path, "re");
	if (in) {
		if (!fgets(stat, sizeof(stat), in))
			stat[0] = '\0';
		fclose(in);
	}
	rest = strrchr(stat, ')'); /* the name before it may hold anything */
	if (rest)
		sscanf(rest + 1,
		       " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
		       &start);
	snprintf(id, 64, "boot %d.%llu\n", getppid(), start);
}

static int write_beside(struct rn *rn, const struct bd_config *config, struct hd_err *err)
{
	char *numbers, *text, *list, boot[64];
	int rc;

	if (!rn->file)
		return 0;
	text = bd_config_print(config);
	list = bd_numbers_print(&config->numbers);
	boot_id(boot);
	numbers = ds_printf("%s%s", boot, list);
	free(list);
	rc = ds_file_prepare(rn->file, text, err);
	if (rc == 0)
		rc = ds_file_prepare(rn->numbers_file, numbers, err);
	if (rc < 0)
		ds_file_abort(rn->file);
	free(numbers);
	free(text);
	return rc;
}

static void take_over(struct rn *rn, struct rn_change *change)
{
	struct hd_err err = {0};

	bd_config_free(rn->config);
	rn->config = change->config;
	change->config = NULL;
	if (rn->nacm)
		nacm_load(rn->nacm, rn->config->tree);
	if (!rn->file)
		return;
	/* The numbers first: they are no more than a wish when the tree is still the old one. */
	if (ds_file_commit(rn->numbers_file, &err) < 0 || ds_file_commit(rn->file, &err) < 0)
		hd_log(HD_LOG_ERR,
		       "%s: a restart of heddle-mgmt would go back to the configuration before",
		       err.text);
}

static void on_committed(int status, const struct hd_err *err,
			 const struct hd_config_result *result, void *arg)
{
	struct rn_change *change = arg;
	struct ds_errors errs = {.n = 0};
	struct rn *rn = change->rn;

	if (status == 0) {
		take_over(rn, change);
		hd_log(HD_LOG_NOTICE,
		       "configuration %llu is in force: %u added, %u changed, %u removed, %u as they "
		       "were; ports: %u opened, %u restarted, %u closed",
		       (unsigned long long)rn->bk->generation, result->added, result->changed,
		       result->removed, result->unchanged, result->ports_opened,
		       result->ports_restarted, result->ports_closed);
	} else {
		if (rn->file) {
			ds_file_abort(rn->file);
			ds_file_abort(rn->numbers_file);
		}
		ds_errors_add(&errs, status == -EAGAIN ? DS_RESOURCE_DENIED : DS_OPERATION_FAILED,
			      NULL, "%s", err->text);
	}
	end(change, &errs);
	ds_errors_clear(&errs);
}

static void run_next(struct rn *rn)
{
	struct rn_change *change = rn->first;
	struct ds_errors errs = {.n = 0};
	struct hd_err err = {0};
	int rc = 0;

	if (!change || rn->active)
		return;
	rn->active = true;
	if (change->tree) {
		struct lyd_node *tree = change->tree;

		change->tree = NULL;
		change->config = bd_config_take(rn->ctx, tree,
						rn->config ? &rn->config->numbers : NULL, &errs);
	}
	if (change->config) {
		rc = write_beside(rn, change->config, &err);
		if (rc == 0)
			rc = bk_commit(rn->bk, &change->config->objects, change->wait_ms,
				       on_committed, change);
		if (rc == 0)
			return;
		ds_errors_add(&errs, DS_RESOURCE_DENIED, NULL, "%s, so nothing was changed",
			      err.code ? err.text : strerror(-rc));
	}
	end(change, &errs);
	ds_errors_clear(&errs);
}

static struct rn_change *enqueue(struct rn *rn, int wait_ms, rn_done_fn done, void *arg)
{
	struct rn_change *change = ds_alloc(sizeof(*change));

	change->rn = rn;
	change->wait_ms = wait_ms;
	change->done = done;
	change->arg = arg;
	if (rn->last)
		rn->last->next = change;
	else
		rn->first = change;
	rn->last = change;
	return change;
}

static void check_only(struct rn *rn, struct lyd_node *tree, rn_done_fn done, void *arg)
{
	struct ds_errors errs = {.n = 0};

	bd_config_free(
		bd_config_take(rn->ctx, tree, rn->config ? &rn->config->numbers : NULL, &errs));
	done(&errs, arg);
	ds_errors_clear(&errs);
}

void rn_replace(struct rn *rn, struct lyd_node *tree, bool check, int wait_ms, rn_done_fn done,
		void *arg)
{
	struct ds_errors errs = {.n = 0};
	struct rn_change *change;
	unsigned int waiting = 0;

	if (check) {
		check_only(rn, tree, done, arg);
		return;
	}
	for (change = rn->first; change; change = change->next)
		waiting++;
	if (waiting >= RN_QUEUE_MAX) {
		lyd_free_all(tree);
		ds_errors_add(&errs, DS_IN_USE, NULL, "%u changes wait already: try again",
			      waiting);
		done(&errs, arg);
		ds_errors_clear(&errs);
		return;
	}
	change = enqueue(rn, wait_ms, done, arg);
	/* An empty tree is a configuration as well. */
	if (tree)
		change->tree = tree;
	else
		change->config = bd_config_take(rn->ctx, NULL, NULL, &errs);
	ds_errors_clear(&errs);
	run_next(rn);
}

/*
 * Is there a copy that a heddle-mgmt before us wrote under the same heddled? Then this is a restart.
 * Fills in its internal numbers.
 */
static bool read_numbers(const struct rn *rn, struct bd_numbers *numbers)
{
	struct hd_err err;
	char boot[64];
	size_t len;
	char *text = ds_file_read(rn->numbers_file, &len, &err), *list;
	bool same;

	if (!text)
		return false;
	boot_id(boot);
	same = !strncmp(text, boot, strlen(boot));
	list = strchr(text, '\n');
	bd_numbers_parse(numbers, list ? list + 1 : "");
	free(text);
	return same;
}

bool rn_load_first(const struct rn *rn, const char *path, const char *restarts,
		   struct bd_config **config, const char **from, struct ds_errors *errs)
{
	struct bd_numbers numbers = {NULL, 0};
	bool again = rn->file && read_numbers(rn, &numbers);

	if (restarts)
		again = atoi(restarts) > 0;
	*config = NULL;
	*from = path;
	if (again && rn->file && access(rn->file, R_OK) == 0) {
		*from = rn->file;
		*config = bd_config_load(rn->ctx, rn->file, &numbers, errs);
		if (!*config) {
			/* What ran cannot be read any more; what it was started with is next best. */
			hd_log(HD_LOG_ERR, "%s cannot be used, going back to %s: %s", rn->file,
			       path, errs->list[0].message);
			ds_errors_clear(errs);
			*from = path;
		}
	}
	bd_numbers_free(&numbers);
	if (!*config)
		*config = bd_config_load(rn->ctx, path, NULL, errs);
	return *config != NULL;
}

void rn_start(struct rn *rn, struct bd_config *config, rn_done_fn done, void *arg)
{
	enqueue(rn, -1, done, arg)->config = config;
	run_next(rn);
}
