/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/explain.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/store/check.h"
#include "mgmt/store/unit.h"

/* Steps up in the longest run of "../" of an expression; a huge number when it starts at the top. */
static unsigned int steps_up(const char *expr)
{
	unsigned int most = 0, run = 0;
	char before = ' ';

	for (const char *c = expr; *c; c++) {
		if (!strncmp(c, "../", 3) || (!strncmp(c, "..", 2) && c[2] != '.')) {
			run++;
			most = run > most ? run : most;
			c += c[2] == '/' ? 2 : 1;
			before = '.';
			continue;
		}
		/* A slash that follows nothing to step down from. */
		if (*c == '/' && !isalnum((unsigned char)before) && !strchr("._-)]*", before))
			return UINT32_MAX;
		if (!isspace((unsigned char)*c)) {
			run = 0;
			before = *c;
		}
	}
	return strstr(expr, "deref(") ? UINT32_MAX : most;
}

static bool type_is_alone(const struct lysc_type *type, unsigned int depth)
{
	const struct lysc_type_leafref *ref = (const struct lysc_type_leafref *)type;
	const struct lysc_type_union *uni = (const struct lysc_type_union *)type;
	const struct lysc_type_instanceid *id = (const struct lysc_type_instanceid *)type;
	LY_ARRAY_COUNT_TYPE i;

	if (type->basetype == LY_TYPE_LEAFREF)
		return !ref->require_instance || steps_up(lyxp_get_expr(ref->path)) <= depth;
	if (type->basetype == LY_TYPE_INST)
		return !id->require_instance;
	if (type->basetype == LY_TYPE_UNION)
		LY_ARRAY_FOR(uni->types, i)
	if (!type_is_alone(uni->types[i], depth))
		return false;
	return true;
}

/* @depth: data nodes between @node and its unit. */
static bool node_is_alone(const struct lysc_node *node, unsigned int depth)
{
	struct lysc_must *musts = lysc_node_musts(node);
	struct lysc_when **whens = lysc_node_when(node);
	LY_ARRAY_COUNT_TYPE i;

	LY_ARRAY_FOR(musts, i)
	if (steps_up(lyxp_get_expr(musts[i].cond)) > depth)
		return false;
	/* The when of an augment or a choice is evaluated at the node above. */
	LY_ARRAY_FOR(whens, i)
	if (steps_up(lyxp_get_expr(whens[i]->cond)) > depth - (depth && whens[i]->context != node))
		return false;
	if (node->nodetype == LYS_LEAF)
		return type_is_alone(((const struct lysc_node_leaf *)node)->type, depth);
	if (node->nodetype == LYS_LEAFLIST)
		return type_is_alone(((const struct lysc_node_leaflist *)node)->type, depth);
	return true;
}

static bool tree_is_alone(const struct lysc_node *node, unsigned int depth)
{
	const struct lysc_node *child = NULL;

	if (!(node->flags & LYS_CONFIG_W))
		return true;
	if (!node_is_alone(node, depth))
		return false;
	while ((child = lys_getnext(child, node, NULL, 0)))
		if (!tree_is_alone(child, depth + 1))
			return false;
	return true;
}

bool ck_units_are_alone(const struct ly_ctx *ctx)
{
	const struct lysc_node *top, *unit;
	const struct lys_module *mod;
	uint32_t index = 0;

	while ((mod = ly_ctx_get_module_iter(ctx, &index))) {
		if (!mod->implemented || !mod->compiled)
			continue;
		for (top = NULL; (top = lys_getnext(top, NULL, mod->compiled, 0));) {
			if (top->nodetype & (LYS_RPC | LYS_NOTIF))
				continue;
			if (!ov_is_split(top)) {
				if (!tree_is_alone(top, 0))
					return false;
				continue;
			}
			for (unit = NULL; (unit = lys_getnext(unit, top, NULL, 0));)
				if (!tree_is_alone(unit, 0))
					return false;
		}
	}
	return true;
}

/* Validates @tree, which has whole units only. */
static bool check_tree(const struct ov *ov, const struct ly_ctx *whole, struct lyd_node **tree,
		       struct ds_errors *errs)
{
	struct ly_ctx *ctx = (struct ly_ctx *)ov->base->ctx;
	size_t before = errs->n + errs->more;

	if (!*tree && !whole)
		return true;
	ds_explain_tree(ctx, *tree, errs);
	if (errs->n + errs->more > before)
		return false;
	ly_err_clean(ctx, NULL);
	if (lyd_validate_all(tree, whole, LYD_VALIDATE_NO_STATE, NULL) == LY_SUCCESS)
		return true;
	ds_explain_last(ctx, errs);
	return false;
}

struct pair {
	struct ov_unit *unit;
	struct lyd_node *shown, *copy;
};

/* libyang stops at the first error: so one unit after another, that all are told. */
static void check_each(const struct ov *ov, struct pair *pairs, size_t n, struct ds_errors *errs)
{
	for (size_t i = 0; i < n && errs->n < DS_ERRORS_MAX; i++) {
		struct lyd_node *one = NULL;

		un_put_copy(&one, pairs[i].shown);
		check_tree(ov, NULL, &one, errs);
		lyd_free_all(one);
	}
}

static bool check_pairs(struct ov *ov, struct pair *pairs, size_t n, struct ds_errors *errs)
{
	struct lyd_node *tree = NULL;
	struct ds_errors first = {.n = 0};
	bool right;

	for (size_t i = 0; i < n; i++)
		pairs[i].copy = un_put_copy(&tree, pairs[i].shown);
	right = check_tree(ov, NULL, &tree, n > 1 ? &first : errs);
	for (size_t i = 0; right && i < n; i++) {
		ov_swap(pairs[i].shown, pairs[i].copy);
		pairs[i].unit->checked = true;
	}
	lyd_free_all(tree);
	if (!right && n > 1)
		check_each(ov, pairs, n, errs);
	ds_errors_clear(&first);
	return right;
}

bool ck_units(struct ov *ov, bool struck, bool alone, struct ds_errors *errs)
{
	struct ov_unit **units = struck ? ov->struck : ov->list;
	size_t n = struck ? ov->n_struck : ov->n, n_pairs = 0;
	struct pair *pairs;
	bool right;

	if (!alone)
		return check_tree(ov, ov->base->ctx, &ov->base->tree, errs);
	pairs = ds_alloc((n + 1) * sizeof(*pairs));
	for (size_t i = 0; i < n; i++) {
		pairs[n_pairs].unit = units[i];
		pairs[n_pairs].shown = ov_shown(ov, units[i]);
		if (pairs[n_pairs].shown && !units[i]->checked)
			n_pairs++;
	}
	right = !n_pairs || check_pairs(ov, pairs, n_pairs, errs);
	free(pairs);
	return right;
}
