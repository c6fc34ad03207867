/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two configurations beside each other: walks both in the order in which they are printed.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/setform/print.h"

#define GOES  "- set "
#define COMES "+ set "

/* Items of one word, from one side. */
struct side {
	struct sf_item *list;
	size_t n;
};

static void compare_scope(struct sf_printer *p, const struct sf_scope *scope,
			  const struct lyd_node *before, const struct lyd_node *after);

static bool is_inner(const struct sf_item *item)
{
	return !item->implied && (item->node->schema->nodetype & (LYS_LIST | LYS_CONTAINER));
}

/* All of an item that only one side has. */
static void print_one(struct sf_printer *p, const struct sf_item *item, const char *lead)
{
	size_t lines = p->lines, before;

	p->lead = lead;
	if (!is_inner(item) && !item->implied) {
		sf_put_values(p, item, 1);
		return;
	}
	before = sf_prefix_add(p, item);
	if (!item->implied)
		sf_print_scope(p, item->word->scope, item->node);
	if (p->lines == lines)
		sf_put_bare(p);
	sf_prefix_drop(p, before);
}

static const struct sf_item *find(const struct side *side, const struct sf_item *item)
{
	for (size_t i = 0; i < side->n; i++)
		if (sf_item_compare(&side->list[i], item) == 0)
			return &side->list[i];
	return NULL;
}

static bool same_order(const struct side *a, const struct side *b)
{
	size_t k = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (!find(b, &a->list[i]))
			continue;
		while (!find(a, &b->list[k]))
			k++;
		if (sf_item_compare(&a->list[i], &b->list[k++]) != 0)
			return false;
	}
	return true;
}

/* Values of @here that @there has not, in one line. */
static void put_only(struct sf_printer *p, const char *lead, const struct side *here,
		     const struct side *there)
{
	struct sf_item *some = ds_alloc((here->n + 1) * sizeof(*some));
	size_t n = 0;

	for (size_t i = 0; i < here->n; i++)
		if (!there || !find(there, &here->list[i]))
			some[n++] = here->list[i];
	p->lead = lead;
	if (n)
		sf_put_values(p, some, n);
	free(some);
}

static void compare_values(struct sf_printer *p, const struct side *a, const struct side *b)
{
	bool moved = a->n && sf_is_user_ordered(a->list->node->schema) && !same_order(a, b);

	put_only(p, GOES, a, moved ? NULL : b);
	put_only(p, COMES, b, moved ? NULL : a);
}

static bool same_argument(const struct sf_item *a, const struct sf_item *b)
{
	struct lyd_node *x = NULL, *y = NULL;

	if (!a->word->argument)
		return true;
	lyd_find_sibling_val(lyd_child(a->node), a->word->argument, NULL, 0, &x);
	lyd_find_sibling_val(lyd_child(b->node), a->word->argument, NULL, 0, &y);
	return x && y ? !strcmp(lyd_get_value(x), lyd_get_value(y)) : !x && !y;
}

/* Both sides have it. */
static void compare_both(struct sf_printer *p, const struct sf_item *a, const struct sf_item *b)
{
	bool same = is_inner(a)
			    ? same_argument(a, b)
			    : a->implied || !strcmp(lyd_get_value(a->node), lyd_get_value(b->node));
	size_t before;

	if (!same) {
		print_one(p, a, GOES);
		print_one(p, b, COMES);
	} else if (is_inner(a)) {
		before = sf_prefix_add(p, b);
		compare_scope(p, a->word->scope, a->node, b->node);
		sf_prefix_drop(p, before);
	}
}

/* Leafs, containers, and entries whose order does not count: both sides are sorted. */
static void compare_sorted(struct sf_printer *p, const struct side *a, const struct side *b)
{
	for (size_t i = 0, k = 0; i < a->n || k < b->n;) {
		int rc = i == a->n ? 1 : k == b->n ? -1 : sf_item_compare(&a->list[i], &b->list[k]);

		if (rc < 0)
			print_one(p, &a->list[i++], GOES);
		else if (rc > 0)
			print_one(p, &b->list[k++], COMES);
		else
			compare_both(p, &a->list[i++], &b->list[k++]);
	}
}

/* What @here has that @there has not; a kind is told by what its container has, if it has anything. */
static void print_only(struct sf_printer *p, const char *lead, const struct side *here,
		       const struct side *there)
{
	for (size_t i = 0; i < here->n; i++) {
		const struct sf_item *item = &here->list[i];

		if (find(there, item) || (item->implied && i + 1 < here->n &&
					  item[1].word == item->word && !find(there, &item[1])))
			continue;
		print_one(p, item, lead);
	}
}

/* Entries whose order is the user's, and kinds that exclude each other. */
static void compare_found(struct sf_printer *p, const struct side *a, const struct side *b)
{
	print_only(p, GOES, a, b);
	for (size_t i = 0; i < a->n; i++) {
		const struct sf_item *other = find(b, &a->list[i]);

		if (other)
			compare_both(p, &a->list[i], other);
	}
	print_only(p, COMES, b, a);
}

static void compare_ordered(struct sf_printer *p, const struct side *a, const struct side *b)
{
	compare_found(p, a, b);
	if (same_order(a, b))
		return;
	fputs("~ order of ", p->out);
	fwrite(p->prefix, 1, p->len, p->out);
	fprintf(p->out, "%s:", b->list->word->word);
	for (size_t k = 0; k < b->n; k++) {
		fputc(' ', p->out);
		sf_put_word(p->out, lyd_get_value(lyd_child(b->list[k].node)));
	}
	fputc('\n', p->out);
	p->lines++;
}

static struct side take(struct sf_printer *p, const struct sf_scope *scope,
			const struct lyd_node *node)
{
	size_t from = sf_items_push(&p->items, scope, node);
	struct side side = {.n = p->items.n - from};

	side.list = ds_alloc((side.n + 1) * sizeof(*side.list));
	if (side.n)
		memcpy(side.list, p->items.list + from, side.n * sizeof(*side.list));
	p->items.n = from;
	return side;
}

static bool goes_with(const struct sf_word *a, const struct sf_word *b)
{
	return a == b || (a->kind && a->kind == b->kind);
}

/* The items of @side from @at on that are of @word, or of a kind that it excludes. */
static struct side run(const struct side *side, size_t at, const struct sf_word *word)
{
	struct side found = {.list = side->list + at};

	while (at + found.n < side->n && goes_with(found.list[found.n].word, word))
		found.n++;
	return found;
}

static void compare_scope(struct sf_printer *p, const struct sf_scope *scope,
			  const struct lyd_node *before, const struct lyd_node *after)
{
	struct side a = take(p, scope, before), b = take(p, scope, after), x, y;

	for (size_t i = 0, k = 0; i < a.n || k < b.n; i += x.n, k += y.n) {
		const struct sf_word *word = i == a.n ? b.list[k].word : a.list[i].word;

		if (i < a.n && k < b.n && b.list[k].word->index < word->index)
			word = b.list[k].word;
		x = run(&a, i, word);
		y = run(&b, k, word);
		if (word->node->nodetype == LYS_LEAFLIST)
			compare_values(p, &x, &y);
		else if (word->kind)
			compare_found(p, &x, &y);
		else if (x.n && y.n && sf_is_user_ordered(word->node))
			compare_ordered(p, &x, &y);
		else
			compare_sorted(p, &x, &y);
	}
	free(a.list);
	free(b.list);
}

size_t sf_compare(const struct ly_ctx *ctx, const struct lyd_node *before,
		  const struct lyd_node *after, FILE *out)
{
	struct sf_printer p = {.out = out};

	compare_scope(&p, sf_top(ctx), lyd_first_sibling(before), lyd_first_sibling(after));
	sf_printer_clear(&p);
	return p.lines;
}
