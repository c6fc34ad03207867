/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path of a packet, from its ingress port to the transmit batches of its egress ports (tx.h).
 * It runs to completion: each received packet is decided at once, in the order in which packets
 * came in. Frames that follow each other and are for the same gateway are given to it together.
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
	 * Decides about @n packets, at most DP_BURST, that were admitted at @port, and owns them:
	 * gives each to its egress ports, drops it, or holds it. Worker.
	 */
	void (*run)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		    uint16_t n);
	/*
	 * The same for frames that the switch made, whose source is known to be an address of the
	 * port. Worker.
	 */
	void (*run_own)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
			uint16_t n);
	/* Continues with held packets until the loop's budget is spent. Worker. */
	void (*resume)(struct dp_worker *w);
	/*
	 * Gives a packet that leaves by @port the tag that it must have there. The transmit step
	 * does not call it for a packet without a tag, in the port's native VLAN, if the port sends
	 * these without a tag. NULL: the packet was dropped. Worker.
	 */
	struct rte_mbuf *(*fit_tag)(struct dp_worker *w, const struct dp_port_config *port,
				    struct rte_mbuf *m);
};

/*
 * Registers the path that all workers run; dataplane/l2 does. From a constructor (RTE_INIT), once.
 */
void dp_path_register(const struct dp_path *path);

/* The registered path. Any thread. */
extern const struct dp_path *dp_path;

#define DP_PATH_DEPTH_MAX 8 /* nested calls of dp_path_input(), from gateway to gateway */

/*
 * Sends @n frames, at most DP_BURST, that the switch makes or passes on, into the segment of @port,
 * whose kind has take() (dp_port_ops). They are handled as if the port had received them: counted,
 * classified and forwarded before the call returns. The time, flags and offloads in their meta must
 * be set; none may be shared. With @own the source must be an address of the port, and is not
 * checked; else it is checked as that of any frame. Worker.
 */
void dp_path_input(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		   uint16_t n, bool own);

/* Drops a frame that @port was to send into its segment; @reason is one of ingress. Worker. */
void dp_path_drop(struct dp_worker *w, const struct dp_port_config *port,
		  const struct dp_drop_reason *reason, struct rte_mbuf *m);

#endif
