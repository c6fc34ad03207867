/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The graph: stages that every packet goes through. A node is a file named after it; it registers
 * with HD_NODE_REGISTER and finds its worker with hd_node_worker().
 *
 *	port_rx (or replay_rx) -> vlan_input -> l2_forward -> transmit batches (tx.h)
 */
#ifndef DATAPLANE_CORE_NODE_H
#define DATAPLANE_CORE_NODE_H

#include <string.h>

#include <rte_graph.h>
#include <rte_graph_worker.h>

#include "dataplane/core/worker.h"

/* Makes a worker's graph of all registered nodes but the sources of the other mode. 0 or -errno. */
int hd_graph_new(struct hd_worker *w, const char *name, struct rte_graph **graph);

/* The worker whose graph is walked; set in each node's context when the graph is made. */
static inline struct hd_worker *hd_node_worker(const struct rte_node *node)
{
	struct hd_worker *w;

	memcpy(&w, node->ctx, sizeof(w));
	return w;
}

/* The init function of each of our nodes. */
int hd_node_init(const struct rte_graph *graph, struct rte_node *node);

/* @live and @replay: in which graphs the node is. From a file's top level. */
struct hd_node {
	const char *name;
	bool live, replay;
	struct hd_node *next;
};
void hd_node_add(struct hd_node *node);

#define HD_NODE_REGISTER(node_, live_, replay_)                                   \
	RTE_NODE_REGISTER(node_);                                                 \
	RTE_INIT(hd_node_add_##node_)                                             \
	{                                                                         \
		static struct hd_node entry = {.live = live_, .replay = replay_}; \
                                                                                  \
		entry.name = node_.name;                                          \
		hd_node_add(&entry);                                              \
	}                                                                         \
	struct hd_node

#endif
