/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies of the punt rules and the leases, for other threads to show. The punt thread, which owns
 * the rules and the leases, writes a copy after each change. It never waits for a reader, and a
 * reader never waits for it.
 */
#ifndef DATAPLANE_PUNT_SHOWN_H
#define DATAPLANE_PUNT_SHOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/punt.h"

/* A lease: @state without its segment and the time left, which the reader fills in. */
struct punt_shown_lease {
	struct hd_punt_lease_state state;
	uint64_t until_ns; /* when it expires, or, when it resigns, ends */
};

/*
 * Write a copy to place @at, below HD_PUNT_RULES_MAX or HD_LEASES_MAX. NULL: empties it. Punt
 * thread.
 */
void punt_show_rule(uint32_t at, const struct hd_punt_rule *rule);
void punt_show_lease(uint32_t at, const struct punt_shown_lease *lease);

/*
 * Read the copy at place @at. False: the place is empty, or the punt thread is changing it. Any
 * thread; never waits.
 */
bool punt_shown_rule(uint32_t at, struct hd_punt_rule *rule);
bool punt_shown_lease(uint32_t at, struct punt_shown_lease *lease);

#endif
