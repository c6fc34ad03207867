/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/api/fdb.h"
#include "heddle/base/clock.h"
#include "dataplane/l2/mac_notice.h"

static bool may_move(struct dp_mac_notices *n, uint64_t now_ns)
{
	const uint64_t cost = HD_NS_PER_S / DP_NOTICE_RATE, burst = DP_NOTICE_BURST * cost;

	if (now_ns - n->paid_ns > burst)
		n->paid_ns = now_ns - burst;
	if (now_ns - n->paid_ns < cost)
		return false;
	n->paid_ns += cost;
	return true;
}

static bool may_limit(struct dp_mac_notices *n, const struct dp_mac_note *note, uint32_t whose,
		      uint64_t now_ns)
{
	uint64_t key = (uint64_t)note->kind << 32 | whose;
	unsigned int at = (uint32_t)(key * 0x9e3779b97f4a7c15ull >> 32) % DP_NOTICE_LIMITS;

	if (n->limit[at].key == key &&
	    now_ns - n->limit[at].told_ns < DP_NOTICE_AGAIN_S * HD_NS_PER_S)
		return false;
	/* Two keys that share a slot take turns, at most as often as moves are reported. */
	if (n->limit[at].key && n->limit[at].key != key && !may_move(n, now_ns))
		return false;
	n->limit[at].key = key;
	n->limit[at].told_ns = now_ns;
	return true;
}

bool dp_mac_notice(struct dp_mac_notices *n, const struct dp_mac_note *note, uint32_t whose,
		   uint64_t now_ns, uint64_t *left_out)
{
	bool move = note->kind == HD_MAC_MOVED;
	uint64_t *left = move ? &n->moves_left_out : &n->limits_left_out;

	if (!(move ? may_move(n, now_ns) : may_limit(n, note, whose, now_ns))) {
		++*left;
		return false;
	}
	*left_out = *left;
	*left = 0;
	return true;
}
