/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/model.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

struct bd_vlan_word bd_vlan_word(const struct bd_model *model, const struct bd_switch *sw,
				 const char *word)
{
	struct bd_vlan_word out = {NULL, 0, 0};
	const char *dots = strstr(word, "..");

	if (dots && word[strspn(word, "0123456789.")] == '\0') {
		out.first = strtoul(word, NULL, 10);
		out.last = strtoul(dots + 2, NULL, 10);
	} else if (word[strspn(word, "0123456789")] == '\0') {
		out.first = out.last = strtoul(word, NULL, 10);
	} else {
		out.segment = bd_segment_find(model, sw, word);
	}
	return out;
}

bool bd_port_in_vlan(const struct bd_port *port, uint16_t vlan)
{
	return port->pvid == vlan ||
	       (port->mode == HD_VLAN_TRUNK && hd_vlan_set_has(&port->vlans, vlan));
}

static void add_vlans(uint64_t set[HD_VLAN_NUMBERS / 64], const struct bd_port *port)
{
	for (size_t w = 0; port->mode == HD_VLAN_TRUNK && w < HD_VLAN_COUNT / 64; w++)
		set[w] |= port->vlans.w[w];
	if (port->pvid)
		set[port->pvid / 64] |= 1ull << port->pvid % 64;
}

unsigned int bd_vlans_in_use(const struct bd_model *model)
{
	uint64_t(*sets)[HD_VLAN_NUMBERS / 64] = ds_alloc((model->n_switches + 1) * sizeof(*sets));
	unsigned int n = 0;

	for (size_t i = 0; i < model->n_ports; i++)
		if (model->ports[i].sw)
			add_vlans(sets[model->ports[i].sw - model->switches], &model->ports[i]);
	for (size_t i = 0; i < model->n_switches; i++)
		for (size_t w = 0; w < HD_VLAN_NUMBERS / 64; w++)
			n += __builtin_popcountll(sets[i][w]);
	free(sets);
	return n;
}

static void add_word(struct hd_vlan_set *set, const struct bd_vlan_word *word)
{
	if (word->segment) {
		hd_vlan_set_add(set, word->segment->vlan);
		return;
	}
	for (unsigned int vlan = word->first; vlan && vlan <= word->last && vlan <= HD_VLAN_MAX;
	     vlan++)
		hd_vlan_set_add(set, vlan);
}

static void add_words(const struct bd_model *m, const struct bd_port *port, const char *name,
		      struct hd_vlan_set *set)
{
	const struct lyd_node *node;

	ds_foreach(node, port->port, name)
	{
		struct bd_vlan_word word = bd_vlan_word(m, port->sw, lyd_get_value(node));

		add_word(set, &word);
	}
}

static uint16_t one_word(const struct bd_model *m, const struct bd_port *port, const char *name)
{
	const char *value = ds_value(port->port, NULL, name);
	struct bd_vlan_word word;

	if (!value)
		return 0;
	word = bd_vlan_word(m, port->sw, value);
	return word.segment ? word.segment->vlan : word.first;
}

void bd_port_resolve(const struct bd_model *m, struct bd_port *port)
{
	if (!port->sw)
		return;
	if (port->role == BD_ROLE_UPLINK) {
		port->mode = HD_VLAN_TRUNK;
	} else if (port->role == BD_ROLE_HOST) {
		port->mode = HD_VLAN_ACCESS;
		port->pvid = port->host_of->vlan;
	} else if (port->role == BD_ROLE_GATEWAY) {
		port->segment =
			bd_segment_find(m, port->sw, ds_value(port->params, NULL, "segment"));
		port->mode = port->segment ? HD_VLAN_ACCESS : HD_VLAN_NONE;
		port->pvid = port->segment ? port->segment->vlan : 0;
	} else if (ds_child(port->port, NULL, "access")) {
		port->mode = HD_VLAN_ACCESS;
		port->pvid = one_word(m, port, "access");
	} else if (ds_child(port->port, NULL, "tunnel")) {
		port->mode = HD_VLAN_TUNNEL;
		port->pvid = one_word(m, port, "tunnel");
		add_words(m, port, "tunnel-cvlans", &port->cvlans);
	} else if (ds_child(port->port, NULL, "trunk")) {
		port->mode = HD_VLAN_TRUNK;
		port->pvid = one_word(m, port, "native");
		add_words(m, port, "trunk", &port->vlans);
	}
}

void bd_model_resolve(struct bd_model *model)
{
	const struct lyd_node *node;

	for (size_t i = 0; i < model->n_ports; i++)
		bd_port_resolve(model, &model->ports[i]);
	for (size_t i = 0; i < model->n_segments; i++) {
		const struct bd_segment *seg = &model->segments[i];

		ds_foreach(node, seg->bridged, "uplink")
		{
			struct bd_port *port = bd_port_find(model, lyd_get_value(node));

			if (!port || port->role != BD_ROLE_UPLINK || port->sw != seg->sw)
				continue;
			if (!seg->internal) {
				hd_vlan_set_add(&port->vlans, seg->vlan);
			} else {
				port->pvid = seg->vlan;
				port->natives++;
			}
		}
	}
}
