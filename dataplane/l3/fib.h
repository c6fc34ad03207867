/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Routes of one VRF: which of them an address belongs to. The longest prefix wins.
 *
 * A table is immutable: it is built from a list of routes and replaced as a whole. All prefixes
 * together cut the addresses into ranges in each of which every address has the same route: these
 * lie sorted, and one look-up is a binary search. n routes make at most 2n + 1 ranges, of 8 bytes
 * (IPv4) or 20. What a route leads to is a number that only the caller understands, so that other
 * sorts of routes need no other table.
 */
#ifndef DATAPLANE_L3_FIB_H
#define DATAPLANE_L3_FIB_H

#include <stdint.h>

#include "dataplane/l3/addr.h"

#define L3_FIB_NONE UINT32_MAX /* no route */

struct l3_route {
	struct l3_addr prefix; /* bits behind its length are not looked at */
	uint8_t family;        /* 4 or 6 */
	uint8_t length;        /* 0..32 or 0..128 */
	uint32_t next;         /* what it leads to; not L3_FIB_NONE */
};

struct l3_fib;

/*
 * A table of @n routes, which the caller keeps; they are sorted in place. No two have the same
 * prefix (if they do, one of them counts). NULL: out of memory. Control thread.
 */
struct l3_fib *l3_fib_new(struct l3_route *routes, uint32_t n);
void l3_fib_free(struct l3_fib *fib);

/* By family, prefix and length; what l3_fib_new() sorts by. For qsort(3). */
int l3_route_compare(const void *a, const void *b);

/* IPv4 addresses that lie side by side and have the same route. */
struct l3_fib_span {
	uint32_t first; /* a number: 10.0.0.1 is 0x0a000001 */
	uint32_t size;  /* addresses besides the first */
	uint32_t next;  /* what it leads to, or L3_FIB_NONE */
};

/* Those that @dst is among. Any thread. */
struct l3_fib_span l3_fib_span(const struct l3_fib *fib, uint32_t dst);

/* What the route of an address leads to, or L3_FIB_NONE. @dst: 4 bytes or 16. Any thread. */
uint32_t l3_fib_lookup(const struct l3_fib *fib, unsigned int family, const uint8_t *dst);

#endif
