/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "heddle/base/name.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/store/commit.h"
#include "mgmt/store/confirm.h"
#include "mgmt/store/deadline.h"
#include "mgmt/store/history.h"

#define RETRY_S 1

static void revert(struct st *st, enum st_event_kind why, const struct nacm_subject *who,
		   st_done_fn done, void *arg)
{
	struct ch *change = ch_new(st, CH_REVERT, who, done, arg);

	change->why = why;
	change->serial = st->confirm->serial;
	change->comment = ds_strdup(why == ST_EVENT_CONFIRM_CANCEL
					    ? "a commit that was not confirmed is reverted"
					    : "a commit was not confirmed in time: reverted");
	ch_enqueue(change);
}

static void arm(struct cf *cf, uint64_t ms)
{
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};

	evtimer_add(cf->timer, &tv);
}

static void on_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct st *st = arg;

	if (!st->confirm->is)
		return;
	hd_log(HD_LOG_NOTICE, "the commit of %s was not confirmed: it is reverted",
	       st->confirm->user);
	revert(st, ST_EVENT_CONFIRM_TIMEOUT, NULL, NULL, NULL);
}

void cf_init(struct st *st)
{
	st->confirm = ds_alloc(sizeof(*st->confirm));
	st->confirm->timer = evtimer_new(st->base, on_timeout, st);
}

static void forget(struct cf *cf)
{
	for (size_t i = 0; i < cf->undo.n; i++) {
		free(cf->undo.units[i].path);
		free(cf->undo.units[i].before);
	}
	free(cf->undo.units);
	free(cf->persist);
	cf->undo = (struct jr_record){.n = 0};
	cf->persist = NULL;
	cf->is = false;
	evtimer_del(cf->timer);
}

void cf_clear(struct st *st)
{
	forget(st->confirm);
	event_free(st->confirm->timer);
	free(st->confirm);
}

void st_pending(const struct st *st, struct st_pending *pending)
{
	const struct cf *cf = st->confirm;

	memset(pending, 0, sizeof(*pending));
	pending->is = cf->is;
	if (!cf->is)
		return;
	hd_str_copy(pending->user, sizeof(pending->user), cf->user);
	pending->session = cf->persist ? 0 : cf->session;
	pending->persist = cf->persist != NULL;
	pending->deadline = cf->deadline;
}

/* Is it @who's own, or does the token open it? */
static bool is_theirs(const struct cf *cf, const struct nacm_subject *who, const char *persist_id)
{
	if (cf->persist)
		return persist_id && !strcmp(persist_id, cf->persist);
	if (persist_id)
		return false;
	return cf->session ? cf->session == who->session : !strcmp(cf->user, who->user);
}

bool cf_may(struct st *st, const struct nacm_subject *who, const char *persist_id,
	    struct ds_errors *errs)
{
	const struct cf *cf = st->confirm;
	long left = cf->is ? cf->deadline - time(NULL) : 0;

	if (cf->is ? is_theirs(cf, who, persist_id) : !persist_id)
		return true;
	if (!cf->is || persist_id) {
		ds_errors_add(errs, DS_INVALID_VALUE, NULL,
			      "persist-id: no commit waits to be confirmed under this token");
		return false;
	}
	st_error_session(
		ds_errors_add(
			errs, DS_IN_USE, NULL,
			"a commit of %s (session %u) waits to be confirmed for %ld more seconds%s",
			cf->user, cf->session, left > 0 ? left : 0,
			cf->persist ? ": give its persist-id, or wait" : ": wait, or ask them"),
		cf->session, "another's commit waits to be confirmed: wait");
	return false;
}

bool cf_may_lock(const struct st *st, const struct nacm_subject *who, struct ds_errors *errs)
{
	const struct cf *cf = st->confirm;
	struct ds_error *err;
	char id[16];

	if (!cf->is || cf->session == who->session)
		return true;
	snprintf(id, sizeof(id), "%u", cf->persist ? 0 : cf->session);
	err = ds_errors_add(errs, DS_LOCK_DENIED, NULL,
			    "a commit of %s (session %u) waits to be confirmed", cf->user,
			    cf->session);
	ds_error_bad(err, id);
	st_error_session(err, cf->session, "another's commit waits to be confirmed");
	return false;
}

/* An edit of running while a commit waits: it is reverted with it (RFC 6241 8.4.1: all is as it was
 * before the confirmed commit). */
static bool is_part(const struct ch *change)
{
	return change->kind == CH_EDIT && change->target == ST_RUNNING && change->ov->n &&
	       change->st->confirm->is;
}

char *cf_text(const struct ch *change)
{
	const struct st_commit *c = &change->commit;
	const struct cf *cf = change->st->confirm;
	struct dl dl = {.session = change->who->subject.session};
	time_t now = time(NULL);

	if (change->kind == CH_COMMIT ? !c->confirmed && !cf->is : !is_part(change))
		return NULL;
	if (!c->confirmed) {
		/* What confirms is pending as well until it is in force: as what it confirms is. */
		time_t left = cf->deadline - time(NULL);

		dl.session = cf->persist ? 0 : cf->session;
		hd_str_copy(dl.user, sizeof(dl.user), cf->user);
		hd_str_copy(dl.persist, sizeof(dl.persist), cf->persist ? cf->persist : "");
		dl.save = c->save || cf->save;
		dl.left_ms = left > 0 ? (uint64_t)left * 1000 : 0;
		return dl_print(&dl);
	}
	hd_str_copy(dl.user, sizeof(dl.user), change->who->user);
	dl.save = c->save || (cf->is && cf->save);
	dl.left_ms = c->timeout_s * 1000ull;
	if (change->kind == CH_EDIT)
		dl.left_ms = cf->deadline > now ? (cf->deadline - now) * 1000ull : 0;
	if (change->persist) {
		dl.session = 0;
		hd_str_copy(dl.persist, sizeof(dl.persist), change->persist);
	}
	return dl_print(&dl);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct jr_unit *)a)->path, ((const struct jr_unit *)b)->path);
}

/* The unit of that path among the first @n, which are sorted; NULL: it is none of them. */
static struct jr_unit *known_unit(const struct jr_record *undo, size_t n, const char *path)
{
	const struct jr_unit key = {.path = (char *)path};

	return n ? bsearch(&key, undo->units, n, sizeof(key), by_path) : NULL;
}

static size_t sort(struct jr_record *undo)
{
	if (undo->n)
		qsort(undo->units, undo->n, sizeof(*undo->units), by_path);
	return undo->n;
}

static void remember(struct jr_record *undo, const char *path, char *before)
{
	if ((undo->n & (undo->n - 1)) == 0)
		undo->units =
			ds_realloc(undo->units, undo->n ? undo->n * 2 : 1, sizeof(*undo->units));
	undo->units[undo->n++] = (struct jr_unit){.path = ds_strdup(path), .before = before};
}

/* Of units that an earlier one of these commits changed, the first version counts. */
static void remember_all(struct cf *cf, const struct ov *ov)
{
	size_t known = sort(&cf->undo);

	for (size_t i = 0; i < ov->n; i++) {
		const struct ov_unit *u = ov->list[i];

		if (!known_unit(&cf->undo, known, u->path))
			remember(&cf->undo, u->path, hs_print(ov_of_base(ov, u)));
	}
}

static void tell(struct st *st, enum st_event_kind kind, const struct nacm_subject *who,
		 unsigned int timeout_s)
{
	const struct st_event event = {
		.kind = kind, .ds = ST_RUNNING, .who = who, .timeout_s = timeout_s};

	st_tell(st, &event);
}

static void begin(struct ch *change)
{
	struct st *st = change->st;
	struct cf *cf = st->confirm;
	bool again = cf->is;

	remember_all(cf, change->ov);
	cf->is = true;
	cf->serial++;
	hd_str_copy(cf->user, sizeof(cf->user), change->who->user);
	cf->session = change->who->subject.session;
	cf->save |= change->commit.save;
	if (!again)
		cf->save = change->commit.save;
	free(cf->persist);
	cf->persist = change->persist ? ds_strdup(change->persist) : NULL;
	cf->deadline = time(NULL) + change->commit.timeout_s;
	/* Without a token it ends with its session, also if that ended while the planes worked. */
	arm(cf, change->gone && !cf->persist ? 0 : change->commit.timeout_s * 1000ull);
	tell(st, again ? ST_EVENT_CONFIRM_EXTEND : ST_EVENT_CONFIRM_START, &change->who->subject,
	     change->commit.timeout_s);
}

void cf_changed(struct ch *change)
{
	struct st *st = change->st;
	struct cf *cf = st->confirm;
	struct hd_err err = {0};

	if (change->kind == CH_REVERT) {
		forget(cf);
		/* What changed nothing has no record that says that this came to its end. */
		if (!change->ov->n && st->jr && jr_confirm(st->jr, &err) < 0)
			hd_log(HD_LOG_ERR, "%s: a restart of heddle-mgmt would wait for it again",
			       err.text);
		tell(st, change->why,
		     change->why == ST_EVENT_CONFIRM_TIMEOUT ? NULL : &change->who->subject, 0);
		return;
	}
	if (is_part(change))
		remember_all(cf, change->ov);
	if (change->kind != CH_COMMIT)
		return;
	if (change->commit.confirmed) {
		begin(change);
		change->commit.save = false; /* not before it is confirmed */
	} else if (cf->is) {
		change->commit.save |= cf->save;
		forget(cf);
		if (st->jr && jr_confirm(st->jr, &err) < 0)
			hd_log(HD_LOG_ERR, "%s: a restart of heddle-mgmt would revert the commit",
			       err.text);
		tell(st, ST_EVENT_CONFIRM_COMPLETE, &change->who->subject, 0);
	}
}

bool cf_begin_revert(struct ch *change)
{
	struct st *st = change->st;
	struct cf *cf = st->confirm;
	bool right;

	change->ov = ov_new(&st->running);
	change->own = true;
	ov_show(&st->running, change->ov, NULL);
	right = hs_apply(change->ov, &cf->undo, false, &change->errs);
	ov_complete(change->ov);
	ov_keep(change->ov, &change->who->subject);
	return right;
}

void cf_revert_failed(struct st *st, const struct ds_errors *errs)
{
	hd_log(HD_LOG_ERR,
	       "a commit that was not confirmed could not be reverted, trying again: %s",
	       errs->n ? errs->list[0].message : "");
	if (st->confirm->is)
		arm(st->confirm, RETRY_S * 1000);
}

void cf_session_gone(struct st *st, const struct nacm_subject *who)
{
	const struct cf *cf = st->confirm;

	if (st->stopped || !cf->is || cf->persist || cf->session != who->session)
		return;
	hd_log(HD_LOG_NOTICE, "the session of %s ended before the commit was confirmed: reverted",
	       cf->user);
	revert(st, ST_EVENT_CONFIRM_CANCEL, NULL, NULL, NULL);
}

void st_cancel_commit(struct st *st, const struct nacm_subject *who, const char *persist_id,
		      st_done_fn done, void *arg)
{
	struct ds_errors errs = {.n = 0};

	if (!st->confirm->is) {
		ds_errors_add(&errs, persist_id ? DS_INVALID_VALUE : DS_OPERATION_FAILED, NULL,
			      "no commit waits to be confirmed");
		st_answer(done, arg, &errs);
	} else if (cf_may(st, who, persist_id, &errs)) {
		revert(st, ST_EVENT_CONFIRM_CANCEL, who, done, arg);
	} else {
		st_answer(done, arg, &errs);
	}
}

void cf_restore(struct st *st)
{
	struct cf *cf = st->confirm;
	size_t n = st->jr ? jr_count(st->jr) : 0, known;
	struct dl dl = {.save = false};

	for (size_t i = n; i-- > 0 && jr_get(st->jr, i)->pending;) {
		const struct jr_record *r = jr_get(st->jr, i);

		if (i == n - 1 && (!r->confirm || !dl_parse(r->confirm, &dl)))
			return;
		known = sort(&cf->undo);
		for (size_t k = 0; k < r->n; k++) {
			const struct jr_unit *u = &r->units[k];
			char *before = u->before ? ds_strdup(u->before) : NULL;
			struct jr_unit *same = known_unit(&cf->undo, known, u->path);

			if (!same) {
				remember(&cf->undo, u->path, before);
				continue;
			}
			free(same->before);
			same->before = before;
		}
		cf->is = true;
	}
	if (!cf->is)
		return;
	hd_str_copy(cf->user, sizeof(cf->user), dl.user);
	cf->session = 0;
	cf->persist = dl.persist[0] ? ds_strdup(dl.persist) : NULL;
	cf->save = dl.save;
	/* Without a token it ends with its session, which is gone as all are (RFC 6241 8.4.1). */
	if (!cf->persist)
		dl.left_ms = 0;
	cf->deadline = time(NULL) + (dl.left_ms + 999) / 1000;
	arm(cf, dl.left_ms);
}
