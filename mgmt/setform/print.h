/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writing lines: what print.c and compare.c share.
 */
#ifndef MGMT_SETFORM_PRINT_H
#define MGMT_SETFORM_PRINT_H

#include "mgmt/setform/items.h"
#include "mgmt/setform/setform.h"

struct sf_printer {
	FILE *out;
	unsigned int flags; /* enum sf_print_flags */
	const char *lead;   /* what lines begin with */
	char *prefix;       /* the words that lead to where one is, each with a blank after it */
	size_t len, room;
	size_t indent;
	size_t lines;
	struct sf_items items;
};

void sf_printer_clear(struct sf_printer *printer);

/* Adds the words of an entry or a container; returns what sf_prefix_drop() takes. */
size_t sf_prefix_add(struct sf_printer *printer, const struct sf_item *item);
void sf_prefix_drop(struct sf_printer *printer, size_t before);

/* What stands before the last words of a line. */
void sf_put_prefix(struct sf_printer *printer);

/* A line that has nothing but the words that lead to where one is. */
void sf_put_bare(struct sf_printer *printer);

/* A leaf, or @n values of a leaf-list. */
void sf_put_values(struct sf_printer *printer, const struct sf_item *items, size_t n);

/* How many items from @i on are values of the same leaf-list; 1 for all else. */
size_t sf_run(const struct sf_items *items, size_t i);

/* All that is below @node, which is of @scope. */
void sf_print_scope(struct sf_printer *printer, const struct sf_scope *scope,
		    const struct lyd_node *node);

#endif
