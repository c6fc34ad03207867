/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What heddle-mgmt starts with. For st_start(), which does, in this order:
 *
 *	bo_restarted()?	the journal has what ran (base and records). An open intent: bo_decide(), then
 *			jr_end() when the planes have it, else jr_revert(). bk_adopt() with its
 *			generation: planes that have it are left alone.
 *	else, or when that is of no use:
 *			bo_startup(), committed as a JR_BOOT record (an open intent is reverted), above
 *			all generations of the journal; then bo_booted().
 */
#ifndef MGMT_STORE_BOOT_H
#define MGMT_STORE_BOOT_H

#include <stdbool.h>

#include <event2/event.h>

#include "mgmt/backend/backend.h"
#include "mgmt/bind/config.h"

/*
 * True when heddle-mgmt was started again by the heddled under which the configuration came into
 * force that the journal in @dir has. @restarts: how often heddled started it again, as text; NULL:
 * it did not say.
 */
bool bo_restarted(const char *dir, const char *restarts);

/* The first configuration is in force: from now on a start is a restart. */
int bo_booted(const char *dir, struct hd_err *err);

/* What a boot takes. */
struct bo_startup {
	struct bd_config *config; /* never NULL after a true bo_startup() */
	char *from;               /* the file, or "nothing" */
	char *warning; /* something that should be there could not be taken; NULL: all is well */
};

struct bo_files {
	const char *config;    /* heddled -c; NULL: managed */
	const char *state_dir; /* NULL: nothing is kept */
	const char *initial;   /* what the very first start takes; NULL or not there: nothing */
};

/*
 * @config: this file, or false with @errs about it. Else STATE_DIR/startup.conf; at the very first
 * start @initial. When what is there cannot be taken, the last good one, and when there is none, an
 * empty one: the switch starts, and the warning, which is also logged, says why with what.
 */
bool bo_startup(const struct ly_ctx *ctx, const struct bo_files *files, struct bo_startup *startup,
		struct ds_errors *errs);
void bo_startup_clear(struct bo_startup *startup);

/* The warning when startup is the one still that the last boot refused; NULL: it is not. */
char *bo_still_refused(const char *state_dir);

/*
 * The file of heddled -c, or the initial one. It may be root's alone: then heddled, which is root, has
 * opened it for us. NULL with @err.
 */
char *bo_read(const char *path, size_t *len, struct hd_err *err);

/*
 * Did the planes take the change of @generation, whose end is not in the journal? Asks them as they
 * come, and waits for both at most BO_DECIDE_MS; @done is called once, never from here, and the decision
 * is gone then.
 */
#define BO_DECIDE_MS 2000
typedef void (*bo_decided_fn)(bool taken, void *arg);
struct bo_decision;
struct bo_decision *bo_decide(struct bk *bk, uint64_t generation, bo_decided_fn done, void *arg);
void bo_decide_cancel(struct bo_decision *decision);

#endif
