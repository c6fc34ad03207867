/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Kinds of entries, and those that have a word of their own at the top (top-kind of
 * heddle-extensions).
 */
#include <string.h>

#include "mgmt/setform/items.h"

const struct sf_word *sf_kind_next(const struct sf_scope *scope, const struct lysc_node *leaf,
				   size_t *i)
{
	while (*i < scope->n) {
		const struct sf_word *word = scope->words[(*i)++];

		if (word->kind == leaf)
			return word;
	}
	return NULL;
}

static bool has(const struct sf_scope *scope, const struct sf_word *word)
{
	for (size_t i = 0; i < scope->n; i++)
		if (scope->words[i] == word)
			return true;
	return false;
}

/* Can all that is set in @node be said in the scope? */
static bool covers(const struct sf_scope *scope, const struct lyd_node *node)
{
	const struct lyd_node *child;

	LY_LIST_FOR(lyd_child(node), child) {
		const struct sf_word *word = child->schema ? sf_word_of(child->schema) : NULL;

		if (sf_is_unset(child) || lysc_is_key(child->schema) ||
		    child->schema == scope->own->kind || child->schema == scope->own->node)
			continue;
		if (word ? !has(scope, word) : !covers(scope, child))
			return false;
	}
	return true;
}

static bool is_kind(const struct sf_word *own, const struct lyd_node *entry)
{
	const struct lyd_node *child;

	LY_LIST_FOR(lyd_child(entry), child)
		if (child->schema == own->kind)
			return !strcmp(lyd_get_value(child), own->kind_value);
	return false;
}

const struct sf_word *sf_entry_word(const struct lyd_node *entry)
{
	const struct sf_word *word;

	for (size_t i = 0; (word = sf_own(entry->schema, i)); i++)
		if (is_kind(word->own, entry) && covers(word->scope, entry))
			return word;
	return sf_word_of(entry->schema);
}

bool sf_says(const struct sf_word *word, const struct lyd_node *node)
{
	const struct sf_word *is =
		node->schema->nodetype == LYS_LIST && !word->exact ? sf_entry_word(node) : NULL;

	return !is || is->own == word->own;
}
