/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The neighbours of gateways: finds out which MAC an address has, and holds packets meanwhile. Both
 * families follow RFC 4861 7.3; ARP has requests and replies in place of solicitations and
 * advertisements.
 *
 * A table belongs to one worker, the owner of its gateways, and only that worker writes it. Other
 * workers read it without a lock, by a sequence number in each entry; for entries that they do not
 * find they hand the packet over to the owner. The control thread also reads, and marks entries to
 * be forgotten. Time and random numbers are arguments, and functions return what the caller must
 * send: nothing here sends a packet.
 *
 * What is believed:
 * - A solicitation or ARP request for one of our addresses makes or changes an entry (RFC 4861
 *   7.2.3, RFC 826). Nothing else makes one.
 * - An answer counts only while we wait for one; then the neighbour is reachable.
 * - IPv6: a changed MAC follows RFC 4861 7.2.5: with the override flag it replaces the old one, and
 *   the entry is stale; without the flag, a reachable entry only becomes stale.
 * - IPv4: ARP has no such flag. In a stale entry, a changed MAC replaces the old one. An entry in
 *   use keeps its MAC: the old MAC is asked at once, by unicast, and only if it does not answer,
 *   the new one replaces it, after L3_SOLICITS times L3_RETRANS_NS. If the neighbour was heard
 *   within L3_CLAIM_NS, the new MAC is ignored.
 *
 * Limits: an entry is asked (incomplete, failed) or known, and each sort has a limit in all and for
 * each gateway. An asked entry older than L3_RETRANS_NS makes room for another one, the oldest
 * first; this also bounds the solicitations that a scan causes. A known entry makes room while it
 * is stale and was not used, the longest stale one first. If there is no room, the new entry is
 * refused.
 */
#ifndef DATAPLANE_L3_NEIGH_H
#define DATAPLANE_L3_NEIGH_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/neighbour.h"
#include "heddle/net/ether.h"
#include "dataplane/l3/addr.h"
#include "dataplane/l3/limits.h"

struct l3_neigh_key {
	struct l3_addr addr;
	uint32_t epoch;   /* the gateway's: entries from before its last change are not found */
	uint16_t gateway; /* port id */
	uint8_t family;
	uint8_t zero;
};
_Static_assert(sizeof(struct l3_neigh_key) == 24, "compared as three words");

struct l3_neigh_limits {
	uint32_t max; /* entries in all */
	uint32_t asked;
	uint32_t gateway_known, gateway_asked;
	uint32_t held, gateway_held; /* held packets; one neighbour: L3_HELD_NEIGHBOUR */
	uint32_t gateways;           /* port ids of gateways are below this number */
};

struct l3_neigh_table;

/*
 * Makes a table. Each of @limits is at least 1; max is above asked and below 65536. NULL: out of
 * memory. Control thread.
 */
struct l3_neigh_table *l3_neigh_new(const struct l3_neigh_limits *limits, uint64_t seed);

/* Frees a table, but not the packets that it holds. */
void l3_neigh_free(struct l3_neigh_table *t);

/*
 * Finds the MAC of a known neighbour. False: ask its owner (l3_neigh_resolve()). Any worker; never
 * waits.
 */
bool l3_neigh_find(struct l3_neigh_table *t, const struct l3_neigh_key *key, struct hd_mac *mac);

enum l3_neigh_solicit {
	L3_SOLICIT_NOT,
	L3_SOLICIT_ALL, /* broadcast, or to the solicited-node address */
	L3_SOLICIT_ONE, /* to the host with the known MAC, by unicast */
};

/* Why a held packet is given back. */
enum l3_neigh_why {
	L3_HELD_FAILED,  /* the neighbour does not answer: the sender may be told */
	L3_HELD_OLDEST,  /* a newer packet for the same neighbour took its place */
	L3_HELD_EVICTED, /* its entry made room for another one, or was forgotten */
};

/* What the caller must do, in this order. The caller owns the packets again. */
struct l3_neigh_out {
	struct l3_neigh_key key; /* of the neighbour */
	struct hd_mac mac;
	enum l3_neigh_solicit solicit;
	uint32_t n_send;
	uint32_t n_drop;
	void *send[L3_HELD_NEIGHBOUR]; /* to @mac, in this order */
	struct {
		void *packet;
		enum l3_neigh_why why;
	} drop[2 * L3_HELD_NEIGHBOUR + 1];
};

enum l3_neigh_verdict {
	L3_NEIGH_SEND,   /* send it to out->mac; the caller keeps the packet */
	L3_NEIGH_HELD,   /* the table owns the packet now */
	L3_NEIGH_FAILED, /* the neighbour did not answer lately; the caller keeps the packet */
	L3_NEIGH_FULL,   /* no room for the neighbour or the packet; the caller keeps it */
};

/* Resolves the neighbour that a packet is for. Fills @out. Owner. */
enum l3_neigh_verdict l3_neigh_resolve(struct l3_neigh_table *t, const struct l3_neigh_key *key,
				       void *packet, uint64_t now_ns, struct l3_neigh_out *out);

enum l3_neigh_news_kind {
	L3_NEWS_ASKED,  /* it asked for an address of ours */
	L3_NEWS_ANSWER, /* it answers our request */
	L3_NEWS_TOLD,   /* any other message about itself */
};
struct l3_neigh_news {
	enum l3_neigh_news_kind kind;
	bool override; /* IPv6: the flag of an advertisement */
	bool has_mac;
	struct hd_mac mac;
};

/* Processes a message from a neighbour. Fills @out. @random is any number. Owner. */
void l3_neigh_heard(struct l3_neigh_table *t, const struct l3_neigh_key *key,
		    const struct l3_neigh_news *news, uint64_t now_ns, uint64_t random,
		    struct l3_neigh_out *out);

/*
 * Returns when l3_neigh_expire() has something to do; UINT64_MAX: not before another event. Owner.
 */
uint64_t l3_neigh_due(const struct l3_neigh_table *t);

/* Processes one timer or mark that is due. Fills @out. False: nothing was due. Owner. */
bool l3_neigh_expire(struct l3_neigh_table *t, uint64_t now_ns, struct l3_neigh_out *out);

/* An entry, as other threads read it. */
struct l3_neigh_view {
	struct l3_neigh_key key;
	struct hd_mac mac; /* zero: not known */
	uint8_t state;     /* enum hd_neighbour_state */
	uint8_t held;
	uint64_t since_ns; /* when it was last heard; of an asked one: when asking began */
	uint32_t sequence;
};

/* The index that all entries are below, and the number of entries. Any thread. */
uint32_t l3_neigh_end(const struct l3_neigh_table *t);
uint32_t l3_neigh_count(const struct l3_neigh_table *t);

/* Reads entry @index. False: there is none, or it is to be forgotten. Any thread; takes no lock. */
bool l3_neigh_view(const struct l3_neigh_table *t, uint32_t index, struct l3_neigh_view *view);

/*
 * Marks the entry that was read as @view to be forgotten, if it is still the same. No thread finds
 * it any more, and the owner frees it in l3_neigh_expire(). Control thread.
 */
void l3_neigh_forget(struct l3_neigh_table *t, uint32_t index, const struct l3_neigh_view *view);

#endif
