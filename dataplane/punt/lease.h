/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of leases: makes and renews them, and ends them when they expire. A pure core: time is
 * an argument, and functions (struct lease_ops) act on the forwarding database and the wire. One
 * thread.
 */
#ifndef DATAPLANE_PUNT_LEASE_H
#define DATAPLANE_PUNT_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/punt.h"
#include "heddle/base/err.h"

#define LEASE_RESIGN_MS 100 /* the MAC is withdrawn after so long, whether the frame left or not */

/* Where the MAC of a lease is: the port and the domain of its gateway. */
struct lease_place {
	uint16_t port;
	uint32_t generation; /* of the port */
	uint32_t domain;
};

enum lease_state {
	LEASE_FREE,
	LEASE_LIVE,
	LEASE_RESIGNS, /* the resign packet is being sent; then the MAC is withdrawn */
};

struct lease {
	enum lease_state state;
	bool own; /* the MAC is the gateway's own: it stays when the lease ends */
	struct lease_place place;
	uint64_t until_ns; /* live: when it expires; resigns: when the MAC is withdrawn anyway */
	uint64_t ticket;   /* resigns: of the resign packet, for ops->is_sent() */
	struct hd_lease config;
};

struct lease_ops {
	/* Finds the gateway's place. False: there is no such gateway, or it is in no segment. */
	bool (*find)(const char *gateway, struct lease_place *place);
	/*
	 * Gives the MAC to the gateway. 0; 1: it is the gateway's own MAC; -EADDRINUSE: somebody
	 * else has it; -ENOSPC: the forwarding database has no room.
	 */
	int (*enter)(const struct lease_place *place, const uint8_t mac[6]);
	/* Takes the MAC away from the gateway. */
	void (*withdraw)(const struct lease_place *place, const uint8_t mac[6]);
	/* True if the gateway has the MAC. */
	bool (*has)(const struct lease_place *place, const uint8_t mac[6]);
	/* Sends the lease's resign packet, and sets *@ticket. False: it could not be sent. */
	bool (*send)(const struct lease *lease, uint64_t *ticket);
	/* True if the resign packet has left. */
	bool (*is_sent)(const struct lease *lease);
	/* A lease ended, and heddle-cp had not ended it. */
	void (*over)(const struct lease *lease, enum hd_lease_why why);
	/* A lease was made or renewed, resigns, or is free now: for those who show leases. */
	void (*changed)(const struct lease *lease);
};

struct lease_table {
	const struct lease_ops *ops;
	uint32_t n;       /* places of lease[] that are not free */
	uint32_t end;     /* all places from here on are free */
	uint64_t next_ns; /* lease_tick() has nothing to do before */
	uint64_t expired;
	uint64_t resigned; /* resign packets that were sent */
	struct lease lease[HD_LEASES_MAX];
};

/*
 * Makes a lease, or renews it; its lifetime begins at @now_ns. Every byte of @config may be
 * hostile. 0, or below 0 with @err: -EINVAL; -ENOENT: there is no such gateway; -EADDRINUSE: the
 * MAC is somebody else's; -ENOSPC. On failure a lease of this key does not change.
 */
int lease_set(struct lease_table *table, const struct hd_lease *config, uint64_t now_ns,
	      struct hd_err *err);

/* Ends a lease. @send: sends its resign packet first. Does nothing if there is no such lease. */
void lease_end(struct lease_table *table, const char *key, bool send, uint64_t now_ns);

/* Ends expired leases. Returns the time at which to call it again; UINT64_MAX: there is none. */
uint64_t lease_tick(struct lease_table *table, uint64_t now_ns);

/*
 * The configuration changed: moves the MACs of leases to where their gateways are now, and ends
 * leases whose gateway was removed.
 */
void lease_refresh(struct lease_table *table);

#endif
