/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds the tree's ports. A port whose objects did not change is shared with the running tree.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <rte_byteorder.h>

#include "dataplane/core/config_int.h"
#include "dataplane/core/options.h"
#include "dataplane/core/port_table.h"

/* Names of ports of which something changed: a tsearch(3) set. */
struct touched {
	void *root;
	struct dp_build *b;
	int rc; /* of the first port that could not be built */
};

static int name_compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int mark_touched(const char *key, enum hd_change change, const void *now, const void *next,
			void *arg)
{
	struct touched *t = arg;
	char *copy;

	(void)now;
	(void)next;
	(void)change;
	if (tfind(key, &t->root, name_compare))
		return 0;
	copy = strdup(key);
	return copy && tsearch(copy, &t->root, name_compare) ? 0 : -ENOMEM;
}

/* Finds ports whose own object changed, or the object of their kind or of a feature. */
static int find_touched(struct dp_build *b, struct touched *t)
{
	const struct dp_port_ops *ops;
	int rc = hd_store_walk_changes(b->store, HD_PORT, mark_touched, t);

	for (unsigned int i = 0; !rc && (ops = dp_port_kind_at(i)) != NULL; i++)
		if (ops->params)
			rc = hd_store_walk_changes(b->store, ops->params, mark_touched, t);
	for (const struct dp_feature *f = dp_feature_first(); !rc && f; f = f->next)
		rc = hd_store_walk_changes(b->store, f->object, mark_touched, t);
	return rc;
}

static const struct dp_port_config *running_port(const struct dp_build *b, const char *name)
{
	const struct dp_port *port = dp_port_by_name(name);

	return port && port->id < b->now->n_ports ? b->now->ports[port->id] : NULL;
}

/*
 * Lists the features that have an object for this port, in their order, with copies of the objects.
 */
static int attach_features(const struct dp_build *b, struct dp_port_config *c)
{
	for (const struct dp_feature *f = dp_feature_first(); f; f = f->next) {
		const void *object = hd_store_next(b->store, f->object, c->name);
		struct dp_feature_list *list = &c->features[f->point];
		void *copy;

		if (!object)
			continue;
		if (list->n == DP_FEATURES_MAX)
			return hd_store_refuse(b->store, ENOSPC, "port %s: more than %d features",
					       c->name, DP_FEATURES_MAX);
		copy = malloc(f->object_size);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, object, f->object_size);
		list->call[list->n++] = (struct dp_feature_call){f->run, copy, f};
		c->is_asked |= f->poll_after != NULL;
	}
	c->n_input = (uint16_t)c->features[DP_POINT_INPUT].n;
	c->n_output = (uint16_t)c->features[DP_POINT_OUTPUT].n;
	return 0;
}

const void *dp_port_feature_object(const struct dp_port_config *port, uint32_t type)
{
	for (int p = 0; p < DP_POINT_COUNT; p++)
		for (uint32_t i = 0; i < port->features[p].n; i++)
			if (port->features[p].call[i].feature->object == type)
				return port->features[p].call[i].conf;
	return NULL;
}

static void config_free(struct dp_port_config *c)
{
	for (int p = 0; c && p < DP_POINT_COUNT; p++)
		for (uint32_t i = 0; i < c->features[p].n; i++)
			free((void *)c->features[p].call[i].conf);
	free(c);
}

static void fill(struct dp_port_config *c, const struct hd_port_object *o)
{
	c->pvid = o->pvid;
	c->tpid = rte_cpu_to_be_16(o->tpid);
	c->mtu = o->mtu;
	c->max_frame = o->mtu + HD_ETH_HLEN + 2 * HD_VLAN_HLEN;
	c->mode = o->mode;
	c->priority_tags = o->priority_tags;
	c->default_tci = (uint16_t)(o->default_pcp << HD_PCP_SHIFT | hd_vlan_id(o->pvid));
	c->flags = o->flags;
	c->vlans = o->vlans;
	c->cvlan_store = o->cvlans;
	c->cvlans = o->flags & HD_PORT_CVLANS ? &c->cvlan_store : NULL;
}

/* A configured address belongs to the port before the port is open, and in a replay. */
static void fill_mac(const struct dp_build *b, struct dp_port *port, const char *kind)
{
	static const uint8_t none[sizeof(port->mac)];
	const struct dp_port_ops *ops = dp_port_kind_by_name(kind);
	const void *params =
		ops && ops->mac ? hd_store_next(b->store, ops->params, port->name) : NULL;

	if (params && memcmp(ops->mac(params), none, sizeof(none)) != 0)
		memcpy(port->mac, ops->mac(params), sizeof(port->mac));
}

/* Takes the running port if its kind and the kind's object are the same, else makes a new one. */
static int choose_port(struct dp_build *b, struct dp_port_config *c, const struct hd_port_object *o,
		       const struct dp_port_config *now)
{
	const struct dp_port_ops *ops = dp_port_kind_by_name(o->kind);
	const void *params = NULL;
	struct hd_err err = {0};

	/* A replay has no ports but captures, and the switch's own ports. */
	if (dp_options()->replay && !(ops && ops->take))
		ops = dp_port_kind_by_name("replay");
	if (!ops)
		return hd_store_refuse(b->store, EINVAL, "port %s: kind %s is unknown", c->name,
				       o->kind);
	if (ops->params)
		params = hd_store_next(b->store, ops->params, c->name);
	if (ops->params && !params)
		return hd_store_refuse(b->store, EINVAL,
				       "port %s: the settings of kind %s are missing", c->name,
				       o->kind);
	if (now && now->port->ops == ops &&
	    (!params || !memcmp(dp_port_params(now->port), params, ops->params_size))) {
		c->port = now->port;
	} else {
		uint16_t queues = ops->queues ? ops->queues(params) : 1;

		c->port = dp_port_new(ops, c->name, params, queues, now ? now->port : NULL, &err);
		if (!c->port)
			return hd_store_refuse(b->store, err.code, "port %s: %s", c->name,
					       err.text);
		fill_mac(b, c->port, o->kind);
		if (now)
			b->result->ports_restarted++;
		else
			b->result->ports_opened++;
	}
	c->name = c->port->name;
	c->id = c->port->id;
	c->take = ops->take;
	return 0;
}

static int new_config(struct dp_build *b, const char *key, const struct hd_port_object *o,
		      const struct dp_port_config *now, struct dp_port_config **out)
{
	struct dp_port_config *c = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*c));
	const struct dp_switch *sw = NULL;
	int rc;

	if (!c)
		return -ENOMEM;
	memset(c, 0, sizeof(*c));
	*out = c;
	c->name = key;
	if (o->mode != HD_VLAN_NONE) {
		sw = dp_config_switch(b->next, o->switch_name);
		if (!sw)
			return hd_store_refuse(b->store, EINVAL, "port %s: there is no switch %s",
					       key, o->switch_name);
		c->switch_index = sw->index;
	}
	fill(c, o);
	rc = attach_features(b, c);
	return rc ? rc : choose_port(b, c, o, now);
}

static void place(struct dp_build *b, const struct dp_port_config *c)
{
	b->next->ports[c->id] = c;
	if (c->id >= b->next->n_ports)
		b->next->n_ports = c->id + 1;
}

static int build_port(struct dp_build *b, const char *key)
{
	const void *object = hd_store_next(b->store, HD_PORT, key);
	const struct dp_port_config *now = running_port(b, key);
	struct dp_port_config *c = NULL;
	int rc;

	if (!object) {
		/* Some names are not of ports. */
		if (now) {
			b->result->ports_closed++;
			b->next->ports[now->id] = NULL;
		}
		return 0;
	}
	rc = new_config(b, key, object, now, &c);
	if (rc) {
		if (c && c->port && (!now || now->port != c->port))
			dp_port_free(c->port);
		config_free(c);
		return rc;
	}
	place(b, c);
	return 0;
}

static void build_touched(const void *node, VISIT visit, void *arg)
{
	struct touched *t = arg;

	if ((visit == postorder || visit == leaf) && !t->rc)
		t->rc = build_port(t->b, *(const char *const *)node);
}

static int find_removed(const char *key, enum hd_change change, const void *now, const void *next,
			void *arg)
{
	(void)key;
	(void)now;
	(void)next;
	(void)arg;
	return change == HD_REMOVED;
}

/* Ports that stay are on switches that stay. One that went and came back keeps its index. */
static int check_switches(struct dp_build *b)
{
	if (!hd_store_walk_changes(b->store, HD_SWITCH, find_removed, NULL))
		return 0;
	for (uint32_t id = 0; id < b->next->n_ports; id++) {
		const struct dp_port_config *c = b->next->ports[id];

		if (c && c->mode != HD_VLAN_NONE && !b->next->switches[c->switch_index])
			return hd_store_refuse(b->store, EINVAL, "port %s: its switch is removed",
					       c->name);
	}
	return 0;
}

static int prepare(struct dp_build *b)
{
	struct touched t = {.b = b};

	b->next->ports = calloc(HD_PORTS_MAX, sizeof(*b->next->ports));
	if (!b->next->ports)
		return -ENOMEM;
	if (b->now->n_ports)
		memcpy(b->next->ports, b->now->ports, b->now->n_ports * sizeof(*b->next->ports));
	b->next->n_ports = b->now->n_ports;
	t.rc = find_touched(b, &t);
	twalk_r(t.root, build_touched, &t);
	tdestroy(t.root, free);
	while (b->next->n_ports && !b->next->ports[b->next->n_ports - 1])
		b->next->n_ports--;
	return t.rc ? t.rc : check_switches(b);
}

/* Stops ports that the new tree does not have, or has made anew. */
static void stop_ports(const struct dp_config *old, const struct dp_config *tree)
{
	for (uint32_t id = 0; id < old->n_ports; id++) {
		const struct dp_port_config *o = old->ports[id];
		const struct dp_port_config *n = id < tree->n_ports ? tree->ports[id] : NULL;

		if (!o || n == o || (n && n->port == o->port))
			continue;
		if (n)
			o->port->keeps_workers_next = RTE_MIN(n->port->queues, o->port->queues);
		dp_port_stop(o->port, n ? n->port : NULL);
	}
}

static void start_ports(const struct dp_config *old, struct dp_config *tree)
{
	for (uint32_t id = 0; id < tree->n_ports; id++) {
		const struct dp_port_config *n = tree->ports[id];
		const struct dp_port_config *o = id < old->n_ports ? old->ports[id] : NULL;

		if (!n || n == o)
			continue;
		if (!o || o->port != n->port)
			dp_port_start(n->port, n->flags & HD_PORT_ENABLED, n->mtu);
		else {
			tree->ports_changed |= (o->flags ^ n->flags) & HD_PORT_ENABLED;
			dp_port_adjust(n->port, n->flags & HD_PORT_ENABLED, n->mtu);
		}
	}
}

static void commit(struct dp_config *tree, const struct dp_config *old,
		   const struct hd_store *store)
{
	(void)store;
	stop_ports(old, tree);
	start_ports(old, tree);
}

/* Ports of a tree that was never in force are freed here; others were stopped before. */
static void free_ports(struct dp_config *tree, const struct dp_config *other, bool discard)
{
	for (uint32_t id = 0; tree->ports && id < tree->n_ports; id++) {
		const struct dp_port_config *c = tree->ports[id];
		const struct dp_port_config *o = id < other->n_ports ? other->ports[id] : NULL;

		if (!c || c == o)
			continue;
		if (discard && (!o || o->port != c->port))
			dp_port_free(c->port);
		config_free((struct dp_port_config *)c);
	}
	free(tree->ports);
}

static struct dp_section section = {
	.name = "ports",
	.after = "switches",
	.prepare = prepare,
	.commit = commit,
	.free = free_ports,
};

RTE_INIT(ports_section_register)
{
	dp_section_register(&section);
}
