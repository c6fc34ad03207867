/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Work on candidate: locks, how sessions share it or have one of their own, and what is in it.
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/base/name.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/store/confirm.h"

static void denied(struct ds_errors *errs, enum ds_tag tag, const struct st_lock *lock,
		   enum st_ds ds)
{
	const char *how = lock->opened ? "opened exclusively" : "locked";
	struct ds_error *err;
	char id[16], text[96];

	snprintf(id, sizeof(id), "%u", lock->session);
	snprintf(text, sizeof(text), "session %u has %s %s: wait for its end", lock->session, how,
		 st_ds_name(ds));
	err = ds_errors_add(errs, tag, NULL, "%s (session %u) has %s %s: wait for its end",
			    lock->user, lock->session, how, st_ds_name(ds));
	ds_error_bad(err, id);
	st_error_session(err, lock->session, text);
}

void st_error_session(struct ds_error *err, uint32_t session, const char *plain)
{
	char path[160];

	snprintf(
		path, sizeof(path),
		"/ietf-netconf-monitoring:netconf-state/sessions/session[session-id='%u']/username",
		session);
	ds_error_about(err, path, "%s", plain);
}

bool st_may_change(const struct st *st, const struct nacm_subject *who, enum st_ds ds,
		   struct ds_errors *errs)
{
	const struct st_lock *lock = &st->locks[ds];
	const struct st_lock *opened = &st->locks[ST_CANDIDATE];

	/* Who has a candidate of its own does not touch the shared one. */
	if (ds == ST_CANDIDATE && st_private_of(st, who))
		return true;
	if (ds == ST_RUNNING && !lock->session && opened->opened)
		lock = opened; /* nobody else commits meanwhile */
	if (!lock->session || (who && lock->session == who->session))
		return true;
	denied(errs, DS_IN_USE, lock, ds);
	return false;
}

static void take(struct st_lock *lock, const struct nacm_subject *who, bool opened)
{
	lock->session = who->session;
	lock->opened = opened;
	lock->since = time(NULL);
	hd_str_copy(lock->user, sizeof(lock->user), who->user);
}

static bool is_clean(const struct st *st, struct ds_errors *errs)
{
	const struct ov_unit *u;
	struct ds_error *err;

	if (!st->candidate->n)
		return true;
	u = st->candidate->list[0];
	err = ds_errors_add(errs, DS_LOCK_DENIED, NULL,
			    "candidate has edits that are not committed (%s by %s, and %zu more): "
			    "commit them, or discard them with discard-changes",
			    u->path, u->touched.user, st->candidate->n - 1);
	ds_error_bad(err, "0");
	ds_error_about(err, u->path, "%s", "");
	st_error_session(err, u->touched.session,
			 "candidate has edits that are not committed: commit them, or discard "
			 "them with discard-changes");
	return false;
}

void st_lock(struct st *st, const struct nacm_subject *who, enum st_ds ds, struct ds_errors *errs)
{
	struct st_lock *lock = &st->locks[ds];

	if (lock->session) {
		denied(errs, DS_LOCK_DENIED, lock, ds);
		return;
	}
	if (ds == ST_TRANSIENT) {
		ds_errors_add(errs, DS_OPERATION_NOT_SUPPORTED, NULL,
			      "transient ports are outside of locks");
		return;
	}
	if (ds == ST_CANDIDATE && !is_clean(st, errs))
		return;
	if (ds == ST_RUNNING && !cf_may_lock(st, who, errs))
		return;
	take(lock, who, false);
}

void st_unlock(struct st *st, const struct nacm_subject *who, enum st_ds ds, struct ds_errors *errs)
{
	struct st_lock *lock = &st->locks[ds];

	if (lock->session != who->session) {
		if (lock->session)
			st_error_session(
				ds_errors_add(errs, DS_OPERATION_FAILED, NULL,
					      "%s (session %u) holds the lock of %s: only that "
					      "session gives it back",
					      lock->user, lock->session, st_ds_name(ds)),
				lock->session,
				"another session holds the lock: only that session gives it back");
		else
			ds_errors_add(errs, DS_OPERATION_FAILED, NULL, "%s is not locked",
				      st_ds_name(ds));
		return;
	}
	memset(lock, 0, sizeof(*lock));
	if (ds != ST_CANDIDATE)
		return;
	if (st_frozen(st, st->candidate))
		st->first->unlocked = true;
	else
		ov_clear(st->candidate); /* RFC 6241 8.3.5.2 */
}

uint32_t st_locked(const struct st *st, enum st_ds ds, time_t *since)
{
	if (since)
		*since = st->locks[ds].since;
	return st->locks[ds].session;
}

static bool is_busy(const struct st *st, const struct ov *ov, struct ds_errors *errs)
{
	if (!st_frozen(st, ov))
		return false;
	ds_errors_add(errs, DS_IN_USE, NULL, "candidate is being committed: try again");
	return true;
}

void st_open(struct st *st, const struct nacm_subject *who, enum st_mode mode,
	     struct ds_errors *errs)
{
	struct st_lock *lock = &st->locks[ST_CANDIDATE];
	struct st_private *p;

	if (st_private_of(st, who) || (lock->session == who->session && lock->opened)) {
		ds_errors_add(errs, DS_IN_USE, NULL,
			      "this session has opened the configuration already: close it first");
		return;
	}
	if (mode == ST_EXCLUSIVE) {
		if (lock->session)
			denied(errs, DS_LOCK_DENIED, lock, ST_CANDIDATE);
		else if (is_clean(st, errs))
			take(lock, who, true);
	} else if (mode == ST_PRIVATE) {
		if (lock->opened) {
			denied(errs, DS_LOCK_DENIED, lock, ST_CANDIDATE);
			return;
		}
		p = ds_alloc(sizeof(*p));
		p->session = who->session;
		p->ov = ov_new(&st->running);
		p->next = st->privates;
		st->privates = p;
	}
}

void st_private_free(struct st *st, struct st_private *p)
{
	struct st_private **at = &st->privates;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	ov_free(p->ov);
	free(p);
}

void st_close(struct st *st, const struct nacm_subject *who, struct ds_errors *errs)
{
	struct st_lock *lock = &st->locks[ST_CANDIDATE];
	struct st_private *p = st_private_of(st, who);

	if (p) {
		if (!is_busy(st, p->ov, errs))
			st_private_free(st, p);
	} else if (lock->opened && lock->session == who->session) {
		st_unlock(st, who, ST_CANDIDATE, errs);
	}
}

void st_private_sweep(struct st *st)
{
	struct st_private *p, *next;

	for (p = st->privates; p; p = next) {
		next = p->next;
		if (p->gone && !st_frozen(st, p->ov))
			st_private_free(st, p);
	}
}

void st_session_gone(struct st *st, const struct nacm_subject *who)
{
	struct ds_errors errs = {.n = 0};
	struct st_private *p = st_private_of(st, who);

	for (enum st_ds ds = 0; ds < ST_DS_COUNT; ds++)
		if (st->locks[ds].session == who->session)
			st_unlock(st, who, ds, &errs);
	if (p)
		p->gone = true;
	ch_session_gone(st, who->session);
	st_private_sweep(st);
	cf_session_gone(st, who);
	ds_errors_clear(&errs);
}

void st_discard(struct st *st, const struct nacm_subject *who, struct ds_errors *errs)
{
	struct ov *ov = st_overlay(st, who);

	if (st_may_change(st, who, ST_CANDIDATE, errs) && !is_busy(st, ov, errs))
		ov_clear(ov);
}

void st_changes(const struct st *st, const struct nacm_subject *who, st_unit_fn fn, void *arg)
{
	struct ov *ov = st_overlay(st, who);

	ov_show(ov->base, ov, NULL); /* not what others have in the place of running */
	for (size_t i = 0; i < ov->n; i++) {
		const struct ov_unit *u = ov->list[i];
		struct st_unit_change change = {
			.path = u->path,
			.before = ov_of_base(ov, u),
			.after = ov_of_overlay(ov, u),
			.user = u->touched.user,
			.session = u->touched.session,
			.time = u->touched.time,
		};

		fn(&change, arg);
	}
}
