/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The forwarding database: (domain, MAC) -> port.
 *
 * One table for all switches, shared by all workers, of a fixed size. A slot is 16 bytes, a bucket is
 * four slots in one cache line, and an address lives in one of two buckets; the table has twice as
 * many slots as its capacity. 32 bytes an entry, then, and a lookup touches one line, rarely two.
 *
 * Readers never lock. A slot's second word carries a sequence number that changes with its key, so a
 * reader that met a writer sees it and misses (the frame is flooded once). Learning takes a try-lock
 * of the bucket and is skipped when another has it: the next frame tries again. Time is an argument,
 * in units of DP_FDB_UNIT_NS, and may wrap.
 *
 * Static and local entries never age and never move, and take the place of learned ones when there is
 * no other. A local entry is an address of ours: of the port to an interface of the host, or of no
 * port (DP_PORT_ID_NONE). A leased one is ours as long as an election says so, and another may believe that it
 * won as well. Limits are the caller's: the table counts learned entries by port, by
 * domain and by group (the caller puts a domain into a group, the switch), and fixed ones by domain.
 */
#ifndef DATAPLANE_L2_FDB_H
#define DATAPLANE_L2_FDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_prefetch.h>

#include "heddle/net/ether.h"

#define DP_FDB_UNIT_NS      100000000ull /* 0.1 s */
#define DP_FDB_DEFAULT_SIZE 65536u
#define DP_FDB_WAYS         4

struct dp_fdb_slot {
	uint64_t key; /* MAC << 16 | low 16 bits of the domain; 0: free */
	uint64_t val; /* see DP_FDB_V_* */
};

/* val: port 0..15, time 16..47, high bits of the domain 48..51, flags 52..55, sequence 56..63 */
#define DP_FDB_V_TIME_SHIFT   16
#define DP_FDB_V_DOMAIN_SHIFT 48
#define DP_FDB_V_VALID        (1ull << 52)
#define DP_FDB_V_STATIC       (1ull << 53)
#define DP_FDB_V_LOCAL        (1ull << 54)
#define DP_FDB_V_LEASED       (1ull << 55) /* with LOCAL */
#define DP_FDB_V_SEQ_SHIFT    56
#define DP_FDB_V_TIME_MASK    (0xffffffffull << DP_FDB_V_TIME_SHIFT)
#define DP_FDB_V_IDENTITY     (~DP_FDB_V_TIME_MASK)

struct dp_fdb {
	struct dp_fdb_slot *slots; /* [(mask + 1) * DP_FDB_WAYS], aligned to 64 */
	uint64_t seed;
	uint32_t mask;        /* buckets - 1 */
	uint32_t capacity;    /* entries */
	uint32_t *port_count; /* learned ones by port id, atomic; likewise: */
	uint32_t *domain_count;
	uint32_t *domain_fixed; /* fixed ones */
	uint32_t *group_count;
	uint16_t *domain_group;
	uint8_t *locks; /* by bucket */
	uint32_t count; /* entries, atomic */
};

/*
 * A table for @capacity entries (rounded up; 256..8388608), zeroed, in anonymous memory.
 * @seed keys the hash. NULL with errno.
 */
struct dp_fdb *dp_fdb_new(uint32_t capacity, uint64_t seed);
void dp_fdb_free(struct dp_fdb *fdb);

/* A MAC as the table's functions take it: the 6 bytes in memory order, the first one lowest. */
static inline uint64_t dp_fdb_mac(const uint8_t *mac)
{
	return (uint64_t)mac[0] | (uint64_t)mac[1] << 8 | (uint64_t)mac[2] << 16 |
	       (uint64_t)mac[3] << 24 | (uint64_t)mac[4] << 32 | (uint64_t)mac[5] << 40;
}

static inline void dp_fdb_mac_bytes(uint64_t mac, uint8_t out[6])
{
	for (int i = 0; i < 6; i++)
		out[i] = (uint8_t)(mac >> (8 * i));
}

/* The address as a slot has it, with what has room there of the domain. */
static inline uint64_t dp_fdb_key(uint64_t mac, uint32_t domain)
{
	return mac << 16 | (domain & 0xffff);
}

static inline uint64_t dp_fdb_hash_key(const struct dp_fdb *fdb, uint64_t key, uint32_t domain)
{
	uint64_t seed = fdb->seed ^ (uint64_t)(domain >> 16) << 60;
	uint64_t low = (key ^ seed) * 0x9e3779b97f4a7c15ull;

	return low ^ (uint64_t)((unsigned __int128)(key ^ seed) * 0x9e3779b97f4a7c15ull >> 64);
}

static inline uint64_t dp_fdb_hash(const struct dp_fdb *fdb, uint64_t mac, uint32_t domain)
{
	return dp_fdb_hash_key(fdb, dp_fdb_key(mac, domain), domain);
}

static inline struct dp_fdb_slot *dp_fdb_bucket1(const struct dp_fdb *fdb, uint64_t hash)
{
	return &fdb->slots[(uint64_t)((uint32_t)hash & fdb->mask) * DP_FDB_WAYS];
}

static inline struct dp_fdb_slot *dp_fdb_bucket2(const struct dp_fdb *fdb, uint64_t hash)
{
	return &fdb->slots[(uint64_t)((uint32_t)(hash >> 32) & fdb->mask) * DP_FDB_WAYS];
}

/* The bucket in which the address is most likely; begins to load it. Any thread. */
static inline struct dp_fdb_slot *dp_fdb_ahead(const struct dp_fdb *fdb, uint64_t key,
					       uint32_t domain)
{
	struct dp_fdb_slot *b = dp_fdb_bucket1(fdb, dp_fdb_hash_key(fdb, key, domain));

	rte_prefetch0(b);
	return b;
}

/* Valid, and of this domain: what these bits of val have to be, shifted down by DP_FDB_V_DOMAIN_SHIFT. */
#define DP_FDB_V_MATCH 0x1fu

static inline uint32_t dp_fdb_match(uint32_t domain)
{
	return (uint32_t)(DP_FDB_V_VALID >> DP_FDB_V_DOMAIN_SHIFT) | domain >> 16;
}

/* Finds an address in one bucket: the slot and its val as read, or NULL. Lock-free. */
static inline struct dp_fdb_slot *dp_fdb_find_in(struct dp_fdb_slot *b, uint64_t key,
						 uint32_t match, uint64_t *val)
{
	for (struct dp_fdb_slot *s = b; s < b + DP_FDB_WAYS; s++) {
		uint64_t v;

		if (__atomic_load_n(&s->key, __ATOMIC_ACQUIRE) != key)
			continue;
		v = __atomic_load_n(&s->val, __ATOMIC_ACQUIRE);
		/*
		 * A writer clears val, changes key, then sets val with another sequence number: the
		 * key and the number, which are above the domain, are looked at again.
		 */
		if ((v >> DP_FDB_V_DOMAIN_SHIFT & DP_FDB_V_MATCH) != match ||
		    __atomic_load_n(&s->key, __ATOMIC_ACQUIRE) != key ||
		    (__atomic_load_n(&s->val, __ATOMIC_RELAXED) ^ v) >> DP_FDB_V_DOMAIN_SHIFT)
			continue;
		*val = v;
		return s;
	}
	return NULL;
}

/* dp_fdb_find_key() where dp_fdb_ahead() was not right. Any thread. */
struct dp_fdb_slot *dp_fdb_find_second(const struct dp_fdb *fdb, uint64_t key, uint32_t domain,
				       uint64_t *val);

/*
 * Looks up what dp_fdb_ahead() gave the bucket @b for; @match is dp_fdb_match(@domain). Returns the slot
 * and sets *@val, or NULL. Ageing is the caller's: hd_fdb_age(). Any thread.
 */
static inline struct dp_fdb_slot *dp_fdb_find_key(const struct dp_fdb *fdb, struct dp_fdb_slot *b,
						  uint64_t key, uint32_t domain, uint32_t match,
						  uint64_t *val)
{
	struct dp_fdb_slot *s = dp_fdb_find_in(b, key, match, val);

	if (__builtin_expect(s == NULL, 0))
		s = dp_fdb_find_second(fdb, key, domain, val);
	return s;
}

/* The same, but returns only the val that was read, or 0. Any thread. */
static inline uint64_t dp_fdb_value(const struct dp_fdb *fdb, struct dp_fdb_slot *b, uint64_t key,
				    uint32_t domain, uint32_t match)
{
	uint64_t val, second;

	if (__builtin_expect(dp_fdb_find_in(b, key, match, &val) != NULL, 1))
		return val;
	return dp_fdb_find_second(fdb, key, domain, &second) ? second : 0;
}

/* The slot of (@mac, @domain), whose hash is @hash. Any thread. */
static inline struct dp_fdb_slot *dp_fdb_find(const struct dp_fdb *fdb, uint64_t hash, uint64_t mac,
					      uint32_t domain, uint64_t *val)
{
	return dp_fdb_find_key(fdb, dp_fdb_bucket1(fdb, hash), dp_fdb_key(mac, domain), domain,
			       dp_fdb_match(domain), val);
}

static inline uint16_t dp_fdb_val_port(uint64_t val)
{
	return (uint16_t)val;
}

/* Units since the entry was last seen. */
static inline uint32_t dp_fdb_val_age(uint64_t val, uint32_t now)
{
	return now - (uint32_t)(val >> DP_FDB_V_TIME_SHIFT);
}

static inline bool dp_fdb_val_fixed(uint64_t val)
{
	return val & (DP_FDB_V_STATIC | DP_FDB_V_LOCAL);
}

/*
 * Sets the time of a slot found with @val, unless it was changed meanwhile. Only when the time is
 * another, so that a busy address costs one store a unit. Any worker.
 */
static inline void dp_fdb_touch(struct dp_fdb_slot *slot, uint64_t val, uint32_t now)
{
	uint64_t want = (val & DP_FDB_V_IDENTITY) | (uint64_t)now << DP_FDB_V_TIME_SHIFT;

	if (want != val && !dp_fdb_val_fixed(val))
		__atomic_compare_exchange_n(&slot->val, &val, want, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED);
}

enum dp_fdb_learned {
	DP_FDB_LEARNED, /* a new entry */
	DP_FDB_MOVED,   /* it was at another port */
	DP_FDB_KNOWN,   /* it is there, or is fixed to another port */
	DP_FDB_BUSY,    /* another writer had the bucket: not learned */
	DP_FDB_FULL,    /* no room in both buckets: not learned */
	DP_FDB_SHARE,   /* the port has its share of the table: not learned */
	DP_FDB_TOOK,    /* a new entry, for which one of a port that has more was forgotten */
};

/*
 * Enters or moves a learned address. @mac is unicast and not zero, @domain 1..2^20-1. Any worker;
 * never waits.
 *
 * Each port has a share of the table. A port may take a free place while it has less than
 * DP_FDB_SHARE_OF_FREE times as many entries as are free: one port alone fills 8/9 of the table, and
 * what is left is for the others. A port that may not, or finds no place, takes one from a port that
 * has over DP_FDB_FEW entries more than itself. So ports that learn without end come to have the
 * same number, and one with few always finds room and keeps it. Addresses that move are not limited:
 * the table has no more of them.
 */
#define DP_FDB_SHARE_OF_FREE 8
#define DP_FDB_FEW           8
enum dp_fdb_learned dp_fdb_learn(struct dp_fdb *fdb, uint64_t mac, uint32_t domain, uint16_t port,
				 uint32_t now);

/*
 * Enters a fixed address (@flags: DP_FDB_V_STATIC, or DP_FDB_V_LOCAL, with DP_FDB_V_LEASED or without), in place of
 * what is there of it.
 * When there is no room, a learned address is forgotten for it. 0, or -ENOSPC when both buckets are
 * full of fixed ones. Control thread and punt thread (waits for the bucket).
 */
int dp_fdb_set(struct dp_fdb *fdb, uint64_t mac, uint32_t domain, uint16_t port, uint64_t flags);

/* Removes an entry of any sort. 0 or -ENOENT. Control thread and punt thread. */
int dp_fdb_remove(struct dp_fdb *fdb, uint64_t mac, uint32_t domain);

struct dp_fdb_view {
	uint64_t mac;
	uint32_t domain;
	uint32_t age; /* units; 0 for fixed ones */
	uint16_t port;
	uint64_t flags; /* DP_FDB_V_STATIC, DP_FDB_V_LOCAL */
};

/*
 * Reads entries from bucket *@cursor on, at most @max (at least DP_FDB_WAYS), and moves the cursor;
 * 0 in it means that was all. Returns how many. Any thread; takes no lock.
 */
uint32_t dp_fdb_read(const struct dp_fdb *fdb, uint64_t *cursor, uint32_t now,
		     struct dp_fdb_view *out, uint32_t max);

/* Removes entries for which @fn says so. Returns how many. Control thread. */
typedef bool (*dp_fdb_match_fn)(const struct dp_fdb_view *view, void *arg);
uint64_t dp_fdb_flush(struct dp_fdb *fdb, uint32_t now, dp_fdb_match_fn fn, void *arg);

/* Counts. Any thread. */
static inline uint32_t dp_fdb_port_count(const struct dp_fdb *fdb, uint16_t port)
{
	return __atomic_load_n(&fdb->port_count[port], __ATOMIC_RELAXED);
}

static inline uint32_t dp_fdb_domain_count(const struct dp_fdb *fdb, uint32_t domain)
{
	return __atomic_load_n(&fdb->domain_count[domain], __ATOMIC_RELAXED);
}

static inline uint32_t dp_fdb_group_count(const struct dp_fdb *fdb, uint16_t group)
{
	return __atomic_load_n(&fdb->group_count[group], __ATOMIC_RELAXED);
}

static inline uint32_t dp_fdb_domain_fixed(const struct dp_fdb *fdb, uint32_t domain)
{
	return __atomic_load_n(&fdb->domain_fixed[domain], __ATOMIC_RELAXED);
}

/* Says which group a domain is counted in. Only while the domain has no entries. Control thread. */
void dp_fdb_domain_group(struct dp_fdb *fdb, uint32_t domain, uint16_t group);

#endif
