/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/numbers.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

static void use_word(const struct bd_model *m, const struct bd_switch *sw, const char *text,
		     struct hd_vlan_set *used)
{
	struct bd_vlan_word word = bd_vlan_word(m, sw, text);

	for (unsigned int vlan = word.first; vlan && vlan <= word.last && vlan <= HD_VLAN_MAX;
	     vlan++)
		hd_vlan_set_add(used, vlan);
}

static const char *const number_leaves[] = {"access", "trunk", "native", "tunnel"};

/* Numbers that somebody wrote down, for each switch of the model. */
static struct hd_vlan_set *find_used(const struct bd_model *m)
{
	struct hd_vlan_set *used = ds_alloc((m->n_switches + 1) * sizeof(*used));
	const struct lyd_node *node;

	for (size_t i = 0; i < m->n_segments; i++)
		if (!m->segments[i].internal)
			hd_vlan_set_add(&used[m->segments[i].sw - m->switches],
					m->segments[i].vlan);
	for (size_t i = 0; i < m->n_ports; i++)
		bd_numbers_used(m, &m->ports[i],
				m->ports[i].sw ? &used[m->ports[i].sw - m->switches] : NULL);
	for (size_t i = 0; i < m->n_switches; i++)
		ds_foreach(node, m->switches[i].node, "static-mac") use_word(
			m, &m->switches[i], ds_value(node, NULL, "segment-or-vlan"), &used[i]);
	return used;
}

void bd_numbers_used(const struct bd_model *m, const struct bd_port *port, struct hd_vlan_set *used)
{
	const struct lyd_node *node;

	for (size_t k = 0; used && k < sizeof(number_leaves) / sizeof(number_leaves[0]); k++)
		ds_foreach(node, port->port, number_leaves[k])
			use_word(m, port->sw, lyd_get_value(node), used);
}

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

static void give_number(struct bd_segment *seg, struct hd_vlan_set *used, unsigned int *next,
			struct ds_errors *errs)
{
	char *path;

	while (*next >= HD_VLAN_MIN && hd_vlan_set_has(used, *next))
		(*next)--;
	if (*next >= HD_VLAN_MIN) {
		seg->vlan = *next;
		hd_vlan_set_add(used, *next);
		return;
	}
	path = ds_path(seg->node);
	ds_errors_add(errs, DS_OPERATION_FAILED, path,
		      "no VLAN number is left on switch %s for segment %s: give it a vlan, or make "
		      "the ranges of the trunks smaller",
		      seg->sw->name, seg->name);
	free(path);
}

/* Segments @first to @end are those of one switch. */
static void assign_switch(struct bd_model *m, size_t first, size_t end, struct hd_vlan_set *used,
			  const struct bd_numbers *before, struct ds_errors *errs)
{
	unsigned int next = HD_VLAN_MAX;

	for (size_t i = first; i < end; i++) {
		struct bd_segment *seg = &m->segments[i];
		uint16_t vlan = seg->internal ? number_before(before, seg) : 0;

		if (vlan && !hd_vlan_set_has(used, vlan)) {
			seg->vlan = vlan;
			hd_vlan_set_add(used, vlan);
		}
	}
	for (size_t i = first; i < end; i++)
		if (!m->segments[i].vlan)
			give_number(&m->segments[i], used, &next, errs);
}

void bd_numbers_assign(struct bd_model *model, const struct bd_numbers *before,
		       struct ds_errors *errs)
{
	struct hd_vlan_set *used = find_used(model);

	for (size_t i = 0, end; i < model->n_segments; i = end) {
		const struct bd_switch *sw = model->segments[i].sw;

		for (end = i + 1; end < model->n_segments && model->segments[end].sw == sw;)
			end++;
		assign_switch(model, i, end, &used[sw - model->switches], before, errs);
	}
	free(used);
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
		if (sscanf(text, "%63s %63s %u", sw, segment, &vlan) == 3 && vlan >= HD_VLAN_MIN &&
		    vlan <= HD_VLAN_MAX)
			add(numbers, sw, segment, vlan);
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	if (numbers->n)
		qsort(numbers->list, numbers->n, sizeof(*numbers->list), by_name);
}
