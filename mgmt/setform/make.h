/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Making nodes of what a line says: what parse.c (set) and erase.c (delete) share.
 */
#ifndef MGMT_SETFORM_MAKE_H
#define MGMT_SETFORM_MAKE_H

#include "mgmt/setform/items.h"
#include "mgmt/setform/setform.h"
#include "mgmt/setform/walk.h"

struct sf_maker {
	struct sf_edit *edit;
	struct lyd_node *last[SF_DEPTH_MAX]; /* entries that the line before spoke of */
	const char **values;                 /* of what a line deletes */
	size_t n_values, room;
	bool missing; /* lenient: the line deletes what is not there */
};

/* The child that is @schema; with @value (a leaf-list) the one that has it. NULL: none. */
struct lyd_node *sf_child(const struct lyd_node *parent, const struct lyd_node *top,
			  const struct lysc_node *schema, const char *value);

/* The entry with these keys. */
struct lyd_node *sf_entry(const struct lyd_node *parent, const struct lyd_node *top,
			  const struct lysc_node *list, const char *const *keys);

/*
 * What a frame stands for, made where it is not there (with its keys). False when a key is wrong.
 */
bool sf_make_frame(struct sf_walk *walk, struct sf_frame *frame);

/* Makes the containers between @from (NULL: the top) and @schema; returns the parent of @schema. */
struct lyd_node *sf_make_parent(struct sf_maker *maker, struct lyd_node *from,
				const struct lysc_node *schema);

/* Makes or changes a leaf, or adds to a leaf-list. */
bool sf_make_value(struct sf_walk *walk, struct lyd_node *parent, const struct sf_word *word,
		   const struct lysc_node *schema, const char *value);

/* Sets or (NULL) removes ietf-netconf:operation. */
void sf_set_operation(struct lyd_node *node, const char *operation);
const char *sf_operation(const struct lyd_node *node);

/* Actions of `set` and of `delete`. */
extern const struct sf_actions sf_set_actions, sf_delete_actions;

/* Ends a line of `delete`. */
bool sf_delete_end(struct sf_walk *walk);

#endif
