/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Owners of the router's state. One worker owns the neighbours of a gateway; the number of the
 * gateway's port selects it. Other workers look up MACs there, and hand over to it packets whose
 * neighbour is not known and messages of neighbours.
 */
#ifndef DATAPLANE_L3_OWNER_H
#define DATAPLANE_L3_OWNER_H

#include "dataplane/core/deadline.h"
#include "dataplane/l3/announce.h"
#include "dataplane/l3/neigh.h"
#include "dataplane/l3/packet.h"

/* The state that each worker has for a gateway, whoever owns its neighbours. */
struct l3_gateway_state {
	uint64_t defend_ns; /* it does not defend its addresses before this time */
	uint64_t icmp_ns; /* its ICMP errors so far are paid for, at their rate, up to this time */
	struct l3_announced announced; /* only for the owner */
};

/* The router's state of one worker. */
struct l3_owner {
	struct l3_neigh_table *neighbours;
	struct dp_deadline deadline;
	uint64_t armed_ns;                 /* time of the set deadline; UINT64_MAX: not set */
	uint64_t random;                   /* state of the random numbers */
	struct l3_gateway_state *gateways; /* [HD_PORTS_MAX] */
	struct l3_out *out; /* where l3_emit() collects frames; NULL: it sends them at once */
	struct l3_announcer announcer;
};

/* Makes the state of all workers, once. 0 or -ENOMEM. Control thread. */
int l3_owners_init(void);

/* Returns the state of worker @index; only if there is or was a gateway. Any thread. */
struct l3_owner *l3_owner(unsigned int index);

/* Returns the number of owners: 0 before l3_owners_init(). */
unsigned int l3_owners_count(void);

/*
 * Marks, to be forgotten, the neighbours of gateways that are not in @tree or have changed. Control
 * thread.
 */
void l3_owners_forget_outdated(const struct dp_config *tree);

/* Returns the worker that owns a gateway's neighbours. */
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
 * Hands a packet whose neighbour is not known, complete except for its Ethernet header, over to its
 * owner. Worker.
 */
void l3_owner_resolve(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);

/*
 * Hands a frame of ARP or neighbour discovery, checked and counted, over to the owner, who updates
 * the sender's entry. Worker.
 */
void l3_owner_hear(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);

#endif
