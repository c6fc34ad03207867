/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path of a packet, from the port that it came in by to the batches of those that it leaves by
 * (tx.h). It runs to completion: what is received is decided at once, packet by packet, in the order
 * in which it came. Frames that follow each other and are for the same gateway go to it together.
 *
 *	receive -> admit (rx.h) -> features at INPUT -> the path -> transmit batches -> send (tx.h)
 */
#ifndef DATAPLANE_CORE_PATH_H
#define DATAPLANE_CORE_PATH_H

#include <stdbool.h>
#include <stdint.h>

struct dp_drop_reason;
struct dp_port_config;
struct dp_worker;
struct rte_mbuf;

struct dp_path {
	/*
	 * Decides about @n packets, at most DP_BURST, that were admitted at @port, and takes them: each
	 * is given to the ports that it is for, is dropped, or is held. Worker.
	 */
	void (*run)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		    uint16_t n);
	/* The same for frames that the switch made: their source is known to be the port's own. Worker. */
	void (*run_own)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
			uint16_t n);
	/* Goes on with packets that are held, until the loop's budget is spent. Worker. */
	void (*resume)(struct dp_worker *w);
	/*
	 * Gives a packet that leaves by @port the tag that it has to have there. The transmit step
	 * calls it for those that need a look: not for one without a tag of the port's native VLAN,
	 * where such ones leave as they are. NULL: the packet was dropped. Worker.
	 */
	struct rte_mbuf *(*fit_tag)(struct dp_worker *w, const struct dp_port_config *port,
				    struct rte_mbuf *m);
};

/* What all workers run: dataplane/l2 registers it. From a constructor (RTE_INIT), once. */
void dp_path_register(const struct dp_path *path);

/* The one that is registered. Any thread. */
extern const struct dp_path *dp_path;

#define DP_PATH_DEPTH_MAX 8 /* frames that came of one another, by gateways of the switch */

/*
 * @n frames, at most DP_BURST, that the switch itself makes or passes on come into the segment of @port, one
 * that takes frames (dp_port_ops.take), as if the port had received them: they are counted there, classified
 * and forwarded before this returns. Time, flags and offloads of their meta are set; none is shared. With
 * @own their source is an address of the port's, which is not looked at; else it is checked as that of
 * any frame. Worker.
 */
void dp_path_input(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		   uint16_t n, bool own);

/* A frame that @port was to send into its segment is dropped instead, for @reason, one of ingress. Worker. */
void dp_path_drop(struct dp_worker *w, const struct dp_port_config *port,
		  const struct dp_drop_reason *reason, struct rte_mbuf *m);

#endif
