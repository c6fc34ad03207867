/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Graph node vlan_input: decides which domain a frame belongs to, or drops it.
 */
#include "dataplane/core/drop.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/node.h"
#include "dataplane/core/vlan.h"

HD_DROP_REGISTER(drop_no_switch, "no_switch", HD_DROP_INGRESS,
		 "the port belongs to no switch; give it one");
HD_DROP_REGISTER_ERROR(drop_runt, "runt", HD_DROP_INGRESS,
		       "the frame is shorter than its Ethernet header and tag");
HD_DROP_REGISTER_ERROR(drop_oversize, "oversize", HD_DROP_INGRESS,
		       "the frame is larger than the port's MTU allows, tags included");
HD_DROP_REGISTER(drop_untagged, "vlan_untagged", HD_DROP_INGRESS,
		 "an untagged frame came in on a trunk that has no native VLAN");
HD_DROP_REGISTER(drop_tagged, "vlan_tagged", HD_DROP_INGRESS,
		 "a tagged frame came in on an access port");
HD_DROP_REGISTER(drop_not_allowed, "vlan_not_allowed", HD_DROP_INGRESS,
		 "a frame came in with a VLAN that the trunk does not carry");
HD_DROP_REGISTER(drop_reserved_vid, "vlan_reserved", HD_DROP_INGRESS,
		 "a frame came in with the reserved VLAN id 4095");
HD_DROP_REGISTER(drop_cvlan, "cvlan_not_allowed", HD_DROP_INGRESS,
		 "a frame came in on a tunnel port with a customer VLAN that is not on its list");

static const struct hd_drop_reason *const verdict_reason[] = {
	[HD_VLAN_NO_SWITCH] = &drop_no_switch,   [HD_VLAN_UNTAGGED] = &drop_untagged,
	[HD_VLAN_TAGGED] = &drop_tagged,         [HD_VLAN_NOT_ALLOWED] = &drop_not_allowed,
	[HD_VLAN_RESERVED] = &drop_reserved_vid, [HD_VLAN_CVLAN_REFUSED] = &drop_cvlan,
};

enum { NEXT_L2_FORWARD, NEXT_COUNT };

/* What is not a plain untagged frame of a switch port. NULL: accepted, and classified. */
static const struct hd_drop_reason *classify(const struct hd_config *config,
					     const struct hd_port_config *port, struct rte_mbuf *m)
{
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);
	struct hd_meta *meta = hd_meta(m);
	struct hd_vlan_class c;

	if (m->pkt_len < HD_ETH_HLEN)
		return &drop_runt;
	if (m->pkt_len > port->max_frame && !(meta->flags & HD_META_TSO))
		return &drop_oversize;
	if (hd_vlan_tag_is_cut(frame, m->pkt_len))
		return &drop_runt;
	c = hd_vlan_classify_tagged(port, frame);
	if (c.verdict != HD_VLAN_OK)
		return verdict_reason[c.verdict];
	meta->tci = c.tci;
	meta->tag_len = c.tag_len;
	meta->domain = config->switches[port->switch_index]->domain[c.vlan];
	return NULL;
}

/* True for a frame without any tag, of ordinary size, on a port with a VLAN for it: most of them. */
static inline bool is_plain(const struct hd_port_config *port, struct rte_mbuf *m)
{
	uint16_t type;

	if (unlikely(!port->pvid_domain || port->mode == HD_VLAN_TUNNEL ||
		     m->pkt_len < HD_ETH_HLEN || m->pkt_len > port->max_frame))
		return false;
	memcpy(&type, rte_pktmbuf_mtod_offset(m, const char *, 12), sizeof(type));
	return type != RTE_BE16(HD_TPID_C) && type != RTE_BE16(HD_TPID_S);
}

static uint16_t vlan_input_process(struct rte_graph *graph, struct rte_node *node, void **objs,
				   uint16_t nb_objs)
{
	struct hd_worker *w = hd_node_worker(node);
	struct rte_mbuf **m = (struct rte_mbuf **)objs;
	uint16_t kept = 0, id = hd_meta(m[0])->port; /* a walk never brings an empty stream */
	const struct hd_port_config *port = w->config->ports[id];

	for (uint16_t i = 0; i < nb_objs; i++) {
		struct hd_meta *meta = hd_meta(m[i]);
		const struct hd_drop_reason *reason;

		if (meta->port != id) {
			id = meta->port;
			port = w->config->ports[id];
		}
		if (likely(is_plain(port, m[i]))) {
			meta->domain = port->pvid_domain;
			meta->tci = port->default_tci;
			meta->tag_len = 0;
			m[kept++] = m[i];
			continue;
		}
		reason = classify(w->config, port, m[i]);
		if (likely(!reason))
			m[kept++] = m[i];
		else
			hd_drop(w, id, reason, m[i]);
	}
	if (likely(kept == nb_objs))
		rte_node_next_stream_move(graph, node, NEXT_L2_FORWARD);
	else if (kept)
		rte_node_enqueue(graph, node, NEXT_L2_FORWARD, objs, kept);
	return kept;
}

static struct rte_node_register vlan_input = {
	.name = "vlan_input",
	.process = vlan_input_process,
	.init = hd_node_init,
	.nb_edges = NEXT_COUNT,
	.next_nodes = {[NEXT_L2_FORWARD] = "l2_forward"},
};
HD_NODE_REGISTER(vlan_input, true, true);
