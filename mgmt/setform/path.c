/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Instance paths in words: for errors of the switch.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/setform/dict.h"
#include "mgmt/setform/setform.h"

const char *sf_list_word(const struct lyd_node *entry)
{
	const struct sf_word *word = sf_entry_word(entry);

	return word ? word->word : entry->schema->name;
}

bool sf_alike(const struct lyd_node *a, const struct lyd_node *b)
{
	return a->schema == b->schema && sf_entry_word(a) == sf_entry_word(b);
}

bool sf_has_word(const struct lysc_node *node)
{
	return sf_word_of(node);
}

struct step {
	char name[128];
	const struct lys_module *mod;
	const char *predicates; /* [key='value'][...], or what comes next */
};

/* module:name or name; what follows is returned, NULL when it is no step. */
static const char *read_step(const struct ly_ctx *ctx, const char *at, struct step *step)
{
	size_t len = strcspn(at, ":/[");
	char module[128];

	if (at[len] == ':') {
		if (len >= sizeof(module))
			return NULL;
		memcpy(module, at, len);
		module[len] = '\0';
		step->mod = ly_ctx_get_module_implemented(ctx, module);
		at += len + 1;
		len = strcspn(at, ":/[");
	}
	if (!step->mod || !len || len >= sizeof(step->name))
		return NULL;
	memcpy(step->name, at, len);
	step->name[len] = '\0';
	step->predicates = at + len;
	return at + len;
}

/* The value of one predicate, [name='...'] or [.='...']; what follows is returned. */
static const char *read_predicate(const char *at, char **value)
{
	const char *eq = strpbrk(at, "='\"]"), *end;

	*value = NULL;
	if (!eq || *eq != '=' || (eq[1] != '\'' && eq[1] != '"'))
		return NULL;
	end = strchr(eq + 2, eq[1]);
	if (!end || end[1] != ']')
		return NULL;
	*value = ds_strndup(eq + 2, end - eq - 2);
	return end + 2;
}

static void put(FILE *out, const char *word, bool *any)
{
	if (*any)
		fputc(' ', out);
	sf_put_word(out, word);
	*any = true;
}

/* The word of the kind whose container the path goes on to, behind the predicates at @at. */
static const struct sf_word *kind_ahead(const struct ly_ctx *ctx, const struct lysc_node *list,
					const char *at)
{
	const struct sf_scope *top = sf_top(ctx);
	const struct lysc_node *child;
	struct step step = {.mod = list->module};
	char *value;

	while (at && *at == '[') {
		at = read_predicate(at, &value);
		free(value);
	}
	if (!at || *at != '/' || !read_step(ctx, at + 1, &step))
		return NULL;
	child = lys_find_child(list, step.mod, step.name, 0, 0, 0);
	for (size_t i = 0; child && i < top->n; i++)
		if (top->words[i]->own && top->words[i]->own->node == child)
			return top->words[i];
	return NULL;
}

static bool put_path(const struct ly_ctx *ctx, const char *at, FILE *out)
{
	const struct lysc_node *node = NULL;
	const struct sf_word *own = NULL;
	struct step step = {.mod = NULL};
	bool any = false;

	while (*at == '/') {
		const struct sf_word *word;

		at = read_step(ctx, at + 1, &step);
		node = at ? lys_find_child(node, step.mod, step.name, 0, 0, 0) : NULL;
		if (!node)
			return false;
		word = own && own->own->node == node ? NULL : sf_word_of(node);
		own = node->nodetype == LYS_LIST ? kind_ahead(ctx, node, at) : NULL;
		if (word)
			put(out, own ? own->word : word->word, &any);
		while (at && *at == '[') {
			char *value;

			at = read_predicate(at, &value);
			if (value)
				put(out, value, &any);
			free(value);
		}
		if (!at)
			return false;
	}
	return !*at && any;
}

char *sf_path_words(const struct ly_ctx *ctx, const char *path)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	bool fine;

	sf_top(ctx);
	fine = out && put_path(ctx, path, out);
	if (out)
		fclose(out);
	if (fine)
		return text;
	free(text);
	return NULL;
}
