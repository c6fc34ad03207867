/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/model.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

#define PORT_MODULE    "heddle-port"
#define GATEWAY_MODULE "heddle-gateway"

const char *bd_role_name(enum bd_role role)
{
	static const char *const names[] = {"device", "vm", "uplink", "host", "gateway"};

	return names[role];
}

static int by_switch(const void *a, const void *b)
{
	return strcmp(((const struct bd_switch *)a)->name, ((const struct bd_switch *)b)->name);
}

static int by_segment(const void *va, const void *vb)
{
	const struct bd_segment *a = va, *b = vb;
	int order = strcmp(a->sw->name, b->sw->name);

	return order ? order : strcmp(a->name, b->name);
}

static int by_port(const void *a, const void *b)
{
	return strcmp(((const struct bd_port *)a)->name, ((const struct bd_port *)b)->name);
}

static const struct lyd_node *top(const struct lyd_node *tree, const char *module, const char *name)
{
	for (; tree; tree = tree->next)
		if (tree->schema && !strcmp(tree->schema->name, name) &&
		    !strcmp(tree->schema->module->name, module))
			return tree;
	return NULL;
}

static size_t count(const struct lyd_node *parent, const char *name)
{
	const struct lyd_node *node;
	size_t n = 0;

	ds_foreach(node, parent, name) n++;
	return n;
}

static void add_switches(struct bd_model *m, const struct lyd_node *switches)
{
	const struct lyd_node *node;

	m->switches = ds_alloc(count(switches, "switch") * sizeof(*m->switches));
	ds_foreach(node, switches, "switch")
	{
		struct bd_switch *sw = &m->switches[m->n_switches++];

		sw->name = ds_value(node, NULL, "name");
		sw->node = node;
	}
	if (m->n_switches)
		qsort(m->switches, m->n_switches, sizeof(*m->switches), by_switch);
}

static void add_segments(struct bd_model *m)
{
	const struct lyd_node *node;
	size_t n = 0;

	for (size_t i = 0; i < m->n_switches; i++)
		n += count(m->switches[i].node, "segment");
	m->segments = ds_alloc(n * sizeof(*m->segments));
	for (size_t i = 0; i < m->n_switches; i++) {
		ds_foreach(node, m->switches[i].node, "segment")
		{
			struct bd_segment *seg = &m->segments[m->n_segments++];

			seg->sw = &m->switches[i];
			seg->name = ds_value(node, NULL, "name");
			seg->node = node;
			seg->bridged = ds_child(node, NULL, "bridged");
			seg->vlan = ds_number(node, NULL, "vlan", 0);
			seg->internal = !seg->vlan;
		}
	}
	if (m->n_segments)
		qsort(m->segments, m->n_segments, sizeof(*m->segments), by_segment);
}

static const struct lysc_ident *machine_kind(const struct ly_ctx *ctx)
{
	const struct lys_module *mod = ly_ctx_get_module_implemented(ctx, PORT_MODULE);
	LY_ARRAY_COUNT_TYPE i;

	LY_ARRAY_FOR(mod->identities, i)
	{
		if (!strcmp(mod->identities[i].name, "machine-kind"))
			return &mod->identities[i];
	}
	return NULL;
}

static bool is_machine(const struct bd_model *m, const struct lysc_ident *kind)
{
	LY_ARRAY_COUNT_TYPE k;

	if (!m->machine_kind)
		return false;
	LY_ARRAY_FOR(m->machine_kind->derived, k)
	{
		if (m->machine_kind->derived[k] == kind)
			return true;
	}
	return false;
}

static void add_port(struct bd_model *m, const struct lyd_node *node)
{
	struct bd_port *port = &m->ports[m->n_ports++];
	const struct lyd_node *type = ds_child(node, NULL, "type");
	const struct lysc_ident *kind = ((const struct lyd_node_term *)type)->value.ident;
	const char *sw;

	port->name = ds_value(node, NULL, "name");
	port->node = node;
	port->kind = kind->name;
	port->kind_module = kind->module->name;
	port->port = ds_child(node, PORT_MODULE, "port");
	port->params = ds_child(node, kind->module->name, kind->name);
	port->role = !strcmp(kind->module->name, GATEWAY_MODULE) ? BD_ROLE_GATEWAY
		     : is_machine(m, kind)                       ? BD_ROLE_VM
								 : BD_ROLE_DEVICE;
	sw = ds_value(port->role == BD_ROLE_GATEWAY ? port->params : port->port, NULL, "switch");
	port->sw = sw ? bd_switch_find(m, sw) : NULL;
}

/* They come sorted, as a rule. */
static void sort_ports(struct bd_model *m)
{
	size_t i = 1;

	while (i < m->n_ports && by_port(&m->ports[i - 1], &m->ports[i]) <= 0)
		i++;
	if (i < m->n_ports)
		qsort(m->ports, m->n_ports, sizeof(*m->ports), by_port);
}

static void add_ports(struct bd_model *m, const struct lyd_node *interfaces)
{
	const struct lyd_node *node;

	m->ports = ds_alloc((count(interfaces, "interface") + m->n_segments) * sizeof(*m->ports));
	ds_foreach(node, interfaces, "interface") add_port(m, node);
	for (size_t i = 0; i < m->n_segments; i++) {
		const struct bd_segment *seg = &m->segments[i];
		const struct lyd_node *hostif = ds_child(seg->node, NULL, "host-interface");
		struct bd_port *port;

		if (!hostif)
			continue;
		port = &m->ports[m->n_ports++];
		port->name = ds_value(hostif, NULL, "name");
		port->kind = "tap";
		port->kind_module = "heddle-tap";
		port->role = BD_ROLE_HOST;
		port->sw = seg->sw;
		port->host_of = seg;
	}
	sort_ports(m);
}

static void mark_uplinks(struct bd_model *m)
{
	const struct lyd_node *node;

	for (size_t i = 0; i < m->n_segments; i++) {
		ds_foreach(node, m->segments[i].bridged, "uplink")
		{
			struct bd_port *port = bd_port_find(m, lyd_get_value(node));

			if (port && port->role != BD_ROLE_HOST && port->role != BD_ROLE_GATEWAY)
				port->role = BD_ROLE_UPLINK;
		}
	}
}

void bd_model_init(struct bd_model *model, const struct ly_ctx *ctx, const struct lyd_node *tree)
{
	memset(model, 0, sizeof(*model));
	model->ctx = ctx;
	model->tree = tree;
	model->machine_kind = machine_kind(ctx);
	add_switches(model, top(tree, "heddle-switch", "switches"));
	add_segments(model);
	add_ports(model, top(tree, "ietf-interfaces", "interfaces"));
	mark_uplinks(model);
}

void bd_model_free(struct bd_model *model)
{
	free(model->switches);
	free(model->segments);
	free(model->ports);
	memset(model, 0, sizeof(*model));
}

/* The entry of a list by its one key; false when the key cannot be written as a predicate. */
static bool find_entry(const struct lyd_node *list, const char *key, const struct lyd_node **entry)
{
	char quote = strchr(key, '\'') ? '"' : '\'', *value;
	struct lyd_node *match = NULL;

	*entry = NULL;
	if (!list)
		return true;
	if (strchr(key, quote))
		return false;
	value = ds_printf("[name=%c%s%c]", quote, key, quote);
	lyd_find_sibling_val(list, list->schema, value, strlen(value), &match);
	free(value);
	*entry = match;
	return true;
}

bool bd_model_init_ports(struct bd_model *model, const struct ly_ctx *ctx,
			 const struct lyd_node *tree, const struct bd_model *others,
			 const char *const *names, size_t n)
{
	const struct lyd_node *interfaces = top(tree, "ietf-interfaces", "interfaces"), *list,
			      *node;

	*model = *others;
	model->ctx = ctx;
	model->tree = tree;
	model->machine_kind = machine_kind(ctx);
	model->ports = ds_alloc((n + 1) * sizeof(*model->ports));
	model->n_ports = 0;
	list = ds_next(lyd_child(interfaces), "interface");
	for (size_t i = 0; i < n; i++) {
		if (!find_entry(list, names[i], &node)) {
			free(model->ports);
			return false;
		}
		if (node)
			add_port(model, node);
	}
	return true;
}

void bd_model_free_ports(struct bd_model *model)
{
	free(model->ports);
	memset(model, 0, sizeof(*model));
}

const struct bd_switch *bd_switch_find(const struct bd_model *model, const char *name)
{
	struct bd_switch key = {.name = name};

	return model->n_switches
		       ? bsearch(&key, model->switches, model->n_switches, sizeof(key), by_switch)
		       : NULL;
}

const struct bd_segment *bd_segment_find(const struct bd_model *model, const struct bd_switch *sw,
					 const char *name)
{
	struct bd_segment key = {.sw = sw, .name = name};

	return sw && model->n_segments
		       ? bsearch(&key, model->segments, model->n_segments, sizeof(key), by_segment)
		       : NULL;
}

struct bd_port *bd_port_find(const struct bd_model *model, const char *name)
{
	struct bd_port key = {.name = name};

	return model->n_ports ? bsearch(&key, model->ports, model->n_ports, sizeof(key), by_port)
			      : NULL;
}
