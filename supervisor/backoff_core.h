/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How long heddled waits before it starts a dead plane again: 50 ms, doubled after each death, up
 * to 5 s. If the plane has lived for 10 s, the wait is 50 ms again. A death that is blamed on a
 * port does not count, unless there are more than 30 of them in a minute: then heddled does not
 * believe the blame. Pure.
 */
#ifndef SUPERVISOR_BACKOFF_CORE_H
#define SUPERVISOR_BACKOFF_CORE_H

#include <stdint.h>

#define BACKOFF_FIRST_MS 50u
#define BACKOFF_LAST_MS  5000u
#define BACKOFF_RESET_MS 10000u

#define BACKOFF_BLAMED_MAX 30u
#define BACKOFF_BLAMED_MS  60000u

struct backoff {
	uint32_t next_ms;  /* the next wait; 0: the plane has not died yet */
	uint32_t blamed;   /* deaths since since_ms that did not count */
	uint64_t since_ms; /* when the minute of blamed began */
};

/* A process died that had lived for @lived_ms. Returns the milliseconds to wait. */
uint32_t backoff_wait(struct backoff *backoff, uint64_t lived_ms);

/* The same for a death at @now_ms that is blamed on a port. */
uint32_t backoff_blamed(struct backoff *backoff, uint64_t lived_ms, uint64_t now_ms);

#endif
