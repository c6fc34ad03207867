/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A policer: lets pass a number of frames a second, and a burst. Pure; time is an argument.
 *
 * It is the generic cell rate algorithm (ITU-T I.371). Its state is one number, the time at which
 * the bucket is full again, so threads can share a policer without a lock.
 */
#ifndef DATAPLANE_PUNT_POLICER_H
#define DATAPLANE_PUNT_POLICER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "heddle/base/clock.h"

/* The bucket; zero: full. */
typedef _Atomic uint64_t punt_bucket;

#define PUNT_POLICER_TRIES 4 /* after so many collisions with other threads the frame fails */

/*
 * True if a frame may pass at @now_ns. @rate: frames a second, at least 1; @burst: frames at once,
 * at least 1. In each span of t seconds at most @burst + @rate * t frames pass; after a quiet time
 * a whole burst passes. Any thread; never waits.
 */
static inline bool punt_police(punt_bucket *bucket, uint64_t now_ns, uint32_t rate, uint32_t burst)
{
	uint64_t each = HD_NS_PER_S / rate, limit = each * (burst - 1);
	uint64_t full = atomic_load_explicit(bucket, memory_order_relaxed);

	for (int i = 0; i < PUNT_POLICER_TRIES; i++) {
		uint64_t from = full > now_ns ? full : now_ns;

		if (from - now_ns > limit)
			return false;
		if (atomic_compare_exchange_weak_explicit(
			    bucket, &full, from + each, memory_order_relaxed, memory_order_relaxed))
			return true;
	}
	return false;
}

#endif
