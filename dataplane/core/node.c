/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include <rte_errno.h>

#include "dataplane/core/node.h"

#define NODES_MAX 64

static struct hd_node *nodes;
static struct hd_worker *building; /* whose graph is being made; control thread */

void hd_node_add(struct hd_node *node)
{
	node->next = nodes;
	nodes = node;
}

int hd_node_init(const struct rte_graph *graph, struct rte_node *node)
{
	RTE_SET_USED(graph);
	RTE_BUILD_BUG_ON(sizeof(building) > sizeof(node->ctx));
	memcpy(node->ctx, &building, sizeof(building));
	return 0;
}

int hd_graph_new(struct hd_worker *w, const char *name, struct rte_graph **graph)
{
	const char *patterns[NODES_MAX];
	struct rte_graph_param param = {.socket_id = SOCKET_ID_ANY, .node_patterns = patterns};
	rte_graph_t id;

	for (const struct hd_node *n = nodes; n; n = n->next)
		if ((w->replay ? n->replay : n->live) && param.nb_node_patterns < NODES_MAX)
			patterns[param.nb_node_patterns++] = n->name;
	building = w;
	id = rte_graph_create(name, &param);
	building = NULL;
	if (id == RTE_GRAPH_ID_INVALID)
		return rte_errno ? -rte_errno : -EINVAL;
	*graph = rte_graph_lookup(name);
	return *graph ? 0 : -ENOENT;
}
