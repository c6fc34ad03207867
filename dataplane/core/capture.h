/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the path shows its frames to captures (dataplane/capture). A worker takes the pointer once a
 * loop; it is NULL while nobody captures, and then each place costs one look at it for a burst.
 */
#ifndef DATAPLANE_CORE_CAPTURE_H
#define DATAPLANE_CORE_CAPTURE_H

#include <stdatomic.h>
#include <stdint.h>

struct dp_drop_reason;
struct dp_port_config;
struct dp_worker;
struct rte_mbuf;

/* All on a worker, which gives itself; frames are only read. */
struct dp_capture_hooks {
	/* A burst as it came in by @port, before its features. */
	void (*in)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		   uint16_t n);
	/*
	 * A burst as it is about to leave by @port. Until sent() is called, a drop of one of these
	 * says that it did not leave after all.
	 */
	void (*out)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		    uint16_t n);
	void (*sent)(struct dp_worker *w);
	/* @n frames that are dropped at port @id. @m: NULL when nothing of them is there (any more). */
	void (*drop)(struct dp_worker *w, uint16_t id, const struct dp_drop_reason *reason,
		     struct rte_mbuf **m, unsigned int n);
};

/* The pointer that workers read. */
extern const struct dp_capture_hooks *_Atomic dp_capture_published;

#endif
