/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the path shows the frames of gateways to the punt rules (dataplane/punt). A worker takes the
 * pointer once a loop; it is NULL while heddle-cp wants no frames.
 */
#ifndef DATAPLANE_CORE_PUNT_H
#define DATAPLANE_CORE_PUNT_H

#include <stdatomic.h>
#include <stdbool.h>

struct hd_port_config;
struct hd_worker;
struct rte_mbuf;

struct hd_punt_hooks {
	/*
	 * A frame that @port is about to take (hd_port_ops.take). True: it was taken, or dropped; false: it
	 * goes on. It may be shared, and is only read. Worker.
	 */
	bool (*local)(struct hd_worker *w, const struct hd_port_config *port, struct rte_mbuf *m);
};

/* The pointer that workers read. */
extern const struct hd_punt_hooks *_Atomic hd_punt_published;

#endif
