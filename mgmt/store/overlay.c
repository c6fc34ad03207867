/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/store/overlay.h"
#include "mgmt/store/unit.h"

#define SLOTS_MIN 64

void ov_base_init(struct ov_base *base, const struct ly_ctx *ctx)
{
	memset(base, 0, sizeof(*base));
	base->ctx = ctx;
	lyd_new_implicit_all(&base->tree, ctx, LYD_IMPLICIT_NO_STATE, NULL);
}

void ov_base_clear(struct ov_base *base)
{
	lyd_free_all(base->tree);
	memset(base, 0, sizeof(*base));
}

struct ov *ov_new(struct ov_base *base)
{
	struct ov *ov = ds_alloc(sizeof(*ov));

	ov->base = base;
	return ov;
}

void ov_free(struct ov *ov)
{
	if (!ov)
		return;
	ov_clear(ov);
	free(ov->list);
	free(ov->slots);
	free(ov->struck);
	free(ov);
}

/* Notes what @node, which will be taken out of the tree, stands behind. */
static void remember_place(struct ov_unit *u, const struct lyd_node *node)
{
	const struct lyd_node *prev = node->prev;

	lyd_free_tree(u->after);
	u->after = NULL;
	u->front = !prev->next || prev->schema != node->schema;
	if (!u->front)
		lyd_dup_single(prev, NULL, LYD_DUP_NO_META, &u->after);
}

/* Behind what it stood before, if that is there. */
static void place(struct ov *ov, struct ov_unit *u, struct lyd_node *node)
{
	struct lyd_node *after = u->after ? ov_find(ov->base->tree, u->after) : NULL;

	if (after)
		un_move_behind(node, after);
	else if (u->front)
		un_move_to_front(&ov->base->tree, node);
}

/* The unit's version in the shadow and the one in the tree change places. */
static void exchange(struct ov *ov, struct ov_unit *u)
{
	struct ov_base *base = ov->base;
	struct lyd_node *shown = ov_find(base->tree, u->key), *other = u->other;

	if (shown && other) {
		ov_swap(shown, other);
	} else if (shown) {
		remember_place(u, shown);
		un_take(&base->tree, shown);
		un_put(&ov->shadow, shown);
		u->other = shown;
	} else if (other) {
		un_take(&ov->shadow, other);
		un_put(&base->tree, other);
		place(ov, u, other);
		u->other = NULL;
	}
}

static void enter(struct ov *ov)
{
	for (size_t i = 0; i < ov->n; i++)
		exchange(ov, ov->list[i]);
}

static void leave(struct ov *ov)
{
	for (size_t i = ov->n; i-- > 0;)
		exchange(ov, ov->list[i]);
}

void ov_show(struct ov_base *base, struct ov *one, struct ov *two)
{
	struct ov *want[OV_VIEW_MAX] = {one ? one : two, one ? two : NULL};
	size_t same = 0;

	while (same < OV_VIEW_MAX && same < base->n_view && want[same] == base->view[same])
		same++;
	while (base->n_view > same)
		leave(base->view[--base->n_view]);
	while (base->n_view < OV_VIEW_MAX && want[base->n_view]) {
		enter(want[base->n_view]);
		base->view[base->n_view] = want[base->n_view];
		base->n_view++;
	}
}

static bool in_view(const struct ov *ov)
{
	for (size_t i = 0; i < ov->base->n_view; i++)
		if (ov->base->view[i] == ov)
			return true;
	return false;
}

static size_t hash(const char *path)
{
	size_t h = 5381;

	while (*path)
		h = h * 33 ^ (unsigned char)*path++;
	return h;
}

static struct ov_unit **slot(const struct ov *ov, const char *path)
{
	size_t i = hash(path);

	while (ov->slots[i & (ov->n_slots - 1)] &&
	       strcmp(ov->slots[i & (ov->n_slots - 1)]->path, path) != 0)
		i++;
	return &ov->slots[i & (ov->n_slots - 1)];
}

static void index_again(struct ov *ov)
{
	while (ov->n_slots < ov->n * 2 + SLOTS_MIN)
		ov->n_slots = ov->n_slots ? ov->n_slots * 2 : SLOTS_MIN;
	free(ov->slots);
	ov->slots = ds_alloc(ov->n_slots * sizeof(*ov->slots));
	for (size_t i = 0; i < ov->n; i++)
		*slot(ov, ov->list[i]->path) = ov->list[i];
}

struct ov_unit *ov_unit(const struct ov *ov, const char *path)
{
	return ov->n ? *slot(ov, path) : NULL;
}

struct lyd_node *ov_shown(const struct ov *ov, const struct ov_unit *unit)
{
	return ov_find(ov->base->tree, unit->key);
}

struct lyd_node *ov_of_base(const struct ov *ov, const struct ov_unit *unit)
{
	return in_view(ov) ? unit->other : ov_shown(ov, unit);
}

struct lyd_node *ov_of_overlay(const struct ov *ov, const struct ov_unit *unit)
{
	return in_view(ov) ? ov_shown(ov, unit) : unit->other;
}

static struct ov_unit *add(struct ov *ov, const struct lyd_node *node, char *path)
{
	struct ov_unit *u = ds_alloc(sizeof(*u));

	u->path = path;
	lyd_dup_single(node, NULL, LYD_DUP_NO_META, &u->key);
	u->fresh = true;
	if (ov->n == ov->room) {
		ov->room = ov->room ? ov->room * 2 : 8;
		ov->list = ds_realloc(ov->list, ov->room, sizeof(struct ov_unit *));
		ov->struck = ds_realloc(ov->struck, ov->room, sizeof(struct ov_unit *));
	}
	ov->list[ov->n++] = u;
	if (ov->n * 2 > ov->n_slots)
		index_again(ov);
	else
		*slot(ov, path) = u;
	return u;
}

static void unit_free(struct ov_unit *u)
{
	free(u->path);
	lyd_free_tree(u->key);
	lyd_free_tree(u->after);
	lyd_free_all(u->before_top);
	free(u);
}

struct lyd_node *ov_touch(struct ov *ov, const struct lyd_node *node)
{
	char *path = ds_path(node);
	struct ov_unit *u = ov_unit(ov, path);
	struct lyd_node *shown;

	if (u)
		free(path);
	else
		u = add(ov, node, path);
	shown = ov_shown(ov, u);
	if (u->struck)
		return shown;
	u->struck = true;
	u->checked = false;
	ov->struck[ov->n_struck++] = u;
	if (shown && u->fresh)
		u->other = un_put_copy(&ov->shadow, shown);
	else if (shown)
		u->before = un_put_copy(&u->before_top, shown);
	return shown;
}

const struct lyd_node *ov_before(const struct ov_unit *unit)
{
	return unit->fresh ? unit->other : unit->before;
}

/* Drops the version in the shadow. */
static void drop_other(struct ov *ov, struct ov_unit *u)
{
	if (!u->other)
		return;
	un_take(&ov->shadow, u->other);
	lyd_free_tree(u->other);
	u->other = NULL;
}

static void mark(struct ov *ov, struct ov_unit *u)
{
	u->gone = true;
	ov->n_gone++;
}

/* Takes the marked units out of the list, all in one. */
static void sweep(struct ov *ov)
{
	size_t n = 0;

	if (!ov->n_gone)
		return;
	for (size_t i = 0; i < ov->n; i++) {
		if (ov->list[i]->gone)
			unit_free(ov->list[i]);
		else
			ov->list[n++] = ov->list[i];
	}
	ov->n = n;
	ov->n_gone = 0;
	index_again(ov);
}

/* True when the shown version is what the base has. */
static bool is_as_base(const struct ov *ov, const struct ov_unit *u)
{
	const struct lyd_node *shown = ov_shown(ov, u);

	if (!shown || !u->other)
		return !shown && !u->other;
	return lyd_compare_single(shown, u->other,
				  LYD_COMPARE_FULL_RECURSION | LYD_COMPARE_DEFAULTS) == LY_SUCCESS;
}

void ov_keep(struct ov *ov, const struct nacm_subject *who)
{
	for (size_t i = 0; i < ov->n_struck; i++) {
		struct ov_unit *u = ov->struck[i];

		lyd_free_all(u->before_top);
		u->before = u->before_top = NULL;
		u->struck = u->fresh = false;
		if (is_as_base(ov, u)) {
			drop_other(ov, u);
			mark(ov, u);
			continue;
		}
		strncpy(u->touched.user, who->user ? who->user : "", sizeof(u->touched.user) - 1);
		u->touched.session = who->session;
		u->touched.time = time(NULL);
	}
	ov->n_struck = 0;
	ov->version++;
	sweep(ov);
}

/*
 * Puts *@version (standing in *@top, or NULL) in the place of what the tree shows, and frees what
 * was shown.
 */
static void put_back(struct ov *ov, struct ov_unit *u, struct lyd_node **top,
		     struct lyd_node **version)
{
	struct lyd_node *shown = ov_shown(ov, u);

	if (shown && *version) {
		ov_swap(shown, *version);
		un_take(top, *version);
		lyd_free_tree(*version);
	} else if (shown) {
		un_take(&ov->base->tree, shown);
		lyd_free_tree(shown);
	} else if (*version) {
		un_take(top, *version);
		un_put(&ov->base->tree, *version);
		place(ov, u, *version);
	}
	*version = NULL;
}

void ov_undo(struct ov *ov)
{
	for (size_t i = ov->n_struck; i-- > 0;) {
		struct ov_unit *u = ov->struck[i];

		if (u->fresh) {
			put_back(ov, u, &ov->shadow, &u->other);
			mark(ov, u);
		} else {
			put_back(ov, u, &u->before_top, &u->before);
			lyd_free_all(u->before_top);
			u->before_top = NULL;
		}
		u->struck = false;
	}
	ov->n_struck = 0;
	sweep(ov);
}

void ov_remove(struct ov *ov, struct lyd_node *node)
{
	char *path = ds_path(node);
	struct ov_unit *u = ov_unit(ov, path);

	free(path);
	if (u)
		remember_place(u, node);
	un_take(&ov->base->tree, node);
	lyd_free_tree(node);
}

void ov_added(struct ov *ov, struct lyd_node *node)
{
	char *path = ds_path(node);
	struct ov_unit *u = ov_unit(ov, path);

	free(path);
	if (u)
		place(ov, u, node);
}

void ov_forget(struct ov *ov, struct ov_unit *u)
{
	if (in_view(ov))
		put_back(ov, u, &ov->shadow, &u->other);
	else
		drop_other(ov, u);
	mark(ov, u);
	ov->version++;
	sweep(ov);
}

void ov_clear(struct ov *ov)
{
	if (in_view(ov))
		ov_show(ov->base, NULL, NULL);
	for (size_t i = 0; i < ov->n; i++)
		unit_free(ov->list[i]);
	lyd_free_all(ov->shadow);
	ov->shadow = NULL;
	ov->n = ov->n_struck = ov->n_gone = 0;
	ov->version++;
	if (ov->slots)
		index_again(ov);
}

void ov_fold(struct ov *ov)
{
	ov_show(ov->base, ov, NULL);
	ov->base->n_view = 0;
	ov_clear(ov);
}

void ov_complete(struct ov *ov)
{
	for (size_t i = 0; i < ov->n_struck; i++) {
		const struct ov_unit *u = ov->struck[i];
		struct lyd_node *shown = ov_shown(ov, u);

		if (shown && shown->schema->nodetype & LYD_NODE_INNER)
			lyd_new_implicit_tree(shown, LYD_IMPLICIT_NO_STATE, NULL);
		else if (!shown && !u->key->schema->parent)
			lyd_new_implicit_module(&ov->base->tree, u->key->schema->module,
						LYD_IMPLICIT_NO_STATE, NULL);
	}
}

void ov_rebased(struct ov *ov, const char *path, const struct ov_mark *who)
{
	struct ov_unit *u = ov_unit(ov, path);

	if (!u || u->gone)
		return;
	if (is_as_base(ov, u)) {
		drop_other(ov, u);
		mark(ov, u);
	} else {
		u->foreign = *who;
	}
	ov->version++;
}

void ov_rebase_end(struct ov *ov)
{
	sweep(ov);
}
