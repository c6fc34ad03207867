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
#define L3_ARP_FRAME 60 /* bytes of a written frame: the shortest that Ethernet has */

enum l3_arp_op { L3_ARP_REQUEST = 1, L3_ARP_REPLY = 2 };

struct l3_arp {
	uint16_t op;
	struct hd_mac sender, target; /* hardware addresses; target is ignored in a request */
	uint8_t sender_ip[4], target_ip[4];
};

/*
 * Parses the ARP packet at @p, of @len bytes behind the Ethernet header. False: it is not for IPv4
 * on Ethernet, is cut short, is neither request nor reply, or its sender is no host: the MAC is
 * zero or a group address, or no host can have the IP address (0.0.0.0 is allowed in requests: a
 * probe).
 */
bool l3_arp_parse(const uint8_t *p, uint32_t len, struct l3_arp *out);

/* What an ARP packet means to the gateway that received it. */
enum l3_arp_kind {
	L3_ARP_OTHER,    /* for others; only confirms or changes an entry of its sender */
	L3_ARP_ASKS,     /* a host's request for our address: answered, and the sender is learned */
	L3_ARP_PROBE,    /* somebody wants to use our address (RFC 5227 2.1.1): answered */
	L3_ARP_ANSWERS,  /* a reply to us */
	L3_ARP_CONFLICT, /* the sender claims our address: never learned, but defended */
};

/*
 * Returns the meaning of a packet. @sender_ours, @target_ours: the packet's address is one of the
 * gateway's, whose MAC is @mac.
 */
enum l3_arp_kind l3_arp_kind(const struct l3_arp *arp, bool sender_ours, bool target_ours,
			     const struct hd_mac *mac);

/*
 * These write a frame of L3_ARP_FRAME bytes from @mac, which has the address @ip: a request for
 * @target, by broadcast or, with @to, to one host; the reply to @request; an announcement of @ip
 * (RFC 5227 3).
 */
void l3_arp_request(uint8_t *frame, const struct hd_mac *mac, const uint8_t ip[4],
		    const uint8_t target[4], const struct hd_mac *to);
void l3_arp_reply(uint8_t *frame, const struct hd_mac *mac, const struct l3_arp *request);
void l3_arp_announce(uint8_t *frame, const struct hd_mac *mac, const uint8_t ip[4]);

#endif
