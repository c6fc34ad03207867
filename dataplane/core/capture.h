/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hooks by which the path gives frames to captures (dataplane/capture). A worker reads the
 * pointer once a loop. It is NULL while nobody captures; then each place costs one check for a
 * burst.
 */
#ifndef DATAPLANE_CORE_CAPTURE_H
#define DATAPLANE_CORE_CAPTURE_H

#include <stdatomic.h>
#include <stdint.h>

struct dp_drop_reason;
struct dp_port_config;
struct dp_worker;
struct rte_mbuf;

/* All hooks are called by a worker, which passes itself as @w. They must not change frames. */
struct dp_capture_hooks {
	/* A burst that came in by @port, before the port's features run. */
	void (*in)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		   uint16_t n);
	/*
	 * A burst that is about to leave by @port. A frame of it that is dropped before sent() is
	 * called did not leave.
	 */
	void (*out)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		    uint16_t n);
	void (*sent)(struct dp_worker *w);
	/*
	 * @n frames that are dropped at port @id. @m is NULL if their bytes are not available (any
	 * more).
	 */
	void (*drop)(struct dp_worker *w, uint16_t id, const struct dp_drop_reason *reason,
		     struct rte_mbuf **m, unsigned int n);
};

/* The pointer that workers read. */
extern const struct dp_capture_hooks *_Atomic dp_capture_published;

#endif
