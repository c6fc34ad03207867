/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VLAN rules of a port, as pure functions over its configuration and a frame's first bytes:
 * classification at ingress, tags at egress (IEEE 802.1Q 6.9, 8.6.1, 8.6.2; 802.1ad 15).
 *
 * A frame's bytes are never changed at ingress. Classification says whether the tag at offset 12 is
 * the VLAN's own (egress removes, keeps or rewrites it) or payload. Rules for both tag protocols:
 *
 *	a tag               only of the port's tag protocol; one of the other protocol is payload
 *	a tunnel            all tags are payload; the first one has the customer's VLAN and
 *	                    priority, if it is of the port's protocol
 *	an added tag        is of the port's protocol
 *	an incomplete tag   makes the frame malformed on any port
 */
#ifndef DATAPLANE_L2_VLAN_H
#define DATAPLANE_L2_VLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/core/config.h"

enum dp_vlan_verdict {
	DP_VLAN_OK,
	DP_VLAN_NO_SWITCH,     /* the port belongs to no switch */
	DP_VLAN_UNTAGGED,      /* untagged, and the port has no native VLAN */
	DP_VLAN_TAGGED,        /* tagged, on an access port */
	DP_VLAN_NOT_ALLOWED,   /* a VLAN that the port does not carry */
	DP_VLAN_RESERVED,      /* VID 4095 */
	DP_VLAN_CVLAN_REFUSED, /* tunnel: not one of the customer's VLANs */
};

struct dp_vlan_class {
	enum dp_vlan_verdict verdict;
	uint16_t vlan;   /* the switch's VLAN */
	uint16_t tci;    /* PCP and DEI of the frame, id of the VLAN (0: it has none) */
	uint8_t tag_len; /* 4: the tag at offset 12 is the VLAN's */
};

/* Classifies a frame of at least 14 bytes for which dp_vlan_tag_is_cut() is false. */
struct dp_vlan_class dp_vlan_classify_tagged(const struct dp_port_config *port,
					     const uint8_t *frame);

/*
 * True if the frame of @len bytes, at least 14, ends inside one of its first two tags. Tags of both
 * protocols count, whatever the port's protocol is: the egress port may have the other one.
 */
bool dp_vlan_tag_is_cut(const uint8_t *frame, uint32_t len);

enum dp_vlan_action {
	DP_TAG_KEEP,    /* leave the frame as it is */
	DP_TAG_STRIP,   /* take off the tag at offset 12 */
	DP_TAG_PUSH,    /* put (tpid, tci) in at offset 12 */
	DP_TAG_REWRITE, /* set the tag at offset 12 to (tpid, tci) */
	DP_TAG_NOT_MEMBER,
	DP_TAG_EXPOSED, /* the frame would then begin with a tag that the port's peer obeys */
};

struct dp_vlan_egress {
	enum dp_vlan_action action;
	uint16_t tci;  /* for PUSH and REWRITE, host order */
	uint16_t tpid; /* the port's, network order */
};

/*
 * Returns what to do with a classified frame of @domain that leaves by @port. @member: the port is
 * a member of the domain (dp_port_carries()). @tci and @tag_len are from the classification; @frame
 * has at least 14 + tag_len bytes.
 */
struct dp_vlan_egress dp_vlan_egress(const struct dp_port_config *port, bool member,
				     uint32_t domain, uint16_t tci, uint8_t tag_len,
				     const uint8_t *frame);

/*
 * False if the frame of @len bytes must not leave by the tunnel @port: its customer VLAN (behind
 * the tag of @tag_len bytes) is not on the port's list, or it has none.
 */
bool dp_vlan_cvlan_passes(const struct dp_port_config *port, uint8_t tag_len, const uint8_t *frame,
			  uint32_t len);

#endif
