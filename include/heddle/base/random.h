/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Randomness, from one function: every hash seed and every choice comes from here.
 * Replay fixes the seed, so that the same input gives the same output.
 */
#ifndef HEDDLE_BASE_RANDOM_H
#define HEDDLE_BASE_RANDOM_H

#include <stdint.h>

/* A random number: from getrandom(2), or the fixed sequence after hd_random_fix(). Any thread. */
uint64_t hd_random_u64(void);

/* From now on hd_random_u64() returns the sequence that @seed determines. Any thread. */
void hd_random_fix(uint64_t seed);

#endif
