/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tags of what leaves: the transmit step's part that knows VLANs (path.h, fit_tag).
 */
#ifndef DATAPLANE_L2_VLAN_OUTPUT_H
#define DATAPLANE_L2_VLAN_OUTPUT_H

struct dp_port_config;
struct dp_worker;
struct rte_mbuf;

/*
 * Gives the classified frame @m the tag that it has to have on @port: takes one off, puts one on, or
 * changes it. A frame that others hold too is copied before it is changed. NULL: it was dropped.
 * Worker.
 */
struct rte_mbuf *l2_vlan_output(struct dp_worker *w, const struct dp_port_config *port,
				struct rte_mbuf *m);

#endif
