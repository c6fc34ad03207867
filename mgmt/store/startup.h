/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The startup datastore on disk: STATE_DIR/startup.conf, what a boot takes.
 *
 * It is always written whole: beside it, synced, renamed; mode 0600. startup.conf.good is a second
 * copy, for when somebody edits the first one into something that cannot be loaded.
 */
#ifndef MGMT_STORE_STARTUP_H
#define MGMT_STORE_STARTUP_H

#include <event2/event.h>

#include "mgmt/bind/config.h"

/* The paths, malloced. */
char *su_path(const char *state_dir);
char *su_good_path(const char *state_dir);

/*
 * Text as it is saved, malloced: lines of set, which were read again and gave @tree (may be NULL);
 * should they not, JSON. bd_config_load() reads it, as it reads files of other formats.
 */
char *su_print(const struct ly_ctx *ctx, const struct lyd_node *tree);

/*
 * Saves @tree, as it is now, in a child: the loop goes on. @done is called once, never from here,
 * with an error or with code 0. Saves come one after another; one that was asked for while another
 * waits replaces it, and both are answered by it.
 */
struct su;
typedef void (*su_done_fn)(const struct hd_err *err, void *arg);
struct su *su_new(struct event_base *base, const struct ly_ctx *ctx, const char *state_dir);
/* What is under way is waited for. Callbacks that wait are called with an error. */
void su_free(struct su *su);
void su_save(struct su *su, const struct lyd_node *tree, su_done_fn done, void *arg);

/* Removes both files: the next boot takes the packaged default. */
int su_remove(const char *state_dir, struct hd_err *err);

#endif
