/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of the store share.
 */
#ifndef MGMT_STORE_INTERNAL_H
#define MGMT_STORE_INTERNAL_H

#include <sys/stat.h>

#include "mgmt/store/edit.h"
#include "mgmt/store/journal.h"
#include "mgmt/store/overlay.h"
#include "mgmt/store/store.h"

/* A subject that outlives its session. */
struct st_who {
	struct nacm_subject subject;
	char user[64], client[16];
	char **groups;
};

/* Candidate of a session that opened a private one. */
struct st_private {
	struct st_private *next;
	uint32_t session;
	struct ov *ov;
	bool gone; /* its session ended while it was being committed */
};

struct st_lock {
	uint32_t session; /* 0: nobody */
	char user[64];
	time_t since;
	bool opened; /* by open-configuration exclusive */
};

enum ch_kind { CH_START, CH_COMMIT, CH_EDIT, CH_REVERT };

/* A change of running or transient, from its request to its end. */
struct ch {
	struct ch *next;
	struct st *st;
	enum ch_kind kind;
	struct st_who *who;
	enum st_ds target;
	struct st_edit edit;
	struct lyd_node *config; /* of the edit */
	struct st_commit commit;
	char *comment, *persist, *persist_id;
	struct ov *ov;        /* of running: what is committed; NULL before it is this one's turn */
	bool own;             /* @ov is ours to free */
	struct ov *transient; /* of the transient tree: the edit of it */
	struct bd_config *next_config;
	char *confirm;          /* of a confirmed commit: deadline.h */
	enum st_event_kind why; /* of a CH_REVERT */
	unsigned int serial;    /* of the confirmed commit that it reverts */
	bool in_private;        /* it is about the private candidate of its session */
	bool gone;              /* its session ended meanwhile */
	bool unlocked;          /* and so its lock of candidate, of which nothing is to be left */
	bool intended;          /* it is in the journal, without an end */
	struct ds_errors errs;  /* of an edit that goes on after errors */
	int wait_ms;
	st_done_fn done;
	void *arg;
};

struct st {
	struct event_base *base;
	const struct ly_ctx *ctx;
	struct bk *bk;
	struct nacm *nacm;
	char *run_dir, *state_dir, *config_file, *initial;
	char *from, *warning;  /* of the start */
	const char **from_out; /* who wants to know where it came from */
	struct jr *jr;         /* NULL: nothing is written */
	char *jr_dir;
	uint64_t jr_generation;    /* of what it has */
	struct bd_numbers numbers; /* that it has */
	struct sv *fold;           /* of the journal, under way: keep.h */
	uint64_t fold_point;
	struct event *fold_timer;
	struct bo_decision *decision; /* about what was under way */
	struct start *start;
	struct su *su; /* NULL: startup is not kept */
	bool alone;    /* units can be validated one by one */
	struct ov_base running;
	struct ov *candidate;
	struct st_private *privates;
	struct ov_base transient; /* the ports of machines; */
	struct ov *on_top;        /* the same on top of running */
	struct lyd_node *startup; /* as the file has it: st_startup() */
	struct stat startup_stat;
	uint64_t saved; /* version of running that startup was written from; 0: not known */
	struct stat saved_stat;
	char *startup_path;
	uint64_t version;     /* of running: counts its changes */
	uint64_t compared;    /* the version that startup was compared with; 0: none */
	bool startup_differs; /* then */
	struct cf *confirm;
	struct bd_config *config;
	struct st_lock locks[ST_DS_COUNT];
	struct ch *first, *last;
	bool active;  /* the first one is */
	bool stopped; /* nothing is changed any more */
	struct event *next;
	struct st_listener *listeners;
};

struct st_who *who_dup(const struct nacm_subject *who);
void who_free(struct st_who *who);

/* The candidate that @who works on. */
struct ov *st_overlay(const struct st *st, const struct nacm_subject *who);
struct st_private *st_private_of(const struct st *st, const struct nacm_subject *who);

/* True while it is being committed: it must stay as it is. */
bool st_frozen(const struct st *st, const struct ov *ov);

void st_private_free(struct st *st, struct st_private *p);

/* Frees private candidates of sessions that ended, when nothing uses them any more. */
void st_private_sweep(struct st *st);

/* The error names the user of a session: who may not read that is told @plain. */
void st_error_session(struct ds_error *err, uint32_t session, const char *plain);

/* An error when another session holds the lock of @ds. True if none does. */
bool st_may_change(const struct st *st, const struct nacm_subject *who, enum st_ds ds,
		   struct ds_errors *errs);

/*
 * An edit of an overlay in its stroke: request, walk, access, validation. False: undone, with @errs.
 * @check: validate. True with @errs: an edit that went on after them.
 */
bool st_stroke(struct st *st, const struct nacm_subject *who, struct ov *ov,
	       const struct st_edit *edit, struct lyd_node *config, bool check,
	       struct ds_errors *errs);

/* Adds an error for each node that differs between the versions of a unit and that @who may not
 * write. Either may be NULL. */
void st_check_access(struct st *st, const struct nacm_subject *who, const struct lyd_node *before,
		     const struct lyd_node *after, struct ds_errors *errs);

/*
 * Who may not read a node, nor write it, does not learn from the errors of an edit whether it is
 * there: then they are about access alone.
 */
void st_hide_existence(struct st *st, const struct nacm_subject *who, const struct lyd_node *config,
		       struct ds_errors *errs);

/* The same as st_check_access() of whole trees. */
void st_check_access_all(struct st *st, const struct nacm_subject *who,
			 const struct lyd_node *before, const struct lyd_node *after,
			 struct ds_errors *errs);

/*
 * Does what @ov makes of running make sense, with the transient ports on top? Its units were
 * validated. @transient: what is changed of those, on top already; or NULL. The tree shows them afterwards. NULL with @errs.
 */
struct bd_config *st_translate(struct st *st, struct ov *ov, const struct ov *transient,
			       struct ds_errors *errs);

/* Ports that are both configured and transient: who came first has the name. */
bool st_check_names(const struct st *st, const struct ov *ov, struct ds_errors *errs);

/* Changes, one after another. */
struct ch *ch_new(struct st *st, enum ch_kind kind, const struct nacm_subject *who, st_done_fn done,
		  void *arg);
void ch_enqueue(struct ch *change);
void ch_free(struct ch *change);

/* The startup datastore, as it is on disk. */
const struct lyd_node *st_startup(struct st *st);

/* Adds to @errs what is wrong with the startup file, if there is one. */
void st_startup_check(const struct st *st, struct ds_errors *errs);

/* Makes @tree startup. An error begins with @prefix. */
void st_save(struct st *st, const struct nacm_subject *who, const struct lyd_node *tree,
	     const char *prefix, st_done_fn done, void *arg);

/* An edit of candidate, when it is its turn. */
void st_edit_now(struct ch *change);

/* A session is gone: what it asked for and was not begun is not done. */
void ch_session_gone(struct st *st, uint32_t session);

/* Answers a request that was never queued. */
void st_answer(st_done_fn done, void *arg, struct ds_errors *errs);

/* Tells the listeners. */
void st_tell(struct st *st, const struct st_event *event);

#endif
