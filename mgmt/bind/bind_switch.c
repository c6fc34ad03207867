/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-switch: switches, segments, static forwarding entries. Host interfaces have a file of
 * their own (bind_hostif.c), uplinks are ports (bind_port.c).
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/bind.h"
#include "mgmt/bind/hostif.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

static void check_vlans(const struct bd_model *m, const struct bd_switch *sw,
			struct ds_errors *errs)
{
	const struct bd_segment *owner[HD_VLAN_COUNT] = {NULL};

	for (size_t i = 0; i < m->n_segments; i++) {
		const struct bd_segment *seg = &m->segments[i];

		if (seg->sw != sw)
			continue;
		if (!seg->vlan)
			bd_error(errs, seg->node, DS_OPERATION_FAILED, "too-many-untagged",
				 "switch %s has more than %d segments without a vlan: give %s one",
				 sw->name, HD_VLAN_COUNT, seg->name);
		if (seg->internal)
			continue;
		if (owner[seg->vlan])
			bd_error_segment(
				bd_error(errs, ds_child(seg->node, NULL, "vlan"), DS_INVALID_VALUE,
					 "vlan-twice",
					 "VLAN %u is segment %s already: give each segment of "
					 "switch %s a VLAN of its own",
					 seg->vlan, owner[seg->vlan]->name, sw->name),
				sw->name, owner[seg->vlan]->name,
				"the VLAN is another segment's already");
		owner[seg->vlan] = seg;
	}
}

/* Two segments of one switch with one VLAN would be one segment with two names. */
static void rule_vlan_twice(const struct bd_model *m, struct ds_errors *errs)
{
	for (size_t i = 0; i < m->n_switches; i++)
		check_vlans(m, &m->switches[i], errs);
}

static void check_uplink(const struct bd_model *m, const struct bd_segment *seg,
			 const struct lyd_node *node, struct ds_errors *errs)
{
	const char *name = lyd_get_value(node);
	const struct bd_port *port = bd_port_find(m, name);

	if (!port) {
		bd_no_port(m, node, errs);
	} else if (port->role == BD_ROLE_HOST) {
		bd_error(errs, node, DS_INVALID_VALUE, "bad-uplink",
			 "%s is a host interface and cannot be an uplink: name a port", name);
	} else if (port->role == BD_ROLE_GATEWAY) {
		bd_error(errs, node, DS_INVALID_VALUE, "bad-uplink",
			 "%s is a gateway and cannot be an uplink: name a port", name);
	} else if (port->sw != seg->sw) {
		bd_error(errs, node, DS_INVALID_VALUE, "bad-uplink",
			 "port %s is not on switch %s: set its heddle-port:port/switch to %s", name,
			 seg->sw->name, seg->sw->name);
	} else if (seg->internal && port->natives > 1) {
		bd_error(errs, node, DS_INVALID_VALUE, "native-twice",
			 "uplink %s has %u segments without a vlan, and carries one without tags: "
			 "give the others a vlan",
			 name, port->natives);
	}
}

static void rule_uplinks(const struct bd_model *m, struct ds_errors *errs)
{
	const struct lyd_node *node;

	for (size_t i = 0; i < m->n_segments; i++)
		ds_foreach(node, m->segments[i].bridged, "uplink")
			check_uplink(m, &m->segments[i], node, errs);
}

/* The VLAN that a static entry is in; 0 with an error when there is none. */
static uint16_t static_vlan(const struct bd_model *m, const struct bd_switch *sw,
			    const struct lyd_node *entry, struct ds_errors *errs)
{
	const char *name = ds_value(entry, NULL, "segment-or-vlan");
	struct bd_vlan_word word = bd_vlan_word(m, sw, name);

	if (word.segment)
		return word.segment->vlan;
	if (word.first)
		return word.first;
	bd_no_segment(m, sw, entry, name, BD_SEGMENT_ADVICE, errs);
	return 0;
}

static void check_static(const struct bd_model *m, const struct bd_switch *sw,
			 const struct lyd_node *entry, struct ds_errors *errs)
{
	const struct lyd_node *leaf = ds_child(entry, NULL, "port");
	const char *name = lyd_get_value(leaf), *text = ds_value(entry, NULL, "mac");
	const struct bd_port *port = bd_port_find(m, name);
	uint16_t vlan = static_vlan(m, sw, entry, errs);
	struct hd_mac mac;

	if (hd_mac_parse(text, &mac) < 0 || hd_mac_is_group(&mac) || hd_mac_is_zero(&mac))
		bd_error(errs, ds_child(entry, NULL, "mac"), DS_INVALID_VALUE, "bad-mac",
			 "%s is not the address of one station: the second digit of a unicast "
			 "address is even",
			 text);
	if (!port) {
		bd_no_port(m, leaf, errs);
	} else if (port->role == BD_ROLE_GATEWAY) {
		bd_error(errs, leaf, DS_INVALID_VALUE, "bad-static-mac",
			 "%s is a gateway, and no other address is behind it: name a port", name);
	} else if (port->sw && port->sw != sw) {
		bd_error(errs, leaf, DS_INVALID_VALUE, "bad-static-mac",
			 "port %s is not on switch %s: name one that is", name, sw->name);
	} else if (vlan && ds_errors_none(errs) && !bd_port_in_vlan(port, vlan)) {
		/* Only when its VLANs could all be resolved: else this follows from that. */
		bd_error(errs, leaf, DS_INVALID_VALUE, "bad-static-mac",
			 "port %s is not in %s: name a port that is, or put it there", name,
			 ds_value(entry, NULL, "segment-or-vlan"));
	}
}

static void rule_static_macs(const struct bd_model *m, struct ds_errors *errs)
{
	const struct lyd_node *entry;

	for (size_t i = 0; i < m->n_switches; i++)
		ds_foreach(entry, m->switches[i].node, "static-mac")
			check_static(m, &m->switches[i], entry, errs);
}

static uint16_t entry_vlan(const struct bd_model *m, const struct bd_switch *sw,
			   const struct lyd_node *entry)
{
	struct bd_vlan_word word = bd_vlan_word(m, sw, ds_value(entry, NULL, "segment-or-vlan"));

	return word.segment ? word.segment->vlan : word.first;
}

/* A segment and its VLAN id are two keys of the same entry. */
struct static_mac {
	const struct lyd_node *entry;
	const char *mac;
	size_t at; /* in the switch */
	uint16_t vlan;
};

static int static_compare(const void *a, const void *b)
{
	const struct static_mac *x = a, *y = b;
	int order = strcmp(x->mac, y->mac);

	if (order)
		return order;
	if (x->vlan != y->vlan)
		return x->vlan < y->vlan ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

static void rule_static_twice(const struct bd_model *m, struct ds_errors *errs)
{
	for (size_t i = 0; i < m->n_switches; i++) {
		const struct bd_switch *sw = &m->switches[i];
		struct static_mac *list = NULL;
		const struct lyd_node *entry;
		size_t n = 0;

		ds_foreach(entry, sw->node, "static-mac")
		{
			list = n & (n - 1) ? list : ds_realloc(list, n ? 2 * n : 1, sizeof(*list));
			list[n] = (struct static_mac){entry, ds_value(entry, NULL, "mac"), n,
						      entry_vlan(m, sw, entry)};
			n++;
		}
		if (n)
			qsort(list, n, sizeof(*list), static_compare);
		for (size_t k = 1; k < n; k++)
			if (list[k].vlan == list[k - 1].vlan &&
			    !strcmp(list[k].mac, list[k - 1].mac))
				bd_error(errs, list[k].entry, DS_INVALID_VALUE, "static-mac-twice",
					 "this address is there twice: remove one of them");
		free(list);
	}
}

static void translate(const struct bd_model *m, struct bd_list *out)
{
	for (size_t i = 0; i < m->n_switches; i++) {
		const struct bd_switch *sw = &m->switches[i];
		struct hd_switch_object *o =
			bd_add(out, HD_PLANE_DATA, BD_RANK_SWITCH, SWITCH, "%s", sw->name);
		const struct lyd_node *entry;

		o->ageing_s = ds_number(sw->node, NULL, "mac-ageing-time", HD_AGEING_DEFAULT);
		o->mac_limit = ds_number(sw->node, NULL, "mac-limit", 0);
		ds_foreach(entry, sw->node, "static-mac")
		{
			struct hd_static_mac_object *mac;
			char text[HD_MAC_STR_MAX];
			struct hd_mac addr;

			hd_mac_parse(ds_value(entry, NULL, "mac"), &addr);
			mac = bd_add(out, HD_PLANE_DATA, BD_RANK_ENTRY, STATIC_MAC, "%s/%u/%s",
				     sw->name, entry_vlan(m, sw, entry), hd_mac_str(&addr, text));
			hd_str_copy(mac->switch_name, sizeof(mac->switch_name), sw->name);
			hd_str_copy(mac->port, sizeof(mac->port), ds_value(entry, NULL, "port"));
			mac->vlan = entry_vlan(m, sw, entry);
			memcpy(mac->mac, addr.b, sizeof(mac->mac));
		}
	}
	for (size_t i = 0; i < m->n_segments; i++) {
		const struct bd_segment *seg = &m->segments[i];
		struct hd_segment_object *o = bd_add(out, HD_PLANE_DATA, BD_RANK_SEGMENT, SEGMENT,
						     "%s/%s", seg->sw->name, seg->name);

		hd_str_copy(o->switch_name, sizeof(o->switch_name), seg->sw->name);
		o->mac_limit = ds_number(seg->node, NULL, "mac-limit", 0);
		o->vlan = seg->vlan;
	}
	bd_translate_hostifs(m, out);
}

static void names(const struct bd_model *m, struct bd_names *out)
{
	const struct lyd_node *node;

	for (size_t i = 0; i < m->n_segments; i++)
		ds_foreach(node, m->segments[i].bridged, "uplink")
			bd_names_add(out, lyd_get_value(node));
	for (size_t i = 0; i < m->n_switches; i++)
		ds_foreach(node, m->switches[i].node, "static-mac")
			bd_names_add(out, ds_value(node, NULL, "port"));
	for (size_t i = 0; i < m->n_ports; i++)
		if (m->ports[i].role == BD_ROLE_HOST)
			bd_names_add(out, m->ports[i].name);
}

/* Not a max-elements of the list: with that the whole of it is a unit of edits (mgmt/store/unit.c). */
static void rule_room(const struct bd_model *m, struct ds_errors *errs)
{
	const struct lyd_node *entry;
	unsigned int statics = 0;

	if (m->n_switches > HD_SWITCHES_MAX)
		bd_error(errs, m->switches[HD_SWITCHES_MAX].node, DS_OPERATION_FAILED,
			 "too-many-switches",
			 "there are %zu switches, and at most %d can be: remove some",
			 m->n_switches, HD_SWITCHES_MAX);
	for (size_t i = 0; i < m->n_switches; i++) {
		ds_foreach(entry, m->switches[i].node, "static-mac")
		{
			if (++statics <= HD_STATIC_MACS_MAX)
				continue;
			bd_error(errs, entry, DS_OPERATION_FAILED, "too-many-static-addresses",
				 "there are more than %d static addresses: remove some",
				 HD_STATIC_MACS_MAX);
			return;
		}
	}
}

/* Names first: what is found by a name that is there twice follows from that. */
static const bd_rule_fn rules[] = {
	bd_rule_hostif_names, bd_rule_hostif_addresses, rule_vlan_twice, rule_uplinks,
	rule_static_macs,     rule_static_twice,        rule_room,       NULL};

static struct bd_row row = {
	.module = "heddle-switch",
	.revision = "2026-11-20",
	.rules = rules,
	.translate = translate,
	.names = names,
};
BD_REGISTER(row);
