/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Compares routes with a simple model, which tries all prefixes: the longest that matches wins.
 */
#include <string.h>

#include "dataplane/l3/fib.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

#define ROUTES_MAX 4000

static struct l3_route routes[ROUTES_MAX], model[ROUTES_MAX];

static struct l3_route route(unsigned int family, unsigned int length, uint32_t next,
			     const uint8_t *prefix)
{
	return (struct l3_route){.prefix = l3_addr(family, prefix),
				 .family = (uint8_t)family,
				 .length = (uint8_t)length,
				 .next = next};
}

static uint32_t lookup4(const struct l3_fib *fib, uint32_t a)
{
	uint8_t p[4];

	l3_put32(p, a);
	return l3_fib_lookup(fib, 4, p);
}

static void test_empty(void)
{
	static const uint8_t zero[16];
	struct l3_fib *fib = l3_fib_new(NULL, 0);

	CU_ASSERT_PTR_NOT_NULL_FATAL(fib);
	CU_ASSERT_EQUAL(lookup4(fib, 0), L3_FIB_NONE);
	CU_ASSERT_EQUAL(lookup4(fib, UINT32_MAX), L3_FIB_NONE);
	CU_ASSERT_EQUAL(l3_fib_lookup(fib, 6, zero), L3_FIB_NONE);
	l3_fib_free(fib);
	l3_fib_free(NULL);
}

/* A gateway's subnet, its own address in there, a default route, and both ends of all addresses. */
static void test_edges(void)
{
	struct l3_route r[] = {
		route(4, 24, 1, (const uint8_t[]){10, 0, 0, 0}),
		route(4, 32, 2, (const uint8_t[]){10, 0, 0, 1}),
		route(4, 0, 3, (const uint8_t[]){0, 0, 0, 0}),
		route(4, 32, 4, (const uint8_t[]){255, 255, 255, 255}),
		route(4, 32, 5, (const uint8_t[]){0, 0, 0, 0}),
		route(4, 25, 6, (const uint8_t[]){10, 0, 0, 200}), /* bits behind the prefix */
	};
	struct l3_fib *fib = l3_fib_new(r, sizeof(r) / sizeof(r[0]));

	CU_ASSERT_PTR_NOT_NULL_FATAL(fib);
	CU_ASSERT_EQUAL(lookup4(fib, 0x0a000000), 1);
	CU_ASSERT_EQUAL(lookup4(fib, 0x0a000001), 2);
	CU_ASSERT_EQUAL(lookup4(fib, 0x0a000002), 1);
	CU_ASSERT_EQUAL(lookup4(fib, 0x0a00007f), 1);
	CU_ASSERT_EQUAL(lookup4(fib, 0x0a000080), 6);
	CU_ASSERT_EQUAL(lookup4(fib, 0x0a0000ff), 6);
	CU_ASSERT_EQUAL(lookup4(fib, 0x0a000100), 3);
	CU_ASSERT_EQUAL(lookup4(fib, 0x09ffffff), 3);
	CU_ASSERT_EQUAL(lookup4(fib, UINT32_MAX), 4);
	CU_ASSERT_EQUAL(lookup4(fib, UINT32_MAX - 1), 3);
	CU_ASSERT_EQUAL(lookup4(fib, 0), 5);
	CU_ASSERT_EQUAL(lookup4(fib, 1), 3);
	l3_fib_free(fib);
}

static uint32_t naive(uint32_t n, unsigned int family, const struct l3_addr *a)
{
	uint32_t next = L3_FIB_NONE;
	int best = -1;

	for (uint32_t i = 0; i < n; i++)
		if (model[i].family == family && model[i].length > best &&
		    l3_addr_within(a, model[i].prefix.b, model[i].length)) {
			best = model[i].length;
			next = model[i].next;
		}
	return next;
}

/* Few values of each byte, so that prefixes hold one another. */
static struct l3_addr random_addr(unsigned int family)
{
	static const uint8_t bytes[] = {0, 1, 127, 128, 254, 255, 10, 11};
	struct l3_addr a = {{0}};

	for (unsigned int i = 0; i < (family == 4 ? 4 : 16); i++)
		a.b[i] = dice(8) ? bytes[dice(sizeof(bytes))] : (uint8_t)dice(256);
	return a;
}

static bool is_new(uint32_t n, const struct l3_route *r)
{
	for (uint32_t i = 0; i < n; i++)
		if (!l3_route_compare(&routes[i], r))
			return false;
	return true;
}

static uint32_t make_routes(uint32_t wanted)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < wanted; i++) {
		unsigned int family = dice(2) ? 4 : 6, bits = family == 4 ? 32 : 128;
		unsigned int length = dice(4) ? dice(bits + 1) : bits;

		routes[n] = (struct l3_route){.prefix = random_addr(family),
					      .family = (uint8_t)family,
					      .length = (uint8_t)length,
					      .next = dice(50)};
		n += is_new(n, &routes[n]);
	}
	memcpy(model, routes, sizeof(model));
	return n;
}

/* An address near where a route begins or ends, or any. */
static struct l3_addr probe(uint32_t n, unsigned int family)
{
	const struct l3_route *r = n ? &model[dice(n)] : NULL;
	unsigned int bits = family == 4 ? 32 : 128;
	struct l3_addr a;

	if (!r || r->family != family || dice(3) == 0)
		return random_addr(family);
	a = r->prefix;
	for (unsigned int i = r->length; i < bits; i++) {
		uint8_t bit = (uint8_t)(0x80 >> i % 8);

		a.b[i / 8] = (uint8_t)(dice(16) ? a.b[i / 8] & ~bit : a.b[i / 8] | bit);
	}
	for (int i = bits / 8 - 1; i >= 0 && dice(3) == 0; i--)
		if (a.b[i]-- != 0)
			break;
	return a;
}

/*
 * The addresses that have the route of @a, as far as they lie side by side, are those of the span.
 */
static void check_span(const struct l3_fib *fib, uint32_t n, const struct l3_addr *a)
{
	uint32_t number = l3_be32(a->b);
	struct l3_fib_span span = l3_fib_span(fib, number);
	uint32_t ends[] = {span.first, span.first + span.size};
	struct l3_addr end = {{0}};

	CU_ASSERT_TRUE_FATAL(number - span.first <= span.size);
	CU_ASSERT_EQUAL_FATAL(span.next, naive(n, 4, a));
	for (unsigned int i = 0; i < 2; i++) {
		l3_put32(end.b, ends[i]);
		CU_ASSERT_EQUAL_FATAL(naive(n, 4, &end), span.next);
	}
	l3_put32(end.b, span.first - 1);
	CU_ASSERT_TRUE_FATAL(!span.first || naive(n, 4, &end) != span.next);
	l3_put32(end.b, span.first + span.size + 1);
	CU_ASSERT_TRUE_FATAL(span.first + span.size == UINT32_MAX ||
			     naive(n, 4, &end) != span.next);
}

static void test_model(void)
{
	static const uint32_t sizes[] = {1, 2, 3, 10, 100, 1000, ROUTES_MAX};

	for (unsigned int s = 0; s < sizeof(sizes) / sizeof(sizes[0]) * 4; s++) {
		uint32_t n = make_routes(sizes[s % 7]);
		struct l3_fib *fib = l3_fib_new(routes, n);

		CU_ASSERT_PTR_NOT_NULL_FATAL(fib);
		for (int i = 0; i < 3000; i++) {
			unsigned int family = i % 2 ? 4 : 6;
			struct l3_addr a = probe(n, family);

			CU_ASSERT_EQUAL_FATAL(l3_fib_lookup(fib, family, a.b),
					      naive(n, family, &a));
			if (family == 4)
				check_span(fib, n, &a);
		}
		l3_fib_free(fib);
	}
}

UNIT_MAIN("fib", {"empty", test_empty}, {"edges", test_edges}, {"model", test_model});
