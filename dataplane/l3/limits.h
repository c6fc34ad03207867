/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How large the router's tables are, and how long things last in them. All of it is here.
 */
#ifndef DATAPLANE_L3_LIMITS_H
#define DATAPLANE_L3_LIMITS_H

#include "heddle/base/clock.h"

/*
 * Neighbours, by worker. A neighbour that did not answer yet, or at all, counts as asked; the
 * others are known. The two are limited apart, so that a scan takes no place from neighbours that
 * are known.
 */
#define L3_NEIGH_MAX           16384
#define L3_NEIGH_GATEWAY_MAX   4096 /* known ones of one gateway */
#define L3_NEIGH_ASKED_MAX     2048
#define L3_NEIGH_ASKED_GATEWAY 256 /* asked ones of one gateway */

/* Packets that wait for a neighbour: of a worker, of a gateway, and for one neighbour. */
#define L3_HELD_MAX       1024
#define L3_HELD_GATEWAY   256
#define L3_HELD_NEIGHBOUR 8

/* RFC 4861 section 10, which ARP follows here as well. */
#define L3_REACHABLE_NS  (30 * HD_NS_PER_S) /* times 0.5 to 1.5, at random */
#define L3_RETRANS_NS    HD_NS_PER_S
#define L3_DELAY_NS      (5 * HD_NS_PER_S)
#define L3_SOLICITS      3
#define L3_FAILED_NS     (3 * HD_NS_PER_S)   /* packets for one that did not answer are refused */
#define L3_STALE_NS      (600 * HD_NS_PER_S) /* one that nobody needed is forgotten */
#define L3_STALE_LOOK_NS HD_NS_PER_S         /* how often it is seen whether a stale one is used */
#define L3_CLAIM_NS      HD_NS_PER_S /* so long nobody else is believed to have the address */

/* RFC 5227 2.4: our address is defended once in so long a time. */
#define L3_DEFEND_NS (10 * HD_NS_PER_S)

/*
 * A gateway that came up or changed announces its addresses so often, so far apart: RFC 5227 2.3, within
 * what RFC 4861 7.2.6 allows. A worker sends so many at a time, and looks at so many ports.
 */
#define L3_ANNOUNCE_NUM         2
#define L3_ANNOUNCE_INTERVAL_NS (2 * HD_NS_PER_S)
#define L3_ANNOUNCE_BURST       8
#define L3_ANNOUNCE_LOOKS       256
#define L3_ANNOUNCE_STEP_NS     HD_NS_PER_MS /* from one time to the next */

/* ICMP errors of one gateway on one worker (RFC 1812 4.3.2.8, RFC 4443 2.4 f). */
#define L3_ICMP_RATE  100 /* a second */
#define L3_ICMP_BURST 20

#define L3_TTL 64 /* of what the switch sends itself */

#endif
