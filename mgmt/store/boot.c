/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/store/boot.h"
#include "mgmt/store/startup.h"

#define DECIDE_TICK_MS 5

static char *mark_path(const char *dir)
{
	return ds_printf("%s/boot", dir);
}

/* When our parent was started, in ticks of the machine; 0 when it cannot be seen. */
static unsigned long long parent_start(void)
{
	char path[64], stat[1024] = "";
	unsigned long long start = 0;
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
	return start;
}

/* Which heddled, in which life of the machine, started us. */
static char *instance(void)
{
	const char *given = getenv("HEDDLE_INSTANCE");
	char boot[64] = "";
	FILE *in;

	if (given && given[0])
		return ds_printf("%s\n", given);
	in = fopen("/proc/sys/kernel/random/boot_id", "re");
	if (in) {
		if (!fgets(boot, sizeof(boot), in))
			boot[0] = '\0';
		fclose(in);
	}
	boot[strcspn(boot, "\n")] = '\0';
	return ds_printf("%d.%llu.%s\n", getppid(), parent_start(), boot);
}

bool bo_restarted(const char *dir, const char *restarts)
{
	char *path = mark_path(dir), *text, *id;
	struct hd_err err;
	bool same = false;
	size_t len;

	text = ds_file_read(path, &len, &err);
	id = instance();
	if (text)
		same = !strcmp(text, id) && (!restarts || atoi(restarts) > 0);
	free(id);
	free(text);
	free(path);
	return same;
}

int bo_booted(const char *dir, struct hd_err *err)
{
	char *path = mark_path(dir), *id = instance();
	int rc = ds_file_prepare(path, id, err);

	if (rc == 0)
		rc = ds_file_commit(path, err);
	free(id);
	free(path);
	return rc;
}

static void warn(struct bo_startup *startup, const char *path, const struct ds_errors *errs)
{
	const struct ds_error *first = &errs->list[0];
	size_t others = errs->n + errs->more - 1;
	char more[64] = "", *old = startup->warning;

	if (others)
		snprintf(more, sizeof(more), ", and %zu more", others);
	startup->warning = ds_printf("%s%s%s was refused (%s%s%s%s)", old ? old : "",
				     old ? "; " : "", path, first->path ? first->path : "",
				     first->path ? ": " : "", first->message, more);
	free(old);
	hd_log(HD_LOG_ERR, "%s was refused, %zu error%s:", path, others + 1, others ? "s" : "");
	for (size_t i = 0; i < errs->n; i++)
		hd_log(HD_LOG_ERR, "%s%s%s", errs->list[i].path ? errs->list[i].path : "",
		       errs->list[i].path ? ": " : "", errs->list[i].message);
}

char *bo_read(const char *path, size_t *len, struct hd_err *err)
{
	const char *handed = getenv("HEDDLE_CONFIG_FD");

	/* Only one is ever handed over, since only one is ever asked for. */
	return handed ? ds_fd_read(atoi(handed), path, len, err) : ds_file_read(path, len, err);
}

static struct bd_config *load_handed(const struct ly_ctx *ctx, const char *path,
				     struct ds_errors *errs)
{
	struct bd_config *config;
	struct hd_err err = {0};
	size_t len;
	char *text = bo_read(path, &len, &err);

	if (!text) {
		ds_errors_add(errs, DS_OPERATION_FAILED, NULL, "%s", err.text);
		return NULL;
	}
	config = bd_config_parse(ctx, text, len, NULL, errs);
	free(text);
	return config;
}

/* Tries a file. False when it cannot be taken, which is a warning unless there is none. */
static bool try_file(const struct ly_ctx *ctx, const char *path, bool handed,
		     struct bo_startup *startup)
{
	struct ds_errors errs = {.n = 0};

	if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return false;
	startup->config =
		handed ? load_handed(ctx, path, &errs) : bd_config_load(ctx, path, NULL, &errs);
	if (startup->config)
		startup->from = ds_strdup(path);
	else
		warn(startup, path, &errs);
	ds_errors_clear(&errs);
	return startup->config != NULL;
}

/* What was refused stays to be mended, also when the next save writes the file anew. */
static void put_aside(const char *path)
{
	char *aside = ds_printf("%s.refused", path);

	if (access(path, F_OK) == 0)
		unlink(aside);
	if (link(path, aside) < 0 && errno != ENOENT)
		hd_log(HD_LOG_WARNING, "%s: %s", aside, strerror(errno));
	free(aside);
}

char *bo_still_refused(const char *state_dir)
{
	char *path = su_path(state_dir), *aside = ds_printf("%s.refused", path), *text = NULL;
	struct stat a, b;

	if (stat(path, &a) == 0 && stat(aside, &b) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino)
		text = ds_printf(
			"%s was refused at the last boot: heddle-mgmt --check -c %s says why", path,
			path);
	free(aside);
	free(path);
	return text;
}

/* What was taken is the last good one. */
static void copy_good(const char *path, const char *good)
{
	struct hd_err err = {0};
	size_t len, good_len;
	char *text = ds_file_read(path, &len, &err), *old = ds_file_read(good, &good_len, &err);

	if (text && (!old || len != good_len || memcmp(text, old, len) != 0)) {
		err.code = 0;
		if (ds_file_prepare(good, text, &err) == 0)
			ds_file_commit(good, &err);
		if (err.code)
			hd_log(HD_LOG_WARNING, "%s", err.text);
	}
	free(text);
	free(old);
}

static void take_nothing(const struct ly_ctx *ctx, struct bo_startup *startup)
{
	struct ds_errors errs = {.n = 0};

	startup->config = bd_config_take(ctx, NULL, NULL, &errs);
	startup->from = ds_strdup("nothing");
	ds_errors_clear(&errs);
}

static void take_managed(const struct ly_ctx *ctx, const char *initial, const char *state_dir,
			 struct bo_startup *startup)
{
	char *path = su_path(state_dir), *good = su_good_path(state_dir);
	bool first = access(path, F_OK) < 0 && errno == ENOENT;

	if (try_file(ctx, path, false, startup)) {
		copy_good(path, good);
	} else if (try_file(ctx, good, false, startup)) {
		if (first)
			startup->warning = ds_printf("%s is not there", path);
	} else if (first && !startup->warning && initial) {
		try_file(ctx, initial, true, startup);
	}
	if (startup->warning)
		put_aside(path);
	free(path);
	free(good);
}

bool bo_startup(const struct ly_ctx *ctx, const struct bo_files *files, struct bo_startup *startup,
		struct ds_errors *errs)
{
	memset(startup, 0, sizeof(*startup));
	if (files->config) {
		startup->from = ds_strdup(files->config);
		startup->config = load_handed(ctx, files->config, errs);
		return startup->config != NULL;
	}
	if (files->state_dir)
		take_managed(ctx, files->initial, files->state_dir, startup);
	if (!startup->config)
		take_nothing(ctx, startup);
	if (startup->warning) {
		char *what = startup->warning;

		startup->warning =
			ds_printf("%s; the switch started with %s%s", what, startup->from,
				  strcmp(startup->from, "nothing") ? "" : ": it forwards nothing");
		free(what);
		hd_log(HD_LOG_ERR, "%s", startup->warning);
	}
	return true;
}

void bo_startup_clear(struct bo_startup *startup)
{
	bd_config_free(startup->config);
	free(startup->from);
	free(startup->warning);
	memset(startup, 0, sizeof(*startup));
}

struct bo_decision {
	struct bk *bk;
	uint64_t generation;
	unsigned int ticks;
	struct event *timer;
	bo_decided_fn done;
	void *arg;
};

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct bo_decision *d = arg, was = *d;
	bool taken = false;

	for (size_t i = 0; i < BK_PLANES; i++)
		if (hd_link_ready(&d->bk->planes[i].link) &&
		    d->bk->planes[i].generation == d->generation)
			taken = true;
	if (!taken && !bk_complete(d->bk) && ++d->ticks < BO_DECIDE_MS / DECIDE_TICK_MS)
		return;
	bo_decide_cancel(d);
	was.done(taken, was.arg);
}

struct bo_decision *bo_decide(struct bk *bk, uint64_t generation, bo_decided_fn done, void *arg)
{
	const struct timeval tick = {0, DECIDE_TICK_MS * 1000};
	struct bo_decision *d = ds_alloc(sizeof(*d));

	d->bk = bk;
	d->generation = generation;
	d->done = done;
	d->arg = arg;
	d->timer = event_new(bk->base, -1, EV_PERSIST, on_tick, d);
	event_add(d->timer, &tick);
	return d;
}

void bo_decide_cancel(struct bo_decision *d)
{
	event_free(d->timer);
	free(d);
}
