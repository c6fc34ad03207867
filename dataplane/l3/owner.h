/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who has what of the router's state. The neighbours of a gateway are one worker's, by the number
 * of its port; others look a MAC up there, and hand over to it what needs more: a packet whose
 * neighbour is not known, and what neighbours say.
 */
#ifndef DATAPLANE_L3_OWNER_H
#define DATAPLANE_L3_OWNER_H

#include "dataplane/core/deadline.h"
#include "dataplane/l3/announce.h"
#include "dataplane/l3/neigh.h"
#include "dataplane/l3/packet.h"

/* What a worker has of a gateway, whoever's neighbours those are. */
struct l3_gateway_state {
	uint64_t defend_ns;            /* it does not defend its addresses before */
	uint64_t icmp_ns;              /* when its ICMP errors so far were all due, at their rate */
	struct l3_announced announced; /* the owner's */
};

/* Of a worker. */
struct l3_owner {
	struct l3_neigh_table *neighbours;
	struct dp_deadline deadline;
	uint64_t armed_ns;                 /* for when; UINT64_MAX: not */
	uint64_t random;                   /* state of a sequence */
	struct l3_gateway_state *gateways; /* [HD_PORTS_MAX] */
	struct l3_out *out;                /* where l3_emit() gathers frames; NULL: it does not */
	struct l3_announcer announcer;
};

/* Makes all workers' state, once. 0 or -ENOMEM. Control thread. */
int l3_owners_init(void);

/* That of worker @index; only when there is a gateway, or was one. Any thread. */
struct l3_owner *l3_owner(unsigned int index);

/* How many there are: none before l3_owners_init(). */
unsigned int l3_owners_count(void);

/* Marks neighbours of gateways that are not in @tree, or not as they were. Control thread. */
void l3_owners_forget_outdated(const struct dp_config *tree);

/* The owner of a gateway's neighbours. */
static inline unsigned int l3_owner_of(uint16_t gateway)
{
	return gateway % l3_owners_count();
}

static inline struct l3_neigh_key l3_neigh_key(const struct l3_gateway *g, unsigned int family,
					       const uint8_t *addr)
{
	return (struct l3_neigh_key){
		.addr = l3_addr(family, addr),
		.epoch = g->epoch,
		.gateway = g->id,
		.family = (uint8_t)family,
	};
}

/*
 * A packet, ready but for its Ethernet header, whose neighbour is not known: its owner's. Worker.
 */
void l3_owner_resolve(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);

/*
 * A frame of ARP or neighbour discovery, checked and counted, that says something of its sender.
 * Worker.
 */
void l3_owner_hear(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);

#endif
