/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbours: random events against a simple model, the limits under random events with a small
 * table, and readers beside a writer.
 */
#include <pthread.h>

#include "dataplane/l3/neigh_fixture.h"
#include "tests/unit/random.h"

/* The model: what is known of a few neighbours, without a table, limits or other workers. */
#define KEYS 6

struct model {
	int state; /* -1: no entry */
	unsigned int mac, claim, solicits, held;
	uint64_t due, since;
};
static struct model model[KEYS];

static void model_set(struct model *m, int to, unsigned int n, uint64_t due)
{
	m->state = to;
	m->mac = n;
	m->claim = 0;
	m->due = due;
}

static void model_stale(struct model *m, unsigned int n)
{
	model_set(m, HD_NEIGHBOUR_STALE, n, (now / S + 1) * S);
}

static void model_due(struct model *m)
{
	bool again = m->solicits < L3_SOLICITS;

	switch (m->state) {
	case HD_NEIGHBOUR_REACHABLE: model_stale(m, m->mac); break;
	case HD_NEIGHBOUR_STALE:
		if (now - m->since >= L3_STALE_NS)
			m->state = -1;
		else
			model_stale(m, m->mac);
		break;
	case HD_NEIGHBOUR_DELAY:
		model_set(m, HD_NEIGHBOUR_PROBE, m->mac, now + S);
		m->solicits = 1;
		break;
	case HD_NEIGHBOUR_INCOMPLETE:
	case HD_NEIGHBOUR_PROBE:
		if (again) {
			m->solicits++;
			m->due = now + S;
		} else if (m->state == HD_NEIGHBOUR_INCOMPLETE) {
			model_set(m, HD_NEIGHBOUR_FAILED, 0, now + L3_FAILED_NS);
			m->held = 0;
		} else if (m->claim) {
			m->since = now;
			model_stale(m, m->claim);
		} else {
			m->state = -1;
		}
		break;
	default: m->state = -1; break;
	}
}

static void model_resolve(struct model *m)
{
	if (m->state == -1) {
		model_set(m, HD_NEIGHBOUR_INCOMPLETE, 0, now + S);
		m->solicits = 1;
		m->held = 0;
		m->since = now;
	}
	if (m->state == HD_NEIGHBOUR_INCOMPLETE && m->held < L3_HELD_NEIGHBOUR)
		m->held++;
	if (m->state == HD_NEIGHBOUR_STALE)
		model_set(m, HD_NEIGHBOUR_DELAY, m->mac, now + L3_DELAY_NS);
}

static void model_reachable(struct model *m, unsigned int n)
{
	model_set(m, HD_NEIGHBOUR_REACHABLE, n, now + L3_REACHABLE_NS / 2 + 5);
}

static void model_other(struct model *m, bool ip4, enum l3_neigh_news_kind kind, unsigned int n,
			bool override)
{
	bool probe = m->state == HD_NEIGHBOUR_PROBE, take = override || kind == L3_NEWS_ASKED;

	if (ip4 && m->state != HD_NEIGHBOUR_STALE) {
		if (!probe && now - m->since < L3_CLAIM_NS)
			return;
		if (!probe) {
			model_set(m, HD_NEIGHBOUR_PROBE, m->mac, now + S);
			m->solicits = 1;
		}
		m->claim = n;
	} else if (!ip4 && !take) {
		if (m->state == HD_NEIGHBOUR_REACHABLE)
			model_stale(m, m->mac);
	} else {
		m->since = now;
		if (!ip4 && probe && kind == L3_NEWS_ANSWER)
			model_reachable(m, n);
		else
			model_stale(m, n);
	}
}

static void model_heard(struct model *m, bool ip4, enum l3_neigh_news_kind kind, unsigned int n,
			bool override)
{
	bool asked = m->state == HD_NEIGHBOUR_INCOMPLETE || m->state == HD_NEIGHBOUR_PROBE;
	bool none = m->state == HD_NEIGHBOUR_INCOMPLETE || m->state == HD_NEIGHBOUR_FAILED;

	if (m->state == -1 || none) {
		if (!n || (m->state == -1 && kind != L3_NEWS_ASKED))
			return;
		m->since = now;
		if (asked && kind == L3_NEWS_ANSWER)
			model_reachable(m, n);
		else if (asked && m->held)
			model_set(m, HD_NEIGHBOUR_DELAY, n, now + L3_DELAY_NS);
		else
			model_stale(m, n);
		m->held = 0;
	} else if (!n || n == m->mac) {
		m->since = now;
		if (asked && kind == L3_NEWS_ANSWER)
			model_reachable(m, m->mac);
	} else {
		model_other(m, ip4, kind, n, override);
	}
}

/* Time passes, one deadline after the other. */
static void pass(uint64_t ns)
{
	uint64_t end = now + ns;

	for (;;) {
		struct model *next = NULL;

		for (int i = 0; i < KEYS; i++)
			if (model[i].state != -1 && (!next || model[i].due < next->due))
				next = &model[i];
		CU_ASSERT_EQUAL_FATAL(l3_neigh_due(t), next ? next->due : UINT64_MAX);
		if (!next || next->due > end)
			break;
		now = next->due;
		for (int i = 0; i < KEYS; i++)
			if (model[i].state != -1 && model[i].due == now)
				model_due(&model[i]);
		while (l3_neigh_due(t) <= now)
			CU_ASSERT_TRUE_FATAL(l3_neigh_expire(t, now, &out));
	}
	now = end;
}

static void compare(void)
{
	for (unsigned int i = 0; i < KEYS; i++) {
		struct l3_neigh_key k = key(i % 2 ? 6 : 4, (uint16_t)(i / 4), i);
		struct l3_neigh_view v;

		CU_ASSERT_EQUAL_FATAL(state(&k), model[i].state);
		if (model[i].state == -1)
			continue;
		CU_ASSERT_TRUE_FATAL(has(&k, &v));
		CU_ASSERT_EQUAL_FATAL(v.mac.b[5], model[i].mac);
		CU_ASSERT_EQUAL_FATAL(v.since_ns, model[i].since);
		CU_ASSERT_EQUAL_FATAL(v.held, model[i].held);
	}
}

static void test_model(void)
{
	static const uint64_t steps[] = {1,     S / 10, S / 2,  S,      2 * S,
					 5 * S, 20 * S, 50 * S, 700 * S};

	start(&wide);
	for (int i = 0; i < KEYS; i++)
		model[i] = (struct model){.state = -1};
	for (int step = 0; step < 60000; step++) {
		unsigned int i = dice(KEYS), n = dice(4);
		struct l3_neigh_key k = key(i % 2 ? 6 : 4, (uint16_t)(i / 4), i);
		enum l3_neigh_news_kind kind = (enum l3_neigh_news_kind)dice(3);
		bool override = dice(2);

		switch (dice(4)) {
		case 0:
			model_resolve(&model[i]);
			resolve(&k, 0);
			break;
		case 1:
		case 2:
			model_heard(&model[i], !(i % 2), kind, n, override);
			heard(&k, kind, n, override);
			break;
		default: pass(steps[dice(dice(9) + 1)]); break;
		}
		compare();
	}
}

/* Small limits, many neighbours: bounds hold, and each packet comes back once. */
static bool is_held[4096];
static unsigned int n_held;

static void give_back(void *packet)
{
	size_t i = (size_t)((bool *)packet - is_held);

	CU_ASSERT_TRUE_FATAL(is_held[i]);
	is_held[i] = false;
	n_held--;
}

static void take_out(void)
{
	CU_ASSERT_FATAL(out.n_send <= L3_HELD_NEIGHBOUR);
	for (uint32_t i = 0; i < out.n_send; i++)
		give_back(out.send[i]);
	for (uint32_t i = 0; i < out.n_drop; i++)
		give_back(out.drop[i].packet);
}

static void check_bounds(const struct l3_neigh_limits *l)
{
	uint32_t known[4] = {0}, asked[4] = {0}, held[4] = {0}, all = 0, all_asked = 0;
	struct l3_neigh_view v;

	for (uint32_t i = 0; i < l3_neigh_end(t); i++) {
		bool is_asked;

		if (!l3_neigh_view(t, i, &v))
			continue;
		is_asked = v.state == HD_NEIGHBOUR_INCOMPLETE || v.state == HD_NEIGHBOUR_FAILED;
		all++;
		all_asked += is_asked;
		(is_asked ? asked : known)[v.key.gateway]++;
		held[v.key.gateway] += v.held;
		CU_ASSERT_FATAL(v.held <= L3_HELD_NEIGHBOUR);
	}
	CU_ASSERT_EQUAL_FATAL(held[0] + held[1] + held[2] + held[3], n_held);
	CU_ASSERT_EQUAL_FATAL(all, l3_neigh_count(t));
	CU_ASSERT_FATAL(all_asked <= l->asked && all - all_asked <= l->max - l->asked);
	CU_ASSERT_FATAL(n_held <= l->held);
	for (int g = 0; g < 4; g++)
		CU_ASSERT_FATAL(known[g] <= l->gateway_known && asked[g] <= l->gateway_asked &&
				held[g] <= l->gateway_held);
}

static void random_event(unsigned int hosts)
{
	struct l3_neigh_key k = key(dice(2) ? 4 : 6, (uint16_t)dice(4), dice(hosts));
	struct hd_mac found;
	size_t i = dice(4096);

	if (dice(3) == 0) {
		heard(&k, (enum l3_neigh_news_kind)dice(3), dice(4), dice(2));
	} else if (dice(2) && !is_held[i]) {
		enum l3_neigh_verdict verdict = l3_neigh_resolve(t, &k, &is_held[i], now, &out);

		is_held[i] = verdict == L3_NEIGH_HELD;
		n_held += is_held[i];
	} else {
		l3_neigh_find(t, &k, &found);
		return;
	}
	take_out();
}

static void test_bounds(void)
{
	static const struct l3_neigh_limits few = {.max = 50,
						   .asked = 20,
						   .gateway_known = 12,
						   .gateway_asked = 8,
						   .held = 40,
						   .gateway_held = 20,
						   .gateways = 4};

	start(&few);
	for (int step = 0; step < 100000; step++) {
		struct l3_neigh_view v;
		uint32_t any = dice(few.max);

		random_event(step % 20000 < 10000 ? 1000 : 20);
		if (dice(4) == 0)
			now += random_next(&dice_state) % (step % 7 ? S / 2 : 20 * S);
		if (dice(50) == 0 && any < l3_neigh_end(t) && l3_neigh_view(t, any, &v))
			l3_neigh_forget(t, any, &v);
		while (l3_neigh_expire(t, now, &out))
			take_out();
		check_bounds(&few);
	}
	now += 1000000 * S;
	for (int i = 0; i < 100000 && l3_neigh_expire(t, now, &out); i++) {
		take_out();
		now += 1000 * S;
	}
	CU_ASSERT(l3_neigh_count(t) == 0 && n_held == 0);
}

/* Readers never see the MAC of another neighbour, whatever the owner does meanwhile. */
static bool stop;
static uint64_t found_right, found_wrong;

static void *read_on(void *arg)
{
	uint64_t right = 0, wrong = 0;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
		for (unsigned int i = 1; i < 200; i++) {
			struct l3_neigh_key k = key(4, 1, i);
			struct hd_mac found, want = mac(i);

			if (!l3_neigh_find(t, &k, &found))
				continue;
			if (memcmp(&found, &want, 6) == 0)
				right++;
			else
				wrong++;
		}
	__atomic_fetch_add(&found_right, right, __ATOMIC_RELAXED);
	__atomic_fetch_add(&found_wrong, wrong, __ATOMIC_RELAXED);
	return arg;
}

static void test_readers(void)
{
	struct l3_neigh_limits few = wide;
	pthread_t reader[2];

	few.gateway_known = 50;
	start(&few);
	for (int i = 0; i < 2; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&reader[i], NULL, read_on, NULL), 0);
	for (int i = 0; i < 300000; i++) {
		unsigned int n = 1 + dice(199);
		struct l3_neigh_key k = key(4, 1, n);

		heard(&k, L3_NEWS_ASKED, n, false);
		now += S / 100;
		while (l3_neigh_expire(t, now, &out))
			;
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (int i = 0; i < 2; i++)
		pthread_join(reader[i], NULL);
	CU_ASSERT_EQUAL(found_wrong, 0);
	l3_neigh_free(t);
	t = NULL;
}

UNIT_MAIN("neigh_model", {"model", test_model}, {"bounds", test_bounds}, {"readers", test_readers});
