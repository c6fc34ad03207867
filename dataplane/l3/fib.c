/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l3/fib.h"

#include <stdlib.h>

/* IPv6 addresses, and IPv4 ones while ranges are made, are numbers. */
typedef unsigned __int128 addr_t;

/* Ranges of a family: from[i] is the first address of range i, which ends before the next one's. */
struct ranges {
	uint32_t n; /* at least 1: from[0] is 0 */
	uint32_t *next;
	union {
		uint32_t *from4;
		addr_t *from6;
	};
};

struct l3_fib {
	struct ranges v4, v6;
};

static addr_t load6(const uint8_t *p)
{
	uint64_t high, low;

	memcpy(&high, p, 8);
	memcpy(&low, p + 8, 8);
	return (addr_t)__builtin_bswap64(high) << 64 | __builtin_bswap64(low);
}

static uint32_t load4(const uint8_t *p)
{
	return l3_be32(p);
}

/* Ones below the prefix. */
static addr_t host_mask(unsigned int bits, unsigned int length)
{
	addr_t all = bits == 32 ? (addr_t)UINT32_MAX : ~(addr_t)0;

	return length >= bits ? 0 : all >> length;
}

static addr_t first_of(const struct l3_route *r)
{
	unsigned int bits = r->family == 4 ? 32 : 128;
	addr_t a = r->family == 4 ? (addr_t)load4(r->prefix.b) : load6(r->prefix.b);

	return a & ~host_mask(bits, r->length);
}

int l3_route_compare(const void *a, const void *b)
{
	const struct l3_route *x = a, *y = b;
	addr_t from_x = first_of(x), from_y = first_of(y);

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	if (from_x != from_y)
		return from_x < from_y ? -1 : 1;
	return x->length < y->length ? -1 : x->length > y->length;
}

/* Ranges while they are made. */
struct sweep {
	struct ranges *out;
	unsigned int bits;
	addr_t last; /* address of the family */
	uint32_t depth;
	struct {
		addr_t end; /* last address of the prefix */
		uint32_t next;
	} open[129]; /* prefixes that hold the present address, each inside the one before */
};

static void put_from(struct sweep *s, uint32_t i, addr_t from)
{
	if (s->bits == 32)
		s->out->from4[i] = (uint32_t)from;
	else
		s->out->from6[i] = from;
}

static addr_t get_from(const struct sweep *s, uint32_t i)
{
	return s->bits == 32 ? (addr_t)s->out->from4[i] : s->out->from6[i];
}

/* From @from on, addresses lead to what the innermost open prefix says. */
static void begin_range(struct sweep *s, addr_t from)
{
	uint32_t next = s->depth ? s->open[s->depth - 1].next : L3_FIB_NONE;
	struct ranges *r = s->out;

	if (r->n && get_from(s, r->n - 1) == from)
		r->n--;
	if (r->n && r->next[r->n - 1] == next)
		return;
	put_from(s, r->n, from);
	r->next[r->n++] = next;
}

/* Closes the prefixes that end before @from. */
static void close_before(struct sweep *s, addr_t from)
{
	while (s->depth && s->open[s->depth - 1].end < from) {
		addr_t end = s->open[--s->depth].end;

		begin_range(s, end + 1);
	}
}

static int make(struct ranges *out, unsigned int bits, const struct l3_route *routes, uint32_t n)
{
	struct sweep s = {.out = out, .bits = bits, .last = host_mask(bits, 0)};
	uint32_t room = 2 * n + 1;

	out->next = malloc(room * sizeof(out->next[0]));
	if (bits == 32)
		out->from4 = malloc(room * sizeof(out->from4[0]));
	else
		out->from6 = malloc(room * sizeof(out->from6[0]));
	if (!out->next || !out->from4)
		return -1;
	begin_range(&s, 0);
	for (uint32_t i = 0; i < n; i++) {
		const struct l3_route *r = &routes[i];
		addr_t from = first_of(r);

		if (i && !l3_route_compare(r, r - 1))
			continue;
		close_before(&s, from);
		s.open[s.depth].end = from | host_mask(bits, r->length);
		s.open[s.depth++].next = r->next;
		begin_range(&s, from);
	}
	while (s.depth) {
		addr_t end = s.open[--s.depth].end;

		if (end != s.last)
			begin_range(&s, end + 1);
	}
	return 0;
}

struct l3_fib *l3_fib_new(struct l3_route *routes, uint32_t n)
{
	struct l3_fib *fib = calloc(1, sizeof(*fib));
	uint32_t n4 = 0;

	if (!fib)
		return NULL;
	if (n)
		qsort(routes, n, sizeof(*routes), l3_route_compare);
	while (n4 < n && routes[n4].family == 4)
		n4++;
	if (make(&fib->v4, 32, routes, n4) == 0 && make(&fib->v6, 128, routes + n4, n - n4) == 0)
		return fib;
	l3_fib_free(fib);
	return NULL;
}

void l3_fib_free(struct l3_fib *fib)
{
	if (!fib)
		return;
	free(fib->v4.next);
	free(fib->v4.from4);
	free(fib->v6.next);
	free(fib->v6.from6);
	free(fib);
}

/*
 * The last range that begins at or before the address. The number of steps depends on the number of
 * ranges alone, and a step is no branch.
 */
static const uint32_t *find4(const struct ranges *r, uint32_t a)
{
	const uint32_t *at = r->from4;

	for (uint32_t left = r->n; left > 1;) {
		uint32_t half = left / 2;

		at = at[half] <= a ? at + half : at;
		left -= half;
	}
	return at;
}

static uint32_t find6(const struct ranges *r, addr_t a)
{
	const addr_t *at = r->from6;

	for (uint32_t left = r->n; left > 1;) {
		uint32_t half = left / 2;

		at = at[half] <= a ? at + half : at;
		left -= half;
	}
	return r->next[at - r->from6];
}

uint32_t l3_fib_lookup(const struct l3_fib *fib, unsigned int family, const uint8_t *dst)
{
	const struct ranges *r = &fib->v4;

	return family == 4 ? r->next[find4(r, load4(dst)) - r->from4] : find6(&fib->v6, load6(dst));
}

struct l3_fib_span l3_fib_span(const struct l3_fib *fib, uint32_t dst)
{
	const struct ranges *r = &fib->v4;
	const uint32_t *at = find4(r, dst);
	uint32_t last = at + 1 < r->from4 + r->n ? at[1] - 1 : UINT32_MAX;

	return (struct l3_fib_span){
		.first = *at,
		.size = last - *at,
		.next = r->next[at - r->from4],
	};
}
