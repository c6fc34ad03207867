/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l2/vlan.h"

#include <rte_byteorder.h>

#define TCI_PRIORITY 0xf000 /* PCP and DEI */

static struct dp_vlan_class verdict(enum dp_vlan_verdict v)
{
	return (struct dp_vlan_class){.verdict = v};
}

static struct dp_vlan_class accept(uint16_t priority, uint16_t vlan, uint8_t tag_len)
{
	return (struct dp_vlan_class){
		.verdict = DP_VLAN_OK,
		.vlan = vlan,
		.tci = (priority & TCI_PRIORITY) | hd_vlan_id(vlan),
		.tag_len = tag_len,
	};
}

static struct dp_vlan_class classify_untagged(const struct dp_port_config *port)
{
	if (!port->pvid)
		return verdict(DP_VLAN_UNTAGGED);
	return accept(port->default_tci, port->pvid, 0);
}

static struct dp_vlan_class classify_access(const struct dp_port_config *port, uint16_t tci)
{
	uint16_t vid = tci & HD_VID_MASK;

	if (vid == 0 || (vid == port->pvid && port->flags & HD_PORT_ACCEPT_PVID_TAG))
		return accept(tci, port->pvid, HD_VLAN_HLEN);
	return verdict(DP_VLAN_TAGGED);
}

static struct dp_vlan_class classify_trunk(const struct dp_port_config *port, uint16_t tci)
{
	uint16_t vid = tci & HD_VID_MASK;

	if (vid == 0)
		return port->pvid ? accept(tci, port->pvid, HD_VLAN_HLEN)
				  : verdict(DP_VLAN_UNTAGGED);
	if (hd_vlan_set_has(&port->vlans, vid) || vid == port->pvid)
		return accept(tci, vid, HD_VLAN_HLEN);
	return verdict(DP_VLAN_NOT_ALLOWED);
}

/*
 * True if the frame of a tunnel's customer has a tag behind @tag_len bytes: of the port's protocol.
 */
static bool is_customer_tagged(const struct dp_port_config *port, uint8_t tag_len,
			       const uint8_t *frame)
{
	return rte_cpu_to_be_16(hd_frame_u16(frame, 12 + tag_len)) == port->tpid;
}

/*
 * The whole frame is payload. The service tag gets the priority of the customer tag (802.1ad
 * 6.9.1).
 */
static struct dp_vlan_class classify_tunnel(const struct dp_port_config *port, const uint8_t *frame)
{
	bool tagged = is_customer_tagged(port, 0, frame);
	uint16_t tci = tagged ? hd_frame_u16(frame, 14) : port->default_tci;

	if (port->flags & HD_PORT_CVLANS &&
	    (!tagged || !hd_vlan_set_has(port->cvlans, tci & HD_VID_MASK)))
		return verdict(DP_VLAN_CVLAN_REFUSED);
	return accept(tci, port->pvid, 0);
}

bool dp_vlan_tag_is_cut(const uint8_t *frame, uint32_t len)
{
	for (uint32_t at = HD_ETH_HLEN; at <= HD_ETH_HLEN + HD_VLAN_HLEN; at += HD_VLAN_HLEN) {
		if (!hd_vlan_is_tpid(hd_frame_u16(frame, at - 2)))
			return false;
		if (len < at + HD_VLAN_HLEN)
			return true;
	}
	return false;
}

struct dp_vlan_class dp_vlan_classify_tagged(const struct dp_port_config *port,
					     const uint8_t *frame)
{
	uint16_t tci;

	if (port->mode == HD_VLAN_NONE)
		return verdict(DP_VLAN_NO_SWITCH);
	if (port->mode == HD_VLAN_TUNNEL)
		return classify_tunnel(port, frame);
	if (rte_cpu_to_be_16(hd_frame_u16(frame, 12)) != port->tpid)
		return classify_untagged(port);
	tci = hd_frame_u16(frame, 14);
	if ((tci & HD_VID_MASK) == HD_VID_MASK)
		return verdict(DP_VLAN_RESERVED);
	return port->mode == HD_VLAN_ACCESS ? classify_access(port, tci)
					    : classify_trunk(port, tci);
}

/* Makes the frame start with this tag. */
static struct dp_vlan_egress with_tag(uint16_t tpid, uint16_t tci, uint8_t tag_len,
				      const uint8_t *frame)
{
	struct dp_vlan_egress e = {.tci = tci, .tpid = tpid};

	if (!tag_len)
		e.action = DP_TAG_PUSH;
	else if (rte_cpu_to_be_16(hd_frame_u16(frame, 12)) == tpid &&
		 hd_frame_u16(frame, 14) == tci)
		e.action = DP_TAG_KEEP;
	else
		e.action = DP_TAG_REWRITE;
	return e;
}

static struct dp_vlan_egress without_tag(const struct dp_port_config *port, uint16_t tci,
					 uint8_t tag_len, const uint8_t *frame)
{
	if (port->priority_tags == HD_PRIORITY_TAGS_ALWAYS ||
	    (port->priority_tags == HD_PRIORITY_TAGS_NONZERO && tci >> HD_PCP_SHIFT))
		return with_tag(port->tpid, tci & TCI_PRIORITY, tag_len, frame);
	/*
	 * A guest may hide a tag behind a priority tag, or behind the native VLAN's own. On a trunk
	 * it would come to the front here, and choose the VLAN in the next switch.
	 */
	if (port->mode == HD_VLAN_TRUNK && hd_vlan_is_tpid(hd_frame_u16(frame, 12 + tag_len)))
		return (struct dp_vlan_egress){.action = DP_TAG_EXPOSED};
	return (struct dp_vlan_egress){.action = tag_len ? DP_TAG_STRIP : DP_TAG_KEEP};
}

bool dp_vlan_cvlan_passes(const struct dp_port_config *port, uint8_t tag_len, const uint8_t *frame,
			  uint32_t len)
{
	if (port->mode != HD_VLAN_TUNNEL || !(port->flags & HD_PORT_CVLANS))
		return true;
	return len >= HD_ETH_HLEN + HD_VLAN_HLEN + (uint32_t)tag_len &&
	       is_customer_tagged(port, tag_len, frame) &&
	       hd_vlan_set_has(port->cvlans, hd_frame_u16(frame, 14 + tag_len) & HD_VID_MASK);
}

struct dp_vlan_egress dp_vlan_egress(const struct dp_port_config *port, bool member,
				     uint32_t domain, uint16_t tci, uint8_t tag_len,
				     const uint8_t *frame)
{
	bool native = domain == port->pvid_domain;

	if (!member)
		return (struct dp_vlan_egress){.action = DP_TAG_NOT_MEMBER};
	if (port->mode == HD_VLAN_TRUNK && (!native || port->flags & HD_PORT_NATIVE_TAGGED))
		return with_tag(port->tpid, tci, tag_len, frame);
	return without_tag(port, tci, tag_len, frame);
}
