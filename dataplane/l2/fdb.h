/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The forwarding database: (domain, MAC) -> port.
 *
 * One table of fixed size for all switches, shared by all workers. A slot is 16 bytes; a bucket is
 * four slots in one cache line; an address is in one of two buckets. The table has twice as many
 * slots as its capacity, so an entry costs 32 bytes. A lookup reads one cache line, rarely two.
 *
 * Readers never lock. The second word of a slot has a sequence number that changes with the key, so
 * a reader that meets a writer notices it and finds nothing (the frame is flooded once). Learning
 * takes a try-lock of the bucket; if another thread has it, nothing is learned until the next
 * frame. Time is an argument, in units of DP_FDB_UNIT_NS, and may wrap.
 *
 * Fixed entries (static and local ones) never age and never move. They replace learned ones if
 * there is no free slot. A local entry is an address of the switch itself: at the port to a host
 * interface or gateway, or at no port (DP_PORT_ID_NONE). A leased entry is a local one that an
 * election gave to this switch; another switch may believe that it won the election, too. The
 * caller enforces limits: the table counts learned entries by port, by domain and by group (the
 * caller assigns each domain to a group, its switch), and fixed entries by domain.
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
	uint32_t *port_count; /* learned entries by port id, atomic; likewise: */
	uint32_t *domain_count;
	uint32_t *domain_fixed; /* fixed entries */
	uint32_t *group_count;
	uint16_t *domain_group;
	uint8_t *locks; /* by bucket */
	uint32_t count; /* entries, atomic */
};

/*
 * Makes a table for @capacity entries (rounded up; 256..8388608) in anonymous memory, all zero.
 * @seed keys the hash. NULL with errno. Control thread.
 */
struct dp_fdb *dp_fdb_new(uint32_t capacity, uint64_t seed);
void dp_fdb_free(struct dp_fdb *fdb);

/*
 * Returns a MAC as the table's functions take it: the 6 bytes in memory order, the first one
 * lowest.
 */
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

/* Returns the key of a slot: the MAC, and the bits of the domain for which there is room. */
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

/* Returns the bucket that most likely has the address, and prefetches it. Any thread. */
static inline struct dp_fdb_slot *dp_fdb_ahead(const struct dp_fdb *fdb, uint64_t key,
					       uint32_t domain)
{
	struct dp_fdb_slot *b = dp_fdb_bucket1(fdb, dp_fdb_hash_key(fdb, key, domain));

	rte_prefetch0(b);
	return b;
}

/*
 * The bits of val that show that a slot is valid and of this domain, shifted down by
 * DP_FDB_V_DOMAIN_SHIFT.
 */
#define DP_FDB_V_MATCH 0x1fu

static inline uint32_t dp_fdb_match(uint32_t domain)
{
	return (uint32_t)(DP_FDB_V_VALID >> DP_FDB_V_DOMAIN_SHIFT) | domain >> 16;
}

/* Finds an address in one bucket. Returns the slot and its val as read, or NULL. Takes no lock. */
static inline struct dp_fdb_slot *dp_fdb_find_in(struct dp_fdb_slot *b, uint64_t key,
						 uint32_t match, uint64_t *val)
{
	for (struct dp_fdb_slot *s = b; s < b + DP_FDB_WAYS; s++) {
		uint64_t v;

		if (__atomic_load_n(&s->key, __ATOMIC_ACQUIRE) != key)
			continue;
		v = __atomic_load_n(&s->val, __ATOMIC_ACQUIRE);
		/*
		 * A writer clears val, changes key, then sets val with another sequence number: so
		 * the key, and the number, which is above the domain, are read again.
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

/* Continues dp_fdb_find_key() in the address's second bucket. Any thread. */
struct dp_fdb_slot *dp_fdb_find_second(const struct dp_fdb *fdb, uint64_t key, uint32_t domain,
				       uint64_t *val);

/*
 * Finds the address for which dp_fdb_ahead() returned bucket @b; @match is dp_fdb_match(@domain).
 * Returns the slot and sets *@val, or NULL. The caller checks the entry's age (dp_fdb_val_age()).
 * Any thread.
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

/* The same, but returns only the val, or 0. Any thread. */
static inline uint64_t dp_fdb_value(const struct dp_fdb *fdb, struct dp_fdb_slot *b, uint64_t key,
				    uint32_t domain, uint32_t match)
{
	uint64_t val, second;

	if (__builtin_expect(dp_fdb_find_in(b, key, match, &val) != NULL, 1))
		return val;
	return dp_fdb_find_second(fdb, key, domain, &second) ? second : 0;
}

/*
 * Finds the slot of (@mac, @domain), whose hash is @hash. Returns it and sets *@val, or NULL. Any
 * thread.
 */
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

/* The time since the entry was last used as a source, in units of DP_FDB_UNIT_NS. */
static inline uint32_t dp_fdb_val_age(uint64_t val, uint32_t now)
{
	return now - (uint32_t)(val >> DP_FDB_V_TIME_SHIFT);
}

static inline bool dp_fdb_val_fixed(uint64_t val)
{
	return val & (DP_FDB_V_STATIC | DP_FDB_V_LOCAL);
}

/*
 * Sets the time of a slot that was found with @val, unless another thread changed it meanwhile.
 * Writes only if the time differs, so a busy address costs one store for each unit of time. Any
 * worker.
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
	DP_FDB_MOVED,   /* moved from another port */
	DP_FDB_KNOWN,   /* no change: it was at this port, or is fixed */
	DP_FDB_BUSY,    /* another writer had the bucket: not learned */
	DP_FDB_FULL,    /* no room in both buckets: not learned */
	DP_FDB_SHARE,   /* the port has its share of the table: not learned */
	DP_FDB_TOOK,    /* a new entry, in place of one of a port that has more entries */
};

/*
 * Enters or moves a learned address. @mac is unicast and not zero, @domain is 1..2^20-1. Any
 * worker; never waits.
 *
 * Each port has a share of the table. A port may take a free slot while it has less than
 * DP_FDB_SHARE_OF_FREE times as many entries as are free: a single port fills 8/9 of the table at
 * most, and the rest is left for the others. A port that may not take one, or finds none, takes a
 * slot from a port that has over DP_FDB_FEW more entries than itself. So ports that learn without
 * end come to the same number of entries, and a port with few entries always finds a slot and keeps
 * it. Moves of addresses are not limited: they do not add entries.
 */
#define DP_FDB_SHARE_OF_FREE 8
#define DP_FDB_FEW           8
enum dp_fdb_learned dp_fdb_learn(struct dp_fdb *fdb, uint64_t mac, uint32_t domain, uint16_t port,
				 uint32_t now);

/*
 * Enters a fixed address, and replaces an entry that it has already. @flags: DP_FDB_V_STATIC, or
 * DP_FDB_V_LOCAL with or without DP_FDB_V_LEASED. If there is no free slot, a learned entry is
 * removed. 0, or -ENOSPC: both buckets are full of fixed entries. Control thread and punt thread
 * (waits for the bucket's lock).
 */
int dp_fdb_set(struct dp_fdb *fdb, uint64_t mac, uint32_t domain, uint16_t port, uint64_t flags);

/* Removes an entry, learned or fixed. 0 or -ENOENT. Control thread and punt thread. */
int dp_fdb_remove(struct dp_fdb *fdb, uint64_t mac, uint32_t domain);

struct dp_fdb_view {
	uint64_t mac;
	uint32_t domain;
	uint32_t age; /* in units; 0 for fixed entries */
	uint16_t port;
	uint64_t flags; /* DP_FDB_V_STATIC, DP_FDB_V_LOCAL */
};

/*
 * Reads at most @max entries (at least DP_FDB_WAYS) from bucket *@cursor on, and advances the
 * cursor; it is 0 when all were read. Returns how many entries. Any thread; takes no lock.
 */
uint32_t dp_fdb_read(const struct dp_fdb *fdb, uint64_t *cursor, uint32_t now,
		     struct dp_fdb_view *out, uint32_t max);

/* Removes the entries for which @fn returns true. Returns how many. Control thread. */
typedef bool (*dp_fdb_match_fn)(const struct dp_fdb_view *view, void *arg);
uint64_t dp_fdb_flush(struct dp_fdb *fdb, uint32_t now, dp_fdb_match_fn fn, void *arg);

/* The numbers of learned and fixed entries. Any thread. */
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

/*
 * Assigns a domain to a group, whose learned entries are counted together. Only while the domain
 * has no entries. Control thread.
 */
void dp_fdb_domain_group(struct dp_fdb *fdb, uint32_t domain, uint16_t group);

#endif
