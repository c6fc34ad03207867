/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which of the things that workers notice about addresses management is told of: a loop moves
 * addresses a million times a second, and a person needs to hear of it once. Pure.
 */
#ifndef DATAPLANE_L2_MAC_NOTICE_H
#define DATAPLANE_L2_MAC_NOTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/l2/mac_ring.h"

#define DP_NOTICE_RATE    10 /* moves a second, after the first DP_NOTICE_BURST */
#define DP_NOTICE_BURST   20
#define DP_NOTICE_AGAIN_S 30  /* a limit that is still reached is told of again */
#define DP_NOTICE_LIMITS  256 /* that are remembered */

struct dp_mac_notices {
	uint64_t paid_ns; /* moves are paid for up to this time */
	uint64_t moves_left_out, limits_left_out;
	struct {
		uint64_t key; /* kind and whose; 0: free */
		uint64_t told_ns;
	} limit[DP_NOTICE_LIMITS];
};

/*
 * True: tell of it, and that *@left_out others were not told of since the last one of its sort.
 * @whose tells the limits of one kind apart.
 */
bool dp_mac_notice(struct dp_mac_notices *n, const struct dp_mac_note *note, uint32_t whose,
		   uint64_t now_ns, uint64_t *left_out);

#endif
