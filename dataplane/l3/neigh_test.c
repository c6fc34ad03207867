/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbours: tests each rule of RFC 4861, and the rules for ARP.
 */
#include "dataplane/l3/neigh_fixture.h"

/* What is due now: at most one thing. */
static bool after(uint64_t ns)
{
	now += ns;
	return l3_neigh_expire(t, now, &out);
}

/* Makes a reachable neighbour, by an answer. */
static void reachable(const struct l3_neigh_key *k, unsigned int n)
{
	CU_ASSERT_EQUAL_FATAL(resolve(k, 0), L3_NEIGH_HELD);
	heard(k, L3_NEWS_ANSWER, n, true);
	CU_ASSERT_EQUAL_FATAL(state(k), HD_NEIGHBOUR_REACHABLE);
}

static void test_resolve(void)
{
	struct l3_neigh_key k = key(4, 1, 1);
	struct hd_mac found, want = mac(7);

	start(&wide);
	CU_ASSERT_EQUAL(l3_neigh_due(t), UINT64_MAX);
	CU_ASSERT_EQUAL(resolve(&k, 0), L3_NEIGH_HELD);
	CU_ASSERT_EQUAL(out.solicit, L3_SOLICIT_ALL);
	CU_ASSERT_EQUAL(memcmp(&out.key, &k, sizeof(k)), 0);
	CU_ASSERT_EQUAL(l3_neigh_due(t), now + S);
	CU_ASSERT_FALSE(l3_neigh_find(t, &k, &found));
	CU_ASSERT_EQUAL(resolve(&k, 1), L3_NEIGH_HELD);
	CU_ASSERT_EQUAL(out.solicit, L3_SOLICIT_NOT);
	heard(&k, L3_NEWS_ANSWER, 7, true);
	CU_ASSERT_EQUAL(out.n_send, 2);
	CU_ASSERT(out.send[0] == &packets[0] && out.send[1] == &packets[1]);
	CU_ASSERT_EQUAL(memcmp(&out.mac, &want, 6), 0);
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_REACHABLE);
	CU_ASSERT_TRUE(l3_neigh_find(t, &k, &found));
	CU_ASSERT_EQUAL(memcmp(&found, &want, 6), 0);
	CU_ASSERT_EQUAL(resolve(&k, 2), L3_NEIGH_SEND);
	k.epoch++; /* the gateway changed */
	CU_ASSERT_FALSE(l3_neigh_find(t, &k, &found));
}

/* Nobody answers: three solicitations, a second each; then its packets are refused for a while. */
static void test_failed(void)
{
	struct l3_neigh_key k = key(6, 1, 1);

	start(&wide);
	resolve(&k, 0);
	CU_ASSERT_FALSE(after(S - 1));
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(after(i ? S : 1));
		CU_ASSERT_EQUAL(out.solicit, L3_SOLICIT_ALL);
	}
	CU_ASSERT_EQUAL(resolve(&k, 1), L3_NEIGH_HELD);
	CU_ASSERT_TRUE(after(S));
	CU_ASSERT_EQUAL(out.solicit, L3_SOLICIT_NOT);
	CU_ASSERT(out.n_drop == 2 && out.drop[0].packet == &packets[0]);
	CU_ASSERT_EQUAL(out.drop[1].why, L3_HELD_FAILED);
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_FAILED);
	CU_ASSERT_EQUAL(resolve(&k, 2), L3_NEIGH_FAILED);
	CU_ASSERT_TRUE(after(L3_FAILED_NS));
	CU_ASSERT_EQUAL(state(&k), -1);
	CU_ASSERT_EQUAL(resolve(&k, 2), L3_NEIGH_HELD);
}

/* Reachable, stale, used, delay, probe: and back, or gone. */
static void test_unreachability(void)
{
	struct l3_neigh_key k = key(6, 1, 1);
	struct hd_mac found;

	start(&wide);
	reachable(&k, 7);
	CU_ASSERT_EQUAL(l3_neigh_due(t), now + L3_REACHABLE_NS / 2 + 5);
	CU_ASSERT_TRUE(after(L3_REACHABLE_NS / 2 + 5));
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_STALE);
	CU_ASSERT_TRUE(after(S));
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_STALE); /* nobody used it */
	CU_ASSERT_TRUE(l3_neigh_find(t, &k, &found));   /* another worker does */
	CU_ASSERT_TRUE(after(S));
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_DELAY);
	CU_ASSERT_FALSE(after(L3_DELAY_NS - 1));
	CU_ASSERT_TRUE(after(1));
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_PROBE);
	CU_ASSERT(out.solicit == L3_SOLICIT_ONE && out.mac.b[5] == 7);
	heard(&k, L3_NEWS_ANSWER, 0, false); /* without its MAC: the same (RFC 4861 7.2.5) */
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_REACHABLE);
	after(2 * L3_REACHABLE_NS);
	CU_ASSERT_EQUAL(resolve(&k, 1), L3_NEIGH_SEND); /* the owner uses it */
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_DELAY);
	CU_ASSERT_TRUE(after(L3_DELAY_NS));
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(after(S));
		CU_ASSERT_EQUAL(out.solicit, L3_SOLICIT_ONE);
		CU_ASSERT_EQUAL(resolve(&k, 1), L3_NEIGH_SEND);
	}
	CU_ASSERT_TRUE(after(S));
	CU_ASSERT_EQUAL(out.solicit, L3_SOLICIT_NOT);
	CU_ASSERT_EQUAL(state(&k), -1);
}

static void test_stale_ends(void)
{
	struct l3_neigh_key k = key(4, 1, 1);

	start(&wide);
	heard(&k, L3_NEWS_ASKED, 7, false);
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_STALE);
	for (int i = 0; i < 599; i++)
		CU_ASSERT_TRUE(after(S));
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_STALE);
	CU_ASSERT_TRUE(after(S));
	CU_ASSERT_EQUAL(state(&k), -1);
	CU_ASSERT_EQUAL(l3_neigh_due(t), UINT64_MAX);
}

/* What is told without being asked makes no entry (RFC 4861 7.2.5, RFC 826). */
static void test_unasked(void)
{
	for (unsigned int family = 4; family <= 6; family += 2) {
		struct l3_neigh_key k = key(family, 1, 1);

		start(&wide);
		heard(&k, L3_NEWS_TOLD, 7, true);
		heard(&k, L3_NEWS_ANSWER, 7, true);
		heard(&k, L3_NEWS_ASKED, 0, false);
		CU_ASSERT_EQUAL(state(&k), -1);
		heard(&k, L3_NEWS_ASKED, 7, false);
		CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_STALE);
		start(&wide);
		resolve(&k, 0);
		heard(&k, L3_NEWS_TOLD, 0, true);
		CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_INCOMPLETE);
		heard(&k, L3_NEWS_TOLD, 7, false);
		CU_ASSERT_EQUAL(out.n_send, 1);
		CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_DELAY); /* stale, and used */
	}
}

/* The table of RFC 4861 appendix C for another MAC. */
static void test_change6(void)
{
	struct l3_neigh_key k = key(6, 1, 1);

	start(&wide);
	reachable(&k, 7);
	heard(&k, L3_NEWS_TOLD, 8, false);
	CU_ASSERT(state(&k) == HD_NEIGHBOUR_STALE && mac_is(&k, 7));
	heard(&k, L3_NEWS_TOLD, 8, false);
	CU_ASSERT(state(&k) == HD_NEIGHBOUR_STALE && mac_is(&k, 7));
	start(&wide);
	reachable(&k, 7);
	heard(&k, L3_NEWS_TOLD, 8, true);
	CU_ASSERT(state(&k) == HD_NEIGHBOUR_STALE && mac_is(&k, 8));
	start(&wide);
	reachable(&k, 7);
	heard(&k, L3_NEWS_ANSWER, 8, true); /* nobody asked */
	CU_ASSERT(state(&k) == HD_NEIGHBOUR_STALE && mac_is(&k, 8));
	start(&wide);
	reachable(&k, 7);
	heard(&k, L3_NEWS_ASKED, 8, false);
	CU_ASSERT(state(&k) == HD_NEIGHBOUR_STALE && mac_is(&k, 8));
	resolve(&k, 0);
	after(L3_DELAY_NS);
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_PROBE);
	heard(&k, L3_NEWS_ANSWER, 9, false);
	CU_ASSERT(state(&k) == HD_NEIGHBOUR_PROBE && mac_is(&k, 8));
	heard(&k, L3_NEWS_ANSWER, 9, true);
	CU_ASSERT(state(&k) == HD_NEIGHBOUR_REACHABLE && mac_is(&k, 9));
}

/* ARP: an address that is in use does not move before its MAC was asked, whoever says so. */
static void test_change4(void)
{
	static const enum l3_neigh_news_kind kinds[] = {L3_NEWS_ASKED, L3_NEWS_ANSWER,
							L3_NEWS_TOLD};
	struct l3_neigh_key k = key(4, 1, 1);

	for (int i = 0; i < 3; i++) {
		start(&wide);
		reachable(&k, 7);
		heard(&k, kinds[i], 8, true); /* it was heard from a moment ago */
		CU_ASSERT(state(&k) == HD_NEIGHBOUR_REACHABLE && mac_is(&k, 7));
		now += L3_CLAIM_NS;
		heard(&k, kinds[i], 8, true);
		CU_ASSERT(state(&k) == HD_NEIGHBOUR_PROBE && mac_is(&k, 7));
		CU_ASSERT(out.solicit == L3_SOLICIT_ONE && out.mac.b[5] == 7);
		heard(&k, kinds[i], 9, true);
		CU_ASSERT_EQUAL(out.solicit, L3_SOLICIT_NOT);
		heard(&k, L3_NEWS_ANSWER, 7, true); /* it is there */
		CU_ASSERT(state(&k) == HD_NEIGHBOUR_REACHABLE && mac_is(&k, 7));
		now += L3_CLAIM_NS;
		heard(&k, kinds[i], 8, true);
		for (int n = 0; n < 2; n++)
			CU_ASSERT_TRUE(after(S));
		CU_ASSERT(state(&k) == HD_NEIGHBOUR_PROBE && mac_is(&k, 7));
		CU_ASSERT_TRUE(after(S)); /* it is not */
		CU_ASSERT(state(&k) == HD_NEIGHBOUR_STALE && mac_is(&k, 8));
		heard(&k, kinds[i], 9, true);
		CU_ASSERT(state(&k) == HD_NEIGHBOUR_STALE && mac_is(&k, 9));
	}
}

/* The newest packets for one neighbour wait, the oldest go. */
static void test_held(void)
{
	struct l3_neigh_limits few = wide;
	struct l3_neigh_key k = key(4, 1, 1), other = key(4, 1, 2), far = key(4, 2, 1);

	few.held = 12;
	few.gateway_held = 10;
	start(&few);
	for (int i = 0; i < L3_HELD_NEIGHBOUR; i++)
		CU_ASSERT_EQUAL(resolve(&k, i), L3_NEIGH_HELD);
	CU_ASSERT_EQUAL(resolve(&k, 20), L3_NEIGH_HELD);
	CU_ASSERT(out.n_drop == 1 && out.drop[0].packet == &packets[0]);
	CU_ASSERT_EQUAL(out.drop[0].why, L3_HELD_OLDEST);
	CU_ASSERT_EQUAL(resolve(&other, 21), L3_NEIGH_HELD);
	CU_ASSERT_EQUAL(resolve(&other, 22), L3_NEIGH_HELD);
	CU_ASSERT_EQUAL(resolve(&other, 23), L3_NEIGH_FULL);
	CU_ASSERT_EQUAL(resolve(&far, 24), L3_NEIGH_HELD);
	CU_ASSERT_EQUAL(resolve(&far, 25), L3_NEIGH_HELD);
	CU_ASSERT_EQUAL(resolve(&far, 26), L3_NEIGH_FULL);
	heard(&k, L3_NEWS_ANSWER, 7, true);
	CU_ASSERT(out.n_send == L3_HELD_NEIGHBOUR && out.send[0] == &packets[1]);
	CU_ASSERT_EQUAL(out.send[7], &packets[20]);
	CU_ASSERT_EQUAL(resolve(&far, 26), L3_NEIGH_HELD);
}

/* A scan: neighbours that are known stay, and solicitations are bounded. */
static void test_scan(void)
{
	struct l3_neigh_limits few = {.max = 60,
				      .asked = 20,
				      .gateway_known = 30,
				      .gateway_asked = 10,
				      .held = 100,
				      .gateway_held = 50,
				      .gateways = 4};
	struct l3_neigh_key k = key(4, 1, 9999), k2 = key(4, 2, 1);
	unsigned int solicits = 0;

	start(&few);
	reachable(&k, 7);
	for (unsigned int i = 0; i < 5000; i++) {
		struct l3_neigh_key scan = key(4, 1, i);

		resolve(&scan, 0);
		solicits += out.solicit != L3_SOLICIT_NOT;
		now += S / 1000;
	}
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_REACHABLE);
	CU_ASSERT(solicits >= 40 && solicits <= 60);     /* ten a second */
	CU_ASSERT_EQUAL(resolve(&k2, 1), L3_NEIGH_HELD); /* another gateway has its own */
	/* Senders that are made up push out stale ones of their gateway, not those in use. */
	for (unsigned int i = 0; i < 5000; i++) {
		struct l3_neigh_key made_up = key(4, 1, i + 10000);

		heard(&made_up, L3_NEWS_ASKED, i + 1, false);
	}
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_REACHABLE);
	CU_ASSERT(l3_neigh_count(t) <= few.gateway_known + few.gateway_asked + 1);
}

/* An entry that was used while stale is not the one that goes. */
static void test_used_stays(void)
{
	struct l3_neigh_limits few = wide;
	struct l3_neigh_key k = key(4, 1, 1);
	struct hd_mac found;

	few.gateway_known = 4;
	start(&few);
	heard(&k, L3_NEWS_ASKED, 7, false);
	CU_ASSERT_TRUE(l3_neigh_find(t, &k, &found));
	for (unsigned int i = 0; i < 100; i++) {
		struct l3_neigh_key more = key(4, 1, 100 + i);

		heard(&more, L3_NEWS_ASKED, 100 + i, false);
		CU_ASSERT_EQUAL(state(&more), HD_NEIGHBOUR_STALE);
	}
	CU_ASSERT_EQUAL(state(&k), HD_NEIGHBOUR_DELAY);
	CU_ASSERT_EQUAL(l3_neigh_count(t), 4);
}

static void test_forget(void)
{
	struct l3_neigh_key k = key(4, 1, 1), asked = key(4, 1, 2);
	struct l3_neigh_view v;
	struct hd_mac found;

	start(&wide);
	reachable(&k, 7);
	resolve(&asked, 3);
	for (uint32_t i = 0; i < l3_neigh_end(t); i++)
		if (l3_neigh_view(t, i, &v))
			l3_neigh_forget(t, i, &v);
	CU_ASSERT_EQUAL(state(&k), -1);
	CU_ASSERT_FALSE(l3_neigh_find(t, &k, &found));
	CU_ASSERT_EQUAL(l3_neigh_due(t), 0);
	while (after(0))
		if (out.n_drop)
			CU_ASSERT(out.drop[0].packet == &packets[3] &&
				  out.drop[0].why == L3_HELD_EVICTED);
	CU_ASSERT_EQUAL(l3_neigh_count(t), 0);
	CU_ASSERT_EQUAL(resolve(&k, 0), L3_NEIGH_HELD);
	CU_ASSERT_TRUE(has(&k, &v));
	l3_neigh_forget(t, at, &(struct l3_neigh_view){.sequence = v.sequence - 2}); /* too late */
	CU_ASSERT_TRUE(has(&k, &v));
	l3_neigh_forget(t, at, &v);
	CU_ASSERT_EQUAL(resolve(&k, 1), L3_NEIGH_HELD); /* before it was swept: it begins anew */
	CU_ASSERT(out.solicit == L3_SOLICIT_ALL && out.n_drop == 1);
}

UNIT_MAIN("neigh", {"resolve", test_resolve}, {"failed", test_failed},
	  {"unreachability", test_unreachability}, {"stale ends", test_stale_ends},
	  {"unasked", test_unasked}, {"change of IPv6", test_change6},
	  {"change of IPv4", test_change4}, {"held", test_held}, {"scan", test_scan},
	  {"used stays", test_used_stays}, {"forget", test_forget});
