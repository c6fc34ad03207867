/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers that look random and are the same in each run (splitmix64): a failure comes again.
 */
#ifndef TESTS_UNIT_RANDOM_H
#define TESTS_UNIT_RANDOM_H

#include <stdint.h>

/* The next number of a stream. Any @state can begin one. */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* The stream of dice(); a test that runs several begins each with a number of its own. */
static uint64_t dice_state;

/* 0 to @n - 1; @n is at least 1. */
static inline unsigned int dice(unsigned int n)
{
	return (unsigned int)(random_next(&dice_state) % n);
}

#endif
