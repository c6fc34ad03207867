/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/objects.h"
#include "mgmt/datastore/mem.h"

void *bd_objects_add(struct bd_objects *objects, enum hd_plane plane, enum bd_rank rank,
		     uint32_t type, size_t size, const char *fmt, ...)
{
	struct bd_object *o;
	va_list ap;

	if (objects->n == objects->room) {
		objects->room = objects->room ? objects->room * 2 : 64;
		objects->list = ds_realloc(objects->list, objects->room, sizeof(*o));
	}
	o = &objects->list[objects->n++];
	o->type = type;
	o->size = size;
	o->plane = plane;
	o->rank = rank;
	o->body = ds_alloc(size);
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

void bd_objects_sort(struct bd_objects *objects)
{
	if (objects->n)
		qsort(objects->list, objects->n, sizeof(*objects->list), compare);
}

void bd_objects_free(struct bd_objects *objects)
{
	for (size_t i = 0; i < objects->n; i++)
		free(objects->list[i].body);
	free(objects->list);
	memset(objects, 0, sizeof(*objects));
}

static bool same(const struct bd_object *a, const struct bd_object *b)
{
	return a->size == b->size && !memcmp(a->body, b->body, a->size);
}

static const struct bd_object *find(const struct bd_objects *objects, const struct bd_object *o)
{
	if (!objects || !objects->n)
		return NULL;
	return bsearch(o, objects->list, objects->n, sizeof(*objects->list), compare);
}

size_t bd_objects_diff(const struct bd_objects *prev, const struct bd_objects *next,
		       enum hd_plane plane, bd_change_fn fn, void *arg)
{
	size_t calls = 0;

	for (size_t i = prev ? prev->n : 0; i-- > 0;) {
		const struct bd_object *o = &prev->list[i];

		if (o->plane == plane && !find(next, o)) {
			fn(o, HD_OBJECT_DELETE, arg);
			calls++;
		}
	}
	for (size_t i = 0; i < next->n; i++) {
		const struct bd_object *o = &next->list[i], *old;

		if (o->plane != plane)
			continue;
		old = find(prev, o);
		if (old && same(old, o))
			continue;
		fn(o, HD_OBJECT_SET, arg);
		calls++;
	}
	return calls;
}
