/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changes wait for their turn: one at a time asks the planes.
 */
#include <stdlib.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/store/commit.h"

struct ch *ch_new(struct st *st, enum ch_kind kind, const struct nacm_subject *who, st_done_fn done,
		  void *arg)
{
	struct ch *change = ds_alloc(sizeof(*change));

	change->st = st;
	change->kind = kind;
	change->who = who_dup(who);
	change->in_private = who && st_private_of(st, who);
	change->target = ST_RUNNING;
	change->wait_ms = BK_WAIT_MS;
	change->done = done;
	change->arg = arg;
	return change;
}

void ch_free(struct ch *change)
{
	if (change->own)
		ov_free(change->ov);
	ov_free(change->transient);
	lyd_free_all(change->config);
	bd_config_free(change->next_config);
	ds_errors_clear(&change->errs);
	who_free(change->who);
	free(change->comment);
	free(change->confirm);
	free(change->persist);
	free(change->persist_id);
	free(change);
}

static void run_next(struct st *st)
{
	/* Before it is known what runs, nothing can be changed. */
	if (!st->first || st->active || st->start)
		return;
	st->active = true;
	cm_run(st->first);
}

void ch_on_next(evutil_socket_t fd, short what, void *arg)
{
	run_next(arg);
}

void ch_next(struct st *st)
{
	static const struct timeval now = {0, 0};

	if (st->first)
		evtimer_add(st->next, &now);
}

void ch_end(struct ch *change)
{
	struct st *st = change->st;

	st->first = change->next;
	if (!st->first)
		st->last = NULL;
	st->active = false;
	if (change->unlocked)
		ov_clear(st->candidate);
	if (change->done)
		change->done(&change->errs, change->arg);
	ch_free(change);
	st_private_sweep(st);
	ch_next(st);
}

void ch_session_gone(struct st *st, uint32_t session)
{
	for (struct ch *change = st->first; change; change = change->next)
		if (change->who->subject.session == session && session)
			change->gone = true;
}

void ch_enqueue(struct ch *change)
{
	struct st *st = change->st;
	unsigned int waiting = 0;

	for (const struct ch *c = st->first; c; c = c->next)
		waiting++;
	if (st->stopped) {
		ch_free(change);
		return;
	}
	if (waiting >= ST_QUEUE_MAX && change->done) {
		ds_errors_add(&change->errs, DS_IN_USE, NULL, "%u changes wait already: try again",
			      waiting);
		change->done(&change->errs, change->arg);
		ch_free(change);
		return;
	}
	if (change->kind == CH_START && !st->active) {
		change->next = st->first; /* whoever asked before it waits for it */
		st->first = change;
	} else if (st->last) {
		st->last->next = change;
	} else {
		st->first = change;
	}
	if (!change->next)
		st->last = change;
	run_next(st);
}

/* heddle-mgmt is stopping: those that wait are told that they were not made. */
void st_stop(struct st *st)
{
	st->stopped = true;
	while (st->first) {
		struct ch *change = st->first;

		st->first = change->next;
		ds_errors_add(&change->errs, DS_OPERATION_FAILED, NULL, "heddle-mgmt is stopping");
		if (change->done)
			change->done(&change->errs, change->arg);
		ch_free(change);
	}
	st->last = NULL;
}
