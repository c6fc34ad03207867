/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gateways and their VRFs in the tree that workers use. A gateway is a port of the kind "gateway"
 * (gateway_port.c). Its addresses are in an object of their own, so that the port stays the same
 * while they change (gateway_section.c).
 *
 *	frame of a segment -> take (take.c):
 *		ARP, ND (input.c) -> the owner of the gateway's neighbours (owner.c)
 *		IP -> features at IP_INPUT -> route (ip_input.c):
 *			to the gateway itself -> answered
 *			else at the egress gateway (ip_output.c):
 *				size -> features at IP_OUTPUT -> neighbour -> its segment
 *	it came up, or changed -> announce.c
 *
 * Counters. A frame that a gateway takes was offered to it. When its check and route are good, it
 * counts as sent by that gateway; before that, it may be dropped there for a reason of egress, also
 * by features at IP_INPUT. After that, it belongs to the egress gateway: it counts there as
 * received and admitted when it enters the segment, or as received and dropped for a reason of
 * ingress (dp_path_drop()), also by features at IP_OUTPUT. A packet that waits for a neighbour is
 * in neither sum, but in the worker's held packets. Packets that a gateway makes are generated; ARP
 * and neighbour discovery that it took are consumed. An echo request becomes its reply, and is
 * neither.
 */
#ifndef DATAPLANE_L3_GATEWAY_H
#define DATAPLANE_L3_GATEWAY_H

#include "heddle/api/gateway.h"
#include "heddle/api/route.h"
#include "dataplane/core/config.h"
#include "dataplane/core/section.h"
#include "dataplane/l3/addr.h"
#include "dataplane/l3/fib.h"

/* The kinds of numbers that routes in the FIB lead to. */
enum l3_next_kind {
	L3_NEXT_CONNECTED, /* a neighbour on the segment of a gateway */
	L3_NEXT_LOCAL,     /* the gateway itself */
	L3_NEXT_GROUP,     /* no host: a subnet's own address or its broadcast address (RFC 2644) */
};

static inline uint32_t l3_next(enum l3_next_kind kind, uint16_t gateway)
{
	return (uint32_t)kind << 16 | gateway;
}

static inline enum l3_next_kind l3_next_kind(uint32_t next)
{
	return (enum l3_next_kind)(next >> 16);
}

static inline uint16_t l3_next_gateway(uint32_t next)
{
	return (uint16_t)next;
}

struct l3_vrf {
	char name[HD_NAME_MAX];
	struct l3_fib *fib;
};

struct l3_gateway {
	uint16_t id; /* its port's id */
	uint16_t vrf;
	uint32_t epoch; /* changes when its port, segment or object changes (neigh.h) */
	struct hd_mac mac;
	uint32_t n_addresses;
	struct hd_ip_prefix address[HD_GATEWAY_ADDRESSES_MAX];
	/* values that the epoch depends on, besides the object */
	uint32_t generation; /* its port's */
	uint32_t domain;
};

/* A route as it is listed for people, in the order of ROUTE_LIST. */
struct l3_listed {
	struct hd_ip_prefix prefix;
	uint16_t vrf;
	uint16_t gateway;
	uint32_t kind; /* enum hd_route_kind */
};

struct l3_tree {
	uint32_t n_ids; /* gateways' port ids are below this number */
	uint32_t n_gateways;
	uint32_t n_vrfs;
	uint32_t n_listed;
	struct l3_vrf *vrf;         /* by name */
	struct l3_gateway *gateway; /* by name */
	struct l3_listed *listed;
	const struct l3_gateway *by_id[]; /* [n_ids] */
};

/* The section of the tree. */
extern struct dp_section l3_section;

/* Returns the tree's gateways; NULL: it has none. */
static inline const struct l3_tree *l3_tree(const struct dp_config *config)
{
	return config->part[l3_section.index];
}

/* Returns the gateway of port @id, or NULL. */
static inline const struct l3_gateway *l3_gateway(const struct dp_config *config, uint16_t id)
{
	const struct l3_tree *t = l3_tree(config);

	return t && id < t->n_ids ? t->by_id[id] : NULL;
}

/* True if the address (4 or 16 bytes) is one of the gateway's. */
bool l3_gateway_has(const struct l3_gateway *g, unsigned int family, const uint8_t *addr);

/*
 * Returns the gateway's address from which to send to @addr: the one in the same subnet; for a
 * link-local @addr, any of IPv6 will do (RFC 4291 2.8). NULL: there is none.
 */
const struct hd_ip_prefix *l3_gateway_toward(const struct l3_gateway *g, unsigned int family,
					     const uint8_t *addr);

/* A gateway's object and port, from which the tree is built (gateway_build.c). */
struct l3_wanted {
	const struct hd_gateway_object *object;
	const struct dp_port_config *port;
};

/*
 * Builds the gateways of a tree, with VRFs and routes, from @n entries of @wanted in the order of
 * names. @now is the previous tree; gateways without changes keep their epochs. 0; -EINVAL or
 * -ENOSPC with @err; -ENOMEM. Also after an error the caller must free *@out. Control thread.
 */
int l3_tree_build(const struct l3_wanted *wanted, uint32_t n, const struct l3_tree *now,
		  struct l3_tree **out, struct hd_err *err);
void l3_tree_free(struct l3_tree *t);

/* Checks a struct hd_gateway_object; every byte may be hostile. 0, or -EINVAL with @err. Pure. */
int l3_gateway_validate(const void *object, struct hd_err *err);

/* The kind's take() (port.h). Worker. */
void l3_take(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
	     uint16_t n);

#endif
