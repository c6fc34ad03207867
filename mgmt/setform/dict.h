/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The words of a schema: for each place in it, what can be said there and what that stands for. Made
 * of the schema and the statements of heddle-extensions in it, once for each context.
 *
 * A place (scope) is the top, an entry of a list, or a container. Every node can also be said by
 * its module and name (heddle-port:mtu); then nothing of heddle-extensions holds for it.
 */
#ifndef MGMT_SETFORM_DICT_H
#define MGMT_SETFORM_DICT_H

#include <stdbool.h>
#include <stddef.h>

#include <libyang/libyang.h>

#define SF_KEYS_MAX 6

struct sf_word {
	const char *word;
	const struct lysc_node *node;     /* leaf, leaf-list, list or container */
	unsigned int index;               /* order among the words of its scope */
	struct sf_scope *scope;           /* of a list or container */
	const struct lysc_node *argument; /* leaf whose value follows the word of a container */
	const struct lysc_node *kind;     /* leaf that the word of a container sets as well, */
	const char *kind_value;           /* to this */
	bool ranges;                      /* 100-200 is 100..200 */
	bool exact;                       /* said by module and name */
	/*
	 * Of a list at the top, when the word is for entries of one kind alone (top-kind): the word
	 * that the kind's container has in entries of other kinds.
	 */
	const struct sf_word *own;
};

struct sf_scope {
	const struct lysc_node *node; /* NULL: the top */
	struct sf_word **words;       /* in the order in which they are printed */
	struct sf_word **sorted;      /* by strcmp() */
	size_t n;
	const struct sf_word *own; /* of entries that are said by a word with own: the same */
};

/* The top of the schema's words. It lives as long as the program. */
const struct sf_scope *sf_top(const struct ly_ctx *ctx);

/*
 * What @text is in @scope, or NULL. Words by module and name are made in *@exact, which the caller
 * keeps as long as the result.
 */
const struct sf_word *sf_find(const struct ly_ctx *ctx, const struct sf_scope *scope,
			      const char *text, struct sf_word *exact);

/* The word that is printed for a node; NULL for keys, state, and containers that have none. */
const struct sf_word *sf_word_of(const struct lysc_node *node);

/* The same for an entry of a list, whose kind may have a word of its own. */
const struct sf_word *sf_entry_word(const struct lyd_node *entry);

/* The @i-th word for one kind of entries of a list at the top; NULL behind the last. */
const struct sf_word *sf_own(const struct lysc_node *list, size_t i);

/* False for an entry of a list that is said by another word than this one. */
bool sf_says(const struct sf_word *word, const struct lyd_node *node);

/* The scope of a list or container. */
const struct sf_scope *sf_scope_of(const struct lysc_node *node);

/* The words of a scope that set @leaf; NULL for most leafs. *@i begins as 0. */
const struct sf_word *sf_kind_next(const struct sf_scope *scope, const struct lysc_node *leaf,
				   size_t *i);

/* Keys of a list, at most SF_KEYS_MAX. */
size_t sf_keys(const struct lysc_node *list, const struct lysc_node *keys[SF_KEYS_MAX]);

/* The type of a leaf or leaf-list, that of its target for a leafref. */
const struct lysc_type *sf_type(const struct lysc_node *node);

/* True for a leaf that has no value: its word says it all. */
bool sf_is_empty(const struct lysc_node *node);

bool sf_is_presence(const struct lysc_node *node);
bool sf_is_user_ordered(const struct lysc_node *node);

/* Argument of the @i-th statement @name of heddle-extensions in @node, "" when it has none; NULL
 * when there is none. */
const char *sf_extension(const struct lysc_node *node, const char *name, size_t i);

#endif
