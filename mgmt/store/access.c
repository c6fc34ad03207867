/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who changes what: subjects that outlive their session, and access to the nodes that change
 * (RFC 8341 3.2.5, 3.2.8).
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/base/name.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/store/internal.h"

struct st_who *who_dup(const struct nacm_subject *who)
{
	struct st_who *copy = ds_alloc(sizeof(*copy));

	copy->subject.exempt = true;
	copy->subject.user = copy->user;
	copy->subject.client = copy->client;
	if (!who)
		return copy;
	copy->subject = *who;
	copy->subject.user = copy->user;
	copy->subject.client = copy->client;
	hd_str_copy(copy->user, sizeof(copy->user), who->user ? who->user : "");
	hd_str_copy(copy->client, sizeof(copy->client), who->client ? who->client : "");
	copy->groups = ds_alloc((who->n_groups + 1) * sizeof(char *));
	for (size_t i = 0; i < who->n_groups; i++)
		copy->groups[i] = ds_strdup(who->groups[i]);
	copy->subject.groups = copy->groups;
	return copy;
}

void who_free(struct st_who *who)
{
	if (!who)
		return;
	for (size_t i = 0; who->groups && i < who->subject.n_groups; i++)
		free(who->groups[i]);
	free(who->groups);
	free(who);
}

struct check {
	struct st *st;
	const struct nacm_subject *who;
	struct ds_errors *errs;
};

static void all(struct check *c, const struct lyd_node *node, enum nacm_op op)
{
	const struct lyd_node *child;

	if (node->flags & LYD_DEFAULT || lysc_is_key(node->schema))
		return;
	if (nacm_check_write(c->st->nacm, c->who, node, op, c->errs))
		LY_LIST_FOR(lyd_child(node), child)
			all(c, child, op);
}

static const struct lyd_node *find(const struct lyd_node *parent, const struct lyd_node *node)
{
	return ds_same(lyd_child(parent), node);
}

/* In a list that its user orders: does it stand behind another one than before? */
static bool was_moved(const struct lyd_node *before, const struct lyd_node *after)
{
	const struct lyd_node *a = before->prev, *b = after->prev;

	if (!(after->schema->flags & LYS_ORDBY_USER))
		return false;
	if (!a->next || a->schema != before->schema)
		a = NULL;
	if (!b->next || b->schema != after->schema)
		b = NULL;
	return !a != !b || (a && b && lyd_compare_single(a, b, 0) != LY_SUCCESS);
}

static void differences(struct check *c, const struct lyd_node *before,
			const struct lyd_node *after)
{
	const struct lyd_node *child, *same;

	if (before->schema->nodetype & (LYD_NODE_TERM | LYD_NODE_ANY)) {
		bool was = !(before->flags & LYD_DEFAULT), is = !(after->flags & LYD_DEFAULT);

		if (was != is)
			nacm_check_write(c->st->nacm, c->who, after, is ? NACM_CREATE : NACM_DELETE,
					 c->errs);
		else if (was && (lyd_compare_single(before, after, 0) != LY_SUCCESS ||
				 was_moved(before, after)))
			nacm_check_write(c->st->nacm, c->who, after, NACM_UPDATE, c->errs);
		return;
	}
	if (was_moved(before, after))
		nacm_check_write(c->st->nacm, c->who, after, NACM_UPDATE, c->errs);
	LY_LIST_FOR(lyd_child(after), child) {
		same = find(before, child);
		if (same)
			differences(c, same, child);
		else
			all(c, child, NACM_CREATE);
	}
	LY_LIST_FOR(lyd_child(before), child)
		if (!find(after, child))
			all(c, child, NACM_DELETE);
}

void st_check_access_all(struct st *st, const struct nacm_subject *who,
			 const struct lyd_node *before, const struct lyd_node *after,
			 struct ds_errors *errs)
{
	const struct lyd_node *node;

	if (!who || who->exempt || !st->nacm)
		return;
	LY_LIST_FOR(after, node)
		st_check_access(st, who, ds_same(before, node), node, errs);
	LY_LIST_FOR(before, node)
		if (!ds_same(after, node))
			st_check_access(st, who, node, NULL, errs);
}

void st_check_access(struct st *st, const struct nacm_subject *who, const struct lyd_node *before,
		     const struct lyd_node *after, struct ds_errors *errs)
{
	struct check c = {st, who, errs};

	if (!who || who->exempt || !st->nacm)
		return;
	if (before && after)
		differences(&c, before, after);
	else if (before)
		all(&c, before, NACM_DELETE);
	else if (after)
		all(&c, after, NACM_CREATE);
}

/* What @path of an error speaks of in @config, or what it is in; NULL: nothing. */
static struct lyd_node *subject_of(const struct lyd_node *config, const char *path)
{
	char *text = ds_strdup(path), *slash = strrchr(text, '/');
	struct lyd_node *node = NULL;

	/* An empty leaf that is to be deleted is no node of the model. */
	if (lyd_find_path(config, text, 0, &node) != LY_SUCCESS && slash && slash != text) {
		*slash = '\0';
		if (lyd_find_path(config, text, 0, &node) != LY_SUCCESS)
			node = NULL;
	}
	free(text);
	return node;
}

void st_hide_existence(struct st *st, const struct nacm_subject *who, const struct lyd_node *config,
		       struct ds_errors *errs)
{
	struct ds_errors denied = {.n = 0};

	if (!who || who->exempt || !st->nacm || !config)
		return;
	for (size_t i = 0; i < errs->n; i++) {
		const struct ds_error *err = &errs->list[i];
		const struct lyd_node *node;

		if ((err->tag != DS_DATA_EXISTS && err->tag != DS_DATA_MISSING) || !err->path)
			continue;
		node = subject_of(config, err->path);
		if (node && !nacm_may_read(st->nacm, who, node))
			nacm_check_write(st->nacm, who, node,
					 err->tag == DS_DATA_EXISTS ? NACM_CREATE : NACM_DELETE,
					 &denied);
	}
	if (ds_errors_none(&denied))
		return;
	ds_errors_clear(errs);
	ds_errors_move(errs, &denied);
}
