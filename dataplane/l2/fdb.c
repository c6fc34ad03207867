/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The forwarding database: the functions that write, and rare lookups. The fast lookups are in
 * fdb.h.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <rte_pause.h>

#include "dataplane/l2/fdb.h"

#define FDB_PORTS   65536u
#define FDB_DOMAINS (1u << 20)
#define FDB_GROUPS  65536u
#define LOCK_LOOKS  1000

/* The table is large. The kernel gives its pages when they are first used. */
static void *fdb_map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void fdb_unmap(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}

static size_t fdb_slots_size(const struct dp_fdb *fdb)
{
	return ((size_t)fdb->mask + 1) * DP_FDB_WAYS * sizeof(struct dp_fdb_slot);
}

struct dp_fdb *dp_fdb_new(uint32_t capacity, uint64_t seed)
{
	struct dp_fdb *fdb = calloc(1, sizeof(*fdb));
	uint32_t buckets = 128;

	if (!fdb)
		return NULL;
	if (capacity > 8388608)
		capacity = 8388608;
	while (buckets * DP_FDB_WAYS / 2 < capacity)
		buckets *= 2;
	fdb->mask = buckets - 1;
	fdb->capacity = buckets * DP_FDB_WAYS / 2;
	fdb->seed = seed;
	fdb->slots = fdb_map(fdb_slots_size(fdb));
	fdb->locks = fdb_map(buckets);
	fdb->port_count = fdb_map(FDB_PORTS * sizeof(uint32_t));
	fdb->domain_count = fdb_map(FDB_DOMAINS * sizeof(uint32_t));
	fdb->domain_fixed = fdb_map(FDB_DOMAINS * sizeof(uint32_t));
	fdb->domain_group = fdb_map(FDB_DOMAINS * sizeof(uint16_t));
	fdb->group_count = fdb_map(FDB_GROUPS * sizeof(uint32_t));
	if (!fdb->slots || !fdb->locks || !fdb->port_count || !fdb->domain_count ||
	    !fdb->domain_fixed || !fdb->domain_group || !fdb->group_count) {
		dp_fdb_free(fdb);
		errno = ENOMEM;
		return NULL;
	}
	return fdb;
}

void dp_fdb_free(struct dp_fdb *fdb)
{
	if (!fdb)
		return;
	fdb_unmap(fdb->slots, fdb_slots_size(fdb));
	fdb_unmap(fdb->locks, fdb->mask + 1);
	fdb_unmap(fdb->port_count, FDB_PORTS * sizeof(uint32_t));
	fdb_unmap(fdb->domain_count, FDB_DOMAINS * sizeof(uint32_t));
	fdb_unmap(fdb->domain_fixed, FDB_DOMAINS * sizeof(uint32_t));
	fdb_unmap(fdb->domain_group, FDB_DOMAINS * sizeof(uint16_t));
	fdb_unmap(fdb->group_count, FDB_GROUPS * sizeof(uint32_t));
	free(fdb);
}

struct dp_fdb_slot *dp_fdb_find_second(const struct dp_fdb *fdb, uint64_t key, uint32_t domain,
				       uint64_t *val)
{
	return dp_fdb_find_in(dp_fdb_bucket2(fdb, dp_fdb_hash_key(fdb, key, domain)), key,
			      dp_fdb_match(domain), val);
}

static bool fdb_trylock(struct dp_fdb *fdb, uint32_t bucket)
{
	return !__atomic_exchange_n(&fdb->locks[bucket], 1, __ATOMIC_ACQUIRE);
}

/*
 * A holder needs some ten nanoseconds, unless it lost its processor: then this thread may be what
 * runs there, and yields.
 */
static void fdb_lock(struct dp_fdb *fdb, uint32_t bucket)
{
	for (unsigned int looks = 0; !fdb_trylock(fdb, bucket); looks++) {
		if (looks < LOCK_LOOKS)
			rte_pause();
		else
			sched_yield();
	}
}

static void fdb_unlock(struct dp_fdb *fdb, uint32_t bucket)
{
	__atomic_store_n(&fdb->locks[bucket], 0, __ATOMIC_RELEASE);
}

/* Locks both buckets of an address, the lower one first, so that two threads never deadlock. */
struct fdb_pair {
	uint32_t a, b;
};

static struct fdb_pair fdb_pair(const struct dp_fdb *fdb, uint64_t hash)
{
	struct fdb_pair p = {(uint32_t)hash & fdb->mask, (uint32_t)(hash >> 32) & fdb->mask};

	if (p.a > p.b)
		p = (struct fdb_pair){p.b, p.a};
	return p;
}

static bool fdb_pair_trylock(struct dp_fdb *fdb, struct fdb_pair p)
{
	if (!fdb_trylock(fdb, p.a))
		return false;
	if (p.b != p.a && !fdb_trylock(fdb, p.b)) {
		fdb_unlock(fdb, p.a);
		return false;
	}
	return true;
}

static void fdb_pair_lock(struct dp_fdb *fdb, struct fdb_pair p)
{
	fdb_lock(fdb, p.a);
	if (p.b != p.a)
		fdb_lock(fdb, p.b);
}

static void fdb_pair_unlock(struct dp_fdb *fdb, struct fdb_pair p)
{
	if (p.b != p.a)
		fdb_unlock(fdb, p.b);
	fdb_unlock(fdb, p.a);
}

static uint32_t slot_domain(uint64_t key, uint64_t val)
{
	return (uint32_t)(key & 0xffff) | (uint32_t)(val >> DP_FDB_V_DOMAIN_SHIFT & 0xf) << 16;
}

static void fdb_account(struct dp_fdb *fdb, uint32_t domain, uint64_t val, int n)
{
	__atomic_add_fetch(&fdb->count, n, __ATOMIC_RELAXED);
	if (dp_fdb_val_fixed(val)) {
		__atomic_add_fetch(&fdb->domain_fixed[domain], n, __ATOMIC_RELAXED);
		return;
	}
	__atomic_add_fetch(&fdb->port_count[dp_fdb_val_port(val)], n, __ATOMIC_RELAXED);
	__atomic_add_fetch(&fdb->domain_count[domain], n, __ATOMIC_RELAXED);
	__atomic_add_fetch(&fdb->group_count[fdb->domain_group[domain]], n, __ATOMIC_RELAXED);
}

static uint64_t fdb_next_seq(uint64_t val)
{
	return ((val >> DP_FDB_V_SEQ_SHIFT) + 1) << DP_FDB_V_SEQ_SHIFT;
}

/* The bucket is locked. The sequence number stays in val when the slot is free. */
static void slot_write(struct dp_fdb_slot *s, uint64_t key, uint64_t val)
{
	uint64_t seq = fdb_next_seq(s->val);

	__atomic_store_n(&s->val, seq, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&s->key, key, __ATOMIC_RELEASE);
	__atomic_store_n(&s->val, val | seq, __ATOMIC_RELEASE);
}

static void slot_clear(struct dp_fdb *fdb, struct dp_fdb_slot *s)
{
	uint64_t val = s->val;

	fdb_account(fdb, slot_domain(s->key, val), val, -1);
	slot_write(s, 0, 0);
}

static struct dp_fdb_slot *fdb_free_slot(struct dp_fdb_slot *b)
{
	for (int i = 0; i < DP_FDB_WAYS; i++)
		if (!(b[i].val & DP_FDB_V_VALID))
			return &b[i];
	return NULL;
}

/*
 * Makes room in a full, locked bucket by moving one entry to its other bucket. For an instant the
 * entry is in both places; then in one. A reader may miss it in between, and floods once.
 */
static struct dp_fdb_slot *fdb_displace(struct dp_fdb *fdb, struct dp_fdb_slot *b,
					struct fdb_pair held)
{
	for (int i = 0; i < DP_FDB_WAYS; i++) {
		uint64_t key = b[i].key, val = b[i].val;
		uint64_t hash = dp_fdb_hash(fdb, key >> 16, slot_domain(key, val));
		uint32_t here = (uint32_t)((b - fdb->slots) / DP_FDB_WAYS);
		struct fdb_pair p = fdb_pair(fdb, hash);
		uint32_t other = p.a == here ? p.b : p.a;
		struct dp_fdb_slot *s;

		if (other == held.a || other == held.b || !fdb_trylock(fdb, other))
			continue;
		s = fdb_free_slot(&fdb->slots[(uint64_t)other * DP_FDB_WAYS]);
		if (s) {
			slot_write(s, key, val & ~(0xffull << DP_FDB_V_SEQ_SHIFT));
			slot_write(&b[i], 0, 0);
		}
		fdb_unlock(fdb, other);
		if (s)
			return &b[i];
	}
	return NULL;
}

/* Finds a slot for a new entry; its buckets are locked. */
static struct dp_fdb_slot *fdb_room(struct dp_fdb *fdb, uint64_t hash, struct fdb_pair held)
{
	struct dp_fdb_slot *b1 = dp_fdb_bucket1(fdb, hash), *b2 = dp_fdb_bucket2(fdb, hash);
	struct dp_fdb_slot *s;

	if (__atomic_load_n(&fdb->count, __ATOMIC_RELAXED) >= fdb->capacity)
		return NULL;
	s = fdb_free_slot(b1);
	if (!s)
		s = fdb_free_slot(b2);
	if (!s)
		s = fdb_displace(fdb, b1, held);
	if (!s)
		s = fdb_displace(fdb, b2, held);
	return s;
}

/*
 * Finds a learned entry in a locked bucket, of the port that has the most entries. NULL: there is
 * none.
 */
static struct dp_fdb_slot *fdb_victim(const struct dp_fdb *fdb, struct dp_fdb_slot *b,
				      struct dp_fdb_slot *best)
{
	for (struct dp_fdb_slot *s = b; s < b + DP_FDB_WAYS; s++)
		if (s->val & DP_FDB_V_VALID && !dp_fdb_val_fixed(s->val) &&
		    (!best || dp_fdb_port_count(fdb, dp_fdb_val_port(s->val)) >
				      dp_fdb_port_count(fdb, dp_fdb_val_port(best->val))))
			best = s;
	return best;
}

/* So many buckets near its own are searched for an entry of a port that has more. */
#define FDB_NEAR 8

static bool has_more(const struct dp_fdb *fdb, const struct dp_fdb_slot *s, uint32_t than)
{
	return s && dp_fdb_port_count(fdb, dp_fdb_val_port(s->val)) > than + DP_FDB_FEW;
}

/* Removes an entry of a port that has_more() than @have, from a bucket near that of @hash. */
static bool fdb_forget_near(struct dp_fdb *fdb, uint64_t hash, struct fdb_pair held, uint32_t have)
{
	bool done = false;

	for (uint32_t i = 1; i <= FDB_NEAR && !done; i++) {
		uint32_t bucket = ((uint32_t)hash + i) & fdb->mask;
		struct dp_fdb_slot *s;

		if (bucket == held.a || bucket == held.b || !fdb_trylock(fdb, bucket))
			continue;
		s = fdb_victim(fdb, &fdb->slots[(uint64_t)bucket * DP_FDB_WAYS], NULL);
		done = has_more(fdb, s, have);
		if (done)
			slot_clear(fdb, s);
		fdb_unlock(fdb, bucket);
	}
	return done;
}

/*
 * Finds a slot for an address that @port learns; its buckets are locked. @how says how, or why
 * there is none.
 */
static struct dp_fdb_slot *fdb_learn_room(struct dp_fdb *fdb, uint64_t hash, struct fdb_pair held,
					  uint16_t port, enum dp_fdb_learned *how)
{
	struct dp_fdb_slot *b1 = dp_fdb_bucket1(fdb, hash), *b2 = dp_fdb_bucket2(fdb, hash), *s;
	uint32_t have = dp_fdb_port_count(fdb, port);
	uint32_t count = __atomic_load_n(&fdb->count, __ATOMIC_RELAXED);
	uint64_t left = count < fdb->capacity ? fdb->capacity - count : 0;

	*how = DP_FDB_SHARE;
	if (have < DP_FDB_SHARE_OF_FREE * left) {
		*how = DP_FDB_LEARNED;
		s = fdb_room(fdb, hash, held);
		if (s)
			return s;
		*how = DP_FDB_FULL;
	}
	if (have > fdb->capacity / 2)
		return NULL; /* nobody has more */
	s = fdb_victim(fdb, b2, fdb_victim(fdb, b1, NULL));
	if (has_more(fdb, s, have)) {
		slot_clear(fdb, s);
	} else {
		s = fdb_free_slot(b1);
		s = s ? s : fdb_free_slot(b2);
		if (!s || !fdb_forget_near(fdb, hash, held, have))
			return NULL;
	}
	*how = DP_FDB_TOOK;
	return s;
}

/*
 * Finds a slot for a fixed entry; its buckets are locked. The capacity limits learned entries only.
 */
static struct dp_fdb_slot *fdb_fixed_room(struct dp_fdb *fdb, uint64_t hash, struct fdb_pair held)
{
	struct dp_fdb_slot *s = fdb_room(fdb, hash, held);

	if (s)
		return s;
	s = fdb_victim(fdb, dp_fdb_bucket1(fdb, hash), NULL);
	s = fdb_victim(fdb, dp_fdb_bucket2(fdb, hash), s);
	if (s) {
		slot_clear(fdb, s);
		return s;
	}
	s = fdb_free_slot(dp_fdb_bucket1(fdb, hash));
	return s ? s : fdb_free_slot(dp_fdb_bucket2(fdb, hash));
}

static uint64_t fdb_val(uint32_t domain, uint16_t port, uint32_t now, uint64_t flags)
{
	return port | (uint64_t)now << DP_FDB_V_TIME_SHIFT |
	       (uint64_t)(domain >> 16) << DP_FDB_V_DOMAIN_SHIFT | DP_FDB_V_VALID | flags;
}

enum dp_fdb_learned dp_fdb_learn(struct dp_fdb *fdb, uint64_t mac, uint32_t domain, uint16_t port,
				 uint32_t now)
{
	uint64_t hash = dp_fdb_hash(fdb, mac, domain), val, learned = fdb_val(domain, port, now, 0);
	uint64_t key = mac << 16 | (domain & 0xffff);
	struct fdb_pair pair = fdb_pair(fdb, hash);
	enum dp_fdb_learned result = DP_FDB_LEARNED;
	struct dp_fdb_slot *s;

	if (!fdb_pair_trylock(fdb, pair))
		return DP_FDB_BUSY;
	s = dp_fdb_find(fdb, hash, mac, domain, &val);
	if (s && (dp_fdb_val_fixed(val) || dp_fdb_val_port(val) == port)) {
		result = DP_FDB_KNOWN;
	} else if (s) {
		fdb_account(fdb, domain, val, -1);
		slot_write(s, key, learned);
		fdb_account(fdb, domain, learned, 1);
		result = DP_FDB_MOVED;
	} else {
		s = fdb_learn_room(fdb, hash, pair, port, &result);
		if (s) {
			slot_write(s, key, learned);
			fdb_account(fdb, domain, learned, 1);
		}
	}
	fdb_pair_unlock(fdb, pair);
	return result;
}

int dp_fdb_set(struct dp_fdb *fdb, uint64_t mac, uint32_t domain, uint16_t port, uint64_t flags)
{
	uint64_t hash = dp_fdb_hash(fdb, mac, domain), val;
	uint64_t key = mac << 16 | (domain & 0xffff);
	struct fdb_pair pair = fdb_pair(fdb, hash);
	struct dp_fdb_slot *s;

	fdb_pair_lock(fdb, pair);
	s = dp_fdb_find(fdb, hash, mac, domain, &val);
	if (s)
		slot_clear(fdb, s);
	else
		s = fdb_fixed_room(fdb, hash, pair);
	if (s) {
		slot_write(s, key, fdb_val(domain, port, 0, flags));
		fdb_account(fdb, domain, flags, 1);
	}
	fdb_pair_unlock(fdb, pair);
	return s ? 0 : -ENOSPC;
}

int dp_fdb_remove(struct dp_fdb *fdb, uint64_t mac, uint32_t domain)
{
	uint64_t hash = dp_fdb_hash(fdb, mac, domain), val;
	struct fdb_pair pair = fdb_pair(fdb, hash);
	struct dp_fdb_slot *s;

	fdb_pair_lock(fdb, pair);
	s = dp_fdb_find(fdb, hash, mac, domain, &val);
	if (s)
		slot_clear(fdb, s);
	fdb_pair_unlock(fdb, pair);
	return s ? 0 : -ENOENT;
}

/* Copies a slot consistently. False if it is free, or if it is being written. */
static bool slot_view(const struct dp_fdb_slot *s, uint32_t now, struct dp_fdb_view *out)
{
	uint64_t val = __atomic_load_n(&s->val, __ATOMIC_ACQUIRE);
	uint64_t key = __atomic_load_n(&s->key, __ATOMIC_ACQUIRE);

	if (!(val & DP_FDB_V_VALID) ||
	    ((__atomic_load_n(&s->val, __ATOMIC_RELAXED) ^ val) & DP_FDB_V_IDENTITY))
		return false;
	out->mac = key >> 16;
	out->domain = slot_domain(key, val);
	out->port = dp_fdb_val_port(val);
	out->flags = val & (DP_FDB_V_STATIC | DP_FDB_V_LOCAL);
	out->age = out->flags ? 0 : dp_fdb_val_age(val, now);
	return true;
}

uint32_t dp_fdb_read(const struct dp_fdb *fdb, uint64_t *cursor, uint32_t now,
		     struct dp_fdb_view *out, uint32_t max)
{
	uint64_t bucket = *cursor;
	uint32_t n = 0;

	for (; bucket <= fdb->mask && n + DP_FDB_WAYS <= max; bucket++)
		for (int i = 0; i < DP_FDB_WAYS; i++)
			if (slot_view(&fdb->slots[bucket * DP_FDB_WAYS + i], now, &out[n]))
				n++;
	*cursor = bucket > fdb->mask ? 0 : bucket;
	return n;
}

uint64_t dp_fdb_flush(struct dp_fdb *fdb, uint32_t now, dp_fdb_match_fn fn, void *arg)
{
	uint64_t removed = 0;

	for (uint32_t bucket = 0; bucket <= fdb->mask; bucket++) {
		struct dp_fdb_slot *b = &fdb->slots[(uint64_t)bucket * DP_FDB_WAYS];
		struct dp_fdb_view view;

		for (int i = 0; i < DP_FDB_WAYS; i++) {
			if (!slot_view(&b[i], now, &view) || !fn(&view, arg))
				continue;
			fdb_lock(fdb, bucket);
			/* Look again under the lock: the entry may have been refreshed or moved. */
			if (slot_view(&b[i], now, &view) && fn(&view, arg)) {
				slot_clear(fdb, &b[i]);
				removed++;
			}
			fdb_unlock(fdb, bucket);
		}
	}
	return removed;
}

void dp_fdb_domain_group(struct dp_fdb *fdb, uint32_t domain, uint16_t group)
{
	fdb->domain_group[domain] = group;
}
