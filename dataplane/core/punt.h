/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hook by which the path gives frames of gateways to the punt rules (dataplane/punt). A worker
 * reads the pointer once a loop; it is NULL while there are no punt rules.
 */
#ifndef DATAPLANE_CORE_PUNT_H
#define DATAPLANE_CORE_PUNT_H

#include <stdatomic.h>
#include <stdbool.h>

struct dp_port_config;
struct dp_worker;
struct rte_mbuf;

struct dp_punt_hooks {
	/*
	 * Gets a frame that @port is about to take (dp_port_ops.take). The frame may be shared, and
	 * is only read. True: it was consumed or dropped; false: it goes on. Worker.
	 */
	bool (*local)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);
};

/* The pointer that workers read. */
extern const struct dp_punt_hooks *_Atomic dp_punt_published;

#endif
