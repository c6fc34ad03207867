/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbour solicitations and advertisements (RFC 4861 4.3, 4.4, 7). Pure; every byte is hostile.
 */
#ifndef DATAPLANE_L3_ND_H
#define DATAPLANE_L3_ND_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/net/ether.h"
#include "dataplane/l3/addr.h"

#define L3_ND_SOLICIT   135
#define L3_ND_ADVERTISE 136
#define L3_ND_FRAME     86 /* bytes of a written frame */

struct l3_nd {
	uint8_t type;      /* L3_ND_SOLICIT or L3_ND_ADVERTISE */
	bool from_nobody;  /* the source is ::, duplicate address detection (RFC 4862 5.4) */
	bool solicited;    /* advertisement: it answers a solicitation, */
	bool override;     /* and replaces the known MAC */
	bool has_mac;      /* it has the source's (target's) link-layer address option, */
	struct hd_mac mac; /* which is this */
	struct l3_addr src;
	struct l3_addr target;
};

/*
 * Parses the ICMPv6 message behind the IPv6 header at @ip, of a packet of @length bytes by that
 * header, of which @readable can be read. False: it is neither of the two messages, is not valid by
 * RFC 4861 7.1.1 and 7.1.2, is not readable as a whole, or its MAC is not that of a host.
 */
bool l3_nd_parse(const uint8_t *ip, uint32_t readable, uint32_t length, struct l3_nd *out);

/*
 * These write a frame of L3_ND_FRAME bytes from @mac: a solicitation for @target from @ip, to the
 * solicited-node address or, with @to, to one host; the advertisement that answers @solicit (to all
 * nodes if that is duplicate address detection); an unsolicited advertisement of @ip.
 */
void l3_nd_solicit(uint8_t *frame, const struct hd_mac *mac, const struct l3_addr *ip,
		   const struct l3_addr *target, const struct hd_mac *to);
void l3_nd_answer(uint8_t *frame, const struct hd_mac *mac, const struct l3_nd *solicit,
		  const struct hd_mac *to);
void l3_nd_announce(uint8_t *frame, const struct hd_mac *mac, const struct l3_addr *ip);

#endif
