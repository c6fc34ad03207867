/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The neighbours of gateways: which MAC an address has, how that is found out, and what waits for
 * it. RFC 4861 7.3 rules for both families; ARP has its requests and replies for solicitations and
 * advertisements.
 *
 * A table belongs to one worker, the owner of its gateways: it alone writes. Other workers read it
 * without a lock, by a sequence number in each entry, and hand over to the owner what they do not
 * find. The control thread reads as well, and marks what is to be forgotten. Time and random
 * numbers are arguments, and what is to be done is a result: nothing here sends a packet.
 *
 * What is believed:
 * - A solicitation or ARP request for one of our addresses makes an entry, or changes it (RFC 4861
 *   7.2.3, RFC 826). Nothing else makes one.
 * - An answer counts as one only while it was asked for; then the neighbour is reachable.
 * - IPv6: a change of the MAC follows RFC 4861 7.2.5: with the override flag it is taken over, and
 *   the entry is stale; without, a reachable entry only becomes stale.
 * - IPv4: ARP has no such flag. A stale entry takes the change over. One that is in use keeps its
 *   MAC: that is asked at once, by unicast, and only when it does not answer the other one is
 *   taken over, after L3_SOLICITS times L3_RETRANS_NS. An entry that was heard from in the last
 *   L3_CLAIM_NS is not even asked again.
 *
 * Limits: entries are asked (incomplete, failed) or known, and each sort has a limit in all and by
 * gateway. An asked one makes room for another when it is older than L3_RETRANS_NS, the oldest
 * first: that also bounds how many solicitations a scan provokes. A known one makes room while it
 * is stale and was not used, the one that is stale for the longest first. When there is no room,
 * the new one is refused.
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
	uint32_t epoch;   /* of the gateway: what was learned before it changed is not found */
	uint16_t gateway; /* port id */
	uint8_t family;
	uint8_t zero;
};
_Static_assert(sizeof(struct l3_neigh_key) == 24, "compared as three words");

struct l3_neigh_limits {
	uint32_t max; /* entries, of which */
	uint32_t asked;
	uint32_t gateway_known, gateway_asked;
	uint32_t held, gateway_held; /* packets; one neighbour: L3_HELD_NEIGHBOUR */
	uint32_t gateways;           /* port ids of gateways are below */
};

struct l3_neigh_table;

/* A table; @limits: each at least 1, max above asked and below 65536. NULL: out of memory. */
struct l3_neigh_table *l3_neigh_new(const struct l3_neigh_limits *limits, uint64_t seed);

/* Packets that are held are not freed. */
void l3_neigh_free(struct l3_neigh_table *t);

/*
 * The MAC of a neighbour that is known. False: the owner has to be asked, l3_neigh_resolve(). Any
 * worker; never waits.
 */
bool l3_neigh_find(struct l3_neigh_table *t, const struct l3_neigh_key *key, struct hd_mac *mac);

enum l3_neigh_solicit {
	L3_SOLICIT_NOT,
	L3_SOLICIT_ALL, /* broadcast, or to the solicited-node address */
	L3_SOLICIT_ONE, /* the host that has the MAC, by unicast */
};

/* Why a packet that was held is given back. */
enum l3_neigh_why {
	L3_HELD_FAILED,  /* the neighbour does not answer: the sender may be told */
	L3_HELD_OLDEST,  /* another one for the same neighbour took its place */
	L3_HELD_EVICTED, /* the entry made room for another one, or was forgotten */
};

/* What is to be done, in this order. The packets are the caller's again. */
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
	L3_NEIGH_SEND,   /* to out->mac; the packet is the caller's */
	L3_NEIGH_HELD,   /* the table has the packet now */
	L3_NEIGH_FAILED, /* the neighbour did not answer lately; the packet is the caller's */
	L3_NEIGH_FULL,   /* no room for the neighbour or the packet; it is the caller's */
};

/* A packet is to go to a neighbour. Fills @out. Owner. */
enum l3_neigh_verdict l3_neigh_resolve(struct l3_neigh_table *t, const struct l3_neigh_key *key,
				       void *packet, uint64_t now_ns, struct l3_neigh_out *out);

enum l3_neigh_news_kind {
	L3_NEWS_ASKED,  /* it asked for an address of ours */
	L3_NEWS_ANSWER, /* it answers what we asked */
	L3_NEWS_TOLD,   /* anything else that it says of itself */
};
struct l3_neigh_news {
	enum l3_neigh_news_kind kind;
	bool override; /* IPv6: the flag of an advertisement */
	bool has_mac;
	struct hd_mac mac;
};

/* A neighbour was heard from. Fills @out. @random: any number. Owner. */
void l3_neigh_heard(struct l3_neigh_table *t, const struct l3_neigh_key *key,
		    const struct l3_neigh_news *news, uint64_t now_ns, uint64_t random,
		    struct l3_neigh_out *out);

/* When l3_neigh_expire() has something to do; UINT64_MAX: not before an event. Owner. */
uint64_t l3_neigh_due(const struct l3_neigh_table *t);

/* Does one thing that is due. Fills @out. False: nothing was due. Owner. */
bool l3_neigh_expire(struct l3_neigh_table *t, uint64_t now_ns, struct l3_neigh_out *out);

/* An entry as it is seen from outside. */
struct l3_neigh_view {
	struct l3_neigh_key key;
	struct hd_mac mac; /* zero: not known */
	uint8_t state;     /* enum hd_neighbour_state */
	uint8_t held;
	uint64_t since_ns; /* when it was heard from; asked ones: when the asking began */
	uint32_t sequence;
};

/* Entries are below this index. Any thread. */
uint32_t l3_neigh_end(const struct l3_neigh_table *t);
uint32_t l3_neigh_count(const struct l3_neigh_table *t);

/*
 * Reads the entry @index; false: there is none, or it is to be forgotten. Any thread; takes no
 * lock.
 */
bool l3_neigh_view(const struct l3_neigh_table *t, uint32_t index, struct l3_neigh_view *view);

/*
 * The entry that was seen as @view is to be forgotten: nobody finds it any more, and the owner
 * frees it at its next l3_neigh_expire(). Control thread.
 */
void l3_neigh_forget(struct l3_neigh_table *t, uint32_t index, const struct l3_neigh_view *view);

#endif
