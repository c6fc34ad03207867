/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decides which notices about addresses management gets: in a loop, addresses move a million times
 * a second, but a person needs one message. Pure.
 */
#ifndef DATAPLANE_L2_MAC_NOTICE_H
#define DATAPLANE_L2_MAC_NOTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/l2/mac_ring.h"

#define DP_NOTICE_RATE    10 /* moves a second, after the first DP_NOTICE_BURST */
#define DP_NOTICE_BURST   20
#define DP_NOTICE_AGAIN_S 30  /* a limit that is still reached is reported again after this */
#define DP_NOTICE_LIMITS  256 /* limits whose last report is remembered */

struct dp_mac_notices {
	uint64_t paid_ns; /* the rate limit's time: reported moves are paid for up to it */
	uint64_t moves_left_out, limits_left_out;
	struct {
		uint64_t key; /* kind and @whose; 0: free */
		uint64_t told_ns;
	} limit[DP_NOTICE_LIMITS];
};

/*
 * True: report the note, and that *@left_out others of its sort were not reported since the last
 * report. @whose tells limits of the same kind apart.
 */
bool dp_mac_notice(struct dp_mac_notices *n, const struct dp_mac_note *note, uint32_t whose,
		   uint64_t now_ns, uint64_t *left_out);

#endif
