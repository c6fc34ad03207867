/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The object store: for each type a sorted tree (tsearch(3)) of entries. An entry holds the object
 * that is in force and, if the open bracket names it, the object after the commit. The cost of a
 * delta depends only on the objects that it names.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/config/store.h"

struct object_entry {
	uint32_t type;
	const char *key;  /* in the object */
	void *now;        /* NULL: not there */
	void *next;       /* with touched: NULL: removed */
	uint64_t touched; /* number of the bracket that named it */
	char key_store[HD_KEY_MAX];
};

/* All objects of one type. */
struct kind {
	uint32_t type;
	void *root;
	uint32_t n; /* objects that are there now */
};

struct hd_store {
	struct kind *kinds; /* as registered, by type */
	size_t n_kinds;
	struct object_entry **touched; /* in the open bracket, each once */
	size_t n_touched, n_sorted, room;
	uint32_t n_entries, max_entries;
	uint64_t generation;
	uint64_t bracket; /* number of the bracket, counts up */
	bool open;
	bool full;
	uint64_t next_generation;
	struct hd_err failed;
};

static struct hd_object_class *classes;

void hd_object_class_register(struct hd_object_class *cls)
{
	struct hd_object_class **at = &classes;

	while (*at && (*at)->type < cls->type)
		at = &(*at)->next;
	if (*at && (*at)->type == cls->type)
		abort(); /* two classes of one type: a mistake in the program */
	cls->next = *at;
	*at = cls;
}

const struct hd_object_class *hd_object_class_first(void)
{
	return classes;
}

const struct hd_object_class *hd_object_class_find(uint32_t type)
{
	for (const struct hd_object_class *c = classes; c; c = c->next)
		if (c->type == type)
			return c;
	return NULL;
}

static int entry_compare(const void *a, const void *b)
{
	return strcmp(((const struct object_entry *)a)->key, ((const struct object_entry *)b)->key);
}

static int touched_compare(const void *a, const void *b)
{
	const struct object_entry *x = *(struct object_entry *const *)a;
	const struct object_entry *y = *(struct object_entry *const *)b;

	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return strcmp(x->key, y->key);
}

static struct kind *kind_of(const struct hd_store *store, uint32_t type)
{
	for (size_t i = 0; i < store->n_kinds; i++)
		if (store->kinds[i].type == type)
			return &store->kinds[i];
	return NULL;
}

static void entry_free(void *p)
{
	struct object_entry *e = p;

	if (e->next != e->now)
		free(e->next);
	free(e->now);
	free(e);
}

struct hd_store *hd_store_new(uint32_t max)
{
	struct hd_store *store = calloc(1, sizeof(*store));

	if (!store)
		return NULL;
	store->max_entries = max;
	for (const struct hd_object_class *c = classes; c; c = c->next)
		store->n_kinds++;
	store->kinds = calloc(store->n_kinds + 1, sizeof(*store->kinds));
	if (!store->kinds) {
		free(store);
		return NULL;
	}
	store->n_kinds = 0;
	for (const struct hd_object_class *c = classes; c; c = c->next)
		store->kinds[store->n_kinds++].type = c->type;
	return store;
}

void hd_store_free(struct hd_store *store)
{
	if (!store)
		return;
	hd_store_abort(store);
	for (size_t i = 0; i < store->n_kinds; i++)
		tdestroy(store->kinds[i].root, entry_free);
	free(store->kinds);
	free(store->touched);
	free(store);
}

uint64_t hd_store_generation(const struct hd_store *store)
{
	return store->generation;
}

bool hd_store_in_bracket(const struct hd_store *store)
{
	return store->open;
}

int hd_store_begin(struct hd_store *store, const struct hd_config_begin *begin, struct hd_err *err)
{
	hd_store_abort(store);
	if (begin->mode != HD_CONFIG_FULL && begin->mode != HD_CONFIG_DELTA)
		return hd_err_set(err, EINVAL, "configuration mode %u is unknown", begin->mode);
	if (!begin->generation)
		return hd_err_set(err, EINVAL, "a configuration needs a generation above 0");
	if (begin->mode == HD_CONFIG_DELTA && begin->base != store->generation)
		return hd_err_set(
			err, ESTALE,
			"the change starts from generation %llu, but generation %llu is in force",
			(unsigned long long)begin->base, (unsigned long long)store->generation);
	store->bracket++;
	store->open = true;
	store->full = begin->mode == HD_CONFIG_FULL;
	store->next_generation = begin->generation;
	store->failed.code = 0;
	return 0;
}

int hd_store_refuse(struct hd_store *store, int code, const char *fmt, ...)
{
	va_list ap;

	if (!store->failed.code) {
		store->failed.code = code;
		va_start(ap, fmt);
		vsnprintf(store->failed.text, sizeof(store->failed.text), fmt, ap);
		va_end(ap);
	}
	return -code;
}

int hd_store_failed(const struct hd_store *store, struct hd_err *err)
{
	if (store->failed.code && err)
		*err = store->failed;
	return -store->failed.code;
}

static struct object_entry *entry_find(const struct hd_store *store, uint32_t type, const char *key)
{
	struct object_entry probe = {.type = type, .key = key};
	const struct kind *kind = kind_of(store, type);
	struct object_entry **found = kind ? tfind(&probe, &kind->root, entry_compare) : NULL;

	return found ? *found : NULL;
}

static struct object_entry *entry_get(struct hd_store *store, uint32_t type, const char *key)
{
	struct object_entry *e = entry_find(store, type, key);

	if (e || store->n_entries == store->max_entries)
		return e;
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->type = type;
	hd_str_copy(e->key_store, sizeof(e->key_store), key);
	e->key = e->key_store;
	if (!tsearch(e, &kind_of(store, type)->root, entry_compare)) {
		free(e);
		return NULL;
	}
	store->n_entries++;
	return e;
}

/* Remembers that the bracket names it. */
static bool touch(struct hd_store *store, struct object_entry *e)
{
	if (e->touched == store->bracket)
		return true;
	if (store->n_touched == store->room) {
		size_t room = store->room ? store->room * 2 : 64;
		struct object_entry **more = realloc(store->touched, room * sizeof(*more));

		if (!more)
			return false;
		store->touched = more;
		store->room = room;
	}
	store->touched[store->n_touched++] = e;
	e->touched = store->bracket;
	e->next = e->now;
	return true;
}

static int store_set(struct hd_store *store, const struct hd_object_class *cls,
		     const struct hd_object *head, bool remove)
{
	struct object_entry *e = remove ? entry_find(store, cls->type, head->key)
					: entry_get(store, cls->type, head->key);
	void *next = NULL;

	if (!e && remove)
		return 0;
	if (!e && store->n_entries == store->max_entries)
		return hd_store_refuse(store, ENOSPC, "%s %s: more than %u objects", cls->name,
				       head->key, store->max_entries);
	if (!e || !touch(store, e))
		return hd_store_refuse(store, ENOMEM, "out of memory");
	if (!remove) {
		if (e->now && !memcmp(e->now, head, cls->size))
			next = e->now;
		else if ((next = malloc(cls->size)))
			memcpy(next, head, cls->size);
		else
			return hd_store_refuse(store, ENOMEM, "out of memory");
	}
	if (e->next != e->now)
		free(e->next);
	e->next = next;
	return 0;
}

int hd_store_put(struct hd_store *store, uint32_t type, const void *object, size_t len)
{
	const struct hd_object_class *cls = hd_object_class_find(type);
	const struct hd_object *head = object;
	struct hd_err err = {0};

	if (!store->open)
		return -EPROTO;
	if (store->failed.code)
		return -store->failed.code;
	if (!cls || len != cls->size)
		return hd_store_refuse(store, EBADMSG, "object type 0x%x of %zu bytes is unknown",
				       type, len);
	if (!hd_str_terminated(head->key, sizeof(head->key)) || !head->key[0])
		return hd_store_refuse(store, EINVAL, "%s: object without a name", cls->name);
	if (head->op == HD_OBJECT_DELETE)
		return store_set(store, cls, head, true);
	if (head->op != HD_OBJECT_SET)
		return hd_store_refuse(store, EINVAL, "%s %s: operation %u is unknown", cls->name,
				       head->key, head->op);
	if (cls->validate && cls->validate(object, &err) < 0)
		return hd_store_refuse(store, err.code ? err.code : EINVAL, "%s %s: %.160s",
				       cls->name, head->key, err.text);
	return store_set(store, cls, head, false);
}

static const void *entry_next(const struct hd_store *store, const struct object_entry *e)
{
	if (!store->open)
		return e->now;
	if (e->touched == store->bracket)
		return e->next;
	return store->full ? NULL : e->now;
}

static enum hd_change entry_change(const struct hd_store *store, const struct object_entry *e)
{
	const void *next = entry_next(store, e);

	if (next == e->now)
		return HD_UNCHANGED;
	if (!e->now)
		return HD_ADDED;
	return next ? HD_CHANGED : HD_REMOVED;
}

const void *hd_store_now(const struct hd_store *store, uint32_t type, const char *key)
{
	const struct object_entry *e = entry_find(store, type, key);

	return e ? e->now : NULL;
}

const void *hd_store_next(const struct hd_store *store, uint32_t type, const char *key)
{
	const struct object_entry *e = entry_find(store, type, key);

	return e ? entry_next(store, e) : NULL;
}

struct walk {
	const struct hd_store *store;
	hd_store_fn fn;
	void *arg;
	bool changes; /* those only */
	int rc;
};

static void visit_entry(struct walk *w, const struct object_entry *e)
{
	const void *next = entry_next(w->store, e);
	enum hd_change change = entry_change(w->store, e);

	if (w->rc || (!e->now && !next) || (w->changes && change == HD_UNCHANGED))
		return;
	w->rc = w->fn(e->key, change, e->now, next, w->arg);
}

static void walk_entry(const void *node, VISIT visit, void *arg)
{
	if (visit == postorder || visit == leaf)
		visit_entry(arg, *(struct object_entry *const *)node);
}

int hd_store_walk(const struct hd_store *store, uint32_t type, hd_store_fn fn, void *arg)
{
	struct walk w = {store, fn, arg, false, 0};
	const struct kind *kind = kind_of(store, type);

	if (kind)
		twalk_r(kind->root, walk_entry, &w);
	return w.rc;
}

int hd_store_walk_changes(struct hd_store *store, uint32_t type, hd_store_fn fn, void *arg)
{
	struct walk w = {store, fn, arg, true, 0};
	const struct kind *kind = kind_of(store, type);

	if (!store->open || !kind)
		return 0;
	if (store->full) {
		twalk_r(kind->root, walk_entry, &w);
		return w.rc;
	}
	if (store->n_sorted != store->n_touched)
		qsort(store->touched, store->n_touched, sizeof(*store->touched), touched_compare);
	store->n_sorted = store->n_touched;
	for (size_t i = 0; i < store->n_touched; i++)
		if (store->touched[i]->type == type)
			visit_entry(&w, store->touched[i]);
	return w.rc;
}

static int count_one(const char *key, enum hd_change change, const void *now, const void *next,
		     void *arg)
{
	struct hd_config_result *result = arg;

	(void)key;
	(void)now;
	(void)next;
	result->added += change == HD_ADDED;
	result->changed += change == HD_CHANGED;
	result->removed += change == HD_REMOVED;
	return 0;
}

void hd_store_count(struct hd_store *store, struct hd_config_result *result)
{
	uint32_t n = 0;

	for (size_t i = 0; i < store->n_kinds; i++) {
		hd_store_walk_changes(store, store->kinds[i].type, count_one, result);
		n += store->kinds[i].n;
	}
	result->unchanged += n - result->changed - result->removed;
}

/* Entries that are gone, collected during a walk: the tree must not change under it. */
struct gone {
	struct object_entry **e;
	size_t n, room;
	bool commit;
	struct hd_store *store;
};

static void gone_add(struct gone *g, struct object_entry *e)
{
	if (g->n == g->room) {
		size_t room = g->room ? g->room * 2 : 64;
		struct object_entry **more = realloc(g->e, room * sizeof(*more));

		if (!more)
			return; /* an empty entry stays, which nobody sees */
		g->e = more;
		g->room = room;
	}
	g->e[g->n++] = e;
}

static void settle_one(struct gone *g, struct object_entry *e)
{
	struct kind *kind = kind_of(g->store, e->type);

	if (g->commit) {
		void *next = (void *)entry_next(g->store, e);

		if (next != e->now) {
			kind->n += (next != NULL) - (e->now != NULL);
			free(e->now);
		}
		e->now = next;
	} else if (e->touched == g->store->bracket && e->next != e->now) {
		free(e->next);
	}
	e->next = e->now;
	if (!e->now)
		gone_add(g, e);
}

static void settle_entry(const void *node, VISIT visit, void *arg)
{
	if (visit == postorder || visit == leaf)
		settle_one(arg, *(struct object_entry *const *)node);
}

static void settle(struct hd_store *store, bool commit)
{
	struct gone g = {.commit = commit, .store = store};

	for (size_t i = 0; i < store->n_kinds && commit && store->full; i++)
		twalk_r(store->kinds[i].root, settle_entry, &g);
	for (size_t i = 0; i < store->n_touched && !(commit && store->full); i++)
		settle_one(&g, store->touched[i]);
	for (size_t i = 0; i < g.n; i++) {
		tdelete(g.e[i], &kind_of(store, g.e[i]->type)->root, entry_compare);
		free(g.e[i]);
		store->n_entries--;
	}
	free(g.e);
	store->n_touched = 0;
	store->n_sorted = 0;
	store->open = false;
	store->bracket++; /* so that no entry counts as touched */
}

void hd_store_commit(struct hd_store *store)
{
	if (!store->open || store->failed.code)
		return;
	settle(store, true);
	store->generation = store->next_generation;
}

void hd_store_abort(struct hd_store *store)
{
	if (store->open)
		settle(store, false);
}
