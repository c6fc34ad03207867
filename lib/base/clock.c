/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/base/clock.h"

#include <time.h>

static bool clock_virtual;
static uint64_t clock_virtual_ns;

uint64_t hd_now_ns(void)
{
	struct timespec ts;

	if (__atomic_load_n(&clock_virtual, __ATOMIC_ACQUIRE))
		return __atomic_load_n(&clock_virtual_ns, __ATOMIC_RELAXED);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * HD_NS_PER_S + (uint64_t)ts.tv_nsec;
}

void hd_clock_set_virtual(uint64_t now_ns)
{
	__atomic_store_n(&clock_virtual_ns, now_ns, __ATOMIC_RELAXED);
	__atomic_store_n(&clock_virtual, true, __ATOMIC_RELEASE);
}

void hd_clock_set_real(void)
{
	__atomic_store_n(&clock_virtual, false, __ATOMIC_RELEASE);
}
