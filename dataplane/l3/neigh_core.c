/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The states of neighbours and their changes: RFC 4861 7.3.3 and appendix C, for both families.
 */
#include "dataplane/l3/neigh_int.h"

#define VICTIMS 8    /* stale entries that are looked at for one that nobody uses */
#define SWEEP   1024 /* entries that are looked at for marks in one step */

static void begin(struct l3_neigh_out *out, const struct l3_neigh_key *key)
{
	out->key = *key;
	out->mac = (struct hd_mac){{0}};
	out->solicit = L3_SOLICIT_NOT;
	out->n_send = 0;
	out->n_drop = 0;
}

static void drop_held(struct l3_neigh_table *t, struct neigh *n, enum l3_neigh_why why,
		      struct l3_neigh_out *out)
{
	while (n->n_held) {
		out->drop[out->n_drop].packet = neigh_unhold(t, n);
		out->drop[out->n_drop++].why = why;
	}
}

static void forget(struct l3_neigh_table *t, struct neigh *n, struct l3_neigh_out *out)
{
	drop_held(t, n, L3_HELD_EVICTED, out);
	neigh_remove(t, n);
}

static void set(struct l3_neigh_table *t, struct neigh *n, unsigned int state,
		const struct hd_mac *mac, uint64_t due_ns)
{
	struct hd_mac copy = *mac;

	n->has_claim = false;
	neigh_set(t, n, state, &copy, due_ns);
}

/* It becomes stale: from now on it is looked at once in a while, whether somebody uses it. */
static void set_stale(struct l3_neigh_table *t, struct neigh *n, const struct hd_mac *mac,
		      uint64_t now_ns)
{
	/* Together with the others' looks, so that a worker wakes up once for all of them. */
	uint64_t look = (now_ns / L3_STALE_LOOK_NS + 1) * L3_STALE_LOOK_NS;

	set(t, n, HD_NEIGHBOUR_STALE, mac, look);
}

static void set_delay(struct l3_neigh_table *t, struct neigh *n, uint64_t now_ns)
{
	struct hd_mac mac = neigh_mac(n->value);

	set(t, n, HD_NEIGHBOUR_DELAY, &mac, now_ns + L3_DELAY_NS);
}

static void set_reachable(struct l3_neigh_table *t, struct neigh *n, const struct hd_mac *mac,
			  uint64_t now_ns, uint64_t random)
{
	set(t, n, HD_NEIGHBOUR_REACHABLE, mac,
	    now_ns + L3_REACHABLE_NS / 2 + random % L3_REACHABLE_NS);
}

/* Asks once more: to all when its MAC is not known, else to itself. */
static void solicit(struct l3_neigh_table *t, struct neigh *n, unsigned int state, uint64_t now_ns,
		    struct l3_neigh_out *out)
{
	struct hd_mac mac = neigh_mac(n->value);

	n->solicits++;
	neigh_set(t, n, state, &mac, now_ns + L3_RETRANS_NS);
	out->solicit = state == HD_NEIGHBOUR_PROBE ? L3_SOLICIT_ONE : L3_SOLICIT_ALL;
	out->mac = mac;
}

static void start_probe(struct l3_neigh_table *t, struct neigh *n, uint64_t now_ns,
			struct l3_neigh_out *out)
{
	n->solicits = 0;
	solicit(t, n, HD_NEIGHBOUR_PROBE, now_ns, out);
}

/* Room for one more that is asked, of this gateway and in all. */
static bool asked_room(struct l3_neigh_table *t, const struct l3_neigh_key *key, uint64_t now_ns,
		       struct l3_neigh_out *out)
{
	struct neigh_gateway *g = &t->gateways[key->gateway];
	struct neigh *oldest = NULL;

	if (g->asked >= t->limits.gateway_asked)
		oldest = neigh_first(t, &g->list[NEIGH_ASKED]);
	else if (t->asked >= t->limits.asked)
		oldest = neigh_first(t, &t->list[NEIGH_ASKED]);
	else
		return true;
	if (now_ns < oldest->since_ns + L3_RETRANS_NS)
		return false;
	forget(t, oldest, out);
	return true;
}

/* The first stale one of a list that nobody used lately; those that were used become active. */
static struct neigh *stale_victim(struct l3_neigh_table *t, const struct neigh_head *head,
				  uint64_t now_ns)
{
	for (int i = 0; i < VICTIMS; i++) {
		struct neigh *n = neigh_first(t, head);

		if (!n || !__atomic_load_n(&n->used, __ATOMIC_RELAXED))
			return n;
		set_delay(t, n, now_ns);
	}
	return NULL;
}

/* The same for one that is known. */
static bool known_room(struct l3_neigh_table *t, const struct l3_neigh_key *key, uint64_t now_ns,
		       struct l3_neigh_out *out)
{
	struct neigh_gateway *g = &t->gateways[key->gateway];
	struct neigh *victim;

	if (g->known >= t->limits.gateway_known)
		victim = stale_victim(t, &g->list[NEIGH_STALE], now_ns);
	else if (t->known >= t->limits.max - t->limits.asked)
		victim = stale_victim(t, &t->list[NEIGH_STALE], now_ns);
	else
		return true;
	if (!victim)
		return false;
	forget(t, victim, out);
	return true;
}

/* The entry of the key; one that is to be forgotten is, first. */
static struct neigh *find(struct l3_neigh_table *t, const struct l3_neigh_key *key,
			  struct l3_neigh_out *out)
{
	struct neigh *n = neigh_lookup(t, key);

	if (!n || !neigh_is_marked(n))
		return n;
	forget(t, n, out);
	return NULL;
}

/* The newest packet waits; when the neighbour has its share of them, the oldest one goes. */
static enum l3_neigh_verdict hold(struct l3_neigh_table *t, struct neigh *n, void *packet,
				  struct l3_neigh_out *out)
{
	if (n->n_held == L3_HELD_NEIGHBOUR) {
		out->drop[out->n_drop].packet = neigh_unhold(t, n);
		out->drop[out->n_drop++].why = L3_HELD_OLDEST;
	}
	return neigh_hold(t, n, packet) ? L3_NEIGH_HELD : L3_NEIGH_FULL;
}

enum l3_neigh_verdict l3_neigh_resolve(struct l3_neigh_table *t, const struct l3_neigh_key *key,
				       void *packet, uint64_t now_ns, struct l3_neigh_out *out)
{
	struct neigh *n;

	begin(out, key);
	n = find(t, key, out);
	if (!n) {
		n = asked_room(t, key, now_ns, out) ? neigh_add(t, key, now_ns) : NULL;
		if (!n)
			return L3_NEIGH_FULL;
		solicit(t, n, HD_NEIGHBOUR_INCOMPLETE, now_ns, out);
	}
	switch (neigh_state(n)) {
	case HD_NEIGHBOUR_INCOMPLETE: return hold(t, n, packet, out);
	case HD_NEIGHBOUR_FAILED: return L3_NEIGH_FAILED;
	case HD_NEIGHBOUR_STALE: set_delay(t, n, now_ns); break;
	default: break;
	}
	out->mac = neigh_mac(n->value);
	return L3_NEIGH_SEND;
}

/* Its MAC was not known, and now is. */
static void first_mac(struct l3_neigh_table *t, struct neigh *n, const struct l3_neigh_news *news,
		      uint64_t now_ns, uint64_t random, struct l3_neigh_out *out)
{
	struct l3_neigh_key key = neigh_key(n);
	bool asked = neigh_state(n) == HD_NEIGHBOUR_INCOMPLETE;

	if (!news->has_mac || !known_room(t, &key, now_ns, out))
		return;
	__atomic_store_n(&n->since_ns, now_ns, __ATOMIC_RELAXED);
	out->mac = news->mac;
	while (n->n_held)
		out->send[out->n_send++] = neigh_unhold(t, n);
	if (asked && news->kind == L3_NEWS_ANSWER) {
		set_reachable(t, n, &news->mac, now_ns, random);
		return;
	}
	set_stale(t, n, &news->mac, now_ns);
	if (out->n_send)
		set_delay(t, n, now_ns);
}

/* IPv4: it has a MAC, and is said to have another one. */
static void other_mac4(struct l3_neigh_table *t, struct neigh *n, const struct l3_neigh_news *news,
		       uint64_t now_ns, struct l3_neigh_out *out)
{
	unsigned int state = neigh_state(n);

	if (state == HD_NEIGHBOUR_STALE && !__atomic_load_n(&n->used, __ATOMIC_RELAXED)) {
		__atomic_store_n(&n->since_ns, now_ns, __ATOMIC_RELAXED);
		set_stale(t, n, &news->mac, now_ns);
		return;
	}
	if (state != HD_NEIGHBOUR_PROBE && now_ns < n->since_ns + L3_CLAIM_NS)
		return;
	if (state != HD_NEIGHBOUR_PROBE)
		start_probe(t, n, now_ns, out);
	n->has_claim = true;
	n->claim = news->mac;
}

/* IPv6: the same; RFC 4861 7.2.3 and 7.2.5. */
static void other_mac6(struct l3_neigh_table *t, struct neigh *n, const struct l3_neigh_news *news,
		       uint64_t now_ns, uint64_t random)
{
	struct hd_mac mac = neigh_mac(n->value);
	bool answers = news->kind == L3_NEWS_ANSWER && neigh_state(n) == HD_NEIGHBOUR_PROBE;

	if (news->kind != L3_NEWS_ASKED && !news->override) {
		if (neigh_state(n) == HD_NEIGHBOUR_REACHABLE)
			set_stale(t, n, &mac, now_ns);
		return;
	}
	__atomic_store_n(&n->since_ns, now_ns, __ATOMIC_RELAXED);
	if (answers)
		set_reachable(t, n, &news->mac, now_ns, random);
	else
		set_stale(t, n, &news->mac, now_ns);
}

/* It has a MAC, and says nothing else. */
static void same_mac(struct l3_neigh_table *t, struct neigh *n, const struct l3_neigh_news *news,
		     uint64_t now_ns, uint64_t random)
{
	struct hd_mac mac = neigh_mac(n->value);

	__atomic_store_n(&n->since_ns, now_ns, __ATOMIC_RELAXED);
	if (news->kind == L3_NEWS_ANSWER && neigh_state(n) == HD_NEIGHBOUR_PROBE)
		set_reachable(t, n, &mac, now_ns, random);
}

void l3_neigh_heard(struct l3_neigh_table *t, const struct l3_neigh_key *key,
		    const struct l3_neigh_news *news, uint64_t now_ns, uint64_t random,
		    struct l3_neigh_out *out)
{
	struct hd_mac mac;
	struct neigh *n;

	begin(out, key);
	n = find(t, key, out);
	if (!n) {
		if (news->kind != L3_NEWS_ASKED || !news->has_mac ||
		    !known_room(t, key, now_ns, out))
			return;
		n = neigh_add(t, key, now_ns);
		if (n)
			set_stale(t, n, &news->mac, now_ns);
		return;
	}
	if (neigh_state(n) == HD_NEIGHBOUR_INCOMPLETE || neigh_state(n) == HD_NEIGHBOUR_FAILED) {
		first_mac(t, n, news, now_ns, random, out);
		return;
	}
	mac = neigh_mac(n->value);
	if (!news->has_mac || !memcmp(&mac, &news->mac, sizeof(mac)))
		same_mac(t, n, news, now_ns, random);
	else if (key->family == 4)
		other_mac4(t, n, news, now_ns, out);
	else
		other_mac6(t, n, news, now_ns, random);
}

static void incomplete_due(struct l3_neigh_table *t, struct neigh *n, uint64_t now_ns,
			   struct l3_neigh_out *out)
{
	static const struct hd_mac none;

	if (n->solicits < L3_SOLICITS) {
		solicit(t, n, HD_NEIGHBOUR_INCOMPLETE, now_ns, out);
		return;
	}
	drop_held(t, n, L3_HELD_FAILED, out);
	set(t, n, HD_NEIGHBOUR_FAILED, &none, now_ns + L3_FAILED_NS);
}

static void probe_due(struct l3_neigh_table *t, struct neigh *n, uint64_t now_ns,
		      struct l3_neigh_out *out)
{
	struct hd_mac claim = n->claim;

	if (n->solicits < L3_SOLICITS) {
		solicit(t, n, HD_NEIGHBOUR_PROBE, now_ns, out);
	} else if (n->has_claim) {
		__atomic_store_n(&n->since_ns, now_ns, __ATOMIC_RELAXED);
		set_stale(t, n, &claim, now_ns);
	} else {
		forget(t, n, out); /* the next packet begins anew */
	}
}

static void stale_due(struct l3_neigh_table *t, struct neigh *n, uint64_t now_ns,
		      struct l3_neigh_out *out)
{
	struct hd_mac mac = neigh_mac(n->value);

	if (__atomic_load_n(&n->used, __ATOMIC_RELAXED))
		set_delay(t, n, now_ns);
	else if (now_ns >= n->since_ns + L3_STALE_NS)
		forget(t, n, out);
	else
		set_stale(t, n, &mac, now_ns);
}

static void timer_due(struct l3_neigh_table *t, struct neigh *n, uint64_t now_ns,
		      struct l3_neigh_out *out)
{
	struct hd_mac mac = neigh_mac(n->value);

	switch (neigh_state(n)) {
	case HD_NEIGHBOUR_INCOMPLETE: incomplete_due(t, n, now_ns, out); break;
	case HD_NEIGHBOUR_REACHABLE: set_stale(t, n, &mac, now_ns); break;
	case HD_NEIGHBOUR_STALE: stale_due(t, n, now_ns, out); break;
	case HD_NEIGHBOUR_DELAY: start_probe(t, n, now_ns, out); break;
	case HD_NEIGHBOUR_PROBE: probe_due(t, n, now_ns, out); break;
	default: forget(t, n, out); break;
	}
}

static bool sweep_waits(const struct l3_neigh_table *t)
{
	return t->sweep != NEIGH_NONE ||
	       __atomic_load_n(&t->marks, __ATOMIC_ACQUIRE) != t->marks_seen;
}

/* Frees marked entries, as far as one step goes. */
static void sweep(struct l3_neigh_table *t, struct l3_neigh_out *out)
{
	uint32_t marks = __atomic_load_n(&t->marks, __ATOMIC_ACQUIRE);

	if (marks != t->marks_seen) {
		t->marks_seen = marks;
		t->sweep = 0;
	}
	for (int i = 0; i < SWEEP && t->sweep < t->end && !out->n_drop; i++) {
		struct neigh *n = &t->e[t->sweep++];

		if (n->value && neigh_is_marked(n))
			forget(t, n, out);
	}
	if (t->sweep >= t->end)
		t->sweep = NEIGH_NONE;
}

uint64_t l3_neigh_due(const struct l3_neigh_table *t)
{
	const struct neigh *next = neigh_next_timer(t);

	if (sweep_waits(t))
		return 0;
	return next ? next->due_ns : UINT64_MAX;
}

bool l3_neigh_expire(struct l3_neigh_table *t, uint64_t now_ns, struct l3_neigh_out *out)
{
	struct neigh *n = neigh_next_timer(t);
	struct l3_neigh_key key = {{{0}}};

	if (sweep_waits(t)) {
		begin(out, &key);
		sweep(t, out);
		return true;
	}
	if (!n || n->due_ns > now_ns)
		return false;
	key = neigh_key(n);
	begin(out, &key);
	timer_due(t, n, now_ns, out);
	return true;
}
