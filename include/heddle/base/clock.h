/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time, from one function: real (CLOCK_MONOTONIC) or, in replay and tests, virtual.
 * Everything that waits, ages or measures takes its time from here or as an argument.
 */
#ifndef HEDDLE_BASE_CLOCK_H
#define HEDDLE_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define HD_NS_PER_MS 1000000ull
#define HD_NS_PER_S  1000000000ull

/* Nanoseconds since an arbitrary start (monotonic), or the virtual time. Any thread. */
uint64_t hd_now_ns(void);

/*
 * Makes the clock virtual and sets its time, which stands still until the next call. One thread
 * calls this; all others may call hd_now_ns() meanwhile.
 */
void hd_clock_set_virtual(uint64_t now_ns);

/* Makes the clock real again (for tests). */
void hd_clock_set_real(void);

#endif
