/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/punt/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "dataplane/core/section.h"
#include "dataplane/punt/queue.h"

struct names {
	uint32_t n;
	const struct dp_port *port[]; /* by name */
};

static struct dp_section section;

static const struct names *names_of(const struct dp_config *tree)
{
	return tree->part[section.index];
}

static const struct dp_port *port_at(const struct dp_config *tree, uint32_t id)
{
	return id < tree->n_ports && tree->ports[id] ? tree->ports[id]->port : NULL;
}

static int compare(const void *a, const void *b)
{
	const struct dp_port *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int compare_name(const void *name, const void *b)
{
	const struct dp_port *const *y = b;

	return strcmp(name, (*y)->name);
}

static int prepare(struct dp_build *b)
{
	uint32_t end = RTE_MAX(b->now->n_ports, b->next->n_ports);
	struct names *names;
	bool same = names_of(b->now) != NULL;

	for (uint32_t id = 0; id < end && same; id++)
		same = port_at(b->now, id) == port_at(b->next, id);
	b->next->part[section.index] = same ? names_of(b->now) : NULL;
	if (same)
		return 0;
	names = calloc(1, sizeof(*names) + b->next->n_ports * sizeof(names->port[0]));
	if (!names)
		return -ENOMEM;
	b->next->part[section.index] = names;
	for (uint32_t id = 0; id < b->next->n_ports; id++)
		if (port_at(b->next, id))
			names->port[names->n++] = port_at(b->next, id);
	if (names->n)
		qsort(names->port, names->n, sizeof(names->port[0]), compare);
	return 0;
}

/* The punt thread is to look at the new tree: addresses of leases and rules follow their gateways. */
static void commit(struct dp_config *tree, const struct dp_config *old,
		   const struct hd_store *store)
{
	(void)tree;
	(void)old;
	(void)store;
	if (punt_wake_fd() >= 0)
		punt_wake();
}

/* After the forwarding database: what it forgets for the new tree, the punt thread enters again. */
static struct dp_section section = {
	.name = "punt",
	.after = "fdb",
	.prepare = prepare,
	.commit = commit,
	.free_part = free,
};

RTE_INIT(punt_section_register)
{
	dp_section_register(&section);
}

const struct dp_port_config *punt_port(const struct dp_config *tree, const char *name)
{
	const struct names *names = names_of(tree);
	const struct dp_port *const *found;

	if (!names || !names->n)
		return NULL;
	found = bsearch(name, names->port, names->n, sizeof(names->port[0]), compare_name);
	return found ? tree->ports[(*found)->id] : NULL;
}

const struct dp_port_config *punt_gateway(const struct dp_config *tree, const char *name)
{
	const struct dp_port_config *c = punt_port(tree, name);

	return c && c->take && c->pvid_domain != DP_DOMAIN_NONE ? c : NULL;
}
