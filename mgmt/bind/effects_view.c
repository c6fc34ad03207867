/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who is in which VLAN, before or after a change.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/effects_int.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

struct bd_place ef_first(const struct bd_objects *objects, enum hd_plane plane, enum bd_rank rank,
			 uint32_t type)
{
	struct hd_object body = {.key = ""};
	struct bd_object probe = {.plane = plane, .rank = rank, .type = type, .body = &body};

	return bd_set_from(&objects->set, &probe);
}

const void *ef_next(struct bd_place *place, uint32_t type)
{
	const struct bd_object *o = bd_set_next(place);

	return o && o->type == type ? o->body : NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct ef_switch *)a)->name, ((const struct ef_switch *)b)->name);
}

const struct ef_switch *ef_switch_find(const struct ef_view *view, const char *name)
{
	struct ef_switch key = {.name = name};

	return view->n_sw ? bsearch(&key, view->sw, view->n_sw, sizeof(key), by_name) : NULL;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct ef_segment *)a)->key, ((const struct ef_segment *)b)->key);
}

const struct ef_segment *ef_segment_find(const struct ef_view *view, const char *key)
{
	struct ef_segment probe = {.key = key};

	return view->n_seg ? bsearch(&probe, view->seg, view->n_seg, sizeof(probe), by_key) : NULL;
}

const struct ef_segment *ef_segment_of(const struct ef_view *view, const char *sw, uint16_t vlan)
{
	for (size_t i = 0; i < view->n_seg; i++)
		if (view->seg[i].vlan == vlan && !strcmp(view->seg[i].sw, sw))
			return &view->seg[i];
	return NULL;
}

void ef_vlan_text(const struct ef_view *view, const char *sw, uint16_t vlan, char *text,
		  size_t size)
{
	const struct ef_segment *seg = ef_segment_of(view, sw, vlan);

	if (!seg)
		snprintf(text, size, "VLAN %u", vlan);
	else if (seg->internal)
		snprintf(text, size, "segment %s", seg->name);
	else
		snprintf(text, size, "segment %s (VLAN %u)", seg->name, vlan);
}

void ef_vlans(const struct hd_port_object *port, struct ef_set *set)
{
	memset(set, 0, sizeof(*set));
	if (!port || port->mode == HD_VLAN_NONE)
		return;
	if (port->mode == HD_VLAN_TRUNK)
		memcpy(set->w, port->vlans.w, sizeof(port->vlans.w));
	if (port->pvid)
		ef_put(set, port->pvid);
}

unsigned int ef_count(const struct ef_set *set)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < HD_VLAN_NUMBERS / 64; i++)
		n += __builtin_popcountll(set->w[i]);
	return n;
}

static void add_segments(struct ef_view *view)
{
	struct bd_place place =
		ef_first(&view->objects, HD_PLANE_DATA, BD_RANK_SEGMENT, HD_SEGMENT);
	const struct hd_segment_object *o;

	while ((o = ef_next(&place, HD_SEGMENT))) {
		view->seg = ds_realloc(view->seg, view->n_seg + 1, sizeof(*view->seg));
		view->seg[view->n_seg++] = (struct ef_segment){
			.key = o->head.key,
			.sw = o->switch_name,
			.name = o->head.key + strlen(o->switch_name) + 1,
			.vlan = o->vlan,
		};
	}
}

/* What the planes are not told of segments. */
static void read_tree(struct ef_view *view, const struct lyd_node *tree)
{
	const struct lyd_node *sw, *seg;

	while (tree && (!tree->schema || strcmp(tree->schema->name, "switches") != 0))
		tree = tree->next;
	ds_foreach(sw, tree, "switch")
	{
		ds_foreach(seg, sw, "segment")
		{
			char *key = ds_printf("%s/%s", ds_value(sw, NULL, "name"),
					      ds_value(seg, NULL, "name"));
			struct ef_segment *s = (struct ef_segment *)ef_segment_find(view, key);

			if (s) {
				s->internal = !ds_child(seg, NULL, "vlan");
				s->bridged = ds_child(seg, NULL, "bridged") != NULL;
			}
			free(key);
		}
	}
}

static int by_port(const void *a, const void *b)
{
	const struct ef_idle *x = a, *y = b;
	int order = strcmp(x->port, y->port);

	return order ? order : strcmp(x->seg->key, y->seg->key);
}

bool ef_is_idle(const struct ef_view *view, const struct ef_idle *idle)
{
	return view->n_idle &&
	       bsearch(idle, view->idle, view->n_idle, sizeof(*idle), by_port) != NULL;
}

static void add_idle(struct ef_view *view, const struct lyd_node *interface)
{
	const struct lyd_node *port = ds_child(interface, "heddle-port", "port"), *word;
	const char *sw = ds_value(port, NULL, "switch"), *native = ds_value(port, NULL, "native");

	if (!sw)
		return;
	ds_foreach(word, port, "trunk")
	{
		char *key = ds_printf("%s/%s", sw, lyd_get_value(word));
		const struct ef_segment *seg = ef_segment_find(view, key);

		free(key);
		if (!seg || !seg->internal || (native && !strcmp(native, seg->name)))
			continue;
		view->idle = ds_realloc(view->idle, view->n_idle + 1, sizeof(*view->idle));
		view->idle[view->n_idle++] = (struct ef_idle){
			.port = ds_strdup(ds_value(interface, NULL, "name")), .seg = seg};
	}
}

/* Nothing of this is in the objects. */
static void read_trunks(struct ef_view *view, const struct lyd_node *tree)
{
	const struct lyd_node *interface;

	while (tree && (!tree->schema || strcmp(tree->schema->name, "interfaces") != 0))
		tree = tree->next;
	ds_foreach(interface, tree, "interface")
	{
		add_idle(view, interface);
	}
	if (view->n_idle)
		qsort(view->idle, view->n_idle, sizeof(*view->idle), by_port);
}

static void add_to(struct ef_set *one, struct ef_set *two, const struct ef_set *set)
{
	for (unsigned int i = 0; i < HD_VLAN_NUMBERS / 64; i++) {
		if (two)
			two->w[i] |= one->w[i] & set->w[i];
		one->w[i] |= set->w[i];
	}
}

static struct ef_switch *switch_of(const struct ef_view *view, const struct hd_port_object *port)
{
	if (port->mode == HD_VLAN_NONE)
		return NULL;
	return (struct ef_switch *)ef_switch_find(view, port->switch_name);
}

/* A first pass: sets, and whether MTUs differ at all. */
static void add_ports(struct ef_view *view)
{
	struct bd_place place = ef_first(&view->objects, HD_PLANE_DATA, BD_RANK_PORT, HD_PORT);
	uint16_t *mtu = ds_alloc((view->n_sw + 1) * sizeof(*mtu));
	const struct hd_port_object *o;
	struct ef_set set;

	while ((o = ef_next(&place, HD_PORT))) {
		struct ef_switch *sw = switch_of(view, o);

		if (!sw)
			continue;
		ef_vlans(o, &set);
		add_to(&sw->any, NULL, &set);
		if (o->flags & HD_PORT_UPLINK && !(o->flags & HD_PORT_ENABLED))
			add_to(&sw->off, NULL, &set);
		else if (o->flags & HD_PORT_UPLINK)
			add_to(&sw->up, &sw->up2, &set);
		else if (o->flags & HD_PORT_HOST)
			add_to(&sw->host, NULL, &set);
		else if (o->flags & HD_PORT_GATEWAY)
			add_to(&sw->gateway, NULL, &set);
		else
			add_to(&sw->rest, &sw->rest2, &set);
		sw->has_uplink |= o->flags & HD_PORT_UPLINK;
		sw->mixed |= mtu[sw - view->sw] && mtu[sw - view->sw] != o->mtu;
		mtu[sw - view->sw] = o->mtu;
	}
	free(mtu);
}

static void note_mtu(const struct ef_switch *sw, const struct hd_port_object *o)
{
	struct ef_set set;

	ef_vlans(o, &set);
	for (unsigned int v = 1; v < HD_VLAN_NUMBERS; v++) {
		if (!ef_has(&set, v))
			continue;
		if (o->flags & HD_PORT_UPLINK) {
			if (!sw->up_min[v] || o->mtu < sw->up_min[v])
				sw->up_min[v] = o->mtu;
			continue;
		}
		if (!sw->rest_min[v] || o->mtu < sw->rest_min[v])
			sw->rest_min[v] = o->mtu;
		if (o->mtu > sw->rest_max[v])
			sw->rest_max[v] = o->mtu;
	}
}

static void add_mtus(struct ef_view *view)
{
	struct bd_place place = ef_first(&view->objects, HD_PLANE_DATA, BD_RANK_PORT, HD_PORT);
	const struct hd_port_object *o;
	bool any = false;

	for (size_t i = 0; i < view->n_sw; i++) {
		if (!view->sw[i].mixed)
			continue;
		any = true;
		view->sw[i].up_min = ds_alloc(3 * HD_VLAN_NUMBERS * sizeof(uint16_t));
		view->sw[i].rest_min = view->sw[i].up_min + HD_VLAN_NUMBERS;
		view->sw[i].rest_max = view->sw[i].rest_min + HD_VLAN_NUMBERS;
	}
	while (any && (o = ef_next(&place, HD_PORT))) {
		const struct ef_switch *sw = switch_of(view, o);

		if (sw && sw->mixed)
			note_mtu(sw, o);
	}
}

void ef_view_init(struct ef_view *view, const struct bd_objects *objects,
		  const struct lyd_node *tree)
{
	const struct hd_switch_object *o;
	struct bd_place place;

	memset(view, 0, sizeof(*view));
	if (objects)
		bd_objects_copy(&view->objects, objects);
	place = ef_first(&view->objects, HD_PLANE_DATA, BD_RANK_SWITCH, HD_SWITCH);
	while ((o = ef_next(&place, HD_SWITCH))) {
		view->sw = ds_realloc(view->sw, view->n_sw + 1, sizeof(*view->sw));
		memset(&view->sw[view->n_sw], 0, sizeof(*view->sw));
		view->sw[view->n_sw++].name = o->head.key;
	}
	add_segments(view);
	read_tree(view, tree);
	read_trunks(view, tree);
	add_ports(view);
	add_mtus(view);
}

void ef_view_free(struct ef_view *view)
{
	for (size_t i = 0; i < view->n_sw; i++)
		free(view->sw[i].up_min);
	for (size_t i = 0; i < view->n_idle; i++)
		free(view->idle[i].port);
	free(view->idle);
	free(view->sw);
	free(view->seg);
	bd_objects_free(&view->objects);
}
