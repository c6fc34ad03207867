/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The object store: a sorted tree (tsearch(3)) of entries, each with the object as it is and, within
 * a bracket that touched it, as it will be.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dataplane/core/store.h"

struct object_entry {
	uint32_t type;
	const char *key; /* in the object */
	void *now;       /* NULL: not there */
	void *next;      /* with touched: NULL: removed */
	size_t size;
	uint64_t touched; /* number of the bracket that named it */
	char key_store[HD_KEY_MAX];
};

struct hd_store {
	void *root;
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
	const struct object_entry *x = a, *y = b;

	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return strcmp(x->key, y->key);
}

static void entry_free(void *p)
{
	struct object_entry *e = p;

	if (e->next != e->now)
		free(e->next);
	free(e->now);
	free(e);
}

struct hd_store *hd_store_new(void)
{
	return calloc(1, sizeof(struct hd_store));
}

void hd_store_free(struct hd_store *store)
{
	if (!store)
		return;
	hd_store_abort(store);
	tdestroy(store->root, entry_free);
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
		return hd_err_set(err, EINVAL, "generation 0 stands for no configuration");
	if (begin->mode == HD_CONFIG_DELTA && begin->base != store->generation)
		return hd_err_set(
			err, ESTALE, "a change of generation %llu, but generation %llu is in force",
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

static struct object_entry *entry_get(struct hd_store *store, uint32_t type, const char *key)
{
	struct object_entry probe = {.type = type, .key = key}, *e;
	struct object_entry **found = tfind(&probe, &store->root, entry_compare);

	if (found)
		return *found;
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->type = type;
	hd_str_copy(e->key_store, sizeof(e->key_store), key);
	e->key = e->key_store;
	if (!tsearch(e, &store->root, entry_compare)) {
		free(e);
		return NULL;
	}
	return e;
}

static int store_set(struct hd_store *store, const struct hd_object_class *cls,
		     const struct hd_object *head, bool remove)
{
	struct object_entry *e = entry_get(store, cls->type, head->key);
	void *next = NULL;

	if (!e)
		return hd_store_refuse(store, ENOMEM, "out of memory");
	if (!remove) {
		if (e->now && !memcmp(e->now, head, cls->size))
			next = e->now;
		else if ((next = malloc(cls->size)))
			memcpy(next, head, cls->size);
		else
			return hd_store_refuse(store, ENOMEM, "out of memory");
	}
	if (e->touched == store->bracket && e->next != e->now)
		free(e->next);
	e->touched = store->bracket;
	e->next = next;
	e->size = cls->size;
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

const void *hd_store_next(const struct hd_store *store, uint32_t type, const char *key)
{
	struct object_entry probe = {.type = type, .key = key};
	struct object_entry **found = tfind(&probe, &store->root, entry_compare);

	return found ? entry_next(store, *found) : NULL;
}

struct walk {
	const struct hd_store *store;
	uint32_t type;
	hd_store_fn fn;
	void *arg;
	int rc;
};

static void walk_entry(const void *node, VISIT visit, void *arg)
{
	const struct object_entry *e = *(struct object_entry *const *)node;
	struct walk *w = arg;
	const void *next;

	if ((visit != postorder && visit != leaf) || e->type != w->type || w->rc)
		return;
	next = entry_next(w->store, e);
	if (e->now || next)
		w->rc = w->fn(e->key, entry_change(w->store, e), e->now, next, w->arg);
}

int hd_store_walk(const struct hd_store *store, uint32_t type, hd_store_fn fn, void *arg)
{
	struct walk w = {store, type, fn, arg, 0};

	twalk_r(store->root, walk_entry, &w);
	return w.rc;
}

struct counting {
	const struct hd_store *store;
	struct hd_config_result *result;
};

static void count_entry(const void *node, VISIT visit, void *arg)
{
	const struct object_entry *e = *(struct object_entry *const *)node;
	struct counting *c = arg;

	if ((visit != postorder && visit != leaf) || (!e->now && !entry_next(c->store, e)))
		return;
	switch (entry_change(c->store, e)) {
	case HD_UNCHANGED: c->result->unchanged++; break;
	case HD_ADDED: c->result->added++; break;
	case HD_CHANGED: c->result->changed++; break;
	case HD_REMOVED: c->result->removed++; break;
	}
}

void hd_store_count(const struct hd_store *store, struct hd_config_result *result)
{
	struct counting c = {store, result};

	twalk_r(store->root, count_entry, &c);
}

/* Entries that are gone, collected during a walk: the tree must not change under it. */
struct gone {
	struct object_entry **e;
	size_t n, room;
	bool commit;
	struct hd_store *store;
};

static void settle_entry(const void *node, VISIT visit, void *arg)
{
	struct object_entry *e = *(struct object_entry *const *)node;
	struct gone *g = arg;

	if (visit != postorder && visit != leaf)
		return;
	if (g->commit) {
		void *next = (void *)entry_next(g->store, e);

		if (next != e->now)
			free(e->now);
		e->now = next;
	} else if (e->touched == g->store->bracket && e->next != e->now) {
		free(e->next);
	}
	e->next = e->now;
	if (e->now)
		return;
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

static void settle(struct hd_store *store, bool commit)
{
	struct gone g = {.commit = commit, .store = store};

	twalk_r(store->root, settle_entry, &g);
	for (size_t i = 0; i < g.n; i++) {
		tdelete(g.e[i], &store->root, entry_compare);
		free(g.e[i]);
	}
	free(g.e);
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
