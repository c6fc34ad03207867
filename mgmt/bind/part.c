/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/part.h"
#include "mgmt/datastore/mem.h"

struct bd_part *bd_part_new(const char *name, struct bd_object *const *objects, size_t n_objects,
			    struct bd_claim *const *claims, size_t n_claims)
{
	size_t len = strlen(name) + 1;
	struct bd_part *part =
		ds_alloc(sizeof(*part) + (n_objects + n_claims) * sizeof(void *) + len);

	part->item.refs = 1;
	part->object = (struct bd_object **)(part + 1);
	part->claim = (struct bd_claim **)(part->object + n_objects);
	part->name = memcpy(part->claim + n_claims, name, len);
	part->n_objects = n_objects;
	part->n_claims = n_claims;
	for (size_t i = 0; i < n_objects; i++)
		part->object[i] = bd_item_get(objects[i]);
	for (size_t i = 0; i < n_claims; i++)
		part->claim[i] = bd_item_get(claims[i]);
	return part;
}

static void part_free(void *item)
{
	struct bd_part *part = item;

	for (size_t i = 0; i < part->n_objects; i++)
		bd_object_put(part->object[i]);
	for (size_t i = 0; i < part->n_claims; i++)
		bd_claim_put(part->claim[i]);
	free(part);
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct bd_part *)a)->name, ((const struct bd_part *)b)->name);
}

static const struct bd_set_class class = {compare, part_free};

void bd_parts_fill(struct bd_set *set, struct bd_part **parts, size_t n)
{
	bd_set_fill(set, &class, (void **)parts, n);
}

struct bd_part *bd_part_find(const struct bd_set *parts, const char *name)
{
	struct bd_part key = {.name = (char *)name};

	return bd_set_find(parts, &key);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void collect_names(struct bd_names *names, const struct bd_model *model)
{
	for (const struct bd_row *row = bd_rows(); row; row = row->next)
		if (row->names)
			row->names(model, names);
	if (names->n)
		qsort(names->at, names->n, sizeof(*names->at), by_name);
}

struct bd_switches *bd_switches_new(const struct bd_model *model)
{
	struct bd_switches *copy = ds_alloc(sizeof(*copy));
	struct bd_model *m = &copy->model;

	copy->refs = 1;
	m->n_switches = model->n_switches;
	m->n_segments = model->n_segments;
	m->switches = ds_alloc((m->n_switches + 1) * sizeof(*m->switches));
	m->segments = ds_alloc((m->n_segments + 1) * sizeof(*m->segments));
	for (size_t i = 0; i < m->n_switches; i++)
		m->switches[i].name = ds_strdup(model->switches[i].name);
	for (size_t i = 0; i < m->n_segments; i++) {
		const struct bd_segment *seg = &model->segments[i];

		m->segments[i] = (struct bd_segment){
			.sw = &m->switches[seg->sw - model->switches],
			.name = ds_strdup(seg->name),
			.vlan = seg->vlan,
			.internal = seg->internal,
		};
	}
	collect_names(&copy->names, model);
	return copy;
}

void bd_switches_put(struct bd_switches *switches)
{
	if (!switches || --switches->refs)
		return;
	for (size_t i = 0; i < switches->model.n_switches; i++)
		free((char *)switches->model.switches[i].name);
	for (size_t i = 0; i < switches->model.n_segments; i++)
		free((char *)switches->model.segments[i].name);
	for (size_t i = 0; i < switches->names.n; i++)
		free(switches->names.at[i]);
	free(switches->names.at);
	bd_model_free(&switches->model);
	free(switches);
}

bool bd_switches_name(const struct bd_switches *switches, const char *name)
{
	return switches->names.n && bsearch(&name, switches->names.at, switches->names.n,
					    sizeof(*switches->names.at), by_name);
}
