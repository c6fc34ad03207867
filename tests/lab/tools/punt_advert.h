/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What punt_guest.c and punt_cp.c say to each other through a switch: adverts of a guest, which heddle-dp
 * punts to heddle-cp, and the answers that heddle-cp injects. Times are CLOCK_MONOTONIC of the one machine
 * that both run on.
 */
#ifndef TESTS_LAB_TOOLS_PUNT_ADVERT_H
#define TESTS_LAB_TOOLS_PUNT_ADVERT_H

#include <stdint.h>

/* The gateway that the rules are for: its name, and the MAC that it is to have. */
#define PUNT_GATEWAY     "lab-gw"
#define PUNT_GATEWAY_MAC 0x02, 0x48, 0x44, 0xff, 0x00, 0x01

/* VRRP (RFC 9568 5.1.1.2, 5.1.1.4) and PIM (RFC 7761 4.9), with the MACs of their groups (RFC 1112 6.4). */
#define PUNT_ADVERT_PROTOCOL 112
#define PUNT_ADVERT_MAC      0x01, 0x00, 0x5e, 0x00, 0x00, 0x12
#define PUNT_OTHER_PROTOCOL  103
#define PUNT_OTHER_MAC       0x01, 0x00, 0x5e, 0x00, 0x00, 0x0d

#define PUNT_MAGIC 0x68647075u

/* Behind the Ethernet and IPv4 headers, 14 and 20 bytes; in the machine's byte order. */
struct punt_advert {
	uint32_t magic;
	uint32_t seq;
	uint64_t sent_ns;  /* the guest offered it to the switch */
	uint64_t taken_ns; /* in an answer: a worker received it, */
	uint64_t came_ns;  /* and heddle-cp did */
	uint64_t
		n_adverts; /* in an answer: that heddle-cp got since it started, this one included */
} __attribute__((packed));

#define PUNT_ADVERT_AT  34
#define PUNT_ADVERT_LEN (PUNT_ADVERT_AT + sizeof(struct punt_advert))

#endif
