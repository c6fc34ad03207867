/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of leases: when they run out, and what is done then. Time is an argument; what a lease does
 * to the world is behind functions. One thread.
 */
#ifndef DATAPLANE_PUNT_LEASE_H
#define DATAPLANE_PUNT_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/punt.h"
#include "heddle/base/err.h"

#define LEASE_RESIGN_MS 100 /* the address goes after so long, whatever became of the frame */

/* Where a lease's address is: a gateway as it is now. */
struct lease_place {
	uint16_t port;
	uint32_t generation; /* of the port */
	uint32_t domain;
};

enum lease_state {
	LEASE_FREE,
	LEASE_LIVE,
	LEASE_RESIGNS, /* the frame is on its way; then the address goes */
};

struct lease {
	enum lease_state state;
	bool own; /* the MAC is the gateway's own: it stays when the lease ends */
	struct lease_place place;
	uint64_t until_ns; /* live: when it runs out; resigns: when the address goes anyway */
	uint64_t ticket;   /* resigns: of the frame, for ops->is_sent() */
	struct hd_lease config;
};

struct lease_ops {
	/* The gateway's place now. False: it is not there, or in no segment. */
	bool (*find)(const char *gateway, struct lease_place *place);
	/*
	 * The MAC becomes the gateway's. 0; 1: it was already, without a lease; -EADDRINUSE: it is
	 * another's; -ENOSPC: the forwarding database has no room.
	 */
	int (*enter)(const struct lease_place *place, const uint8_t mac[6]);
	/* It is the gateway's no more. */
	void (*withdraw)(const struct lease_place *place, const uint8_t mac[6]);
	/* True if the gateway has the MAC now. */
	bool (*has)(const struct lease_place *place, const uint8_t mac[6]);
	/* Sends the frame that was left for the end. False: it was not sent; else *@ticket is set. */
	bool (*send)(const struct lease *lease, uint64_t *ticket);
	/* True when the frame has left. */
	bool (*is_sent)(const struct lease *lease);
	/* A lease ended, and not because heddle-cp ended it. */
	void (*over)(const struct lease *lease, enum hd_lease_why why);
};

struct lease_table {
	const struct lease_ops *ops;
	uint32_t n;       /* that are not free */
	uint32_t end;     /* those from here on are */
	uint64_t next_ns; /* nothing is due before */
	uint64_t expired;
	struct lease lease[HD_LEASES_MAX];
};

/*
 * Makes a lease or renews it, from @now_ns. Every byte of @config may be hostile. 0, or below 0 with
 * @err: -EINVAL; -ENOENT: no such gateway; -EADDRINUSE; -ENOSPC. Then a lease of that key is as it was.
 */
int lease_set(struct lease_table *table, const struct hd_lease *config, uint64_t now_ns,
	      struct hd_err *err);

/* Ends a lease. @send: the frame is sent first. Nothing if there is none. */
void lease_end(struct lease_table *table, const char *key, bool send, uint64_t now_ns);

/* Ends those that ran out. Returns the time at which it is to be called again, UINT64_MAX: none. */
uint64_t lease_tick(struct lease_table *table, uint64_t now_ns);

/* The configuration changed: addresses follow their gateways, and leases of those that went are over. */
void lease_refresh(struct lease_table *table);

#endif
