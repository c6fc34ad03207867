/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counters of the punt thread, besides those of classes. Only the punt thread writes them; any
 * thread reads.
 */
#ifndef DATAPLANE_PUNT_TOTALS_H
#define DATAPLANE_PUNT_TOTALS_H

#include <stdatomic.h>
#include <stdint.h>

struct punt_totals {
	_Atomic uint64_t injected, inject_refused, leases, leases_expired, resigned;
};

extern struct punt_totals punt_totals;

static inline void punt_totals_set(_Atomic uint64_t *total, uint64_t value)
{
	atomic_store_explicit(total, value, memory_order_relaxed);
}

static inline void punt_totals_add(_Atomic uint64_t *total, uint64_t n)
{
	punt_totals_set(total, atomic_load_explicit(total, memory_order_relaxed) + n);
}

#endif
