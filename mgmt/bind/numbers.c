/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/numbers.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

static int by_name(const void *va, const void *vb)
{
	const struct bd_number *a = va, *b = vb;
	int order = strcmp(a->switch_name, b->switch_name);

	return order ? order : strcmp(a->segment, b->segment);
}

static uint16_t number_before(const struct bd_numbers *before, const struct bd_segment *seg)
{
	const struct bd_number *found;
	struct bd_number key = {.vlan = 0};

	if (!before || !before->n)
		return 0;
	hd_str_copy(key.switch_name, sizeof(key.switch_name), seg->sw->name);
	hd_str_copy(key.segment, sizeof(key.segment), seg->name);
	found = bsearch(&key, before->list, before->n, sizeof(key), by_name);
	return found ? found->vlan : 0;
}

/* Segments @first to @end are those of one switch. */
static void assign_switch(struct bd_model *m, size_t first, size_t end,
			  const struct bd_numbers *before)
{
	uint64_t used[HD_VLAN_COUNT / 64] = {0};
	unsigned int next = 0;

	for (size_t i = first; i < end; i++) {
		struct bd_segment *seg = &m->segments[i];
		unsigned int n;

		if (!seg->internal)
			continue;
		seg->vlan = number_before(before, seg);
		n = seg->vlan - HD_VLAN_INTERNAL_MIN;
		if (seg->vlan)
			used[n / 64] |= 1ull << n % 64;
	}
	for (size_t i = first; i < end; i++) {
		if (m->segments[i].vlan)
			continue;
		while (next < HD_VLAN_COUNT && used[next / 64] >> next % 64 & 1)
			next++;
		if (next < HD_VLAN_COUNT)
			m->segments[i].vlan = HD_VLAN_INTERNAL_MIN + next++;
	}
}

void bd_numbers_assign(struct bd_model *model, const struct bd_numbers *before)
{
	for (size_t i = 0, end; i < model->n_segments; i = end) {
		const struct bd_switch *sw = model->segments[i].sw;

		for (end = i + 1; end < model->n_segments && model->segments[end].sw == sw;)
			end++;
		assign_switch(model, i, end, before);
	}
}

static void add(struct bd_numbers *numbers, const char *sw, const char *segment, uint16_t vlan)
{
	struct bd_number *number;

	numbers->list = ds_realloc(numbers->list, numbers->n + 1, sizeof(*number));
	number = &numbers->list[numbers->n++];
	hd_str_copy(number->switch_name, sizeof(number->switch_name), sw);
	hd_str_copy(number->segment, sizeof(number->segment), segment);
	number->vlan = vlan;
}

void bd_numbers_copy(struct bd_numbers *copy, const struct bd_numbers *numbers)
{
	copy->n = numbers->n;
	copy->list = ds_alloc((numbers->n + 1) * sizeof(*copy->list));
	if (numbers->n)
		memcpy(copy->list, numbers->list, numbers->n * sizeof(*copy->list));
}

void bd_numbers_take(struct bd_numbers *numbers, const struct bd_model *model)
{
	memset(numbers, 0, sizeof(*numbers));
	for (size_t i = 0; i < model->n_segments; i++)
		if (model->segments[i].internal)
			add(numbers, model->segments[i].sw->name, model->segments[i].name,
			    model->segments[i].vlan);
}

void bd_numbers_free(struct bd_numbers *numbers)
{
	free(numbers->list);
	memset(numbers, 0, sizeof(*numbers));
}

char *bd_numbers_print(const struct bd_numbers *numbers)
{
	char *text = ds_strdup("");

	for (size_t i = 0; i < numbers->n; i++) {
		const struct bd_number *n = &numbers->list[i];
		char *more = ds_printf("%s%s %s %u\n", text, n->switch_name, n->segment, n->vlan);

		free(text);
		text = more;
	}
	return text;
}

void bd_numbers_parse(struct bd_numbers *numbers, const char *text)
{
	char sw[HD_NAME_MAX], segment[HD_NAME_MAX];
	unsigned int vlan;

	memset(numbers, 0, sizeof(*numbers));
	while (text && *text) {
		if (sscanf(text, "%63s %63s %u", sw, segment, &vlan) == 3 &&
		    vlan >= HD_VLAN_INTERNAL_MIN && vlan < HD_VLAN_NUMBERS)
			add(numbers, sw, segment, vlan);
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	if (numbers->n)
		qsort(numbers->list, numbers->n, sizeof(*numbers->list), by_name);
}
