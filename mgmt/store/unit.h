/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Units in trees: what overlay.c is made of. @tree: its first top-level node, which may change.
 */
#ifndef MGMT_STORE_UNIT_H
#define MGMT_STORE_UNIT_H

#include <stdbool.h>

#include <libyang/libyang.h>

#include "mgmt/store/overlay.h"

/* Takes @node, a unit, out of its tree. */
void un_take(struct lyd_node **tree, struct lyd_node *node);

/* Puts @node, which stands alone, where it belongs; its container is made when it is missing. */
void un_put(struct lyd_node **tree, struct lyd_node *node);

/* The same with a copy of @node, which is returned. */
struct lyd_node *un_put_copy(struct lyd_node **tree, const struct lyd_node *node);

/* Moves an entry of a list behind another one, or before all others. */
void un_move_behind(struct lyd_node *node, struct lyd_node *after);
void un_move_to_front(struct lyd_node **tree, struct lyd_node *node);

#endif
