/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fits the tags of frames that leave: the transmit step's part for VLANs (path.h, fit_tag).
 */
#ifndef DATAPLANE_L2_VLAN_OUTPUT_H
#define DATAPLANE_L2_VLAN_OUTPUT_H

struct dp_port_config;
struct dp_worker;
struct rte_mbuf;

/*
 * Gives the classified frame @m the tag that it must have on @port: removes, adds or changes one.
 * Copies a shared frame before it changes it. NULL: the frame was dropped. Worker.
 */
struct rte_mbuf *l2_vlan_output(struct dp_worker *w, const struct dp_port_config *port,
				struct rte_mbuf *m);

#endif
