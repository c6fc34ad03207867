/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the router is about to do to a frame, in words.
 */
#ifndef DATAPLANE_L3_SAY_H
#define DATAPLANE_L3_SAY_H

#include "dataplane/l3/packet.h"

/* Tells worker->say, which is there, of a frame that gateway @g takes; @type: its EtherType. Worker. */
void l3_say(struct dp_worker *w, const struct dp_port_config *port, const struct l3_gateway *g,
	    struct rte_mbuf *m, uint16_t type);

#endif
