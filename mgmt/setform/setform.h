/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configurations as lines that people type:
 *
 *	set switch sw0 segment office vlan 10 bridged uplink eth1
 *	set port web1 vhost-user socket web1.sock
 *	set port web1 switch sw0 access office
 *
 * The words follow from the schema (dict.h). What sf_print() writes, sf_parse() reads, and the tree
 * is the same.
 */
#ifndef MGMT_SETFORM_SETFORM_H
#define MGMT_SETFORM_SETFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <libyang/libyang.h>

#include "mgmt/datastore/errors.h"
#include "mgmt/setform/lex.h"

/* Where the first error is. */
struct sf_place {
	unsigned int line, column, length; /* line 0: nowhere */
};

/*
 * Lines, and what they make. With @changes the lines are edits: `delete` is allowed too, and the tree
 * is for an edit-config whose default-operation is merge, with attributes ietf-netconf:operation.
 * Otherwise they are a whole configuration.
 */
struct sf_edit {
	const struct ly_ctx *ctx;
	bool changes;
	const struct lyd_node *base; /* changes: what they are made to; NULL: empty */
	const char *verb;            /* "set" or "delete": what lines begin with counts as this */
	bool lenient;                /* to delete what is not there is not wrong */
	bool one_line;               /* messages need not say the line and the column */
	const struct sf_line *level; /* words that stand before those of each line; may be NULL */
	struct lyd_node *tree;       /* the result: not validated; free with lyd_free_all() */
	struct sf_place place;
	size_t lines;   /* that did something */
	size_t missing; /* lenient: deletes of what is not there */
};

/*
 * Reads lines; without @changes also blocks in braces, as sf_print() writes them with SF_INDENT.
 * False with @errs when any is wrong; then there is no tree.
 */
bool sf_parse(struct sf_edit *edit, const char *text, size_t len, struct ds_errors *errs);

/*
 * True for a text that is meant as lines or as blocks: it begins with a comment, `set`, `delete`,
 * or a word that a { or a ; follows on its line.
 */
bool sf_is_lines(const char *text, size_t len);

enum sf_print_flags {
	SF_BARE = 1 << 0,   /* also lines that the ones after them imply */
	SF_INDENT = 1 << 1, /* blocks in braces in place of lines */
};

/*
 * Writes what was configured: one line a leaf or leaf-list, lists sorted by their keys unless the
 * user's order counts. Defaults that nobody set are left out. NULL, an empty tree, is a comment that
 * says so.
 */
void sf_print(const struct ly_ctx *ctx, const struct lyd_node *tree, unsigned int flags, FILE *out);

/* The same as text; malloced. */
char *sf_print_text(const struct ly_ctx *ctx, const struct lyd_node *tree, unsigned int flags);

/* What is below the list entry or container @node, without the words that lead to it. */
void sf_print_below(const struct ly_ctx *ctx, const struct lyd_node *node, unsigned int flags,
		    FILE *out);

/*
 * What makes @after of @before, as lines with "- set" for what goes and "+ set" for what comes, each
 * below what it replaces. Returns how many lines there are.
 */
size_t sf_compare(const struct ly_ctx *ctx, const struct lyd_node *before,
		  const struct lyd_node *after, FILE *out);

/* Writes a word, quoted if it must be. */
void sf_put_word(FILE *out, const char *word);

/* The word of an entry of a list: "port". */
const char *sf_list_word(const struct lyd_node *entry);

/* True for entries of one list that are said by the same word. */
bool sf_alike(const struct lyd_node *a, const struct lyd_node *b);

/* False for containers that lines do not speak of: what is in them is said as if it were outside. */
bool sf_has_word(const struct lysc_node *node);

/*
 * The words of an instance path as libyang and cli_error_path() write it
 * (/ietf-interfaces:interfaces/interface[name='web1']): "port web1". NULL when it is not one of this
 * schema. Malloced.
 */
char *sf_path_words(const struct ly_ctx *ctx, const char *path);

#endif
