/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What words lead to: for showing, editing, renaming.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/setform/setform.h"
#include "mgmt/setform/words_int.h"

static void put(FILE *out, const char *word)
{
	if (ftell(out) > 0)
		fputc(' ', out);
	sf_put_word(out, word);
}

static char *words_of(const struct sf_walk *w, size_t depth, bool last)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return ds_strdup("");
	for (size_t i = 1; i <= depth; i++) {
		put(out, w->frames[i].word.word);
		for (size_t k = 0; k < w->frames[i].n_keys; k++)
			put(out, w->frames[i].keys[k]);
	}
	if (last)
		put(out, w->word.word);
	fclose(out);
	return text;
}

/* The walk is at an end: what is it that the words said? */
static bool take(struct sf_asker *a, struct sf_walk *w, struct sf_target *t)
{
	bool there, leaf = w->expect == SF_KEY || w->expect == SF_VALUE || w->full;

	if (w->expect == SF_VALUES || (w->expect == SF_KEY && w->n_keys) ||
	    (w->full && !sf_is_empty(w->word.node))) {
		t->wrong = ds_strdup("nothing follows here");
		t->bad = w->at;
		return false;
	}
	t->node = sf_locate(a, w, w->depth, &there);
	t->schema = leaf ? w->word.node : w->frames[w->depth].scope->node;
	if (leaf) {
		t->node = there ? sf_siblings(a, t->node, t->schema) : NULL;
		while (t->node && (t->node->schema != t->schema || !sf_says(&w->word, t->node)))
			t->node = t->node->next;
		t->all = t->schema->nodetype & (LYS_LIST | LYS_LEAFLIST);
	}
	t->words = words_of(w, w->depth, leaf);
	t->around = words_of(w, w->depth && !leaf ? w->depth - 1 : w->depth, false);
	if (w->depth) {
		t->unit = w->frames[1].scope->node;
		if (t->unit->nodetype == LYS_LIST)
			t->unit_key = ds_strdup(w->frames[1].keys[0]);
	} else if (leaf) {
		t->unit = t->schema;
	}
	return true;
}

static bool follow(struct sf_walk *w, const struct sf_token *words, size_t n, struct sf_target *t)
{
	for (size_t i = 0; i < n; i++)
		if (!sf_walk_step(w, &words[i])) {
			t->wrong = w->wrong;
			t->bad = &words[i];
			return false;
		}
	return true;
}

bool sf_resolve(const struct sf_ask *ask, const struct sf_token *words, size_t n,
		struct sf_target *t)
{
	struct sf_walk *w = sf_walk_new();
	struct sf_asker a = {.ask = ask};
	bool fine;

	*t = (struct sf_target){.schema = NULL};
	sf_walk_begin(w, ask->ctx, &sf_no_actions, &a);
	fine = !ask->level || follow(w, ask->level->list, ask->level->n, t);
	w->once = true;
	fine = fine && follow(w, words, n, t) && take(&a, w, t);
	sf_walk_free(w);
	return fine;
}

void sf_target_clear(struct sf_target *t)
{
	free(t->unit_key);
	free(t->around);
	free(t->words);
	free(t->wrong);
	*t = (struct sf_target){.schema = NULL};
}
