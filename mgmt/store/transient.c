/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The transient datastore: ports of machines that come and go, on top of running.
 *
 * It has a tree of its own. What runs is running with copies of its units on top, which are an
 * overlay of running that is never committed.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/store/record.h"
#include "mgmt/store/unit.h"

static bool is_port(const struct ov_unit *u)
{
	const struct lysc_node *s = u->key->schema;

	return !strcmp(s->name, "interface") && !strcmp(s->module->name, "ietf-interfaces");
}

void tr_check(struct ch *change)
{
	struct st *st = change->st;
	const struct ov *ov = change->transient;

	ov_show(&st->running, NULL, NULL);
	for (size_t i = 0; i < ov->n; i++) {
		const struct ov_unit *u = ov->list[i];

		if (!is_port(u))
			ds_errors_add(&change->errs, DS_OPERATION_NOT_SUPPORTED, u->path,
				      "only ports can be transient: configure this in candidate "
				      "or running");
		else if (ov_of_overlay(ov, u) && ov_find(st->running.tree, u->key))
			ds_errors_add(&change->errs, DS_DATA_EXISTS, u->path,
				      "a port of this name is configured: choose another name, or "
				      "change that one");
	}
}

void tr_put_on_top(struct st *st, const struct ov *edit)
{
	struct ov *top = st->on_top;

	ov_show(&st->running, top, NULL);
	for (size_t i = 0; i < edit->n; i++) {
		const struct ov_unit *u = edit->list[i];
		struct lyd_node *mine = ov_of_overlay(edit, u), *shown;

		shown = ov_touch(top, mine ? mine : u->other);
		if (shown)
			ov_remove(top, shown);
		if (mine)
			un_put_copy(&st->running.tree, mine);
	}
}

void tr_save(struct st *st)
{
}
