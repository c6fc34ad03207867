/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Classification of a received frame: the domain that it belongs to, or why it is dropped. What it
 * finds is in the frame's struct hd_meta. Worker.
 */
#ifndef DATAPLANE_L2_VLAN_INPUT_H
#define DATAPLANE_L2_VLAN_INPUT_H

#include <string.h>

#include <rte_byteorder.h>
#include <rte_mbuf.h>

#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/meta.h"

/* Any frame. NULL: it is classified; else why it has to be dropped. */
const struct hd_drop_reason *l2_vlan_classify(const struct hd_config *config,
					      const struct hd_port_config *port,
					      struct rte_mbuf *m);

/* True for a frame without any tag, of ordinary size, on a port with a VLAN for it: most of them. */
static inline bool l2_vlan_is_plain(const struct hd_port_config *port, const struct rte_mbuf *m)
{
	uint16_t type;

	if (unlikely(!port->pvid_domain || port->mode == HD_VLAN_TUNNEL ||
		     m->pkt_len < HD_ETH_HLEN || m->pkt_len > port->max_frame))
		return false;
	memcpy(&type, rte_pktmbuf_mtod_offset(m, const char *, 12), sizeof(type));
	return type != RTE_BE16(HD_TPID_C) && type != RTE_BE16(HD_TPID_S);
}

/* The same as l2_vlan_classify(), and quick for a plain frame. */
static inline const struct hd_drop_reason *l2_vlan_input(const struct hd_config *config,
							 const struct hd_port_config *port,
							 struct rte_mbuf *m)
{
	struct hd_meta *meta = hd_meta(m);

	if (unlikely(!l2_vlan_is_plain(port, m)))
		return l2_vlan_classify(config, port, m);
	meta->domain = port->pvid_domain;
	meta->tci = port->default_tci;
	meta->tag_len = 0;
	return NULL;
}

#endif
