/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The neighbour table's memory. A hash table of small numbers with linear probing finds an entry. A
 * reader that meets a writer there may miss an entry (and asks the owner), but never takes one
 * entry for another, since the entry itself has the key and a sequence number.
 */
#include "dataplane/l3/neigh_int.h"

#include <stdlib.h>

static uint32_t index_of(const struct l3_neigh_table *t, const struct neigh *n)
{
	return (uint32_t)(n - t->e);
}

static void words(const struct l3_neigh_key *key, uint64_t out[3])
{
	memcpy(out, key, sizeof(*key));
}

static uint64_t hash(const struct l3_neigh_table *t, const uint64_t key[3])
{
	unsigned __int128 a, b;

	/*
	 * Two products that do not wait for each other; without the seed nobody can choose either.
	 */
	a = (unsigned __int128)(key[0] ^ t->seed) * (key[1] ^ 0x9e3779b97f4a7c15ull);
	b = (unsigned __int128)(key[2] ^ ~t->seed) * 0xd6e8feb86659fd93ull;
	return (uint64_t)a ^ (uint64_t)(a >> 64) ^ (uint64_t)b ^ (uint64_t)(b >> 64);
}

/*
 * What the hash table has of an entry: a part of its hash, so that few wrong entries are looked
 * at.
 */
static uint32_t index_word(uint64_t h, uint32_t entry)
{
	return (uint32_t)(h >> 48) << 16 | (entry + 1);
}

struct l3_neigh_table *l3_neigh_new(const struct l3_neigh_limits *limits, uint64_t seed)
{
	struct l3_neigh_table *t = calloc(1, sizeof(*t));
	uint32_t slots = 64;

	if (!t)
		return NULL;
	while (slots < 2 * limits->max)
		slots *= 2;
	t->limits = *limits;
	t->seed = seed;
	t->mask = slots - 1;
	t->sweep = NEIGH_NONE;
	t->e = calloc(limits->max, sizeof(*t->e));
	t->index = calloc(slots, sizeof(*t->index));
	t->gateways = calloc(limits->gateways, sizeof(*t->gateways));
	t->heap = calloc(limits->max, sizeof(*t->heap));
	t->held = calloc(limits->held, sizeof(*t->held));
	if (t->e && t->index && t->gateways && t->heap && t->held)
		return t;
	l3_neigh_free(t);
	return NULL;
}

void l3_neigh_free(struct l3_neigh_table *t)
{
	if (!t)
		return;
	free(t->e);
	free(t->index);
	free(t->gateways);
	free(t->heap);
	free(t->held);
	free(t);
}

/* The value of an entry if its key is @key and was not written to meanwhile; else 0. Any thread. */
static inline uint64_t read_value(const struct neigh *n, const uint64_t key[3])
{
	uint32_t sequence = __atomic_load_n(&n->sequence, __ATOMIC_ACQUIRE);
	uint64_t value = __atomic_load_n(&n->value, __ATOMIC_RELAXED), other;

	other = (__atomic_load_n(&n->key[0], __ATOMIC_RELAXED) ^ key[0]) |
		(__atomic_load_n(&n->key[1], __ATOMIC_RELAXED) ^ key[1]) |
		(__atomic_load_n(&n->key[2], __ATOMIC_RELAXED) ^ key[2]);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (other || sequence & 1 || __atomic_load_n(&n->sequence, __ATOMIC_RELAXED) != sequence ||
	    __atomic_load_n(&n->forget, __ATOMIC_RELAXED) == sequence)
		return 0;
	return value;
}

static bool has_mac(unsigned int state)
{
	return state != HD_NEIGHBOUR_INCOMPLETE && state != HD_NEIGHBOUR_FAILED;
}

bool l3_neigh_find(struct l3_neigh_table *t, const struct l3_neigh_key *key, struct hd_mac *mac)
{
	uint64_t k[3], h, value = 0;
	struct neigh *n = NULL;

	words(key, k);
	h = hash(t, k);
	for (uint32_t i = (uint32_t)h & t->mask, looked = 0; !value && looked <= t->mask;
	     i = (i + 1) & t->mask, looked++) {
		uint32_t word = __atomic_load_n(&t->index[i], __ATOMIC_ACQUIRE);

		if (!word)
			return false;
		if (word >> 16 != h >> 48)
			continue;
		n = &t->e[(word & 0xffff) - 1];
		value = read_value(n, k);
	}
	if (!(value & NEIGH_VALID) || !has_mac(value >> 48 & 0xff))
		return false;
	if ((value >> 48 & 0xff) == HD_NEIGHBOUR_STALE &&
	    !__atomic_load_n(&n->used, __ATOMIC_RELAXED))
		__atomic_store_n(&n->used, 1, __ATOMIC_RELAXED);
	*mac = neigh_mac(value);
	return true;
}

/* Where the key's entry is in the hash table, or the free place behind. */
static uint32_t place(const struct l3_neigh_table *t, const uint64_t key[3])
{
	uint64_t h = hash(t, key);
	uint32_t i = (uint32_t)h & t->mask;

	for (; t->index[i]; i = (i + 1) & t->mask)
		if (t->index[i] >> 16 == h >> 48 &&
		    !memcmp(t->e[(t->index[i] & 0xffff) - 1].key, key, sizeof(uint64_t[3])))
			break;
	return i;
}

struct neigh *neigh_lookup(struct l3_neigh_table *t, const struct l3_neigh_key *key)
{
	uint64_t k[3];
	uint32_t word;

	words(key, k);
	word = t->index[place(t, k)];
	return word ? &t->e[(word & 0xffff) - 1] : NULL;
}

/* Empties a place of the hash table: what was put behind it only because it was taken moves up. */
static void unindex(struct l3_neigh_table *t, uint32_t hole)
{
	for (uint32_t i = (hole + 1) & t->mask; t->index[i]; i = (i + 1) & t->mask) {
		uint32_t home = (uint32_t)hash(t, t->e[(t->index[i] & 0xffff) - 1].key) & t->mask;

		if (((i - home) & t->mask) < ((i - hole) & t->mask))
			continue;
		__atomic_store_n(&t->index[hole], t->index[i], __ATOMIC_RELEASE);
		hole = i;
	}
	__atomic_store_n(&t->index[hole], 0, __ATOMIC_RELEASE);
}

/* Changes the key of an entry: readers that have the old one see it. */
static void write_key(struct neigh *n, const uint64_t key[3], uint64_t value)
{
	__atomic_store_n(&n->sequence, n->sequence + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	for (int i = 0; i < 3; i++)
		__atomic_store_n(&n->key[i], key[i], __ATOMIC_RELAXED);
	__atomic_store_n(&n->value, value, __ATOMIC_RELAXED);
	__atomic_store_n(&n->sequence, n->sequence + 1, __ATOMIC_RELEASE);
}

static void unlink_from(struct l3_neigh_table *t, struct neigh_head *head, struct neigh *n,
			bool all)
{
	struct neigh_link *l = all ? &n->of_all : &n->of_gateway;
	struct neigh *prev = l->prev ? &t->e[l->prev - 1] : NULL;
	struct neigh *next = l->next ? &t->e[l->next - 1] : NULL;

	*(prev ? all ? &prev->of_all.next : &prev->of_gateway.next : &head->first) = l->next;
	*(next ? all ? &next->of_all.prev : &next->of_gateway.prev : &head->last) = l->prev;
	*l = (struct neigh_link){0};
}

static void link_to(struct l3_neigh_table *t, struct neigh_head *head, struct neigh *n, bool all)
{
	struct neigh_link *l = all ? &n->of_all : &n->of_gateway;
	struct neigh *last = head->last ? &t->e[head->last - 1] : NULL;
	uint32_t at = index_of(t, n) + 1;

	*l = (struct neigh_link){.prev = head->last};
	*(last ? all ? &last->of_all.next : &last->of_gateway.next : &head->first) = at;
	head->last = at;
}

static void count(struct l3_neigh_table *t, struct neigh *n, int by)
{
	struct neigh_gateway *g = neigh_gateway(t, n);
	bool asked = n->list == NEIGH_ASKED;

	*(asked ? &g->asked : &g->known) += (uint32_t)by;
	__atomic_store_n(asked ? &t->asked : &t->known,
			 (asked ? t->asked : t->known) + (uint32_t)by, __ATOMIC_RELAXED);
}

static void leave_list(struct l3_neigh_table *t, struct neigh *n)
{
	if (n->list == NEIGH_LISTS)
		return;
	unlink_from(t, &t->list[n->list], n, true);
	unlink_from(t, &neigh_gateway(t, n)->list[n->list], n, false);
	count(t, n, -1);
	n->list = NEIGH_LISTS;
}

static enum neigh_list list_of(unsigned int state)
{
	if (!has_mac(state))
		return NEIGH_ASKED;
	return state == HD_NEIGHBOUR_STALE ? NEIGH_STALE : NEIGH_ACTIVE;
}

static void enter_list(struct l3_neigh_table *t, struct neigh *n, enum neigh_list list)
{
	n->list = (uint8_t)list;
	link_to(t, &t->list[list], n, true);
	link_to(t, &neigh_gateway(t, n)->list[list], n, false);
	count(t, n, 1);
}

struct neigh *neigh_first(struct l3_neigh_table *t, const struct neigh_head *head)
{
	return head->first ? &t->e[head->first - 1] : NULL;
}

/* The heap: the parent of place i is (i - 1) / 2, and is due no later. */
static void heap_put(struct l3_neigh_table *t, uint32_t at, uint32_t entry)
{
	t->heap[at] = entry;
	t->e[entry].timer = at + 1;
}

static bool before(const struct l3_neigh_table *t, uint32_t a, uint32_t b)
{
	return t->e[a].due_ns < t->e[b].due_ns;
}

/* Puts @entry at @at, or where it belongs above or below. */
static void heap_fit(struct l3_neigh_table *t, uint32_t at, uint32_t entry)
{
	while (at && before(t, entry, t->heap[(at - 1) / 2])) {
		heap_put(t, at, t->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (uint32_t child = 2 * at + 1; child < t->n_heap; child = 2 * at + 1) {
		if (child + 1 < t->n_heap && before(t, t->heap[child + 1], t->heap[child]))
			child++;
		if (!before(t, t->heap[child], entry))
			break;
		heap_put(t, at, t->heap[child]);
		at = child;
	}
	heap_put(t, at, entry);
}

static void stop_timer(struct l3_neigh_table *t, struct neigh *n)
{
	uint32_t at = n->timer - 1, last;

	if (!n->timer)
		return;
	n->timer = 0;
	last = t->heap[--t->n_heap];
	if (at < t->n_heap)
		heap_fit(t, at, last);
}

static void start_timer(struct l3_neigh_table *t, struct neigh *n, uint64_t due_ns)
{
	n->due_ns = due_ns;
	if (n->timer)
		heap_fit(t, n->timer - 1, index_of(t, n));
	else
		heap_fit(t, t->n_heap++, index_of(t, n));
}

struct neigh *neigh_next_timer(const struct l3_neigh_table *t)
{
	return t->n_heap ? &t->e[t->heap[0]] : NULL;
}

static uint64_t value_of(unsigned int state, const struct hd_mac *mac)
{
	uint64_t value = NEIGH_VALID | (uint64_t)state << 48;

	for (int i = 0; mac && i < HD_ETH_ALEN; i++)
		value |= (uint64_t)mac->b[i] << (8 * i);
	return value;
}

void neigh_set(struct l3_neigh_table *t, struct neigh *n, unsigned int state,
	       const struct hd_mac *mac, uint64_t due_ns)
{
	uint64_t value = value_of(state, mac);

	if (n->list != list_of(state)) {
		leave_list(t, n);
		enter_list(t, n, list_of(state));
	}
	__atomic_store_n(&n->used, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&n->value, value, __ATOMIC_RELAXED);
	start_timer(t, n, due_ns);
}

struct neigh *neigh_add(struct l3_neigh_table *t, const struct l3_neigh_key *key, uint64_t now_ns)
{
	struct neigh *n;
	uint64_t k[3];

	if (t->free_entry) {
		n = &t->e[t->free_entry - 1];
		t->free_entry = n->of_all.next;
	} else if (t->end < t->limits.max) {
		n = &t->e[t->end];
		__atomic_store_n(&t->end, t->end + 1, __ATOMIC_RELEASE);
	} else {
		return NULL;
	}
	n->of_all = (struct neigh_link){0};
	n->list = NEIGH_LISTS;
	n->solicits = 0;
	n->has_claim = false;
	__atomic_store_n(&n->since_ns, now_ns, __ATOMIC_RELAXED);
	words(key, k);
	write_key(n, k, 0);
	__atomic_store_n(&t->index[place(t, k)], index_word(hash(t, k), index_of(t, n)),
			 __ATOMIC_RELEASE);
	return n;
}

void neigh_remove(struct l3_neigh_table *t, struct neigh *n)
{
	static const uint64_t none[3];

	leave_list(t, n);
	stop_timer(t, n);
	unindex(t, place(t, n->key));
	write_key(n, none, 0);
	n->of_all.next = t->free_entry;
	t->free_entry = index_of(t, n) + 1;
}

bool neigh_hold(struct l3_neigh_table *t, struct neigh *n, void *packet)
{
	struct neigh_gateway *g = neigh_gateway(t, n);
	uint32_t at = t->free_held;

	if (t->n_held == t->limits.held || g->held == t->limits.gateway_held)
		return false;
	if (at)
		t->free_held = t->held[at - 1].next;
	else
		at = ++t->held_end;
	t->held[at - 1] = (struct neigh_held){.packet = packet};
	*(n->held_first ? &t->held[n->held_last - 1].next : &n->held_first) = at;
	n->held_last = at;
	__atomic_store_n(&n->n_held, n->n_held + 1, __ATOMIC_RELAXED);
	t->n_held++;
	g->held++;
	return true;
}

void *neigh_unhold(struct l3_neigh_table *t, struct neigh *n)
{
	uint32_t at = n->held_first;
	void *packet = t->held[at - 1].packet;

	n->held_first = t->held[at - 1].next;
	t->held[at - 1] = (struct neigh_held){.next = t->free_held};
	t->free_held = at;
	__atomic_store_n(&n->n_held, n->n_held - 1, __ATOMIC_RELAXED);
	t->n_held--;
	neigh_gateway(t, n)->held--;
	return packet;
}

uint32_t l3_neigh_end(const struct l3_neigh_table *t)
{
	return __atomic_load_n(&t->end, __ATOMIC_ACQUIRE);
}

uint32_t l3_neigh_count(const struct l3_neigh_table *t)
{
	return __atomic_load_n(&t->known, __ATOMIC_RELAXED) +
	       __atomic_load_n(&t->asked, __ATOMIC_RELAXED);
}

bool l3_neigh_view(const struct l3_neigh_table *t, uint32_t index, struct l3_neigh_view *view)
{
	const struct neigh *n = &t->e[index];
	uint64_t k[3], value;

	view->sequence = __atomic_load_n(&n->sequence, __ATOMIC_ACQUIRE);
	for (int i = 0; i < 3; i++)
		k[i] = __atomic_load_n(&n->key[i], __ATOMIC_RELAXED);
	view->since_ns = __atomic_load_n(&n->since_ns, __ATOMIC_RELAXED);
	view->held = __atomic_load_n(&n->n_held, __ATOMIC_RELAXED);
	value = read_value(n, k);
	if (!(value & NEIGH_VALID) ||
	    __atomic_load_n(&n->sequence, __ATOMIC_RELAXED) != view->sequence)
		return false;
	memcpy(&view->key, k, sizeof(k));
	view->mac = neigh_mac(value);
	view->state = (uint8_t)(value >> 48);
	return true;
}

void l3_neigh_forget(struct l3_neigh_table *t, uint32_t index, const struct l3_neigh_view *view)
{
	__atomic_store_n(&t->e[index].forget, view->sequence, __ATOMIC_RELAXED);
	__atomic_store_n(&t->marks, t->marks + 1, __ATOMIC_RELEASE);
}
