/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds the domain of a frame that is not plain (vlan_input.h), or the reason to drop it.
 */
#include "dataplane/core/drop.h"
#include "dataplane/core/meta.h"
#include "dataplane/l2/vlan.h"
#include "dataplane/l2/vlan_input.h"

DP_DROP_REGISTER(drop_no_switch, "no_switch", DP_DROP_INGRESS,
		 "the port belongs to no switch; give it one");
DP_DROP_REGISTER_ERROR(drop_runt, "runt", DP_DROP_INGRESS,
		       "the frame is shorter than its Ethernet header and tag");
DP_DROP_REGISTER_ERROR(drop_oversize, "oversize", DP_DROP_INGRESS,
		       "the frame is larger than the port's MTU allows, tags included");
DP_DROP_REGISTER(drop_untagged, "vlan_untagged", DP_DROP_INGRESS,
		 "an untagged frame came in on a trunk that has no native VLAN");
DP_DROP_REGISTER(drop_tagged, "vlan_tagged", DP_DROP_INGRESS,
		 "a tagged frame came in on an access port");
DP_DROP_REGISTER(drop_not_allowed, "vlan_not_allowed", DP_DROP_INGRESS,
		 "a frame came in with a VLAN that the trunk does not carry");
DP_DROP_REGISTER(drop_reserved_vid, "vlan_reserved", DP_DROP_INGRESS,
		 "a frame came in with the reserved VLAN id 4095");
DP_DROP_REGISTER(drop_cvlan, "cvlan_not_allowed", DP_DROP_INGRESS,
		 "a frame came in on a tunnel port with a customer VLAN that is not on its list");

static const struct dp_drop_reason *const verdict_reason[] = {
	[DP_VLAN_NO_SWITCH] = &drop_no_switch,   [DP_VLAN_UNTAGGED] = &drop_untagged,
	[DP_VLAN_TAGGED] = &drop_tagged,         [DP_VLAN_NOT_ALLOWED] = &drop_not_allowed,
	[DP_VLAN_RESERVED] = &drop_reserved_vid, [DP_VLAN_CVLAN_REFUSED] = &drop_cvlan,
};

const struct dp_drop_reason *l2_vlan_classify(const struct dp_config *config,
					      const struct dp_port_config *port, struct rte_mbuf *m)
{
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);
	struct dp_meta *meta = dp_meta(m);
	struct dp_vlan_class c;

	if (m->pkt_len < HD_ETH_HLEN)
		return &drop_runt;
	if (m->pkt_len > port->max_frame && !(meta->flags & DP_META_TSO))
		return &drop_oversize;
	if (dp_vlan_tag_is_cut(frame, m->pkt_len))
		return &drop_runt;
	c = dp_vlan_classify_tagged(port, frame);
	if (c.verdict != DP_VLAN_OK)
		return verdict_reason[c.verdict];
	meta->tci = c.tci;
	meta->tag_len = c.tag_len;
	meta->domain = config->switches[port->switch_index]->domain[c.vlan];
	return NULL;
}
