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
#define L3_ND_FRAME     86 /* bytes of a frame that is written here */

struct l3_nd {
	uint8_t type;      /* L3_ND_SOLICIT or L3_ND_ADVERTISE */
	bool from_nobody;  /* the source is ::, duplicate address detection (RFC 4862 5.4) */
	bool solicited;    /* advertisement: it answers a solicitation, */
	bool override;     /* and is to replace what is known */
	bool has_mac;      /* with the source's (target's) link-layer address option, */
	struct hd_mac mac; /* which is this */
	struct l3_addr src;
	struct l3_addr target;
};

/*
 * Reads the ICMPv6 message behind the IPv6 header at @ip, of a packet of @length bytes as that
 * header says, of which @readable can be read. False: it is neither of the two, or not valid by
 * RFC 4861 7.1.1 and 7.1.2, or too long to be read as a whole, or the MAC in it is none of a host.
 */
bool l3_nd_parse(const uint8_t *ip, uint32_t readable, uint32_t length, struct l3_nd *out);

/*
 * These write a frame of L3_ND_FRAME bytes from @mac: a solicitation of @target by @ip, to all
 * that may have it or, with @to, to one host; the advertisement of one of our addresses that
 * answers a solicitation (to all nodes when that is of duplicate address detection); one that
 * nobody asked for.
 */
void l3_nd_solicit(uint8_t *frame, const struct hd_mac *mac, const struct l3_addr *ip,
		   const struct l3_addr *target, const struct hd_mac *to);
void l3_nd_answer(uint8_t *frame, const struct hd_mac *mac, const struct l3_nd *solicit,
		  const struct hd_mac *to);
void l3_nd_announce(uint8_t *frame, const struct hd_mac *mac, const struct l3_addr *ip);

#endif
