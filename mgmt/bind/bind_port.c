/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-port: what ports of all kinds share.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/bind.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/similar.h"
#include "mgmt/datastore/tree.h"

static void rule_names(const struct bd_model *m, const struct bd_port *port, struct ds_errors *errs)
{
	if (!port->node)
		return;
	if (strlen(port->name) >= HD_NAME_MAX)
		bd_error(errs, port->node, DS_INVALID_VALUE, "bad-name",
			 "the name of a port has at most %d characters", HD_NAME_MAX - 1);
	else if (!hd_name_valid(port->name, HD_NAME_MAX))
		bd_error(errs, port->node, DS_INVALID_VALUE, "bad-name",
			 "\"%s\": the name of a port is made of letters, digits, '.', '_' "
			 "and '-', and starts with a letter or a digit",
			 port->name);
	/* A kind has a container of its name; the abstract ones do not. */
	if (!port->params)
		bd_error(errs, ds_child(port->node, NULL, "type"), DS_INVALID_VALUE, "bad-type",
			 "%s is no kind of port itself: use one like heddle-tap:tap", port->kind);
}

static void rule_switch(const struct bd_model *m, const struct bd_port *port,
			struct ds_errors *errs)
{
	const struct lyd_node *of = port->role == BD_ROLE_GATEWAY ? port->params : port->port;
	const struct lyd_node *leaf = port->sw ? NULL : ds_child(of, NULL, "switch");
	struct ds_similar similar;
	struct ds_error *err;
	char hint[160], *path;

	if (!leaf)
		return;
	ds_similar_init(&similar, lyd_get_value(leaf));
	for (size_t k = 0; k < m->n_switches; k++)
		ds_similar_offer(&similar, m->switches[k].name);
	err = bd_error(errs, leaf, DS_DATA_MISSING, "instance-required",
		       "there is no switch \"%s\"%s", lyd_get_value(leaf),
		       ds_similar_hint(&similar, hint, sizeof(hint)));
	if (!ds_similar_best(&similar))
		return;
	path = ds_printf("/heddle-switch:switches/switch[name='%s']", ds_similar_best(&similar));
	ds_error_about(err, path, "there is no switch \"%s\"", lyd_get_value(leaf));
	free(path);
}

static void check_word(const struct bd_model *m, const struct bd_port *port,
		       const struct lyd_node *node, struct ds_errors *errs)
{
	struct bd_vlan_word word = bd_vlan_word(m, port->sw, lyd_get_value(node));

	if (word.segment || (word.first && word.first <= word.last))
		return;
	if (word.first) {
		bd_error(errs, node, DS_INVALID_VALUE, "bad-vlan",
			 "the range %s is the wrong way round: write %u..%u", lyd_get_value(node),
			 word.last, word.first);
		return;
	}
	bd_no_segment(m, port->sw, node, lyd_get_value(node), BD_SEGMENT_ADVICE, errs);
}

/* Segments that are used but not defined, and ranges from high to low. */
static void rule_vlans(const struct bd_model *m, const struct bd_port *port, struct ds_errors *errs)
{
	static const char *const leaves[] = {"access", "trunk", "native", "tunnel",
					     "tunnel-cvlans"};
	const struct lyd_node *node;

	for (size_t k = 0; port->sw && k < sizeof(leaves) / sizeof(leaves[0]); k++)
		ds_foreach(node, port->port, leaves[k]) check_word(m, port, node, errs);
}

/* There is no tag for a segment that has no id. */
static void rule_untagged(const struct bd_model *m, const struct bd_port *port,
			  struct ds_errors *errs)
{
	const struct lyd_node *tagged = ds_child(port->port, NULL, "native-tagged");

	if (port->mode == HD_VLAN_TRUNK && port->pvid && !hd_vlan_id(port->pvid) &&
	    ds_true(port->port, NULL, "native-tagged", false))
		bd_error(errs, tagged, DS_INVALID_VALUE, "segment-untagged",
			 "the native segment has no vlan, so there is no tag for it: give it a "
			 "vlan, or remove native-tagged");
}

/* The tags of a tunnel's frames are its customer's. */
static void rule_tunnel_tags(const struct bd_model *m, const struct bd_port *port,
			     struct ds_errors *errs)
{
	const struct lyd_node *leaf = ds_child(port->port, NULL, "priority-tags");

	if (port->mode == HD_VLAN_TUNNEL && leaf && strcmp(lyd_get_value(leaf), "never") != 0)
		bd_error(errs, leaf, DS_INVALID_VALUE, "priority-tags-on-tunnel",
			 "frames leave a tunnel with the tags that they brought: remove "
			 "priority-tags");
}

/*
 * As a must in the schema this would cost the length of the tree for each port: libyang sorts what
 * a path to a leaf-list finds by its place in the document.
 */
static void rule_native(const struct bd_model *m, const struct bd_port *port,
			struct ds_errors *errs)
{
	const struct lyd_node *native = ds_next(lyd_child(port->port), "native");

	if (native && port->role != BD_ROLE_UPLINK && !ds_next(lyd_child(port->port), "trunk") &&
	    !ds_next(lyd_child(port->port), "access"))
		bd_error(errs, native, DS_OPERATION_FAILED, "native-without-trunk",
			 "native is the untagged VLAN of a trunk: set trunk, or access for a port "
			 "without tags");
}

/* A segment's uplink list is the only record of what an uplink carries. */
static void rule_uplink_leaves(const struct bd_model *m, const struct bd_port *port,
			       struct ds_errors *errs)
{
	static const char *const leaves[] = {"access", "trunk", "native", "tunnel"};

	for (size_t k = 0; port->role == BD_ROLE_UPLINK && k < 4; k++) {
		const struct lyd_node *leaf = ds_next(lyd_child(port->port), leaves[k]);

		if (leaf)
			bd_error(errs, leaf, DS_BAD_ELEMENT, "vlan-on-uplink",
				 "port %s is an uplink, whose VLANs are those of the segments "
				 "that list it: remove %s",
				 port->name, leaves[k]);
	}
}

static void rule_in_a_vlan(const struct bd_model *m, const struct bd_port *port,
			   struct ds_errors *errs)
{
	if (port->sw && port->mode == HD_VLAN_NONE && port->role != BD_ROLE_GATEWAY)
		bd_error(errs, port->port, DS_DATA_MISSING, "vlan-missing",
			 "port %s is on switch %s but in no VLAN: set access, trunk or "
			 "tunnel, or list it as an uplink of a bridged segment",
			 port->name, port->sw->name);
}

static uint32_t flags_of(const struct bd_port *port)
{
	uint32_t flags = 0;

	if (!port->node || ds_true(port->node, NULL, "enabled", true))
		flags |= HD_PORT_ENABLED;
	if (ds_true(port->port, NULL, "accept-pvid-tag", false))
		flags |= HD_PORT_ACCEPT_PVID_TAG;
	if (ds_true(port->port, NULL, "native-tagged", false))
		flags |= HD_PORT_NATIVE_TAGGED;
	if (ds_next(lyd_child(port->port), "tunnel-cvlans"))
		flags |= HD_PORT_CVLANS;
	if (port->role == BD_ROLE_VM)
		flags |= HD_PORT_VM;
	if (port->role == BD_ROLE_UPLINK)
		flags |= HD_PORT_UPLINK;
	if (port->role == BD_ROLE_HOST)
		flags |= HD_PORT_HOST;
	if (port->role == BD_ROLE_GATEWAY)
		flags |= HD_PORT_GATEWAY;
	return flags;
}

static void translate_port(const struct bd_model *m, const struct bd_port *port,
			   struct bd_list *out)
{
	struct hd_port_object *o = bd_add(out, HD_PLANE_DATA, BD_RANK_PORT, PORT, "%s", port->name);
	const char *tags = ds_value(port->port, NULL, "priority-tags");
	const char *protocol = ds_value(port->port, NULL, "tag-protocol");

	hd_str_copy(o->kind, sizeof(o->kind), port->kind);
	o->mode = port->mode;
	if (port->mode != HD_VLAN_NONE)
		hd_str_copy(o->switch_name, sizeof(o->switch_name), port->sw->name);
	o->vlans = port->vlans;
	o->cvlans = port->cvlans;
	o->pvid = port->pvid;
	o->tpid = protocol && !strcmp(protocol, "802.1ad") ? HD_TPID_S : HD_TPID_C;
	o->mtu = ds_number(port->port, NULL, "mtu", HD_PORT_MTU_DEFAULT);
	o->default_pcp = ds_number(port->port, NULL, "default-priority", 0);
	o->priority_tags = tags && !strcmp(tags, "nonzero")  ? HD_PRIORITY_TAGS_NONZERO
			   : tags && !strcmp(tags, "always") ? HD_PRIORITY_TAGS_ALWAYS
							     : HD_PRIORITY_TAGS_NEVER;
	o->flags = flags_of(port);
}

/* What the tables of heddle-dp have room for. Commits of ports alone see to it as well: update.c. */
static void rule_room(const struct bd_model *m, struct ds_errors *errs)
{
	unsigned int vlans = bd_vlans_in_use(m);

	if (m->n_ports > HD_PORTS_MAX)
		bd_error(errs, m->ports[HD_PORTS_MAX].node, DS_OPERATION_FAILED, "too-many-ports",
			 "there are %zu ports, host interfaces among them, and at most %d can be: "
			 "remove some",
			 m->n_ports, HD_PORTS_MAX);
	if (vlans > HD_VLANS_MAX)
		bd_error(errs, m->switches[0].node, DS_OPERATION_FAILED, "too-many-vlans",
			 "the ports of all switches are in %u VLANs, and at most %u can be in use: "
			 "make the ranges of trunks smaller",
			 vlans, HD_VLANS_MAX);
}

static const bd_rule_fn rules[] = {rule_room, NULL};

static const bd_port_rule_fn port_rules[] = {rule_names,         rule_switch,    rule_vlans,
					     rule_native,        rule_untagged,  rule_tunnel_tags,
					     rule_uplink_leaves, rule_in_a_vlan, NULL};

static struct bd_row row = {
	.module = "heddle-port",
	.revision = "2026-11-20",
	.port_rules = port_rules,
	.rules = rules,
	.translate_port = translate_port,
};
BD_REGISTER(row);
