/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One tree, and what differs from it in others: how several datastores live in the memory of one.
 *
 * A **base** holds a tree (running). An **overlay** (a candidate) knows its units that differ, and
 * holds one version of each: its own while the tree shows the base, the base's while the tree shows
 * the overlay. Showing another one exchanges those units, nothing else.
 *
 * A **stroke** is one edit of an overlay: all of it is kept, or all of it is undone.
 */
#ifndef MGMT_STORE_OVERLAY_H
#define MGMT_STORE_OVERLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <libyang/libyang.h>

#include "mgmt/nacm/subject.h"

#define OV_VIEW_MAX 2 /* overlays that the tree shows, one on the other */

struct ov_mark {
	char user[64];
	uint32_t session;
	time_t time;
};

struct ov_unit {
	char *path;           /* as libyang writes it */
	struct lyd_node *key; /* the unit without its content: what it is found by */
	struct lyd_node
		*other; /* the version that the tree does not show, in the shadow; or NULL */
	struct lyd_node *after; /* key of what it stood behind, when it was taken out of the tree */
	bool front;             /* or it was the first of its list */
	bool gone;              /* it is about to be forgotten */
	bool checked;           /* the overlay's version was validated */
	struct ov_mark touched; /* last */
	struct ov_mark foreign; /* who changed it in the base meanwhile; time 0: nobody */
	/* During a stroke: */
	bool struck;
	bool fresh; /* it was not touched before this stroke */
	struct lyd_node
		*before; /* as it was before the stroke, unless fresh; standing in before_top */
	struct lyd_node *before_top;
};

struct ov_base;

struct ov {
	struct ov_base *base;
	struct lyd_node *shadow; /* tree of the versions that are not shown */
	struct ov_unit **list;   /* in the order of the first touch */
	size_t n, room;
	struct ov_unit **slots; /* by path; a power of two */
	size_t n_slots;
	struct ov_unit **struck; /* of the stroke that is under way */
	size_t n_struck, n_gone;
	uint64_t version; /* changes when its content does */
};

struct ov_base {
	const struct ly_ctx *ctx;
	struct lyd_node *tree;
	struct ov *view[OV_VIEW_MAX];
	size_t n_view;
};

/* An empty tree with the top-level nodes that always exist. */
void ov_base_init(struct ov_base *base, const struct ly_ctx *ctx);
void ov_base_clear(struct ov_base *base);

/* True for a container whose entries are units, not itself. */
bool ov_is_split(const struct lysc_node *schema);

/* The node that stands for @node (a unit or a container of units, of any tree) in @tree, or NULL. */
struct lyd_node *ov_find(struct lyd_node *tree, const struct lyd_node *node);

/* An overlay without a difference. ov_free() takes it out of view first. */
struct ov *ov_new(struct ov_base *base);
void ov_free(struct ov *ov);

/* Makes the tree show the base, with @one on it, with @two on that; both may be NULL. */
void ov_show(struct ov_base *base, struct ov *one, struct ov *two);

/* The unit of that path, or NULL when it is not touched. */
struct ov_unit *ov_unit(const struct ov *ov, const char *path);

/* The version of a unit in the tree (what is shown), or NULL. */
struct lyd_node *ov_shown(const struct ov *ov, const struct ov_unit *unit);

/* As the base has it, and as the overlay has it; NULL: not there. Whatever the tree shows. */
struct lyd_node *ov_of_base(const struct ov *ov, const struct ov_unit *unit);
struct lyd_node *ov_of_overlay(const struct ov *ov, const struct ov_unit *unit);

/*
 * The unit that @node (of any tree, standing where it belongs) is will be changed. The overlay is
 * the topmost in view. Returns its version in the tree, or NULL when there is none yet.
 */
struct lyd_node *ov_touch(struct ov *ov, const struct lyd_node *node);

/* Takes a unit that was touched out of the tree. */
void ov_remove(struct ov *ov, struct lyd_node *node);

/* A unit that was touched was put into the tree: where it stood before, if it did. */
void ov_added(struct ov *ov, struct lyd_node *node);

/* As the unit was before the stroke, linked to its parents; NULL: it was not there. */
const struct lyd_node *ov_before(const struct ov_unit *unit);

/* Ends a stroke: forgets units that are as the base has them again; the others are @who's. */
void ov_keep(struct ov *ov, const struct nacm_subject *who);

/* Ends a stroke: all is as it was. */
void ov_undo(struct ov *ov);

/* Takes one unit out of the overlay: it is as the base has it. */
void ov_forget(struct ov *ov, struct ov_unit *unit);

/* All of them. */
void ov_clear(struct ov *ov);

/* The overlay (alone in view) becomes the base: its differences are dropped. */
void ov_fold(struct ov *ov);

/* The base got a new version of a unit from @who. @ov is not in view. After all of them: the end. */
void ov_rebased(struct ov *ov, const char *path, const struct ov_mark *who);
void ov_rebase_end(struct ov *ov);

/* Adds defaults to what a stroke left incomplete. */
void ov_complete(struct ov *ov);

/* Makes two nodes of the same unit exchange what is in them. */
void ov_swap(struct lyd_node *a, struct lyd_node *b);

#endif
