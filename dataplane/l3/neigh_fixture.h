/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A table of neighbours for tests, with a clock of its own.
 */
#ifndef DATAPLANE_L3_NEIGH_FIXTURE_H
#define DATAPLANE_L3_NEIGH_FIXTURE_H

#include <string.h>

#include "dataplane/l3/neigh.h"
#include "tests/unit/unit.h"

#define S HD_NS_PER_S

static const struct l3_neigh_limits wide = {.max = 1000,
					    .asked = 500,
					    .gateway_known = 400,
					    .gateway_asked = 400,
					    .held = 1000,
					    .gateway_held = 1000,
					    .gateways = 4};
static struct l3_neigh_table *t;
static struct l3_neigh_out out;
static uint64_t now;
static int packets[64];

static inline struct l3_neigh_key key(unsigned int family, uint16_t gateway, unsigned int host)
{
	struct l3_neigh_key k = {.gateway = gateway, .family = (uint8_t)family, .epoch = 1};

	k.addr.b[0] = 10;
	l3_put16(k.addr.b + 2, (uint16_t)host);
	return k;
}

static inline struct hd_mac mac(unsigned int n)
{
	return (struct hd_mac){{2, 0, 0, 0, (uint8_t)(n >> 8), (uint8_t)n}};
}

static inline void start(const struct l3_neigh_limits *limits)
{
	l3_neigh_free(t);
	t = l3_neigh_new(limits, 42);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	now = 1000 * S;
}

static uint32_t at; /* index of the entry that has() found */

static inline bool has(const struct l3_neigh_key *k, struct l3_neigh_view *v)
{
	for (at = 0; at < l3_neigh_end(t); at++)
		if (l3_neigh_view(t, at, v) && !memcmp(&v->key, k, sizeof(*k)))
			return true;
	return false;
}

/* The state of an entry, or -1. */
static inline int state(const struct l3_neigh_key *k)
{
	struct l3_neigh_view v;

	return has(k, &v) ? v.state : -1;
}

static inline bool mac_is(const struct l3_neigh_key *k, unsigned int n)
{
	struct hd_mac want = mac(n);
	struct l3_neigh_view v;

	return has(k, &v) && !memcmp(&v.mac, &want, sizeof(want));
}

static inline void heard(const struct l3_neigh_key *k, enum l3_neigh_news_kind kind, unsigned int n,
			 bool override)
{
	struct l3_neigh_news news = {.kind = kind, .override = override, .has_mac = n};

	if (n)
		news.mac = mac(n);
	l3_neigh_heard(t, k, &news, now, 5, &out);
}

static inline enum l3_neigh_verdict resolve(const struct l3_neigh_key *k, int packet)
{
	return l3_neigh_resolve(t, k, &packets[packet], now, &out);
}

#endif
