/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How long a plane that died waits until it is started again: 50 ms, doubled each time up to 5 s;
 * from the start again after a life of 10 s. A death that is blamed on a port does not count, but for
 * more than 30 of them in a minute: then the blame is not to be believed. Pure.
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
	uint32_t next_ms; /* 0: none yet */
	uint32_t blamed;  /* deaths that did not count, since ... */
	uint64_t since_ms;
};

/* A process ended that had lived for @lived_ms. Returns the milliseconds to wait. */
uint32_t backoff_wait(struct backoff *backoff, uint64_t lived_ms);

/* The same, at @now_ms, of a death that is blamed on a port. */
uint32_t backoff_blamed(struct backoff *backoff, uint64_t lived_ms, uint64_t now_ms);

#endif
