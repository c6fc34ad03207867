/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/net/ether.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/types.h"
#include "mgmt/setform/items.h"

#define TERM (LYS_LEAF | LYS_LEAFLIST)

bool sf_is_unset(const struct lyd_node *node)
{
	const struct lyd_node *child;

	if (!node->schema || (node->flags & LYD_DEFAULT) || !(node->schema->flags & LYS_CONFIG_W))
		return true;
	if (node->schema->nodetype != LYS_CONTAINER || sf_is_presence(node->schema))
		return false;
	LY_LIST_FOR(lyd_child(node), child)
		if (!sf_is_unset(child))
			return false;
	return true;
}

static void find_identity(const struct lysc_ident *base, const char *name,
			  const struct lysc_ident **found)
{
	LY_ARRAY_COUNT_TYPE i;

	LY_ARRAY_FOR(base->derived, i)
	{
		if (!strcmp(base->derived[i]->name, name))
			*found = base->derived[i];
		find_identity(base->derived[i], name, found);
	}
}

/* 100..200 for 100-200, also when the ids have zeros before them; NULL for another text. */
static char *range_of(const char *text)
{
	size_t n = strspn(text, "0123456789");
	const char *last = text + n + 1;

	if (!n || text[n] != '-' || !*last || last[strspn(last, "0123456789")])
		return NULL;
	while (n > 1 && *text == '0')
		text++, n--;
	while (last[0] == '0' && last[1])
		last++;
	return ds_printf("%.*s..%s", (int)n, text, last);
}

/* What people write where the model has one way only. */
static char *said_otherwise(const struct sf_word *word, const struct lysc_type *type,
			    const char *text)
{
	const struct lysc_ident *found = NULL;
	char *range = word && word->ranges ? range_of(text) : NULL;
	LY_ARRAY_COUNT_TYPE i;
	struct hd_mac mac;

	if (range)
		return range;
	if (ds_type_is_mac(type) && hd_mac_parse(text, &mac) == 0) {
		char *form = ds_alloc(HD_MAC_STR_MAX);

		hd_mac_str(&mac, form);
		return form;
	}
	if (type->basetype == LY_TYPE_IDENT && !strchr(text, ':'))
		LY_ARRAY_FOR(((const struct lysc_type_identityref *)type)->bases, i)
	find_identity(((const struct lysc_type_identityref *)type)->bases[i], text, &found);
	return found ? ds_printf("%s:%s", found->module->name, found->name) : ds_strdup(text);
}

char *sf_to_model(const struct sf_word *word, const struct lysc_node *schema, const char *text)
{
	char *said = said_otherwise(word, sf_type(schema), text);
	char *form = ds_canonical(schema, said);

	free(said);
	return form;
}

const char *sf_from_model(const struct sf_word *word, const struct lyd_node *node, char *text)
{
	const char *value = lyd_get_value(node), *dots = word->ranges ? strstr(value, "..") : NULL;

	if (!dots || strlen(value) >= 32 || value[strspn(value, "0123456789.")])
		return value;
	snprintf(text, 32, "%.*s-%s", (int)(dots - value), value, dots + 2);
	return text;
}

static void push(struct sf_items *items, const struct sf_word *word, const struct lyd_node *node,
		 bool implied)
{
	if (items->n == items->room) {
		items->room = items->room ? items->room * 2 : 256;
		items->list = ds_realloc(items->list, items->room, sizeof(*items->list));
	}
	items->list[items->n] = (struct sf_item){word, node, items->n, implied};
	items->n++;
}

/* "type heddle-tap:tap" is said by the word of the kind's container. */
static const struct sf_word *kind_of(const struct sf_scope *scope, const struct lyd_node *node)
{
	const struct sf_word *word;

	if (node->schema->nodetype == LYS_LEAF)
		for (size_t i = 0; (word = sf_kind_next(scope, node->schema, &i));)
			if (!strcmp(word->kind_value, lyd_get_value(node)))
				return word;
	return NULL;
}

static void push_node(struct sf_items *items, const struct sf_scope *scope,
		      const struct lyd_node *node)
{
	const struct sf_word *word, *kind;
	const struct lyd_node *child;

	/* What the schema does not know (a newer switch) has no words. */
	if (!node->schema || lysc_is_key(node->schema) || sf_is_unset(node))
		return;
	/* Both are said by the word at the top. */
	if (scope->own && node->schema == scope->own->kind)
		return;
	word = node->schema->nodetype == LYS_LIST ? sf_entry_word(node) : sf_word_of(node->schema);
	if (scope->own && node->schema == scope->own->node)
		word = NULL;
	if (word && (kind = kind_of(scope, node))) {
		push(items, kind, node, true);
	} else if (word) {
		push(items, word, node, false);
	} else if (node->schema->nodetype == LYS_CONTAINER) {
		LY_LIST_FOR(lyd_child(node), child)
			push_node(items, scope, child);
	}
}

static int compare_keys(const struct lyd_node *a, const struct lyd_node *b)
{
	const struct lyd_node *x = lyd_child(a), *y = lyd_child(b);

	for (; x && y && lysc_is_key(x->schema); x = x->next, y = y->next) {
		int rc = strverscmp(lyd_get_value(x), lyd_get_value(y));

		if (rc)
			return rc;
	}
	return 0;
}

int sf_item_compare(const struct sf_item *a, const struct sf_item *b)
{
	if (a->word != b->word)
		return a->word->index < b->word->index ? -1 : 1;
	if (a->implied != b->implied)
		return a->implied ? -1 : 1;
	if (a->node->schema->nodetype == LYS_LIST)
		return compare_keys(a->node, b->node);
	if (a->node->schema->nodetype == LYS_LEAFLIST)
		return strverscmp(lyd_get_value(a->node), lyd_get_value(b->node));
	return 0;
}

static int by_order(const void *x, const void *y)
{
	const struct sf_item *a = x, *b = y;
	int rc = 0;

	/* Values of a leaf-list stay in the order in which they were given. */
	if (a->word != b->word || a->implied != b->implied ||
	    (a->node->schema->nodetype == LYS_LIST && !sf_is_user_ordered(a->node->schema)))
		rc = sf_item_compare(a, b);
	return rc ? rc : a->order < b->order ? -1 : 1;
}

size_t sf_items_push(struct sf_items *items, const struct sf_scope *scope,
		     const struct lyd_node *node)
{
	size_t from = items->n;

	for (node = scope->node ? lyd_child(node) : node; node; node = node->next)
		push_node(items, scope, node);
	if (items->n > from)
		qsort(items->list + from, items->n - from, sizeof(*items->list), by_order);
	return from;
}
