/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ARP on Ethernet for IPv4 (RFC 826), and the detection of address conflicts (RFC 5227). Pure;
 * every byte is hostile.
 */
#ifndef DATAPLANE_L3_ARP_H
#define DATAPLANE_L3_ARP_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/net/ether.h"

#define L3_ARP_LEN   28
#define L3_ARP_FRAME 60 /* bytes of a frame that is written here: the shortest that Ethernet has */

enum l3_arp_op { L3_ARP_REQUEST = 1, L3_ARP_REPLY = 2 };

struct l3_arp {
	uint16_t op;
	struct hd_mac sender, target; /* hardware addresses; target is not looked at in a request */
	uint8_t sender_ip[4], target_ip[4];
};

/*
 * Reads the ARP packet at @p, @len bytes behind the Ethernet header. False: it is none for IPv4 on
 * Ethernet, is cut short, is neither request nor reply, or its sender is no host: a group address
 * or zero as MAC, an IP address that no host can have (0.0.0.0 is for probes, which are requests).
 */
bool l3_arp_parse(const uint8_t *p, uint32_t len, struct l3_arp *out);

/* What an ARP packet is to the gateway that got it. */
enum l3_arp_kind {
	L3_ARP_OTHER, /* nothing to us, but that its sender may be known already */
	L3_ARP_ASKS, /* a request for our address, of a host: answered, and the sender is learned */
	L3_ARP_PROBE,    /* somebody wants to take our address (RFC 5227 2.1.1): answered */
	L3_ARP_ANSWERS,  /* a reply to us */
	L3_ARP_CONFLICT, /* the sender says that it has our address: never learned, but defended */
};

/*
 * @sender_ours, @target_ours: the addresses in the packet are ones of the gateway, whose MAC is
 * @mac.
 */
enum l3_arp_kind l3_arp_kind(const struct l3_arp *arp, bool sender_ours, bool target_ours,
			     const struct hd_mac *mac);

/*
 * These write a frame of L3_ARP_FRAME bytes from @mac, which has @ip: a request for @target, to
 * all or, with @to, to one host; the reply to a request; an announcement of ourselves (RFC 5227
 * 3).
 */
void l3_arp_request(uint8_t *frame, const struct hd_mac *mac, const uint8_t ip[4],
		    const uint8_t target[4], const struct hd_mac *to);
void l3_arp_reply(uint8_t *frame, const struct hd_mac *mac, const struct l3_arp *request);
void l3_arp_announce(uint8_t *frame, const struct hd_mac *mac, const uint8_t ip[4]);

#endif
