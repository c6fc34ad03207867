/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All limits of the router: sizes of tables, and times.
 */
#ifndef DATAPLANE_L3_LIMITS_H
#define DATAPLANE_L3_LIMITS_H

#include "heddle/base/clock.h"

/*
 * Neighbours of one worker. A neighbour that has not answered (yet) counts as asked, any other as
 * known. The two sorts have separate limits, so that a scan takes no place from known neighbours.
 */
#define L3_NEIGH_MAX           16384
#define L3_NEIGH_GATEWAY_MAX   4096 /* known neighbours of one gateway */
#define L3_NEIGH_ASKED_MAX     2048
#define L3_NEIGH_ASKED_GATEWAY 256 /* asked neighbours of one gateway */

/* Packets that wait for a neighbour: of a worker, of a gateway, and for one neighbour. */
#define L3_HELD_MAX       1024
#define L3_HELD_GATEWAY   256
#define L3_HELD_NEIGHBOUR 8

/* RFC 4861 section 10, which ARP follows here as well. */
#define L3_REACHABLE_NS  (30 * HD_NS_PER_S) /* times 0.5 to 1.5, at random */
#define L3_RETRANS_NS    HD_NS_PER_S
#define L3_DELAY_NS      (5 * HD_NS_PER_S)
#define L3_SOLICITS      3
#define L3_FAILED_NS     (3 * HD_NS_PER_S)   /* packets to a silent one are refused */
#define L3_STALE_NS      (600 * HD_NS_PER_S) /* an unused one is forgotten */
#define L3_STALE_LOOK_NS HD_NS_PER_S         /* time between checks for use of a stale one */
#define L3_CLAIM_NS      HD_NS_PER_S         /* once heard, no other MAC is believed */

/* RFC 5227 2.4: our address is defended at most once in this time. */
#define L3_DEFEND_NS (10 * HD_NS_PER_S)

/*
 * The rounds of announcements of a gateway that came up or changed, and the time between two: RFC
 * 5227 2.3, within the limits of RFC 4861 7.2.6. In one step, a worker sends at most
 * L3_ANNOUNCE_BURST and checks at most L3_ANNOUNCE_LOOKS ports.
 */
#define L3_ANNOUNCE_NUM         2
#define L3_ANNOUNCE_INTERVAL_NS (2 * HD_NS_PER_S)
#define L3_ANNOUNCE_BURST       8
#define L3_ANNOUNCE_LOOKS       256
#define L3_ANNOUNCE_STEP_NS     HD_NS_PER_MS /* between two steps */

/* ICMP errors of one gateway on one worker (RFC 1812 4.3.2.8, RFC 4443 2.4 f). */
#define L3_ICMP_RATE  100 /* a second */
#define L3_ICMP_BURST 20

#define L3_TTL 64 /* of packets that the switch makes */

#endif
