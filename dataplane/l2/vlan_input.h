/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Classifies a received frame: finds its domain, or the reason to drop it. The result is in the
 * frame's struct dp_meta. Worker.
 */
#ifndef DATAPLANE_L2_VLAN_INPUT_H
#define DATAPLANE_L2_VLAN_INPUT_H

#include <string.h>

#include <rte_byteorder.h>
#include <rte_mbuf.h>

#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/meta.h"

/* Classifies any frame. Returns NULL, or the reason to drop it. */
const struct dp_drop_reason *l2_vlan_classify(const struct dp_config *config,
					      const struct dp_port_config *port,
					      struct rte_mbuf *m);

/*
 * Values for all plain frames of a port. A plain frame has no tag and is not too long; most frames
 * are plain.
 */
struct l2_plain {
	uint32_t domain;
	uint32_t room; /* a plain frame has fewer bytes behind its Ethernet header; 0: none is */
	uint16_t tci;
};

static inline struct l2_plain l2_plain(const struct dp_port_config *port)
{
	bool none = port->mode == HD_VLAN_TUNNEL || !port->pvid_domain;

	return (struct l2_plain){
		.domain = port->pvid_domain,
		.room = none ? 0 : port->max_frame - HD_ETH_HLEN + 1,
		.tci = port->default_tci,
	};
}

static inline bool l2_vlan_is_plain(const struct l2_plain *plain, const struct rte_mbuf *m)
{
	uint16_t type;

	if (unlikely(m->pkt_len - HD_ETH_HLEN >= plain->room))
		return false;
	memcpy(&type, rte_pktmbuf_mtod_offset(m, const char *, 12), sizeof(type));
	return type != RTE_BE16(HD_TPID_C) && type != RTE_BE16(HD_TPID_S);
}

/* Like l2_vlan_classify(), but fast for a plain frame. */
static inline const struct dp_drop_reason *l2_vlan_input(const struct dp_config *config,
							 const struct l2_plain *plain,
							 const struct dp_port_config *port,
							 struct rte_mbuf *m)
{
	struct dp_meta *meta = dp_meta(m);

	if (unlikely(!l2_vlan_is_plain(plain, m)))
		return l2_vlan_classify(config, port, m);
	meta->domain = plain->domain;
	meta->tci = plain->tci;
	meta->tag_len = 0;
	return NULL;
}

#endif
