/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Describes in words what switching will do to a frame.
 */
#ifndef DATAPLANE_L2_L2_SAY_H
#define DATAPLANE_L2_L2_SAY_H

#include "dataplane/core/config.h"
#include "dataplane/core/worker.h"

struct rte_mbuf;

/* Describes a classified frame, which came in by @port, to w->say(), which must be set. Worker. */
void l2_say(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);

#endif
