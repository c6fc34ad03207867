/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Describes in words what the router will do to a frame.
 */
#ifndef DATAPLANE_L3_SAY_H
#define DATAPLANE_L3_SAY_H

#include "dataplane/l3/packet.h"

/*
 * Describes a frame that gateway @g takes, of EtherType @type, to w->say(), which must be set.
 * Worker.
 */
void l3_say(struct dp_worker *w, const struct dp_port_config *port, const struct l3_gateway *g,
	    struct rte_mbuf *m, uint16_t type);

#endif
