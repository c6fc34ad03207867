/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets that one worker hands over to another: the one that owns the state which they need. They
 * come in the order in which a worker handed them over.
 */
#ifndef DATAPLANE_CORE_HANDOVER_H
#define DATAPLANE_CORE_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/base/err.h"
#include "dataplane/core/port.h"
#include "dataplane/core/worker.h"

#define DP_HANDOVER_RING  4096 /* packets that wait for a worker */
#define DP_HANDOVER_KINDS 16

/* @m is the function's; meta(m)->port is the port that it is about, and is there. Worker. */
typedef void (*dp_handover_fn)(struct dp_worker *w, struct rte_mbuf *m);

/* What is to be done with such a packet. From a constructor (RTE_INIT). Returns its number. */
uint8_t dp_handover_register(dp_handover_fn fn);

/*
 * The same for packets that no port received: they count as injected, at the worker that they come to. One that
 * comes too late counts as received by its port, too, so that its books balance.
 */
uint8_t dp_handover_register_new(dp_handover_fn fn);

/*
 * Gives @m, which is about @port, to worker @to; to oneself it is given at once. False: the worker's ring
 * is full, or there is no memory, and the packet was dropped (reason "handover_full"). Worker; or, with @w
 * NULL, another thread that keeps @port from going away: then the packet was only freed.
 */
bool dp_hand_over(struct dp_worker *w, unsigned int to, uint8_t kind, const struct dp_port *port,
		  struct rte_mbuf *m);

/* Makes a worker's ring. Control thread, at the start. 0 or -errno. */
int dp_handover_init(struct dp_worker *w);

/* Takes what was handed over to the worker. Returns how many packets. Worker. */
unsigned int dp_handover_run(struct dp_worker *w);

/* True if something was. Worker. */
bool dp_handover_waits(const struct dp_worker *w);

#endif
