/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values that a leaf could have: what its type says, and names that exist.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/setform/words_int.h"

/* What a leaf named @name has: on the line, or in the tree, here or around. */
static const char *variable(struct sf_asker *a, const struct sf_walk *w, const char *name)
{
	for (size_t i = a->n_said; i--;)
		if (!strcmp(a->said[i].node->name, name))
			return a->said[i].value;
	for (size_t d = w->depth + 1; d--;) {
		const struct sf_frame *f = &w->frames[d];
		const struct lysc_node *keys[SF_KEYS_MAX];
		size_t n = f->scope->node && f->scope->node->nodetype == LYS_LIST
				   ? sf_keys(f->scope->node, keys)
				   : 0;
		const struct lyd_node *node;
		bool there;

		for (size_t i = 0; i < n; i++)
			if (!strcmp(keys[i]->name, name))
				return f->keys[i];
		node = sf_locate(a, w, d, &there);
		for (size_t i = 0; there && i < f->scope->n; i++) {
			const struct lysc_node *leaf = f->scope->words[i]->node;
			const struct lyd_node *found;

			if (leaf->nodetype != LYS_LEAF || strcmp(leaf->name, name) != 0)
				continue;
			found = sf_below(node, a->tree, leaf);
			if (found)
				return lyd_get_value(found);
		}
	}
	return NULL;
}

struct step {
	char name[64], key[64], leaf[64]; /* [key=$leaf]; "" without */
};

/* /module:name[key=$leaf]/...: what follows is returned, NULL at the end. */
static const char *read_step(const char *at, struct step *step)
{
	const char *colon;
	size_t len;

	memset(step, 0, sizeof(*step));
	if (*at != '/')
		return NULL;
	at++;
	len = strcspn(at, "/[");
	colon = memchr(at, ':', len);
	if (colon) {
		len -= colon + 1 - at;
		at = colon + 1;
	}
	if (!len || len >= sizeof(step->name))
		return NULL;
	memcpy(step->name, at, len);
	at += len;
	if (*at == '[' && sscanf(at, "[%63[^]=]=$%63[^]]]", step->key, step->leaf) == 2)
		at = strchr(at, ']') + 1;
	else if (*at == '[')
		at = strchr(at, ']') ? strchr(at, ']') + 1 : at + strlen(at);
	return at;
}

static bool matches(struct sf_asker *a, const struct sf_walk *w, const struct lyd_node *node,
		    const struct step *step)
{
	const struct lyd_node *child;
	const char *value;

	if (strcmp(node->schema->name, step->name) != 0)
		return false;
	value = *step->key ? variable(a, w, step->leaf) : NULL;
	if (!value)
		return true;
	LY_LIST_FOR(lyd_child(node), child)
		if (!strcmp(child->schema->name, step->key))
			return !strcmp(lyd_get_value(child), value);
	return false;
}

static void offer_names(struct sf_asker *a, const struct sf_walk *w, const struct lyd_node *node,
			const char *path)
{
	struct step step;

	path = read_step(path, &step);
	for (; path && node; node = node->next) {
		if (!node->schema || !matches(a, w, node, &step))
			continue;
		if (!*path)
			sf_offer(a, SF_OFFER_WORD, lyd_get_value(node), "");
		else
			offer_names(a, w, lyd_child(node), path);
	}
}

static void offer_references(struct sf_asker *a, const struct sf_walk *w,
			     const struct lysc_node *leaf)
{
	const struct lysc_type *type = ((const struct lysc_node_leaf *)leaf)->type;
	const char *path;

	for (size_t i = 0; (path = sf_extension(leaf, "refers-to", i)); i++)
		offer_names(a, w, sf_asker_tree(a), path);
	if (type->basetype != LY_TYPE_LEAFREF)
		return;
	path = lyxp_get_expr(((const struct lysc_type_leafref *)type)->path);
	if (path && *path == '/')
		offer_names(a, w, sf_asker_tree(a), path);
}

static void offer_on_host(void *arg, const char *name)
{
	sf_offer(arg, SF_OFFER_WORD, name, "");
}

/* Names on the machine; none of its devices when the port's is in a namespace. */
static void offer_host(struct sf_asker *a, const struct sf_walk *w, const struct lysc_node *leaf)
{
	const char *what = sf_extension(leaf, "on-host", 0);

	if (what && a->ask->host && (!strcmp(what, "namespaces") || !variable(a, w, "namespace")))
		a->ask->host(what, offer_on_host, a);
}

static void offer_identities(struct sf_asker *a, const struct lysc_ident *base)
{
	LY_ARRAY_COUNT_TYPE i;

	LY_ARRAY_FOR(base->derived, i)
	{
		if (!LY_ARRAY_COUNT(base->derived[i]->derived)) {
			char *name = ds_printf("%s:%s", base->derived[i]->module->name,
					       base->derived[i]->name);

			sf_offer(a, SF_OFFER_WORD, name, base->derived[i]->dsc);
			free(name);
		}
		offer_identities(a, base->derived[i]);
	}
}

/* "<1..8>": of the first and the last part. */
static char *range_text(const struct lysc_type *type)
{
	const struct lysc_range *range = ((const struct lysc_type_num *)type)->range;
	const struct lysc_range_part *parts = range ? range->parts : NULL;
	LY_ARRAY_COUNT_TYPE last = parts ? LY_ARRAY_COUNT(parts) - 1 : 0;

	if (!parts)
		return ds_strdup("<number>");
	if (type->basetype <= LY_TYPE_UINT64)
		return ds_printf("<%" PRIu64 "..%" PRIu64 ">", parts[0].min_u64,
				 parts[last].max_u64);
	return ds_printf("<%" PRId64 "..%" PRId64 ">", parts[0].min_64, parts[last].max_64);
}

/* What it is, in which units, and what it is without. */
static char *value_help(const struct lysc_node *leaf)
{
	const struct lysc_node_leaf *l = (const struct lysc_node_leaf *)leaf;
	bool has_default = leaf->nodetype == LYS_LEAF && l->dflt;
	char *text = sf_sentence(leaf->dsc), *all;

	all = ds_printf("%s%s%s%s%s", text, l->units ? ", in " : "", l->units ? l->units : "",
			has_default ? "; default: " : "",
			has_default ? lyd_value_get_canonical(leaf->module->ctx, l->dflt) : "");
	free(text);
	return all;
}

static void offer_type(struct sf_asker *a, const struct lysc_node *leaf,
		       const struct lysc_type *type, const char *help)
{
	LY_ARRAY_COUNT_TYPE i;
	char *text;

	switch (type->basetype) {
	case LY_TYPE_ENUM:
		LY_ARRAY_FOR(((const struct lysc_type_enum *)type)->enums, i)
		sf_offer(a, SF_OFFER_WORD, ((const struct lysc_type_enum *)type)->enums[i].name,
			 ((const struct lysc_type_enum *)type)->enums[i].dsc);
		break;
	case LY_TYPE_BITS:
		LY_ARRAY_FOR(((const struct lysc_type_bits *)type)->bits, i)
		sf_offer(a, SF_OFFER_WORD, ((const struct lysc_type_bits *)type)->bits[i].name,
			 ((const struct lysc_type_bits *)type)->bits[i].dsc);
		break;
	case LY_TYPE_BOOL:
		sf_offer(a, SF_OFFER_WORD, "true", help);
		sf_offer(a, SF_OFFER_WORD, "false", "");
		break;
	case LY_TYPE_IDENT:
		LY_ARRAY_FOR(((const struct lysc_type_identityref *)type)->bases, i)
		offer_identities(a, ((const struct lysc_type_identityref *)type)->bases[i]);
		break;
	case LY_TYPE_UNION:
		LY_ARRAY_FOR(((const struct lysc_type_union *)type)->types, i)
		offer_type(a, leaf, ((const struct lysc_type_union *)type)->types[i], help);
		break;
	case LY_TYPE_LEAFREF:
		offer_type(a, leaf, ((const struct lysc_type_leafref *)type)->realtype, help);
		break;
	default:
		text = type->basetype == LY_TYPE_STRING || type->basetype == LY_TYPE_BINARY
			       ? ds_printf("<%s>", leaf->name)
			       : range_text(type);
		sf_offer(a, SF_OFFER_VALUE, text, help);
		free(text);
	}
}

/* A union has several members of one kind; each is offered once. */
struct once {
	struct sf_asker *to;
	char **words;
	size_t n;
};

static void offer_once(void *arg, const struct sf_offer *offer)
{
	struct once *once = arg;

	for (size_t i = 0; i < once->n; i++)
		if (!strcmp(once->words[i], offer->word))
			return;
	once->words = ds_realloc(once->words, once->n + 1, sizeof(*once->words));
	once->words[once->n++] = ds_strdup(offer->word);
	once->to->fn(once->to->arg, offer);
}

void sf_offer_values(struct sf_asker *a, const struct sf_walk *w, const struct lysc_node *leaf,
		     bool ranges)
{
	char *help = value_help(leaf);
	struct once once = {.to = a};
	struct sf_asker b = *a;

	b.fn = offer_once;
	b.arg = &once;
	offer_references(&b, w, leaf);
	offer_host(&b, w, leaf);
	a->tree = b.tree;
	a->have_tree = b.have_tree;
	if (ranges)
		sf_offer(&b, SF_OFFER_VALUE, "<from-to>", help);
	offer_type(&b, leaf, ((const struct lysc_node_leaf *)leaf)->type, help);
	for (size_t i = 0; i < once.n; i++)
		free(once.words[i]);
	free(once.words);
	free(help);
}
