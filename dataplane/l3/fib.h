/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The routes of one VRF: finds the route of an address. The longest prefix wins.
 *
 * A table is immutable: it is built from a list of routes and replaced as a whole. The prefixes cut
 * the addresses into ranges; all addresses of a range have the same route. The ranges are sorted,
 * and a lookup is a binary search. n routes make at most 2n + 1 ranges, of 8 bytes (IPv4) or 20
 * bytes (IPv6). A route leads to a number that only the caller understands, so new kinds of routes
 * need no other table.
 */
#ifndef DATAPLANE_L3_FIB_H
#define DATAPLANE_L3_FIB_H

#include <stdint.h>

#include "dataplane/l3/addr.h"

#define L3_FIB_NONE UINT32_MAX /* no route */

struct l3_route {
	struct l3_addr prefix; /* bits behind its length are ignored */
	uint8_t family;        /* 4 or 6 */
	uint8_t length;        /* 0..32 or 0..128 */
	uint32_t next;         /* what it leads to; not L3_FIB_NONE */
};

struct l3_fib;

/*
 * Makes a table of @n routes; sorts @routes in place, which the caller keeps. No two routes should
 * have the same prefix (else one of them counts). NULL: out of memory. Control thread.
 */
struct l3_fib *l3_fib_new(struct l3_route *routes, uint32_t n);
void l3_fib_free(struct l3_fib *fib);

/* Orders routes by family, prefix and length, as l3_fib_new() does. For qsort(3). */
int l3_route_compare(const void *a, const void *b);

/* A range of IPv4 addresses that have the same route. */
struct l3_fib_span {
	uint32_t first; /* as a number: 10.0.0.1 is 0x0a000001 */
	uint32_t size;  /* addresses besides the first */
	uint32_t next;  /* what it leads to, or L3_FIB_NONE */
};

/* Returns the range that has @dst. Any thread. */
struct l3_fib_span l3_fib_span(const struct l3_fib *fib, uint32_t dst);

/*
 * Returns the number that the route of @dst (4 or 16 bytes) leads to, or L3_FIB_NONE. Any thread.
 */
uint32_t l3_fib_lookup(const struct l3_fib *fib, unsigned int family, const uint8_t *dst);

#endif
