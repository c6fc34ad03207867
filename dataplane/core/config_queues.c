/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds the list of receive queues of each worker.
 */
#include <errno.h>
#include <stdlib.h>

#include <rte_common.h>

#include "dataplane/core/config_int.h"

static struct dp_rx_list *rx_list_new(uint32_t n)
{
	struct dp_rx_list *list =
		calloc(1, sizeof(*list) + n * (sizeof(list->q[0]) + sizeof(*list->active)));

	if (list)
		list->active = (uint32_t *)&list->q[n];
	return list;
}

int dp_build_queues(struct dp_config *tree)
{
	uint32_t n[DP_WORKERS_MAX] = {0};

	for (uint32_t id = 0; id < tree->n_ports; id++)
		for (uint16_t q = 0; tree->ports[id] && q < tree->ports[id]->port->queues; q++)
			n[tree->ports[id]->port->worker[q]]++;
	for (unsigned int w = 0; w < DP_WORKERS_MAX; w++) {
		tree->rx[w] = rx_list_new(n[w]);
		if (!tree->rx[w])
			return -ENOMEM;
	}
	for (uint32_t id = 0; id < tree->n_ports; id++) {
		const struct dp_port_config *c = tree->ports[id];

		for (uint16_t q = 0; c && q < c->port->queues; q++) {
			struct dp_rx_list *list = tree->rx[c->port->worker[q]];

			list->q[list->n++] =
				(struct dp_rx_queue){.config = c, .port = c->port, .queue = q};
		}
	}
	return 0;
}

/* The queues stay where they are: only the ports' configurations changed. */
static bool same_queues(const struct dp_config *now, const struct dp_config *next)
{
	if (now->n_ports != next->n_ports)
		return false;
	for (uint32_t id = 0; id < next->n_ports; id++) {
		const struct dp_port_config *o = now->ports[id], *n = next->ports[id];

		if (o != n && (!o || !n || o->port != n->port))
			return false;
	}
	return true;
}

static void patch_rx(struct dp_rx_list *list, const struct dp_port_config *c)
{
	for (uint32_t i = dp_rx_first(list, c->id); i < list->n && list->q[i].port == c->port; i++)
		list->q[i].config = c;
}

static int copy_rx(struct dp_config *tree, const struct dp_config *now)
{
	for (unsigned int w = 0; w < DP_WORKERS_MAX; w++) {
		const struct dp_rx_list *from = now->rx[w];

		tree->rx[w] = rx_list_new(from->n);
		if (!tree->rx[w])
			return -ENOMEM;
		tree->rx[w]->n = from->n;
		for (uint32_t i = 0; i < from->n; i++)
			tree->rx[w]->q[i] = (struct dp_rx_queue){.config = from->q[i].config,
								 .port = from->q[i].port,
								 .queue = from->q[i].queue};
	}
	for (uint32_t id = 0; id < tree->n_ports; id++)
		for (unsigned int w = 0; tree->ports[id] != now->ports[id] && w < DP_WORKERS_MAX;
		     w++)
			patch_rx(tree->rx[w], tree->ports[id]);
	return 0;
}

static int prepare(struct dp_build *b)
{
	b->next->ports_changed = !same_queues(b->now, b->next);
	return b->next->ports_changed ? dp_build_queues(b->next) : copy_rx(b->next, b->now);
}

static void free_queues(struct dp_config *tree, const struct dp_config *other, bool discard)
{
	(void)other;
	(void)discard;
	for (unsigned int w = 0; w < DP_WORKERS_MAX; w++)
		free(tree->rx[w]);
}

static struct dp_section section = {
	.name = "queues",
	.after = "ports",
	.prepare = prepare,
	.free = free_queues,
};

RTE_INIT(queues_section_register)
{
	dp_section_register(&section);
}
