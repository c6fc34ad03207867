/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The datastores, and the one way to change them:
 *
 *	edit -> validate (schema, then meaning) -> diff -> prepare on the planes -> commit | abort
 *
 * running	what the operator last committed
 * candidate	running with the edits that nobody committed yet; shared, or private to a session
 * startup	what the next boot takes
 * transient	ports of machines that come and go (RFC 8342 dynamic datastore): on top of running,
 *		outside candidate, locks and history
 *
 * Nothing copies whole trees. A **unit** is the grain of change: an entry of the list interface, an
 * entry of the list switch, any other top-level node. Each datastore remembers which of its units
 * were touched: an edit is undone by putting back the units that it touched, candidate differs from
 * running in the units that were touched since, and a commit validates, translates and writes down
 * those. So a change costs what it changes, not what there is.
 *
 * All functions are called from the loop's thread. Callbacks named `done` are called exactly once,
 * possibly before the function returns. Errors are complete: everything that is wrong with a request
 * is in the list, with tag, path and what would be right; nothing is changed when there is one.
 */
#ifndef MGMT_STORE_STORE_H
#define MGMT_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <event2/event.h>
#include <libyang/libyang.h>

#include "mgmt/backend/backend.h"
#include "mgmt/bind/config.h"
#include "mgmt/datastore/errors.h"
#include "mgmt/nacm/nacm.h"

#define ST_HISTORY_MAX 50 /* commits that can be gone back to */
#define ST_QUEUE_MAX   64 /* changes that wait for the planes */

enum st_ds { ST_RUNNING, ST_CANDIDATE, ST_STARTUP, ST_TRANSIENT, ST_DS_COUNT };

/* "running", ... */
const char *st_ds_name(enum st_ds ds);

struct st;

struct st_options {
	const char *
		run_dir; /* survives restarts of heddle-mgmt, not boots; NULL: nothing is written */
	const char *state_dir; /* survives boots: startup and history; NULL: nothing is written */
	const char *config; /* heddled -c: boots take this file, and it is never written; or NULL */
	const char *initial; /* what the very first boot takes; NULL: nothing */
};

/* @bk, @ctx and @nacm outlive the store. Options are copied. */
struct st *st_new(struct event_base *base, const struct ly_ctx *ctx, struct bk *bk,
		  struct nacm *nacm, const struct st_options *options);

/* heddle-mgmt is stopping: changes that wait are told that they were not made. After bk_free(). */
void st_stop(struct st *st);

/* After st_stop(), and when no session is left. */
void st_free(struct st *st);

typedef void (*st_done_fn)(const struct ds_errors *errs, void *arg);

/*
 * The first configuration: what ran, when heddle-mgmt was restarted (then what was under way is
 * completed or reverted, as the planes have it); else the startup; else, with a warning that says
 * so, the last one that was good. Commits it, waiting for the planes as long as it takes. *@from
 * names the file. Returns false with @errs when there is nothing to start with.
 */
bool st_start(struct st *st, const char *restarts, const char **from, struct ds_errors *errs,
	      st_done_fn done, void *arg);

/* The file that a boot takes (NULL: none), and whether it has something else than what runs. */
const char *st_startup_file(const struct st *st);
bool st_startup_differs(const struct st *st);

/* True when it is the file of heddled -c, which is never written. */
bool st_startup_fixed(const struct st *st);

/* With what the last boot should have taken, and what it took in its place; NULL: all was well. */
const char *st_startup_problem(const struct st *st);

/* Why it did not start with what it should have; NULL when all was well. */
const char *st_warning(const struct st *st);

/*
 * Reading. The tree (with defaults, flagged LYD_DEFAULT; NULL: empty) is valid until the loop goes
 * on. ST_CANDIDATE is the private one of @who if there is one; @who may be NULL otherwise.
 */
const struct lyd_node *st_tree(const struct st *st, const struct nacm_subject *who, enum st_ds ds);

/* Running and transient together: what is meant to be in force. Valid as above. */
const struct lyd_node *st_operational(const struct st *st);

/*
 * What is in force on the planes: running and transient, bound; its tree is st_operational(), not in
 * it. NULL before the first commit.
 */
const struct bd_config *st_config(const struct st *st);

/* Changing */
enum st_default_op { ST_MERGE, ST_REPLACE, ST_NONE };
enum st_test { ST_TEST_THEN_SET, ST_SET, ST_TEST_ONLY };
enum st_on_error { ST_STOP, ST_CONTINUE, ST_ROLLBACK };

/*
 * RFC 6241 7.2 on candidate, running or transient. @config: parsed with LYD_PARSE_ONLY |
 * LYD_PARSE_OPAQ, with ietf-netconf:operation and yang:insert attributes; taken over. On candidate
 * done is called at once; on running and transient when the planes have it.
 *
 * Access (RFC 8341) is checked for each node that changes. Two entries for one instance, or two
 * cases of one choice, are errors (libyang does not notice).
 */
struct st_edit {
	enum st_ds target;
	enum st_default_op default_op;
	enum st_test test;
	enum st_on_error on_error;
	const char *comment; /* running: for the history; may be NULL */
};
void st_edit(struct st *st, const struct nacm_subject *who, const struct st_edit *edit,
	     struct lyd_node *config, st_done_fn done, void *arg);

/*
 * copy-config: makes @target what @config is (taken over; NULL: empty). Only the units that differ
 * are touched.
 */
void st_replace(struct st *st, const struct nacm_subject *who, enum st_ds target,
		struct lyd_node *config, const char *comment, st_done_fn done, void *arg);

/* The same from another datastore. */
void st_copy(struct st *st, const struct nacm_subject *who, enum st_ds source, enum st_ds target,
	     st_done_fn done, void *arg);

/* delete-config: of startup only. */
void st_delete(struct st *st, const struct nacm_subject *who, enum st_ds target, st_done_fn done,
	       void *arg);

/* Is it right? @config (taken over) when @given, else the datastore. Adds to @errs. */
void st_validate(struct st *st, const struct nacm_subject *who, enum st_ds ds,
		 struct lyd_node *config, bool given, struct ds_errors *errs);

/*
 * What would be in force on the planes if @who committed candidate: checked as a commit is, with the
 * transient ports. The caller's; its tree is st_tree(ST_CANDIDATE) with them, not in it. NULL with
 * @errs. (Only one datastore is shown at a time: copy what you need of running first.)
 */
struct bd_config *st_preview(struct st *st, const struct nacm_subject *who, struct ds_errors *errs);

/* Throws away what candidate (the private one, if @who has one) has that running has not. */
void st_discard(struct st *st, const struct nacm_subject *who, struct ds_errors *errs);

struct st_commit {
	bool confirmed;
	unsigned int timeout_s; /* until it is reverted */
	const char *persist;    /* token; NULL: it is reverted when the session ends */
	const char *persist_id; /* of the commit that is followed up */
	const char *comment;    /* NULL: none */
	bool save;              /* also write startup: now, or once it is confirmed */
};
void st_commit(struct st *st, const struct nacm_subject *who, const struct st_commit *commit,
	       st_done_fn done, void *arg);
void st_cancel_commit(struct st *st, const struct nacm_subject *who, const char *persist_id,
		      st_done_fn done, void *arg);

/* A confirmed commit that waits. */
struct st_pending {
	bool is;
	char user[64];
	uint32_t session; /* 0: it outlives its session */
	bool persist;
	time_t deadline; /* seconds since 1970 */
};
void st_pending(const struct st *st, struct st_pending *pending);

/* Locks, RFC 6241 7.5: the session that holds it, or 0. */
void st_lock(struct st *st, const struct nacm_subject *who, enum st_ds ds, struct ds_errors *errs);
void st_unlock(struct st *st, const struct nacm_subject *who, enum st_ds ds,
	       struct ds_errors *errs);
uint32_t st_locked(const struct st *st, enum st_ds ds, time_t *since);

/*
 * How a session works on candidate: shared (the start), exclusive (candidate is locked until it
 * closes), private (a candidate of its own, which starts as running and follows it in units that it
 * has not touched; a commit is refused when another changed the same units meanwhile).
 */
enum st_mode { ST_SHARED, ST_EXCLUSIVE, ST_PRIVATE };
void st_open(struct st *st, const struct nacm_subject *who, enum st_mode mode,
	     struct ds_errors *errs);
void st_close(struct st *st, const struct nacm_subject *who, struct ds_errors *errs);

/* The session is gone: its locks, private candidate and confirmed commit go as well. */
void st_session_gone(struct st *st, const struct nacm_subject *who);

/*
 * What candidate has that running has not, unit by unit, with who touched it last. @fn may be called
 * with before or after NULL: the unit is new, or is removed.
 */
struct st_unit_change {
	const char *path; /* of the unit, as libyang writes it */
	const struct lyd_node *before, *after;
	const char *user; /* who touched it last */
	uint32_t session;
	time_t time;
};
typedef void (*st_unit_fn)(const struct st_unit_change *change, void *arg);
void st_changes(const struct st *st, const struct nacm_subject *who, st_unit_fn fn, void *arg);

/* History: 0 is what runs, 1 the one before. */
struct st_history {
	uint64_t generation;
	time_t time;
	const char *user, *client, *comment; /* comment may be "" */
	bool boot;                           /* not a commit: the switch started with it */
	bool pending;                        /* not confirmed yet */
};
unsigned int st_history_count(const struct st *st);
bool st_history(const struct st *st, unsigned int index, struct st_history *entry);

/* The configuration as it was, a tree that is the caller's; NULL with @errs (or when empty). */
struct lyd_node *st_history_tree(const struct st *st, unsigned int index, struct ds_errors *errs);

/* Makes candidate what it was. 0: as st_discard(). */
void st_rollback(struct st *st, const struct nacm_subject *who, unsigned int index,
		 struct ds_errors *errs);

/* Being told: after each change of a datastore (units of running, startup, transient; candidate is
 * not told of), and as a confirmed commit goes its way. */
enum st_event_kind {
	ST_EVENT_CHANGED,
	ST_EVENT_CONFIRM_START,
	ST_EVENT_CONFIRM_EXTEND,
	ST_EVENT_CONFIRM_COMPLETE,
	ST_EVENT_CONFIRM_CANCEL,
	ST_EVENT_CONFIRM_TIMEOUT,
};
struct st_event {
	enum st_event_kind kind;
	enum st_ds ds;
	const struct nacm_subject *who; /* NULL: the switch itself */
	const struct st_unit_change *units;
	size_t n_units;
	unsigned int timeout_s;
};
/* What an event points to is valid until fn returns, or asks for a datastore. */
struct st_listener {
	struct st_listener *next;
	void (*fn)(const struct st_event *event, void *arg);
	void *arg;
};
void st_listen(struct st *st, struct st_listener *listener); /* it stays the caller's */
void st_unlisten(struct st *st, struct st_listener *listener);

#endif
