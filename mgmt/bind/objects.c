/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/objects.h"
#include "mgmt/datastore/mem.h"

static void keep(struct bd_list *list, struct bd_object *o)
{
	if (list->n == list->room) {
		list->room = list->room ? list->room * 2 : 64;
		list->at = ds_realloc(list->at, list->room, sizeof(*list->at));
	}
	list->at[list->n++] = o;
}

void *bd_list_add(struct bd_list *list, enum hd_plane plane, enum bd_rank rank, uint32_t type,
		  size_t size, const char *fmt, ...)
{
	struct bd_object *o = ds_alloc(sizeof(*o) + size);
	va_list ap;

	keep(list, o);
	o->item.refs = 1;
	o->type = type;
	o->size = size;
	o->plane = plane;
	o->rank = rank;
	o->body = (struct hd_object *)(o + 1);
	o->body->op = HD_OBJECT_SET;
	va_start(ap, fmt);
	vsnprintf(o->body->key, sizeof(o->body->key), fmt, ap);
	va_end(ap);
	return o->body;
}

static int compare(const void *va, const void *vb)
{
	const struct bd_object *a = va, *b = vb;

	if (a->plane != b->plane)
		return a->plane - b->plane;
	if (a->rank != b->rank)
		return a->rank - b->rank;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	return strcmp(a->body->key, b->body->key);
}

static int compare_at(const void *va, const void *vb)
{
	return compare(*(void *const *)va, *(void *const *)vb);
}

static const struct bd_set_class class = {compare, free};

void bd_object_put(struct bd_object *object)
{
	bd_item_put(&class, object);
}

void bd_list_free(struct bd_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		bd_object_put(list->at[i]);
	free(list->at);
	memset(list, 0, sizeof(*list));
}

/*
 * Objects come port by port, and each of a port's is of another type: gathered by type they are
 * sorted, as a rule.
 */
struct family {
	const struct bd_object *first;
	struct bd_list list;
};

static int by_family(const void *va, const void *vb)
{
	const struct family *a = va, *b = vb;

	return compare(a->first, b->first);
}

static bool same_family(const struct bd_object *a, const struct bd_object *b)
{
	return a->type == b->type && a->rank == b->rank && a->plane == b->plane;
}

static size_t gather(const struct bd_list *list, struct family **families)
{
	size_t n = 0;

	*families = NULL;
	for (size_t i = 0; i < list->n; i++) {
		struct family *f = *families;

		while (f < *families + n && !same_family(f->first, list->at[i]))
			f++;
		if (f == *families + n) {
			*families = ds_realloc(*families, n + 1, sizeof(**families));
			f = *families + n++;
			memset(f, 0, sizeof(*f));
			f->first = list->at[i];
		}
		keep(&f->list, list->at[i]);
	}
	return n;
}

static void sort(struct bd_list *list)
{
	struct family *families;
	size_t n = gather(list, &families), at = 0;

	if (n)
		qsort(families, n, sizeof(*families), by_family);
	for (size_t i = 0; i < n; i++) {
		struct bd_list *from = &families[i].list;
		size_t k = 1;

		while (k < from->n && compare(from->at[k - 1], from->at[k]) <= 0)
			k++;
		if (k < from->n)
			qsort(from->at, from->n, sizeof(*from->at), compare_at);
		memcpy(list->at + at, from->at, from->n * sizeof(*from->at));
		at += from->n;
		free(from->at);
	}
	free(families);
}

void bd_objects_fill(struct bd_objects *objects, struct bd_list *list)
{
	sort(list);
	bd_set_fill(&objects->set, &class, (void **)list->at, list->n);
	free(list->at);
	memset(list, 0, sizeof(*list));
}

void bd_objects_copy(struct bd_objects *copy, const struct bd_objects *objects)
{
	bd_set_copy(&copy->set, &objects->set);
}

void bd_objects_free(struct bd_objects *objects)
{
	bd_set_free(&objects->set);
}

void bd_objects_add(struct bd_objects *objects, struct bd_object *object)
{
	bd_set_add(&objects->set, bd_item_get(object));
}

void bd_objects_remove(struct bd_objects *objects, const struct bd_object *object)
{
	bd_set_remove(&objects->set, object);
}

const struct bd_object *bd_objects_find(const struct bd_objects *objects, enum hd_plane plane,
					enum bd_rank rank, uint32_t type, const char *key)
{
	struct hd_object body;
	struct bd_object probe = {.plane = plane, .rank = rank, .type = type, .body = &body};

	snprintf(body.key, sizeof(body.key), "%s", key);
	return bd_set_find(&objects->set, &probe);
}

struct diff {
	enum hd_plane plane;
	struct bd_list gone, set; /* without references */
};

static void on_difference(void *before, void *after, void *arg)
{
	struct bd_object *old = before, *new = after;
	struct diff *d = arg;

	if ((old ? old : new)->plane != d->plane)
		return;
	if (!new)
		keep(&d->gone, old);
	else if (!old || old->size != new->size || memcmp(old->body, new->body, old->size))
		keep(&d->set, new);
}

size_t bd_objects_diff(const struct bd_objects *prev, const struct bd_objects *next,
		       enum hd_plane plane, bd_change_fn fn, void *arg)
{
	static const struct bd_objects none = {{.class = &class}};
	struct diff d = {.plane = plane};
	size_t calls;

	bd_set_diff(prev ? &prev->set : &none.set, next->set.class ? &next->set : &none.set,
		    on_difference, &d);
	for (size_t i = d.gone.n; i-- > 0;)
		fn(d.gone.at[i], HD_OBJECT_DELETE, arg);
	for (size_t i = 0; i < d.set.n; i++)
		fn(d.set.at[i], HD_OBJECT_SET, arg);
	calls = d.gone.n + d.set.n;
	free(d.gone.at);
	free(d.set.at);
	return calls;
}
