/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The neighbour table's memory: an index by key, lists by gateway and state, timers, held packets.
 * Shared by neigh_core.c and neigh_table.c.
 */
#ifndef DATAPLANE_L3_NEIGH_INT_H
#define DATAPLANE_L3_NEIGH_INT_H

#include <endian.h>
#include <string.h>

#include "dataplane/l3/neigh.h"

#define NEIGH_NONE UINT32_MAX

/* The list of an entry, by its state. New entries of a list go to its end. */
enum neigh_list { NEIGH_ASKED, NEIGH_STALE, NEIGH_ACTIVE, NEIGH_LISTS };

struct neigh_link {
	uint32_t prev, next;
};

struct neigh_head {
	uint32_t first, last; /* index + 1; 0: none */
};

struct neigh {
	/* read by any thread, see l3_neigh_view() */
	uint64_t key[3];
	uint64_t value; /* MAC in bits 0..47, state in 48..55, NEIGH_VALID */
	uint64_t since_ns;
	uint32_t sequence; /* odd while the key changes; differs for each key */
	uint32_t forget;   /* written by the control thread: the sequence of the entry to forget */
	uint8_t used;      /* set by any worker that uses it while it is stale */
	uint8_t n_held;
	/* for the owner only: */
	uint8_t list; /* enum neigh_list */
	uint8_t solicits;
	bool has_claim;
	struct hd_mac claim; /* IPv4: another MAC that claims the address */
	uint32_t timer;      /* index in the heap + 1; 0: none */
	uint64_t due_ns;
	struct neigh_link of_gateway, of_all;
	uint32_t held_first, held_last; /* index + 1 in t->held */
};

#define NEIGH_VALID (1ull << 56)

struct neigh_gateway {
	struct neigh_head list[NEIGH_LISTS];
	uint32_t known, asked, held;
};

struct neigh_held {
	void *packet;
	uint32_t next; /* index + 1 */
};

struct l3_neigh_table {
	struct l3_neigh_limits limits;
	uint64_t seed;
	struct neigh *e;     /* [limits.max] */
	uint32_t end;        /* entries from here on were never used */
	uint32_t free_entry; /* index + 1, through of_all.next */
	uint32_t known, asked;
	uint32_t *index; /* hash table: tag << 16 | index + 1 */
	uint32_t mask;
	struct neigh_head list[NEIGH_LISTS];
	struct neigh_gateway *gateways; /* [limits.gateways] */
	uint32_t *heap;                 /* entries with a timer, by due_ns */
	uint32_t n_heap;
	struct neigh_held *held; /* [limits.held] */
	uint32_t held_end, free_held, n_held;
	uint32_t marks; /* written by the control thread: calls of l3_neigh_forget() */
	uint32_t marks_seen;
	uint32_t sweep; /* entries from here on are still to be checked for marks */
};

static inline unsigned int neigh_state(const struct neigh *n)
{
	return (unsigned int)(n->value >> 48 & 0xff);
}

static inline struct hd_mac neigh_mac(uint64_t value)
{
	struct hd_mac mac;

	value = htole64(value);
	memcpy(mac.b, &value, sizeof(mac.b));
	return mac;
}

static inline struct l3_neigh_key neigh_key(const struct neigh *n)
{
	struct l3_neigh_key key;

	memcpy(&key, n->key, sizeof(key));
	return key;
}

static inline struct neigh_gateway *neigh_gateway(struct l3_neigh_table *t, const struct neigh *n)
{
	return &t->gateways[neigh_key(n).gateway];
}

static inline bool neigh_is_marked(const struct neigh *n)
{
	return __atomic_load_n(&n->forget, __ATOMIC_RELAXED) == n->sequence;
}

/* Finds an entry by its key, also a marked one; NULL: there is none. Owner. */
struct neigh *neigh_lookup(struct l3_neigh_table *t, const struct l3_neigh_key *key);

/*
 * Makes an entry, to be filled by neigh_set(); NULL: all are in use. The caller enforces the limits
 * by sort and by gateway. Owner.
 */
struct neigh *neigh_add(struct l3_neigh_table *t, const struct l3_neigh_key *key, uint64_t now_ns);

/* Frees an entry that holds no packets. Owner. */
void neigh_remove(struct l3_neigh_table *t, struct neigh *n);

/*
 * Publishes a state and a MAC, moves the entry to the end of its new list if that changes, and sets
 * its timer. Owner.
 */
void neigh_set(struct l3_neigh_table *t, struct neigh *n, unsigned int state,
	       const struct hd_mac *mac, uint64_t due_ns);

/* Returns the oldest entry of a list; NULL: it is empty. Owner. */
struct neigh *neigh_first(struct l3_neigh_table *t, const struct neigh_head *head);

/* Returns the entry whose timer is due first; NULL: there is none. Owner. */
struct neigh *neigh_next_timer(const struct l3_neigh_table *t);

/*
 * Holds a packet for an entry. False: no room, by the limits of the gateway and the table. Owner.
 */
bool neigh_hold(struct l3_neigh_table *t, struct neigh *n, void *packet);
void *neigh_unhold(struct l3_neigh_table *t,
		   struct neigh *n); /* returns the oldest; there must be one */

#endif
