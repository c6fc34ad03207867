/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/setform/dict.h"

#define EXTENSIONS "heddle-extensions"

/* A word for entries of one kind: see top-kind. */
struct own {
	struct own *next;
	struct sf_word word;
	struct sf_scope scope;
	const char *rest; /* words of the list's scope */
};

/* What the private pointer of a schema node leads to. */
struct entry {
	struct entry *next; /* of all there are */
	struct sf_word word;
	struct sf_scope scope;
	struct own *owns; /* of a list */
	bool has_word, top, anchor;
};

/* The first data node of this module leads to the top. */
#define ANCHOR "ietf-netconf-acm"

struct anchor {
	struct entry entry; /* first: the node has words of its own */
	struct sf_scope top;
};

static const char *argument_of(const struct lysc_ext_instance *exts, const char *name, size_t i)
{
	LY_ARRAY_COUNT_TYPE k;

	LY_ARRAY_FOR(exts, k)
	{
		if (strcmp(exts[k].def->name, name) != 0 ||
		    strcmp(exts[k].def->module->name, EXTENSIONS) != 0)
			continue;
		if (i-- == 0)
			return exts[k].argument ? exts[k].argument : "";
	}
	return NULL;
}

const char *sf_extension(const struct lysc_node *node, const char *name, size_t i)
{
	return argument_of(node->exts, name, i);
}

static struct entry *all;

static struct entry *entry_of(const struct lysc_node *node)
{
	struct lysc_node *n = (struct lysc_node *)node;
	bool anchor = n == n->module->compiled->data && !strcmp(n->module->name, ANCHOR);
	struct entry *e = n->priv;

	if (!e) {
		e = ds_alloc(anchor ? sizeof(struct anchor) : sizeof(*e));
		e->anchor = anchor;
		e->next = all;
		all = n->priv = e;
	}
	return e;
}

static void scope_free(struct sf_scope *scope)
{
	free(scope->words);
	free(scope->sorted);
}

/* Contexts end before the program does, and take their nodes along. */
__attribute__((destructor)) static void free_all(void)
{
	while (all) {
		struct entry *e = all;

		all = e->next;
		scope_free(&e->scope);
		if (e->anchor)
			scope_free(&((struct anchor *)e)->top);
		while (e->owns) {
			struct own *own = e->owns;

			e->owns = own->next;
			scope_free(&own->scope);
			free((char *)own->word.word);
			free(own);
		}
		free((char *)e->word.word);
		free(e);
	}
}

bool sf_is_presence(const struct lysc_node *node)
{
	return node->nodetype == LYS_CONTAINER && (node->flags & LYS_PRESENCE);
}

bool sf_is_user_ordered(const struct lysc_node *node)
{
	return (node->nodetype & (LYS_LIST | LYS_LEAFLIST)) && (node->flags & LYS_ORDBY_USER);
}

const struct lysc_type *sf_type(const struct lysc_node *node)
{
	const struct lysc_type *type = node->nodetype == LYS_LEAF
					       ? ((const struct lysc_node_leaf *)node)->type
					       : ((const struct lysc_node_leaflist *)node)->type;

	return type->basetype == LY_TYPE_LEAFREF
		       ? ((const struct lysc_type_leafref *)type)->realtype
		       : type;
}

bool sf_is_empty(const struct lysc_node *node)
{
	return node->nodetype == LYS_LEAF && sf_type(node)->basetype == LY_TYPE_EMPTY;
}

size_t sf_keys(const struct lysc_node *list, const struct lysc_node *keys[SF_KEYS_MAX])
{
	const struct lysc_node *child;
	size_t n = 0;

	LY_LIST_FOR(lysc_node_child(list), child)
		if (lysc_is_key(child) && n < SF_KEYS_MAX)
			keys[n++] = child;
	return n;
}

/* A node that lines can speak of. */
static bool counts(const struct lysc_node *node)
{
	if (!(node->flags & LYS_CONFIG_W) || lysc_is_key(node))
		return false;
	return node->nodetype & (LYS_LEAF | LYS_LEAFLIST | LYS_LIST | LYS_CONTAINER);
}

static bool is_inline(const struct lysc_node *node)
{
	return node->nodetype == LYS_CONTAINER && !sf_is_presence(node) &&
	       sf_extension(node, "inline", 0);
}

static bool is_argument(const struct lysc_node *node)
{
	return node->nodetype == LYS_LEAF && sf_extension(node, "argument", 0);
}

/* The child of @parent's data node that a statement names, e.g. the leaf that a kind sets. */
static const struct lysc_node *beside(const struct lysc_node *node, const char *name, size_t len)
{
	const struct lysc_node *parent = lysc_data_parent(node), *child = NULL;

	while ((child = lys_getnext(child, parent, parent ? NULL : node->module->compiled, 0)))
		if (strlen(child->name) == len && !strncmp(child->name, name, len))
			return child;
	return NULL;
}

static void describe_container(struct sf_word *w)
{
	const char *kind = sf_extension(w->node, "kind", 0);
	const char *space = kind ? strchr(kind, ' ') : NULL;
	const struct lysc_node *child = NULL;

	if (space)
		w->kind = beside(w->node, kind, space - kind);
	if (w->kind)
		w->kind_value = space + 1;
	while ((child = lys_getnext(child, w->node, NULL, 0)))
		if (is_argument(child))
			w->argument = child;
}

static void describe(struct sf_word *w, const struct lysc_node *node)
{
	w->node = node;
	if (node->nodetype & (LYS_LIST | LYS_CONTAINER))
		w->scope = &entry_of(node)->scope;
	else
		w->ranges = sf_extension(node, "ranges", 0);
}

/* The last of the scope's words is the one that is being added. */
static bool taken(const struct sf_scope *scope, const char *word)
{
	for (size_t i = 0; i + 1 < scope->n; i++)
		if (!strcmp(scope->words[i]->word, word))
			return true;
	return false;
}

/* A second node of a name is said by its module as well. The text stays with the context. */
static void add_word(struct sf_scope *scope, const struct lysc_node *node, const char *given)
{
	struct entry *e = entry_of(node);
	const char *alias = sf_extension(node, "alias", 0);
	const char *word = given ? given : alias ? alias : node->name;

	scope->words = ds_realloc(scope->words, scope->n + 1, sizeof(*scope->words));
	scope->words[scope->n++] = &e->word;
	if (e->has_word) /* of a container without a word: it is one of the scope around it */
		return;
	e->has_word = true;
	e->top = given;
	describe(&e->word, node);
	if (node->nodetype == LYS_CONTAINER)
		describe_container(&e->word);
	if (!given && !scope->node && (node->nodetype != LYS_CONTAINER || taken(scope, word)))
		word = NULL;
	e->word.word = word && !taken(scope, word)
			       ? ds_strdup(word)
			       : ds_printf("%s:%s", node->module->name, node->name);
	e->word.index = scope->n;
}

static void fill_words(struct sf_scope *scope, const struct lysc_node *parent)
{
	const struct lysc_node *child = NULL;

	while ((child = lys_getnext(child, parent, NULL, 0))) {
		if (!counts(child) || entry_of(child)->top || is_argument(child))
			continue;
		if (is_inline(child))
			fill_words(scope, child);
		else
			add_word(scope, child, NULL);
	}
}

static int by_word(const void *a, const void *b)
{
	return strcmp((*(struct sf_word *const *)a)->word, (*(struct sf_word *const *)b)->word);
}

static void finish(struct sf_scope *scope)
{
	scope->sorted = ds_realloc(NULL, scope->n + 1, sizeof(*scope->sorted));
	for (size_t i = 0; i < scope->n; i++)
		scope->sorted[i] = scope->words[i];
	qsort(scope->sorted, scope->n, sizeof(*scope->sorted), by_word);
}

static void number(struct sf_scope *scope)
{
	for (size_t i = 0; i < scope->n; i++)
		scope->words[i]->index = i;
}

static unsigned int place(const struct sf_word *word)
{
	const struct entry *leaf = word->kind ? word->kind->priv : NULL;

	return leaf ? leaf->word.index : word->index;
}

static int by_place(const void *a, const void *b)
{
	const struct sf_word *x = *(struct sf_word *const *)a, *y = *(struct sf_word *const *)b;

	if (place(x) != place(y))
		return place(x) < place(y) ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

/* The kind is said where the leaf that it sets would be, before what other modules add. */
static void kinds_to_leaf(struct sf_scope *scope)
{
	if (scope->n)
		qsort(scope->words, scope->n, sizeof(*scope->words), by_place);
	number(scope);
}

/* The scopes of @node and all below it. */
static void fill_scopes(const struct lysc_node *node)
{
	struct sf_scope *scope = &entry_of(node)->scope;
	const struct lysc_node *child = NULL;

	scope->node = node;
	fill_words(scope, node);
	if (!is_inline(node))
		kinds_to_leaf(scope);
	finish(scope);
	while ((child = lys_getnext(child, node, NULL, 0)))
		if (counts(child) && (child->nodetype & (LYS_LIST | LYS_CONTAINER)))
			fill_scopes(child);
}

/* Words of kinds that have one of their own at the top; what can be said of them: fill_owns(). */
static void add_owns(struct sf_scope *top, const struct lysc_node *list)
{
	const struct lysc_node *child = NULL;

	while ((child = lys_getnext(child, list, NULL, 0))) {
		const char *words = sf_extension(child, "top-kind", 0);
		struct own *own;

		if (!words || child->nodetype != LYS_CONTAINER)
			continue;
		own = ds_alloc(sizeof(*own));
		own->next = entry_of(list)->owns;
		entry_of(list)->owns = own;
		own->rest = words + strcspn(words, " ");
		own->word = (struct sf_word){.word = ds_strndup(words, own->rest - words),
					     .node = list,
					     .scope = &own->scope,
					     .own = &entry_of(child)->word};
		top->words = ds_realloc(top->words, top->n + 1, sizeof(*top->words));
		top->words[top->n++] = &own->word;
	}
}

#define OWN_INDEX 1000 /* the container's words stand behind those of the list */

static void fill_own(struct own *own, const struct sf_scope *list)
{
	const struct sf_scope *container = own->word.own->scope;
	struct sf_scope *scope = &own->scope;

	scope->node = own->word.node;
	scope->own = own->word.own;
	scope->words = ds_realloc(NULL, list->n + container->n + 1, sizeof(*scope->words));
	for (const char *at = own->rest; *at;) {
		size_t n = strcspn(++at, " ");

		for (size_t i = 0; i < list->n; i++)
			if (strlen(list->words[i]->word) == n &&
			    !strncmp(list->words[i]->word, at, n))
				scope->words[scope->n++] = list->words[i];
		at += n;
	}
	for (size_t i = 0; i < container->n; i++) {
		container->words[i]->index = OWN_INDEX + i;
		scope->words[scope->n++] = container->words[i];
	}
	qsort(scope->words, scope->n, sizeof(*scope->words), by_place);
	finish(scope);
}

/* When all scopes are filled. */
static void fill_owns(struct sf_scope *top)
{
	for (size_t i = 0; i < top->n; i++)
		if (!top->words[i]->own && top->words[i]->node->nodetype == LYS_LIST)
			for (struct own *own = entry_of(top->words[i]->node)->owns; own;
			     own = own->next)
				fill_own(own, top->words[i]->scope);
}

/* "port /ietf-interfaces:interfaces/interface" */
static void add_top(const struct ly_ctx *ctx, struct sf_scope *top, const char *text)
{
	const char *path = strchr(text, ' ');
	const struct lysc_node *node = path ? lys_find_path(ctx, NULL, path + 1, 0) : NULL;
	char *word;

	if (!node || node->nodetype != LYS_LIST || entry_of(node)->top)
		return;
	word = ds_strndup(text, path - text);
	add_word(top, node, word);
	add_owns(top, node);
	free(word);
}

/* A container that has nothing but lists that are said at the top needs no word. */
static bool covered(const struct lysc_node *node)
{
	const struct lysc_node *child = NULL;
	bool any = false;

	while ((child = lys_getnext(child, node, NULL, 0))) {
		if (!counts(child))
			continue;
		if (!entry_of(child)->top)
			return false;
		any = true;
	}
	return any;
}

static const struct lys_module *next_module(const struct ly_ctx *ctx, uint32_t *index)
{
	const struct lys_module *mod;

	while ((mod = ly_ctx_get_module_iter(ctx, index)))
		if (mod->implemented && mod->compiled)
			return mod;
	return NULL;
}

/* Words of the top are sorted by name: the order of modules means nothing to people. */
static void fill_top(const struct ly_ctx *ctx, struct sf_scope *top)
{
	const struct lys_module *mod;
	const struct lysc_node *node;
	const char *text;

	for (uint32_t i = 0; (mod = next_module(ctx, &i));)
		for (size_t k = 0; (text = argument_of(mod->compiled->exts, "top", k)); k++)
			add_top(ctx, top, text);
	for (uint32_t i = 0; (mod = next_module(ctx, &i));)
		LY_LIST_FOR(mod->compiled->data, node)
			if (counts(node) && !covered(node))
				add_word(top, node, NULL);
	if (top->n)
		qsort(top->words, top->n, sizeof(*top->words), by_word);
	number(top);
	finish(top);
	for (uint32_t i = 0; (mod = next_module(ctx, &i));)
		LY_LIST_FOR(mod->compiled->data, node)
			if (counts(node) && (node->nodetype & (LYS_LIST | LYS_CONTAINER)))
				fill_scopes(node);
	fill_owns(top);
}

const struct sf_scope *sf_top(const struct ly_ctx *ctx)
{
	const struct lys_module *mod = ly_ctx_get_module_implemented(ctx, ANCHOR);
	struct anchor *anchor = mod && mod->compiled && mod->compiled->data
					? (struct anchor *)entry_of(mod->compiled->data)
					: NULL;
	static const struct sf_scope nothing;

	if (!anchor)
		return &nothing;
	if (!anchor->top.sorted)
		fill_top(ctx, &anchor->top);
	return &anchor->top;
}

/* module:name */
static const struct sf_word *find_exact(const struct ly_ctx *ctx, const struct sf_scope *scope,
					const char *text, struct sf_word *exact)
{
	const char *colon = strchr(text, ':');
	char *module = ds_strndup(text, colon - text);
	const struct lys_module *mod = ly_ctx_get_module_implemented(ctx, module);
	const struct lysc_node *node =
		mod ? lys_find_child(scope->node, mod, colon + 1, 0, 0, 0) : NULL;

	free(module);
	if (!node || !counts(node))
		return NULL;
	*exact = (struct sf_word){.word = text, .exact = true};
	describe(exact, node);
	exact->ranges = false;
	return exact;
}

const struct sf_word *sf_find(const struct ly_ctx *ctx, const struct sf_scope *scope,
			      const char *text, struct sf_word *exact)
{
	struct sf_word key = {.word = text}, *at = &key, **found;

	found = scope->n ? bsearch(&at, scope->sorted, scope->n, sizeof(at), by_word) : NULL;
	if (found)
		return *found;
	return strchr(text, ':') ? find_exact(ctx, scope, text, exact) : NULL;
}

const struct sf_word *sf_word_of(const struct lysc_node *node)
{
	const struct entry *e = node->priv;

	return e && e->has_word ? &e->word : NULL;
}

const struct sf_word *sf_own(const struct lysc_node *list, size_t i)
{
	const struct entry *e = list->priv;
	const struct own *own = e ? e->owns : NULL;

	while (own && i--)
		own = own->next;
	return own ? &own->word : NULL;
}

const struct sf_scope *sf_scope_of(const struct lysc_node *node)
{
	return &entry_of(node)->scope;
}
