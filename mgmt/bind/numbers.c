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

/* Numbers that somebody wrote down for this switch. */
static void find_used(const struct bd_model *m, const struct bd_switch *sw,
		      struct hd_vlan_set *used)
{
	static const char *const leaves[] = {"access", "trunk", "native", "tunnel"};
	const struct lyd_node *node;

	for (size_t i = 0; i < m->n_segments; i++)
		if (m->segments[i].sw == sw && !m->segments[i].internal)
			hd_vlan_set_add(used, m->segments[i].vlan);
	for (size_t i = 0; i < m->n_ports; i++)
		for (size_t k = 0; m->ports[i].sw == sw && k < 4; k++)
			ds_foreach(node, m->ports[i].port, leaves[k])
				use_word(m, sw, lyd_get_value(node), used);
	ds_foreach(node, sw->node, "static-mac")
		use_word(m, sw, ds_value(node, NULL, "segment-or-vlan"), used);
}

static uint16_t number_before(const struct bd_numbers *before, const struct bd_segment *seg)
{
	for (size_t i = 0; before && i < before->n; i++)
		if (!strcmp(before->list[i].switch_name, seg->sw->name) &&
		    !strcmp(before->list[i].segment, seg->name))
			return before->list[i].vlan;
	return 0;
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

static void assign_switch(struct bd_model *m, const struct bd_switch *sw,
			  const struct bd_numbers *before, struct ds_errors *errs)
{
	struct hd_vlan_set used = {{0}};
	unsigned int next = HD_VLAN_MAX;

	find_used(m, sw, &used);
	for (size_t i = 0; i < m->n_segments; i++) {
		struct bd_segment *seg = &m->segments[i];
		uint16_t vlan = seg->sw == sw && seg->internal ? number_before(before, seg) : 0;

		if (vlan && !hd_vlan_set_has(&used, vlan)) {
			seg->vlan = vlan;
			hd_vlan_set_add(&used, vlan);
		}
	}
	for (size_t i = 0; i < m->n_segments; i++)
		if (m->segments[i].sw == sw && !m->segments[i].vlan)
			give_number(&m->segments[i], &used, &next, errs);
}

void bd_numbers_assign(struct bd_model *model, const struct bd_numbers *before,
		       struct ds_errors *errs)
{
	for (size_t i = 0; i < model->n_switches; i++)
		assign_switch(model, &model->switches[i], before, errs);
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
}
