/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What switching is about to do to a frame, in words.
 */
#ifndef DATAPLANE_L2_L2_SAY_H
#define DATAPLANE_L2_L2_SAY_H

#include "dataplane/core/config.h"
#include "dataplane/core/worker.h"

struct rte_mbuf;

/* Tells worker->say, which is there, of a frame that came in by @port and is classified. Worker. */
void l2_say(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);

#endif
