/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hands packets over from one worker to another, which owns the state that the packets need.
 * Packets from the same worker arrive in the order in which they were handed over.
 */
#ifndef DATAPLANE_CORE_HANDOVER_H
#define DATAPLANE_CORE_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/base/err.h"
#include "dataplane/core/port.h"
#include "dataplane/core/worker.h"

#define DP_HANDOVER_RING  4096 /* packets that can wait for a worker */
#define DP_HANDOVER_KINDS 16

/*
 * Processes a packet that was handed over, and owns @m. dp_meta(m)->port is the packet's port,
 * which is in the worker's tree. Worker.
 */
typedef void (*dp_handover_fn)(struct dp_worker *w, struct rte_mbuf *m);

/*
 * Registers a function for packets that are handed over. Returns its number. From a constructor
 * (RTE_INIT).
 */
uint8_t dp_handover_register(dp_handover_fn fn);

/*
 * The same for packets that no port received. The receiving worker counts them as injected. One
 * whose port is gone when it arrives also counts as received by that port, so that the port's
 * counters agree.
 */
uint8_t dp_handover_register_new(dp_handover_fn fn);

/*
 * Hands @m, a packet of @port, over to worker @to; if that is @w itself, processes it at once.
 * False: the worker's ring is full or there is no memory, and the packet was dropped (reason
 * "handover_full"). Worker. Another thread, which must keep @port from going away, calls it with @w
 * NULL; then a failure only frees the packet.
 */
bool dp_hand_over(struct dp_worker *w, unsigned int to, uint8_t kind, const struct dp_port *port,
		  struct rte_mbuf *m);

/* Makes the worker's ring. Control thread, at the start. 0 or -errno. */
int dp_handover_init(struct dp_worker *w);

/* Processes all packets that were handed over to the worker. Returns how many. Worker. */
unsigned int dp_handover_run(struct dp_worker *w);

/* True if packets wait that were handed over to the worker. Worker. */
bool dp_handover_waits(const struct dp_worker *w);

#endif
