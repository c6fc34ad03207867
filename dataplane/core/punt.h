/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the path shows the frames of gateways to the punt rules (dataplane/punt). A worker takes the
 * pointer once a loop; it is NULL while heddle-cp wants no frames.
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
	 * A frame that @port is about to take (dp_port_ops.take). True: it was taken, or dropped; false: it
	 * goes on. It may be shared, and is only read. Worker.
	 */
	bool (*local)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);
};

/* The pointer that workers read. */
extern const struct dp_punt_hooks *_Atomic dp_punt_published;

#endif
