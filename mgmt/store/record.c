/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/store/boot.h"
#include "mgmt/store/confirm.h"
#include "mgmt/store/history.h"
#include "mgmt/store/keep.h"
#include "mgmt/store/record.h"

#define NEVER_REACHED (1ull << 32) /* commits */

/*
 * What the planes will be given: above all that they hold (see txn.c). While one has not said what
 * that is, a number that none has: better to undo, after a restart, what it took than to take for
 * done what it did not.
 */
static uint64_t next_generation(const struct bk *bk)
{
	uint64_t generation = bk->generation;
	bool known = true;

	for (size_t i = 0; i < BK_PLANES; i++) {
		known &= hd_link_ready(&bk->planes[i].link);
		if (bk->planes[i].generation > generation)
			generation = bk->planes[i].generation;
	}
	return known ? generation + 1 : generation + NEVER_REACHED;
}

/* The versions of @ov are looked at: nothing may be shown on top of them. */
static void add_units(struct jr_record *record, struct ov *ov)
{
	ov_show(ov->base, ov, NULL);
	record->units = ds_alloc((ov->n + 1) * sizeof(*record->units));
	for (size_t i = 0; i < ov->n; i++) {
		const struct ov_unit *u = ov->list[i];

		record->units[i] = (struct jr_unit){
			.path = u->path,
			.before = hs_print(ov_of_base(ov, u)),
			.after = hs_print(ov_of_overlay(ov, u)),
		};
	}
	record->n = ov->n;
}

const char *rc_comment(const struct ch *change)
{
	static const char *const words[] = {
		[CH_START] = "start",
		[CH_COMMIT] = "commit",
		[CH_EDIT] = "edit-config",
		[CH_REVERT] = "revert",
	};

	return change->comment ? change->comment : words[change->kind];
}

void rc_log(const struct ch *change, const struct hd_config_result *result)
{
	const struct nacm_subject *who = &change->who->subject;
	bool own = change->kind == CH_START || change->kind == CH_REVERT;
	const char *user = own ? "the switch" : change->who->user, *comment = rc_comment(change);
	char generation[24], session[12];
	const struct hd_log_field fields[] = {
		{"HEDDLE_GENERATION", generation},
		{"HEDDLE_USER", user},
		{"HEDDLE_CLIENT", own ? "" : change->who->client},
		{"HEDDLE_SESSION", session},
		{"HEDDLE_COMMENT", comment},
		{NULL, NULL},
	};

	snprintf(generation, sizeof(generation), "%llu",
		 (unsigned long long)change->st->bk->generation);
	snprintf(session, sizeof(session), "%u", who->session);
	hd_log_fields(
		HD_LOG_NOTICE, fields,
		"configuration %s is in force: by %s%s%s, session %s, \"%s\"; %u added, %u "
		"changed, %u removed, %u as they were; ports: %u opened, %u restarted, %u closed",
		generation, user, own ? "" : " with ", own ? "" : change->who->client, session,
		comment, result->added, result->changed, result->removed, result->unchanged,
		result->ports_opened, result->ports_restarted, result->ports_closed);
}

int rc_intend(struct ch *change, struct hd_err *err)
{
	struct st *st = change->st;
	struct jr_record record = {
		.kind = change->kind == CH_START ? JR_BOOT : JR_COMMIT,
		.generation = next_generation(st->bk),
		.time = time(NULL),
		.user = change->who->user,
		.client = change->kind == CH_START ? (char *)"boot" : change->who->client,
		.comment = (char *)rc_comment(change),
	};
	int rc;

	if (change->target == ST_RUNNING && change->kind != CH_START && kp_ready(st, err) < 0)
		return -err->code;
	free(change->confirm);
	change->confirm = record.confirm = cf_text(change);
	record.pending = change->confirm != NULL;
	/* Transient ports are in no history. */
	if (change->target == ST_TRANSIENT)
		return tr_intend(change, record.generation, err);
	if (!st->jr || (!change->ov->n && change->kind != CH_START && !change->confirm))
		return 0;
	record.extra = bd_numbers_print(&change->next_config->numbers);
	add_units(&record, change->ov);
	rc = jr_intend(st->jr, &record, err);
	change->intended = rc == 0;
	for (size_t i = 0; i < record.n; i++) {
		free(record.units[i].before);
		free(record.units[i].after);
	}
	free(record.units);
	free(record.extra);
	return rc;
}

void rc_end(struct ch *change)
{
	struct st *st = change->st;
	struct hd_err err = {0};

	if (change->intended && jr_end(st->jr, st->bk->generation, &err) < 0)
		hd_log(HD_LOG_ERR,
		       "%s: a restart of heddle-mgmt would go back to the configuration before",
		       err.text);
	change->intended = false;
	if (change->target == ST_TRANSIENT)
		tr_end(st, true);
	kp_look(st);
	if (change->kind == CH_START && st->jr && bo_booted(st->jr_dir, &err) < 0)
		hd_log(HD_LOG_ERR, "%s: a restart of heddle-mgmt would be taken for a boot",
		       err.text);
}

void rc_revert(struct ch *change)
{
	struct hd_err err = {0};

	if (change->intended && jr_revert(change->st->jr, &err) < 0)
		hd_log(HD_LOG_ERR, "%s", err.text);
	change->intended = false;
	if (change->target == ST_TRANSIENT)
		tr_end(change->st, false);
}

void rc_tell(struct ch *change)
{
	struct st *st = change->st;
	struct ov *ov = change->target == ST_TRANSIENT ? change->transient : change->ov;
	struct st_unit_change *units = ds_alloc((ov->n + 1) * sizeof(*units));
	struct st_event event = {
		.kind = ST_EVENT_CHANGED,
		.ds = change->target,
		.who = change->kind == CH_START || change->kind == CH_REVERT
			       ? NULL
			       : &change->who->subject,
		.units = units,
		.n_units = ov->n,
	};

	ov_show(ov->base, ov, NULL);
	for (size_t i = 0; i < ov->n; i++) {
		const struct ov_unit *u = ov->list[i];

		units[i] = (struct st_unit_change){
			.path = u->path,
			.before = ov_of_base(ov, u),
			.after = ov_of_overlay(ov, u),
			.user = u->touched.user,
			.session = u->touched.session,
			.time = u->touched.time,
		};
	}
	if (ov->n)
		st_tell(st, &event);
	free(units);
}
