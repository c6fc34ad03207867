/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The running configuration: the one way to change it, and its copy on disk.
 *
 * A change is checked, written beside the copy, committed on the planes, then renamed into place; so
 * what fails for want of space fails before anything has changed. Changes come one after another.
 */
#ifndef MGMT_BACKEND_RUNNING_H
#define MGMT_BACKEND_RUNNING_H

#include <libyang/libyang.h>

#include "mgmt/backend/backend.h"
#include "mgmt/bind/config.h"
#include "mgmt/datastore/errors.h"
#include "mgmt/nacm/nacm.h"

#define RN_QUEUE_MAX 64 /* changes that wait */

struct rn_change;

struct rn {
	const struct ly_ctx *ctx;
	struct bk *bk;
	struct nacm *nacm; /* is given the rules of what is in force; or NULL */
	struct bd_config *config; /* in force; NULL before the first */
	char *file;               /* NULL: nothing is written */
	char *numbers_file;
	struct rn_change *first, *last; /* the first one may be under way */
	bool active;
	struct event *next;
};

/* @run_dir: where running.json goes; NULL for nowhere. */
void rn_init(struct rn *rn, const struct ly_ctx *ctx, struct bk *bk, const char *run_dir);

/* Changes that wait are told that they were not made. After bk_free(). */
void rn_free(struct rn *rn);

/* Called once, with no errors when the change is in force (or was only checked). */
typedef void (*rn_done_fn)(const struct ds_errors *errs, void *arg);

/*
 * Replaces everything with @tree (parsed with LYD_PARSE_OPAQ; taken over). @check: only say whether
 * it would be right. @wait_ms: as in bk_commit(). @done may be called from here.
 */
void rn_replace(struct rn *rn, struct lyd_node *tree, bool check, int wait_ms, rn_done_fn done,
		void *arg);

/*
 * The first configuration: from the copy on disk when heddle-mgmt was restarted, else from @path.
 * @restarts: how often it was, as text; NULL when heddled did not say: then the copy tells whether
 * it was written under this very heddled. Checks it, and stores it in *@config. False with @errs,
 * about *@from.
 */
bool rn_load_first(const struct rn *rn, const char *path, const char *restarts,
		   struct bd_config **config, const char **from, struct ds_errors *errs);

/* Commits what rn_load_first() gave (taken over). Waits for the planes as long as it takes. */
void rn_start(struct rn *rn, struct bd_config *config, rn_done_fn done, void *arg);

#endif
