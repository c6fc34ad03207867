/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * State of switches and segments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/domains.h"
#include "mgmt/netconf/state.h"

static void on_domain(const void *item, void *arg)
{
	const struct hd_domain_state *d = item;
	struct nc_domains *all = arg;

	if (!hd_str_terminated(d->switch_name, sizeof(d->switch_name)) ||
	    !hd_str_terminated(d->segment, sizeof(d->segment)))
		return;
	if ((all->n & (all->n - 1)) == 0)
		all->list = ds_realloc(all->list, all->n ? all->n * 2 : 1, sizeof(*d));
	all->list[all->n++] = *d;
}

static void on_end(int status, const void *last, void *arg)
{
	((struct nc_domains *)arg)->whole = status == 0;
}

void nc_domains_ask(struct nc_ask *ask, void *domains)
{
	struct hd_nothing nothing;

	nc_ask_stream(ask, HD_PLANE_DATA, DOMAIN_LIST, &nothing, on_domain, on_end, domains);
}

void nc_domains_free(void *domains)
{
	free(((struct nc_domains *)domains)->list);
}

const struct hd_domain_state *nc_domains_find(const struct nc_domains *domains, const char *sw,
					      uint16_t vlan)
{
	for (size_t i = 0; i < domains->n; i++)
		if (domains->list[i].vlan == vlan && !strcmp(domains->list[i].switch_name, sw))
			return &domains->list[i];
	return NULL;
}

static void members(struct lyd_node *parent, const struct bd_model *model,
		    const struct bd_switch *sw, uint16_t vlan)
{
	for (size_t i = 0; i < model->n_ports; i++)
		if (model->ports[i].sw == sw && bd_port_in_vlan(&model->ports[i], vlan))
			nc_leaf(parent, NULL, "member", model->ports[i].name);
}

static void segment_state(struct lyd_node *node, const struct bd_model *model,
			  const struct bd_segment *seg, const struct nc_domains *domains)
{
	struct lyd_node *state = nc_inner(node, NULL, "state");
	const struct hd_domain_state *d = nc_domains_find(domains, seg->sw->name, seg->vlan);

	if (!seg->internal)
		nc_number(state, NULL, "vlan", seg->vlan);
	members(state, model, seg->sw, seg->vlan);
	if (d)
		nc_number(state, NULL, "macs", d->macs);
}

static void switch_state(struct lyd_node *node, const struct bd_model *model,
			 const struct bd_switch *sw, const struct nc_domains *domains)
{
	struct lyd_node *state = nc_inner(node, NULL, "state");
	uint64_t macs = 0;

	for (size_t i = 0; i < domains->n; i++)
		if (!strcmp(domains->list[i].switch_name, sw->name))
			macs += domains->list[i].macs;
	nc_number(state, NULL, "macs", macs);
	for (size_t i = 0; i < domains->n; i++) {
		const struct hd_domain_state *d = &domains->list[i];
		struct lyd_node *vlan;
		char id[8];

		if (strcmp(d->switch_name, sw->name) != 0 || !hd_vlan_id(d->vlan))
			continue;
		snprintf(id, sizeof(id), "%u", d->vlan);
		vlan = nc_entry(state, "vlan", id);
		if (!vlan)
			continue;
		if (d->segment[0])
			nc_leaf(vlan, NULL, "segment", d->segment);
		members(vlan, model, sw, d->vlan);
		nc_number(vlan, NULL, "macs", d->macs);
	}
}

static void add_switches(struct nc_state *state, const void *facts)
{
	const struct bd_model *model = state->model;
	struct lyd_node *node = state->tree, *seg;

	while (node && (strcmp(node->schema->name, "switches") != 0 ||
			strcmp(node->schema->module->name, "heddle-switch") != 0))
		node = node->next;
	for (node = node ? lyd_child(node) : NULL; node; node = node->next) {
		const struct bd_switch *sw = bd_switch_find(model, ds_value(node, NULL, "name"));

		for (seg = lyd_child(node); seg; seg = seg->next)
			if (!strcmp(seg->schema->name, "segment"))
				segment_state(
					seg, model,
					bd_segment_find(model, sw, ds_value(seg, NULL, "name")),
					facts);
		switch_state(node, model, sw, facts);
	}
}

NC_STATE_REGISTER(switches_part) = {.module = "heddle-switch",
				    .name = "switches",
				    .facts_size = sizeof(struct nc_domains),
				    .ask = nc_domains_ask,
				    .facts_free = nc_domains_free,
				    .add = add_switches};
