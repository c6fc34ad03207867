/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/base/random.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/random.h>

#include "heddle/base/log.h"

/* Step of the sequence: the odd integer next to 2^64 divided by the golden ratio. */
#define STEP 0x9e3779b97f4a7c15ull

static bool random_fixed;
static uint64_t random_state;

/* A bijection that spreads each bit of @x over all of them (the finalizer of SplitMix64). */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

uint64_t hd_random_u64(void)
{
	uint64_t value;
	ssize_t n;

	if (__atomic_load_n(&random_fixed, __ATOMIC_ACQUIRE))
		return mix(__atomic_add_fetch(&random_state, STEP, __ATOMIC_RELAXED));
	do {
		n = getrandom(&value, sizeof(value), 0);
	} while (n < 0 && errno == EINTR);
	if (n != sizeof(value)) {
		/* A predictable hash seed is an open door; there is no safe way on. */
		hd_log(HD_LOG_ERR, "getrandom failed: no randomness, cannot go on");
		abort();
	}
	return value;
}

void hd_random_fix(uint64_t seed)
{
	__atomic_store_n(&random_state, seed, __ATOMIC_RELAXED);
	__atomic_store_n(&random_fixed, true, __ATOMIC_RELEASE);
}
